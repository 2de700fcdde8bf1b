"""How far a run has come: a small file beside the unfinished result, so that a run that was killed can go on."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# What a run depends on, and how the user is told that it has changed.
DEPENDS_ON: Final[Mapping[str, str]] = {
    "input": "输入文件变了",
    "options": "选项变了",
    "rulebook": "规则变了",
    "model": "模型变了",
    "policy": "政策变了",
    "program": "程序版本变了",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done.

    Attributes
    ----------
    rows : int
    size_bytes : int
        Length of the unfinished result with these rows.
    counts : mapping of str to int
        Rows by route, ``failed`` for those with an error.
    """

    rows: int = 0
    size_bytes: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


class Journal:
    """The journal of one run.

    Parameters
    ----------
    path : Path
    depends_on : mapping of str to str
        The keys of ``DEPENDS_ON``; only a run with equal values may go on.
    """

    def __init__(self, path: Path, depends_on: Mapping[str, str]) -> None:
        self.path = path
        self._depends_on = dict(depends_on)

    def read(self) -> tuple[Progress | None, str]:
        """Return what an earlier run did if this one may go on from there, else why not (empty: there is none)."""
        try:
            content = json.loads(self.path.read_bytes())
            progress = Progress(int(content["rows"]), int(content["size_bytes"]), dict(content["counts"]))
            before = dict(content["depends_on"])
        except FileNotFoundError:
            return None, ""
        except (OSError, ValueError, KeyError, TypeError):
            return None, "进度记录读不了"
        changed = [why for key, why in DEPENDS_ON.items() if before.get(key) != self._depends_on.get(key)]
        return (None, "、".join(changed)) if changed else (progress, "")

    def write(self, progress: Progress) -> None:
        """Record what is done; whoever reads it sees the whole of it or the one before."""
        new = self.path.with_name(self.path.name + ".new")
        content = {
            "rows": progress.rows,
            "size_bytes": progress.size_bytes,
            "counts": dict(progress.counts),
            "depends_on": self._depends_on,
        }
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError:
            new.unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Forget it: the run has ended or begins anew."""
        self.path.unlink(missing_ok=True)
