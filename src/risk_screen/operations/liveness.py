"""Name a process so that another one can tell whether it still lives."""

import os
import platform
from pathlib import Path


def own_name() -> str:
    """Machine, process namespace, number and time of start: no two processes ever have the same name."""
    pid = os.getpid()
    return "/".join([*_where(), str(pid), _started(pid)])


def has_ended(name: str) -> bool:
    """Whether a process of this machine has ended; False for one that cannot be seen from here."""
    *where, pid, started = name.split("/")
    return where == _where() and started != "" and _started(int(pid)) != started


def _where() -> list[str]:
    try:
        namespace = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        namespace = ""
    return [platform.node().replace("/", "_"), namespace]


def _started(pid: int) -> str:
    """Ticks from the start of the machine to that of the process; empty when there is none, or no way to see it."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] == "Z" else after_name[19]
