"""Read a YAML file safely into plain data, remembering the line and column of every key and item.

Only what rules need: mappings, sequences and scalars. Anchors, aliases and tags are refused (nothing can grow or run),
size and depth are bounded, a key given twice is an error. ``yes``, ``no`` and ``on`` are words, not truth values.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import yaml

from risk_screen.rules.errors import Problem

Path = tuple[str | int, ...]
MAX_CHARACTERS: Final = 512 * 1024
MAX_DEPTH: Final = 30
MAX_NODES: Final = 60_000

_SHAPES: Final[tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...]] = (
    (re.compile(r"-?(0|[1-9][0-9]{0,15})"), int),
    (re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}"), float),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), date.fromisoformat),
)
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(slots=True)
class Document:
    """A file's data and the place of every key and item in it."""

    file: str
    content: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict)

    def problem(self, path: Path, code: str, message: str) -> Problem:
        """Make a problem at the nearest known place above ``path``."""
        place = self.places.get(path)
        while place is None and path:
            path = path[:-1]
            place = self.places.get(path)
        where = place or Place(self.file, 1, 1)
        return Problem(where.file, where.line, where.column, code, message)


class _UnreadableError(Exception):
    """The file cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_yaml(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Read one file.

    Returns
    -------
    tuple of (Document or None, list of Problem)
        The document is None when nothing useful could be read.
    """
    if len(text) > MAX_CHARACTERS:
        return None, [Problem(file, 1, 1, "RB004", f"文件超过 {MAX_CHARACTERS:,} 个字符，请拆成几个文件")]
    builder = _Builder(file)
    try:
        content = builder.build(text)
    except _UnreadableError as stop:
        return None, [*builder.problems, stop.problem]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"{error.problem or error.context}"
        return None, [Problem(file, line, column, "RB001", f"YAML 写法有误（{what}）；请检查缩进、冒号后的空格和引号")]
    except yaml.reader.ReaderError:
        return None, [Problem(file, 1, 1, "RB005", "文件里有 YAML 不允许的控制字符，请另存为 UTF-8 纯文本")]
    if not isinstance(content, dict):
        return None, [Problem(file, 1, 1, "RB006", "文件最外层应当是“键: 值”的形式，例如 id: marketing.example")]
    return Document(file, content, builder.places), builder.problems


class _Builder:
    """Turns the stream of YAML events into data."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self._nodes = 0

    def build(self, text: str) -> Any:
        events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        content: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _UnreadableError(self._problem(event, "RB001", "一个文件只能有一份内容，请去掉中间的 --- 行"))
                content = self._node(next(events), events, ())
        return content

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Any:
        self._refuse(event, path)
        self.places.setdefault(path, self._place(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Any]:
        content: dict[str, Any] = {}
        while not isinstance(key_event := next(events), yaml.MappingEndEvent):
            self._refuse(key_event, path)
            if not isinstance(key_event, yaml.ScalarEvent):
                raise _UnreadableError(self._problem(key_event, "RB001", "键必须是一个词，不能是列表或对照表"))
            key = str(key_event.value)
            if key in content:
                self.problems.append(self._problem(key_event, "RB003", f"键 {key} 写了两次，请合并成一处"))
                self.places.pop((*path, key), None)
            self.places[(*path, key)] = self._place(key_event)
            content[key] = self._node(next(events), events, (*path, key))
        return content

    def _sequence(self, events: Iterator[yaml.Event], path: Path) -> list[Any]:
        content: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            content.append(self._node(event, events, (*path, len(content))))
        return content

    def _refuse(self, event: yaml.Event, path: Path) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _UnreadableError(
                self._problem(event, "RB004", f"嵌套超过 {MAX_DEPTH} 层或条目超过 {MAX_NODES:,} 个，请拆开")
            )
        tagged = getattr(event, "tag", None) not in (None, "!")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or tagged:
            raise _UnreadableError(self._problem(event, "RB002", "不能用 & 锚点、* 别名或 ! 标签，请把内容直接写出来"))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark is not None else Place(self.file, 1, 1)

    def _problem(self, event: yaml.Event, code: str, message: str) -> Problem:
        place = self._place(event)
        return Problem(place.file, place.line, place.column, code, message)


def _scalar(event: yaml.ScalarEvent) -> Any:
    """Value of a scalar: quoted is text; unquoted may be a number, a date, true, false or null."""
    value = str(event.value)
    if not event.implicit[0]:
        return value
    if value in _WORDS:
        return _WORDS[value]
    for shape, read in _SHAPES:
        if shape.fullmatch(value):
            try:
                return read(value)
            except ValueError:
                return value
    return value
