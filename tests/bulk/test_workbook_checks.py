"""Workbooks that are none, are locked, or would take up all memory are refused before they are opened, in words."""

import contextlib
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from risk_screen.bulk.columns import TableError
from risk_screen.bulk.reading import Table
from risk_screen.bulk.workbook_checks import check_workbook

MEGABYTE = 1 << 20
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def workbook(path: Path, *texts: str) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(["文本", *texts]):
            sheet.write_string(row, 0, text)
    return path


def with_entry(path: Path, name: str, content: bytes) -> Path:
    workbook(path, "甲")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def refused(path: Path, says: str) -> None:
    with pytest.raises(TableError, match=says) as caught:
        Table(path, "marketing", {})
    assert caught.value.detail.endswith("。")


def test_a_sound_workbook_passes(tmp_path: Path) -> None:
    assert check_workbook(workbook(tmp_path / "in.xlsx", "甲"), most_bytes=MEGABYTE) == 0


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = with_entry(tmp_path / "in.xlsx", "xl/media/bomb.bin", bytes(100 * MEGABYTE))
    assert path.stat().st_size < MEGABYTE
    refused(path, "压缩炸弹")


def test_the_most_megabytes_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_entry(tmp_path / "in.xlsx", "xl/media/large.bin", bytes(range(256)) * 4 * 1024 * 3)
    Table(path, "marketing", {})
    monkeypatch.setenv("RISK_SCREEN_XLSX_MAX_MEGABYTES", "2")
    refused(path, "解压后超过 2 MB.*RISK_SCREEN_XLSX_MAX_MEGABYTES")


def test_a_zip_bomb_that_declares_little_is_refused_too(tmp_path: Path) -> None:
    path = with_entry(tmp_path / "in.xlsx", "xl/worksheets/sheet9.xml", bytes(8 * MEGABYTE))
    content = bytearray(path.read_bytes())
    true, told = struct.pack("<I", 8 * MEGABYTE), struct.pack("<I", 1000)
    assert content.count(true) == 2
    path.write_bytes(content.replace(true, told))
    refused(path, "不是完整的 .xlsx 文件")


def test_two_cells_far_apart_are_refused_instead_of_taking_all_memory(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "文本")
        sheet.write_string(1_048_575, 16_383, "x")
    refused(path, "离数据很远的单元格")


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576" t="s">',
        b"<c s='1'  r='xfd1048576' t='s'>",
        b'<x:c r = "XFD1048576"',
        b'<c t="str"\n\tr="XFD1048576">',
    ],
)
def test_a_cell_is_seen_however_it_is_written(tmp_path: Path, cell: bytes) -> None:
    for before in (0, 1 << 18, (1 << 18) - 5, (1 << 18) - 20):  # across the pieces it is read in
        content = b"<row>" * (before // 5) + b" " * (before % 5) + cell + b"<v>1</v></c>"
        refused(with_entry(tmp_path / "in.xlsx", "xl/worksheets/sheet9.xml", content), "离数据很远的单元格")


def test_hidden_rows_are_counted_across_the_pieces(tmp_path: Path) -> None:
    content = b'<row r="1" hidden="1"><c r="A1"/></row>' * 30_000
    path = with_entry(tmp_path / "in.xlsx", "xl/worksheets/sheet9.xml", content)
    assert check_workbook(path, most_bytes=10 * MEGABYTE) == 30_000


def test_an_encrypted_workbook_and_an_old_one_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    refused(path, "设了打开密码：请.*去掉密码")
    path.write_bytes(OLE + bytes(600) + "Workbook".encode("utf-16-le") + bytes(600))
    refused(path, "其实是旧的 .xls 格式：.*另存为")


BROKEN = {
    "empty": b"",
    "no zip": "编号,文本\nA,甲\n".encode(),
    "only a beginning": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(content)
    refused(path, "不是完整的 .xlsx 文件")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_half_a_workbook_is_refused(tmp_path: Path, share: float) -> None:
    path = workbook(tmp_path / "in.xlsx", *(f"保本{n}" for n in range(200)))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused(path, "不是完整的 .xlsx 文件")


def test_a_workbook_with_a_changed_byte_is_read_or_refused_in_words(tmp_path: Path) -> None:
    path = workbook(tmp_path / "in.xlsx", *(f"保本{n}" for n in range(50)))
    content = path.read_bytes()
    for place in range(0, len(content), 97):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        with contextlib.suppress(TableError):
            assert len(list(Table(path, "marketing", {}).rows())) <= 50


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    refused(path, "不是工作簿")


def test_a_missing_workbook_or_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    for name in ("missing.xlsx", "folder.xlsx"):
        refused(tmp_path / name, "打不开文件")
