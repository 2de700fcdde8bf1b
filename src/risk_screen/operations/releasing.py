"""Keep the files of the rulebook and the models in service, so that an assessment can be made again years later."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.releases import MOST_BYTES, ReleaseTooLargeError, has_release, keep_release, release

RULEBOOK: Final = "rulebook"
MODEL: Final = "model"
# What a model is served from; what it was trained from stays with who trains.
MODEL_FILES: Final = ("card.yaml", "scorer.npz")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def keep_versions(store: Store, folders: Mapping[tuple[str, str], Path]) -> None:
    """Keep the files of versions that are not kept yet.

    Parameters
    ----------
    store : Store
    folders : mapping
        (``rulebook`` or ``model``, version) → the folder it was loaded from.

    Raises
    ------
    StoreUnavailableError
    ReleaseTooLargeError
    OSError
        When a file cannot be read.
    """
    with store.reading() as connection:
        new = [(*which, folder) for which, folder in folders.items() if not has_release(connection, *which)]
    packed = [(kind, version, _packed(kind, folder)) for kind, version, folder in new]

    def work(change: Change) -> None:
        for kind, version, content in packed:
            keep_release(change, kind, version, content)

    if packed:
        store.write(work)


def unpack_version(store: Store, kind: str, version: str, folder: Path) -> bool:
    """Write the files of a version into a folder; False when it is not kept."""
    with store.reading() as connection:
        content = release(connection, kind, version)
    if content is None:
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(file.file_size for file in archive.infolist()) > MOST_BYTES:
            return False
        archive.extractall(folder)
    return True


def _packed(kind: str, folder: Path) -> bytes:
    """Zip a folder: the same files give the same bytes."""
    files = [folder / name for name in MODEL_FILES] if kind == MODEL else sorted(_visible_files(folder))
    if sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise ReleaseTooLargeError
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _visible_files(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
