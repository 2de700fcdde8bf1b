"""THIRD_PARTY_NOTICES.md names every direct dependency with the licence its installed metadata states."""

import re

import build_notices
import pytest
from markdown_files import ROOT, page

NOTICES = page("THIRD_PARTY_NOTICES.md").text
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")


DIRECT = sorted((group, r.name) for group, direct in build_notices.direct_dependencies().items() for r in direct)


def rows(group: str) -> dict[str, tuple[str, str]]:
    """Package → version read and licence, of one table."""
    tables = {m["set"]: m[0] for m in build_notices.MARKED.finditer(NOTICES)}
    cells = (line.strip("|").split("|") for line in tables[group].splitlines() if line.startswith("| "))
    return {name.strip(): (version.strip(), licence.strip()) for name, version, licence in cells}


@pytest.mark.parametrize(("group", "package"), DIRECT)
def test_every_direct_dependency_is_named_with_its_licence(group: str, package: str) -> None:
    name = build_notices.canonicalize_name(package)
    version, licence = rows(group)[name]
    assert re.search(rf"^{re.escape(name)}=={re.escape(version)}\b", LOCK, re.M), "run: python tools/build_notices.py"
    installed = build_notices.notice_of(package)
    if installed is not None and installed.version == version:
        assert licence == installed.licence, "run: python tools/build_notices.py"
    assert licence != "not stated"


@pytest.mark.parametrize("group", sorted({group for group, _ in DIRECT}))
def test_no_package_is_named_that_is_no_direct_dependency(group: str) -> None:
    wanted = {build_notices.canonicalize_name(package) for of, package in DIRECT if of == group}
    assert set(rows(group)) - {"package", "---"} == wanted


def test_every_table_made_from_the_work_of_others_is_named() -> None:
    tables = page("rules/folding/README.md").tables[0]
    derived = [m[1] for row in tables if (m := re.match(r"\| `([\w.]+)` .*\| (?:Apache-2.0|Unicode-3.0) \|$", row))]
    assert len(derived) >= 6
    assert [table for table in derived if table not in NOTICES] == []


@pytest.mark.parametrize("words", ["Apache License\n                           Version 2.0", "UNICODE LICENSE V3"])
def test_the_licences_of_that_work_are_given_in_full(words: str) -> None:
    assert words in NOTICES
