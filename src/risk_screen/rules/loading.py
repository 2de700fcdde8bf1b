"""Read a rulebook folder. Besides finding.py and keeping.py the only file of this package that touches the disk."""

from pathlib import Path
from typing import Final

from risk_screen.rules.assembling import LICENSED_LIST, Assembly, Sources, assemble
from risk_screen.rules.errors import Problem, RulebookError, RulebookNotFoundError
from risk_screen.rules.finding import find_rules_directory
from risk_screen.rules.locking import LOCK_FILE
from risk_screen.rules.rulebook import Rulebook

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 8 * 2**20


def load_rulebook(directory: Path | None = None) -> Rulebook:
    """Read and check a rulebook.

    Parameters
    ----------
    directory : Path, optional
        The folder; found by ``find_rules_directory`` when None.

    Raises
    ------
    RulebookError
        With every error of every file: file, line, column, code and what to write instead.
    """
    assembly = assemble_directory(directory or find_rules_directory())
    errors = [problem for problem in assembly.problems if problem.severity == "error"]
    if errors or assembly.rulebook is None:
        raise RulebookError(errors)
    return assembly.rulebook


def assemble_directory(directory: Path) -> Assembly:
    """Read a folder and put its files together; problems are returned, not raised."""
    problems: list[Problem] = []
    sources = _sources(directory, problems)
    assembly = assemble(sources)
    assembly.problems += problems
    return assembly


def read_lock(directory: Path) -> str | None:
    """Content of rulebook.lock, None when there is none."""
    path = directory / LOCK_FILE
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write_lock(directory: Path, content: str) -> None:
    """Write rulebook.lock."""
    (directory / LOCK_FILE).write_text(content, encoding="utf-8")


def _sources(directory: Path, problems: list[Problem]) -> Sources:
    if not directory.is_dir():
        raise RulebookNotFoundError(str(directory), f"规则目录 {directory} 不存在")
    paths = sorted(p for p in directory.rglob("*.y*ml") if p.is_file() and not p.name.startswith("."))
    if len(paths) > MOST_FILES:
        problems.append(Problem(str(directory), 0, 0, "RB004", f"规则文件超过 {MOST_FILES:,} 个"))
    yaml = {_name(p, directory): _text(p, directory, problems) for p in paths[:MOST_FILES]}
    tables = {p.name: _text(p, directory, problems) or "" for p in sorted((directory / "folding").glob("*.tsv"))}
    listed = directory / LICENSED_LIST
    return Sources(
        yaml={file: text for file, text in yaml.items() if text is not None},
        tables=tables,
        licensed_list=_text(listed, directory, problems) if listed.is_file() else None,
    )


def _name(path: Path, directory: Path) -> str:
    return path.relative_to(directory).as_posix()


def _text(path: Path, directory: Path, problems: list[Problem]) -> str | None:
    """Content of a file, None (and a problem) when it cannot be read."""
    file = _name(path, directory)
    try:
        if path.stat().st_size > MOST_BYTES:
            problems.append(Problem(file, 0, 0, "RB004", f"文件超过 {MOST_BYTES >> 20} MB，请拆成几个文件"))
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(file, 0, 0, "RB005", f"文件不是 UTF-8（第 {error.start} 字节），请另存为 UTF-8"))
    except OSError as error:
        problems.append(Problem(file, 0, 0, "RB070", f"读不到文件（{error.strerror}）"))
    return None
