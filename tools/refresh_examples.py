"""Run the examples in README and docs again and write down what they print; a test fails when a page lags.

Two kinds of fenced blocks are run: ``console`` (one command after ``$``: risk-screen, or curl against the API, which is
called in this process) and ``pycon`` (a Python session). Commands find the files of docs/examples in their folder.
Run ``python tools/refresh_examples.py`` after rules, models, policy or messages were changed.
"""

import code
import contextlib
import doctest
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from starlette.testclient import TestClient

from risk_screen import Screener
from risk_screen.api.app import create_app
from risk_screen.wiring import open_store

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("README.md", "README.zh-CN.md", "docs/cli.md")
BLOCK: Final = re.compile(r"^```(?P<kind>console|pycon)\n(?P<content>.*?)^```$", re.M | re.S)
COMMAND: Final = re.compile(r"\$ (?P<command>(?:.*\\\n)*.*\n)")
COLUMNS: Final = "100"
# Versions change with every edit of a rule; they alone do not make an example wrong.
VERSIONS: Final = re.compile(r"\d{4}\.\d\d\+[0-9a-f]{12}|\d{4}-\d\d-\d\d-[0-9a-f]{8}|(?<=政策 )\S+|(?<=程序 )[\d.]+")


def refreshed(page: str) -> str:
    """Return a page with the output of every example as it is now."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "docs" / "examples", folder, dirs_exist_ok=True)
        return BLOCK.sub(lambda m: f"```{m['kind']}\n{RUN[m['kind']](m['content'], Path(folder))}```", page)


def without_versions(page: str) -> str:
    """Return a page in which versions do not differ."""
    return VERSIONS.sub("…", page)


def run_console(content: str, folder: Path) -> str:
    """Keep the command of a block and put what it prints below it."""
    found = COMMAND.match(content)
    if found is None:
        raise ValueError(f"a console block begins with $ and a command: {content[:40]!r}")
    words = shlex.split(found["command"].replace("\\\n", " "))
    printed = call_api(words, folder) if words[0] == "curl" else call_command(words, folder)
    return found[0] + "".join(line.rstrip() + "\n" for line in printed.splitlines())


def call_command(words: list[str], folder: Path) -> str:
    """Run risk-screen as a process of its own, 100 columns wide, and return what it prints on standard output."""
    if words[0] != "risk-screen":
        raise ValueError(f"only risk-screen and curl can be run: {words[0]}")
    outside = {k: v for k, v in os.environ.items() if not k.startswith("RISK_SCREEN_")}
    done = subprocess.run(
        [sys.executable, "-m", "risk_screen", *words[1:]],
        cwd=folder,
        env=outside | {"COLUMNS": COLUMNS, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        check=False,
    )
    return done.stdout.decode()


def call_api(words: list[str], folder: Path) -> str:
    """Post the JSON after -d to the API, and print the answer as ``python3 -m json.tool … | head -N`` does."""
    body, most_lines = words[words.index("-d") + 1], int(words[-1].removeprefix("-"))
    url = next(word for word in words if word.startswith("http"))
    store = open_store(f"sqlite:///{folder / 'examples.db'}")
    app = create_app(Screener.load(), store)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000)) as client:
        answer = client.post(re.sub("^http://[^/]+", "", url), json=json.loads(body)).json()
    return "".join(json.dumps(answer, ensure_ascii=False, indent=4).splitlines(keepends=True)[:most_lines])


def run_session(content: str, _: Path) -> str:
    """Keep the lines that begin with >>> and ..., and put what each prints below it."""
    session, lines = code.InteractiveInterpreter({"__name__": "__main__"}), []
    for example in doctest.DocTestParser().get_examples(content):
        marks = (">>> " if number == 0 else "... " for number in range(example.source.count("\n")))
        lines += [(mark + line).rstrip() for mark, line in zip(marks, example.source.splitlines(), strict=True)]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            session.runsource(example.source, symbol="single")
        lines += printed.getvalue().splitlines()
    return "".join(line + "\n" for line in lines)


RUN: Final[dict[str, Callable[[str, Path], str]]] = {"console": run_console, "pycon": run_session}

if __name__ == "__main__":
    for name in PAGES:
        path = ROOT / name
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
