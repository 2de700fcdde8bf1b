"""The zip of a release: unpacked within limits, never trusted; written so that the same files give the same bytes."""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from risk_screen.errors import RiskScreenError
from risk_screen.operations.releasing import MODEL_FILES
from risk_screen.screening.submission import CHANNELS

Files = Mapping[str, bytes]
"""Path inside the release, e.g. ``rules/policy.yaml`` → content."""
RULES: Final = "rules"
MODELS: Final = "models"
MOST_ENTRIES: Final = 6_000
MOST_BYTES: Final = 64 * 2**20
MOST_PATH: Final = 200
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MODEL_PATHS: Final = frozenset(f"{MODELS}/{channel}/{name}" for channel in CHANNELS for name in MODEL_FILES)


class ReleaseArchiveError(RiskScreenError):
    """A file that is no zip of a release, or one that must not be unpacked."""

    code = "release_archive_invalid"

    def __init__(self, why: str) -> None:
        super().__init__(f"发布包{why}。请把 rules/ 或 models/（或两者）打成一个 zip 后再提交。")


def read_archive(content: bytes) -> dict[str, bytes]:
    """Read the files of a release; hidden files, and what models are not served from, are left out.

    Raises
    ------
    ReleaseArchiveError
        Before anything large is unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            _check_declared(entries)
            wanted = [one for one in entries if _is_wanted(one.filename)]
            # A ZipExtFile gives out no more bytes than the directory declares, whatever the data would unpack to.
            files = {one.filename: archive.read(one) for one in wanted}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise ReleaseArchiveError("不是完整的 zip 文件，可能没有传完或已损坏") from error
    if not files:
        raise ReleaseArchiveError("里没有 rules/ 或 models/ 下的文件")
    return files


def write_archive(files: Files) -> bytes:
    """Write files as a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return content.getvalue()


def digest_of(files: Files) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return digest.hexdigest()


def unpack(files: Files, folder: Path) -> None:
    """Write files that ``read_archive`` gave into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _check_declared(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise ReleaseArchiveError(f"里的文件超过 {MOST_ENTRIES:,} 个")
    if sum(one.file_size for one in entries) > MOST_BYTES:
        raise ReleaseArchiveError(f"解压后超过 {MOST_BYTES >> 20} MB")
    if len({one.filename for one in entries}) < len(entries):
        raise ReleaseArchiveError("里有重名的文件")
    folders = {str(folder) for one in entries for folder in PurePosixPath(one.filename).parents}
    if any(one.filename in folders for one in entries):
        raise ReleaseArchiveError("里有与文件夹同名的文件")
    for one in entries:
        if one.flag_bits & 1:
            raise ReleaseArchiveError("设了密码")
        if stat.S_ISLNK(one.external_attr >> 16):
            raise ReleaseArchiveError("里有链接")
        if one.compress_type not in _PLAIN:
            raise ReleaseArchiveError("的压缩方式不支持")
        if not _is_inside(one.orig_filename):
            raise ReleaseArchiveError("里有不该有的路径")


def _is_inside(name: str) -> bool:
    """Tell whether a path is plain and stays below the folder it is unpacked into."""
    parts = name.split("/")
    is_plain = name.isprintable() and len(name) <= MOST_PATH and not set(name) & set('\\:*?"<>|')
    return is_plain and not any(part in ("", ".", "..") for part in parts)


def _is_wanted(name: str) -> bool:
    path = PurePosixPath(name)
    if path.parts[0] == RULES:
        return len(path.parts) > 1 and not any(part.startswith(".") for part in path.parts)
    return name in _MODEL_PATHS
