"""docs/cli.md has a section for every command, and every page names only commands and options that exist."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from markdown_files import FENCE, ROOT, Page, every_page, page

from risk_screen.cli.main import app

GUIDE = page("docs/cli.md")
CALL = re.compile(r"(?<![\w/.-])risk-screen((?: [a-z][a-z-]*)*)(?![\w/])")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
TARGET = re.compile(r"(?<![\w-])make ([a-z][a-z-]*)")
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def commands(command: Any, path: str = "risk-screen") -> Iterator[tuple[str, Any]]:
    """Every command that does something, by how it is called."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
    else:
        for name, one in below.items():
            yield from commands(one, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))
GROUPS = {path.rsplit(" ", 1)[0] for path in COMMANDS}


def parameters(path: str, kind: str) -> list[Any]:
    return [p for p in COMMANDS[path].params if p.param_type_name == kind and not getattr(p, "hidden", False)]


def options(path: str) -> set[str]:
    return {opt for p in parameters(path, "option") for opt in p.opts if opt.startswith("--")}


def code_of(one: Page) -> list[str]:
    """What a page gives as code: spans, and the commands in its blocks."""
    shell = (b.content for b in one.blocks if b.language in {"", "sh", "bash", "console"})
    lines = (line for content in shell for line in content.replace("\\\n", " ").splitlines())
    return [*one.code_spans, *(line for line in lines if line.lstrip("$ ").startswith(("risk-screen", "make")))]


def unknown_calls(one: Page) -> list[str]:
    """Calls of commands that do not exist; what follows a whole command is its argument."""
    calls = (m[1].split() for code in code_of(one) for m in CALL.finditer(code))
    return [" ".join(words) for words in calls if not is_command(words)]


def is_command(words: list[str]) -> bool:
    paths = [" ".join(["risk-screen", *words[:n]]) for n in range(len(words) + 1)]
    return paths[-1] in GROUPS or any(path in COMMANDS for path in paths)


def unknown_targets(one: Page) -> list[str]:
    return [target for code in code_of(one) for target in TARGET.findall(code) if target not in MAKE_TARGETS]


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_a_command_has_a_section_with_an_example(path: str) -> None:
    section = GUIDE.section(f"`{path}`")
    assert any(f"{path} " in m["content"] or f"{path}\n" in m["content"] for m in FENCE.finditer(section))


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_a_section_names_every_option_and_no_other(path: str) -> None:
    first_cells = re.findall(r"^\| (`.+?) \|", GUIDE.section(f"`{path}`"), re.M)
    named = set(OPTION.findall(" ".join(first_cells)))
    assert named - {"--help"} == options(path) - {"--help"}


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_a_section_names_every_argument(path: str) -> None:
    names = [str(p.metavar or p.name).upper() for p in parameters(path, "argument")]
    assert [name for name in names if f"`{name}`" not in GUIDE.section(f"`{path}`")] == []


def test_the_guide_has_no_section_for_a_command_that_does_not_exist() -> None:
    titles = [title.strip("`") for _, title in GUIDE.headings if title.startswith("`risk-screen")]
    assert set(titles) == COMMANDS.keys()


@pytest.mark.parametrize("name", [p.name for p in every_page()])
def test_a_page_names_only_commands_and_make_targets_that_exist(name: str) -> None:
    assert unknown_calls(page(name)) == []
    assert unknown_targets(page(name)) == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    one = Page(ROOT / "X.md", "`risk-screen scren x` `make tset` `make test`\n```sh\nrisk-screen rules lnit\n```\n")
    assert unknown_calls(one) == ["scren x", "rules lnit"]
    assert unknown_targets(one) == ["tset"]


def test_the_exit_codes_are_in_the_guide() -> None:
    from risk_screen.cli import batch, main

    codes = {main.DONE, main.BAD_INPUT, main.INTERNAL, main.INTERRUPTED, batch.PARTLY_FAILED}
    rows = {int(m[1]) for table in GUIDE.tables for row in table if (m := re.match(r"\| (\d+) \|", row))}
    assert codes <= rows
