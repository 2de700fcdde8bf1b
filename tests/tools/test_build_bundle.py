"""The offline bundle holds what the program needs and nothing else, and its installer refuses what was changed."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import build_bundle
import build_sbom
import pytest

LOCK = (build_bundle.ROOT / build_bundle.LOCK).read_text(encoding="utf-8")
HERE = f"{sys.version_info[0]}.{sys.version_info[1]} {sysconfig.get_platform()}\n"


def test_the_bundle_holds_the_dependencies_of_the_program_and_of_two_extras_and_no_tool_of_ours() -> None:
    names = {one.name for one in build_bundle.wanted(LOCK)}
    runtime = {one.name for one in build_sbom.read_lock(LOCK)} & {
        "fastapi",
        "jieba",
        "psycopg",
        "psycopg-binary",
        "pyarrow",
    }
    assert runtime <= names
    assert len(runtime) == 5
    assert names & {"pytest", "ruff", "mypy", "scikit-learn", "pandas", "playwright", "opentelemetry-sdk"} == set()


def test_every_package_is_pinned_with_its_hashes() -> None:
    lines = build_bundle.requirements(build_bundle.wanted(LOCK)).splitlines()
    assert all("==" in line and "--hash=sha256:" in line for line in lines)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle without wheels."""
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    for name, text in {"requirements.txt": "", "python-version": HERE, "LICENSE": "MIT\n"}.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "install.sh").write_bytes(build_bundle.INSTALLER.read_bytes())
    build_bundle.write_sums(folder)
    return folder


def install(bundle: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", str(bundle / "install.sh"), str(bundle.parent / "venv")],
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("LICENSE", "changed", "不完整或被改动过"),
        ("requirements.txt", "risk-screen", "不完整或被改动过"),
        ("LICENSE", None, "不完整或被改动过"),
    ],
)
def test_the_installer_refuses_what_was_changed(bundle: Path, name: str, text: str | None, says: str) -> None:
    (bundle / name).unlink()
    if text is not None:
        (bundle / name).write_text(text, encoding="utf-8")
    refused = install(bundle)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert not (bundle.parent / "venv").exists()


def test_the_installer_refuses_another_python(bundle: Path) -> None:
    (bundle / "python-version").write_text("3.99 linux-m68k\n", encoding="utf-8")
    build_bundle.write_sums(bundle)
    refused = install(bundle)
    assert refused.returncode == 2
    assert "3.99 linux-m68k" in refused.stderr
    assert not (bundle.parent / "venv").exists()


def test_the_list_of_a_folder_of_wheels_holds_the_hash_of_each(tmp_path: Path) -> None:
    (tmp_path / "some_thing-1.2-py3-none-any.whl").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert build_bundle.requirements_of_wheels(tmp_path) == f"some-thing==1.2 --hash=sha256:{empty}\n"
