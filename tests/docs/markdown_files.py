"""The Markdown files of the repository and their parts, for the tests that hold them to the truth."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(?P<fence>```+|~~~+)(?P<language>[^\n`]*)\n(?P<content>.*?)^(?P=fence)[ \t]*$", re.M | re.S)
HEADING = re.compile(r"^(?P<marks>#{1,6}) +(?P<title>.+?)[ #]*$", re.M)
LINK = re.compile(r"(?P<image>!?)\[(?P<label>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)(?: \"[^\"]*\")?\)")
TABLE = re.compile(r"(?:^\|.*\n)+", re.M)
CODE_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
GITHUB_DROPS = re.compile(r"[^\w\- ]")
NOT_OURS = {"build", "dist", "node_modules", "test-results", "var"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block."""

    language: str
    content: str


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return FENCE.sub("", self.text)

    @property
    def blocks(self) -> list[Block]:
        return [Block(m["language"].strip(), m["content"]) for m in FENCE.finditer(self.text)]

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [(len(m["marks"]), m["title"]) for m in HEADING.finditer(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """What a link may name after #, as GitHub makes them; a title said twice gets a number."""
        anchors: set[str] = set()
        for _, title in self.headings:
            anchor = GITHUB_DROPS.sub("", CODE_SPAN.sub(r"\1", title).strip().lower()).replace(" ", "-")
            count, unique = 0, anchor
            while unique in anchors:
                count += 1
                unique = f"{anchor}-{count}"
            anchors.add(unique)
        return anchors

    @property
    def tables(self) -> list[list[str]]:
        return [m[0].splitlines() for m in TABLE.finditer(self.prose)]

    @property
    def targets(self) -> list[str]:
        """Where the links and pictures point."""
        return [m["target"] for m in LINK.finditer(CODE_SPAN.sub("", self.prose))]

    @property
    def code_spans(self) -> list[str]:
        return CODE_SPAN.findall(self.prose)

    def section(self, title: str) -> str:
        """Text from a heading to the next one of its level or higher."""
        found = [(m.start(), m.end(), len(m["marks"]), m["title"]) for m in HEADING.finditer(self.text)]
        for number, (_, end, level, named) in enumerate(found):
            if named == title:
                following = (start for start, _, depth, _ in found[number + 1 :] if depth <= level)
                return self.text[end : next(following, len(self.text))]
        raise LookupError(f"{self.name} has no section “{title}”")


@cache
def page(name: str) -> Page:
    path = ROOT / name
    return Page(path, path.read_text(encoding="utf-8"))


@cache
def every_page() -> tuple[Page, ...]:
    """Every Markdown file that is ours: hidden folders and what commands make are left out."""
    paths = (p.relative_to(ROOT) for p in ROOT.rglob("*.md"))
    ours = (p for p in paths if not any(part.startswith(".") or part in NOT_OURS for part in p.parts))
    return tuple(page(p.as_posix()) for p in sorted(ours))
