"""Keep compiled rulebooks in a private folder, so that a command starts without reading every rule anew.

The name of a file is the fingerprint of all it was made from: rule files, program, libraries, Python. A folder that
others may write to is not used, a file that was changed is not read, and without a folder all works as well, slower.
"""

import hashlib
import os
import platform
import stat
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

ENVIRONMENT: Final = "RISK_SCREEN_CACHE"
OFF: Final = "off"
MOST_KEPT: Final = 4
MOST_BYTES: Final = 64 * 2**20
LIBRARIES: Final = ("daachorse", "google-re2", "numpy", "pydantic", "rjieba")
_PATTERNS: Final = ("*.yaml", "*.yml", "*.tsv", "*.txt", "*.csv")
_PACKAGE: Final = Path(__file__).parents[1]
_DIGEST: Final = hashlib.sha256().digest_size
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def fingerprint_of(rules: Path) -> str:
    """SHA-256 over everything a compiled rulebook is made from: files by name and content, program, libraries."""
    digest = hashlib.sha256()
    for part in _parts(rules):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def kept(fingerprint: str) -> bytes | None:
    """Return what is kept under a fingerprint; None when there is nothing, or nothing that can be relied on."""
    folder = _private_folder()
    if folder is None:
        return None
    try:
        with open(folder / _name(fingerprint), "rb", opener=_without_links) as file:
            content = file.read(MOST_BYTES) if _is_private(os.fstat(file.fileno())) else b""
    except OSError:
        return None
    return content[_DIGEST:] if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST] else None


def keep(fingerprint: str, content: bytes) -> None:
    """Keep content under a fingerprint, readable by this user only; without a folder nothing happens."""
    folder = _private_folder()
    if folder is None:
        return
    try:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".")
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(folder / _name(fingerprint))
        for old in sorted(folder.glob(_name("*")), key=lambda path: path.stat().st_mtime)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _parts(rules: Path) -> Iterator[bytes]:
    yield " ".join([sys.version, platform.machine(), *(f"{name} {version(name)}" for name in LIBRARIES)]).encode()
    program = [path for package in ("rules", "text", "screening") for path in (_PACKAGE / package).glob("*.py")]
    named = {path: path.relative_to(_PACKAGE).as_posix() for path in program}
    named |= {path: path.relative_to(rules).as_posix() for pattern in _PATTERNS for path in rules.rglob(pattern)}
    for path, name in sorted(named.items(), key=lambda item: (item[1], item[0])):
        yield name.encode()
        yield path.read_bytes()


def _name(fingerprint: str) -> str:
    return f"rulebook-{fingerprint}.bin"


def _private_folder() -> Path | None:
    """Return the folder, made when it is missing; None when it is switched off, or others may write to it."""
    named = os.environ.get(ENVIRONMENT)
    if named == OFF:
        return None
    try:
        cache = os.environ.get("XDG_CACHE_HOME")
        folder = Path(named) if named else (Path(cache) if cache else Path.home() / ".cache") / "risk-screen"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_private(folder.lstat()) and os.access(folder, os.R_OK | os.X_OK) else None
    except (OSError, RuntimeError):
        return None


def _is_private(status: os.stat_result) -> bool:
    """Say whether a file or folder belongs to this user alone; Windows keeps user folders apart by itself."""
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
