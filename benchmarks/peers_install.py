"""Install each peer by its name into a folder of its own and start it; what cannot be had says why."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent / ".venv-peers"
"""Ignored by git, never a dependency: this project's own environment and locks know nothing of it."""


@dataclass(frozen=True)
class Peer:
    """A package, what it folds by its own documentation, its registry, and what is installed beside it."""

    package: str
    folds: str
    registry: str = "PyPI"
    beside: tuple[str, ...] = ()


PEERS = (
    Peer("daachorse", "nothing (the yardstick)"),
    Peer("pyahocorasick", "white space (`ignore_white_space`)"),
    Peer("flashtext2", "letter case (`case_sensitive=False`)"),
    Peer("sensitive-word", "letter case (DFA filter)"),
    Peer("mint-filter", "letter case", registry="npm"),
    Peer("presidio-analyzer", "letter case; zh pattern recogniser, blank spaCy"),
    Peer("scikit-learn", "nothing; jieba words, TF-IDF, logistic regression", beside=("jieba",)),
)


class NotRunError(Exception):
    """A peer that could not be installed or started."""


@dataclass
class Running:
    """A peer that answers JSON lines in its own process."""

    peer: Peer
    process: "subprocess.Popen[str]"
    version: str = field(default="")

    def ask(self, **request: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise NotRunError(_last_line(self.process.stderr.read() if self.process.stderr else ""))
        return json.loads(line)

    def stop(self) -> None:
        self.process.communicate()


def start(peer: Peer, **first: Any) -> Running:
    """Install and start a peer, and hand it its word list or its labelled texts.

    Raises
    ------
    NotRunError
        With the reason in one line.
    """
    command = _npm(peer) if peer.registry == "npm" else _python(peer)
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ENVIRONMENT,
    )
    running = Running(peer, process)
    running.version = running.ask(**first)
    return running


def _python(peer: Peer) -> list[str]:
    uv = Path(sys.executable).with_name("uv")
    tool = str(uv) if uv.exists() else shutil.which("uv")
    if tool is None:
        raise NotRunError("uv is missing")
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        _run([tool, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)])
    _run([tool, "pip", "install", "--quiet", "--python", str(python), peer.package, *peer.beside])
    return [str(python), "-X", "utf8", str(HERE / "peers_worker.py"), peer.package]


def _npm(peer: Peer) -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotRunError("node and npm are missing")
    folder = ENVIRONMENT / "node"
    folder.mkdir(parents=True, exist_ok=True)
    _run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), peer.package])
    worker = shutil.copy(HERE / "peers_worker.cjs", folder)
    return [node, str(worker)]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRunError(_last_line(done.stderr))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:120] if lines else "stopped without a word"
