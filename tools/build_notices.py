"""Write the package tables of THIRD_PARTY_NOTICES.md from what the installed packages say of themselves.

Run ``python tools/build_notices.py`` after a direct dependency or a lock was changed; a test fails when a table lags.
Only the rows between the markers ``<!-- packages: … -->`` and ``<!-- end -->`` are written, the rest is by hand.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[1]
NOTICES: Final = ROOT / "THIRD_PARTY_NOTICES.md"
MARKED: Final = re.compile(r"(<!-- packages: (?P<set>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEADING: Final = "| package | version read | licence, as the package states it |\n| --- | --- | --- |\n"
LONGEST_LICENCE_NAME: Final = 80
NOT_STATED: Final = "not stated"


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One installed package and the licence its metadata names."""

    package: str
    version: str
    licence: str


def direct_dependencies() -> dict[str, tuple[Requirement, ...]]:
    """Requirements of pyproject.toml: ``runtime``, and one set for each extra."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sets = {"runtime": project["dependencies"], **project.get("optional-dependencies", {})}
    return {name: tuple(Requirement(line) for line in lines) for name, lines in sets.items()}


def notice_of(package: str) -> Notice | None:
    """Read the licence of an installed package; None when it is not installed."""
    try:
        found = distribution(package)
    except PackageNotFoundError:
        return None
    fields = found.metadata
    named = [fields.get("License-Expression"), fields.get("License"), _classified(fields.get_all("Classifier") or [])]
    licence = next((n for n in named if n and len(n) <= LONGEST_LICENCE_NAME and "\n" not in n), NOT_STATED)
    return Notice(canonicalize_name(package), found.version, licence)


def brought_along(direct: Iterable[Requirement]) -> set[str]:
    """Names of the packages that the direct ones need on this platform, and what those need in turn."""
    seen: set[tuple[str, str]] = set()
    waiting = list(direct)
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), extra)
            if key not in seen:
                seen.add(key)
                waiting += _needed(requirement.name, extra)
    return {name for name, _ in seen} - {canonicalize_name(r.name) for r in direct}


def package_sets() -> dict[str, list[Notice]]:
    """Rows of every table: direct runtime packages, what they bring along, and the same for each extra."""
    sets: dict[str, list[Notice]] = {}
    listed: set[str] = set()
    for name, direct in direct_dependencies().items():
        wanted = {name: {canonicalize_name(r.name) for r in direct}, f"{name} brings along": brought_along(direct)}
        for title, packages in wanted.items():
            sets[title] = sorted(n for p in packages - listed if (n := notice_of(p)) is not None)
            listed |= packages
    return sets


def with_tables(notices: str) -> str:
    """Return the text of the notices with its tables written anew."""
    sets = package_sets()

    def table(marked: re.Match[str]) -> str:
        rows = (f"| {n.package} | {n.version} | {n.licence} |\n" for n in sets[marked["set"]])
        return f"{marked[1]}{HEADING}{''.join(rows)}{marked[3]}"

    return MARKED.sub(table, notices)


def _classified(classifiers: Iterable[str]) -> str:
    return ", ".join(c.rsplit(" :: ", 1)[-1] for c in classifiers if c.startswith("License :: "))


def _needed(package: str, extra: str) -> list[Requirement]:
    """Requirements of an installed package that hold on this platform for one of its extras."""
    try:
        lines = distribution(package).requires or []
    except PackageNotFoundError:
        return []
    needed = map(Requirement, lines)
    return [r for r in needed if r.marker is None or r.marker.evaluate({"extra": extra})]


if __name__ == "__main__":
    NOTICES.write_text(with_tables(NOTICES.read_text(encoding="utf-8")), encoding="utf-8")
