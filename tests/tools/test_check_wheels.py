"""The page on platforms speaks of the versions that are locked, and its answers are read right."""

import subprocess
from typing import Any

import build_sbom
import check_wheels
import pytest

LOCKED = build_sbom.read_lock((check_wheels.ROOT / "requirements.lock").read_text(encoding="utf-8"))
PAGE = check_wheels.PAGE.read_text(encoding="utf-8")
SOME = build_sbom.Locked("a", "1", None, ())


def uv(returncode: int, stderr: str) -> Any:
    return lambda command, **_: subprocess.CompletedProcess(command, returncode, "", stderr)


@pytest.mark.parametrize("package", LOCKED, ids=lambda p: f"{p.name}-{p.version}")
def test_the_page_names_the_locked_version_of_every_package(package: build_sbom.Locked) -> None:
    table = check_wheels.MARKED.search(PAGE)
    assert table is not None
    assert f"{package.name} {package.version}" in table[0], "run: python tools/check_wheels.py"


def test_rows_are_written_for_what_is_missing_and_names_for_the_rest() -> None:
    other = build_sbom.Locked("b", "2", None, ())
    written = check_wheels.with_table(
        "<!-- wheels -->\nold\n<!-- end -->", [(SOME, ["有", "无"]), (other, ["有", "不需要"])]
    )
    assert "| a 1 | 有 | 无 |\n" in written
    assert "b 2。" in written
    assert "old" not in written


@pytest.mark.parametrize(
    ("returncode", "stderr", "answer"),
    [
        (0, "Would install 1 package", "有"),
        (1, "Because a==1 has no usable wheels", "无"),
        (1, "has no wheels with a", "无"),
    ],
)
def test_an_answer_of_uv_is_read(monkeypatch: pytest.MonkeyPatch, returncode: int, stderr: str, answer: str) -> None:
    monkeypatch.setattr(check_wheels.subprocess, "run", uv(returncode, stderr))
    assert set(check_wheels.answers(SOME)) == {answer}


def test_a_registry_that_does_not_answer_is_no_missing_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_wheels.subprocess, "run", uv(2, "error: could not connect"))
    with pytest.raises(SystemExit, match="NOT RUN: a: error: could not connect"):
        check_wheels.answers(SOME)


def test_a_package_that_a_platform_does_not_use_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_wheels.subprocess, "run", uv(0, ""))
    loop = build_sbom.Locked("uvloop", "1", "sys_platform != 'win32'", ())
    found = dict(zip((p.title for p in check_wheels.PLATFORMS), check_wheels.answers(loop), strict=True))
    assert (found["Windows x86-64"], found["musl aarch64"]) == ("不需要", "有")
