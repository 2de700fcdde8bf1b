"""Is an .xlsx file safe to open? Looked at piece by piece, before a reader takes the whole of it into memory."""

import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from risk_screen.bulk.columns import TableError

_PIECE: Final = 1 << 18
_STORED, _DEFLATED = 0, 8
_OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_LOCAL_HEADER_BYTES: Final = 30
# Sheets compress 5 to 50 times; deflate ends at 1,032.
_MOST_RATIO: Final = 500
_RATIO_MATTERS_FROM_BYTES: Final = 64 << 20
# The reader keeps 32 bytes for every cell between the first and the last, empty ones too.
_MOST_CELLS: Final = 20_000_000
_MOST_EMPTY_RATIO: Final = 4
_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})""")
_HIDDEN_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\bhidden\s*=\s*["'](?:1|true)""")


def check_workbook(path: Path, *, most_bytes: int) -> int:
    """Refuse what is no workbook, is locked, or would unpack to more than memory should hold.

    Parameters
    ----------
    path : Path
    most_bytes : int
        Most bytes of the unpacked file.

    Returns
    -------
    int
        Number of hidden rows on all sheets.

    Raises
    ------
    TableError
    """
    try:
        with path.open("rb") as file:
            if file.read(8) == _OLE_MAGIC:
                raise TableError(_why_old(path))
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        _check_declared(entries, most_bytes)
        return sum(_hidden_rows(path, entry, most_bytes) for entry in entries)
    except OSError as error:
        raise TableError(f"打不开文件 {path.name}：请检查路径与权限。") from error
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError) as error:
        raise TableError(
            f"{path.name} 不是完整的 .xlsx 文件：可能没有传完或已损坏，请重新取一份，或用 Excel、WPS 打开后另存。"
        ) from error


def _why_old(path: Path) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        is_locked = content.find(_LOCKED) >= 0
    if is_locked:
        return f"{path.name} 设了打开密码：请在 Excel 或 WPS 里去掉密码、另存后重试。"
    return f"{path.name} 其实是旧的 .xls 格式：请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后重试。"


def _check_declared(entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise TableError("文件设了密码：请在 Excel 或 WPS 里去掉密码、另存后重试。")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise _too_large(most_bytes)
    for entry in entries:
        is_large = entry.file_size > _RATIO_MATTERS_FROM_BYTES
        if is_large and entry.file_size > _MOST_RATIO * max(1, entry.compress_size):
            raise TableError("文件的压缩比异常（疑似压缩炸弹），没有打开：请核实来源，确实需要的请另存为 CSV 后重试。")


def _too_large(most_bytes: int) -> TableError:
    return TableError(
        f"文件解压后超过 {most_bytes >> 20:,} MB，没有打开：请另存为 CSV 后重试；"
        "确认来源可靠时，也可以调大环境变量 RISK_SCREEN_XLSX_MAX_MEGABYTES。"
    )


def _hidden_rows(path: Path, entry: zipfile.ZipInfo, most_bytes: int) -> int:
    """Unpack an entry piece by piece: what its directory says of its size need not be true."""
    seen = _SheetSeen()
    size = 0
    for piece in _unpacked(path, entry):
        size += len(piece)
        if size > min(entry.file_size, most_bytes):
            raise zipfile.BadZipFile("larger than its directory says")
        if entry.filename.startswith("xl/worksheets/"):
            seen.look_at(piece)
    seen.check()
    return seen.hidden_rows


def _unpacked(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.compress_type not in (_STORED, _DEFLATED):
        raise zipfile.BadZipFile("unknown compression")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == _DEFLATED else None
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        name, extra = struct.unpack("<HH", file.read(_LOCAL_HEADER_BYTES)[-4:])
        file.seek(name + extra, 1)
        left = entry.compress_size
        while left and (packed := file.read(min(_PIECE, left))):
            left -= len(packed)
            while packed:
                yield inflate.decompress(packed, _PIECE) if inflate else packed
                packed = inflate.unconsumed_tail if inflate else b""


class _SheetSeen:
    """How far the cells of a sheet reach, and how many there are."""

    def __init__(self) -> None:
        self.hidden_rows = self._cells = self._last_row = 0
        self._letters: set[bytes] = set()
        self._rest = b""

    def look_at(self, piece: bytes) -> None:
        """Take in the next piece; a tag that is cut in two is seen with the next."""
        content = self._rest + piece
        cut = content.rfind(b"<")
        content, self._rest = (content[:cut], content[cut:][:_PIECE]) if cut > 0 else (b"", content[:_PIECE])
        found = _CELL.findall(content)
        if found:
            self._cells += len(found)
            self._letters.update({letters for letters, _ in found})
            self._last_row = max(self._last_row, *(int(row) for _, row in found))
        self.hidden_rows += len(_HIDDEN_ROW.findall(content))

    def check(self) -> None:
        """Refuse a sheet that is nearly all emptiness: two cells far apart would take up all memory."""
        area = self._last_row * max(map(_column_number, self._letters), default=0)
        if area > _MOST_CELLS and area > _MOST_EMPTY_RATIO * self._cells:
            raise TableError(
                "工作表里有离数据很远的单元格，全部读入会用尽内存，没有打开："
                "请把要筛查的行和列复制到一个新的工作簿，或另存为 CSV 后重试。"
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
