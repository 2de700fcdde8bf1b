"""Hand records over to the provincial platform (金安工程), whose interface is not public: adapter and file drop.

An adapter is anything with ``hand_over(records)``. ``FileDrop`` works today: it writes files in the words and codes of
a mapping file into a folder from which the platform's own transfer takes them. When the interface is known, write
another class with the same method; nothing else changes.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, Self

import orjson
import yaml

from risk_screen.delivery.exchange_columns import RECORDS, Column
from risk_screen.delivery.exchange_files import FORMATS, content_of, write_whole
from risk_screen.errors import RiskScreenError

LEDGER: Final = "handed-over.jsonl"
_KEYS: Final = frozenset(column.key for column in RECORDS)


class MappingFileError(RiskScreenError):
    """A mapping file that cannot be used."""

    code = "mapping_invalid"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed over.

    Attributes
    ----------
    name : str
        Of the file; empty when there was nothing new.
    records : int
    """

    name: str
    records: int


class ProvincialPlatform(Protocol):
    """Takes records over."""

    def hand_over(self, records: Sequence[Mapping[str, str]], at: datetime) -> Receipt:
        """Hand over what was not handed over before; records have the keys of ``exchange_columns.RECORDS``."""
        ...


@dataclass(frozen=True, slots=True)
class PlatformMapping:
    """How the platform calls things.

    Attributes
    ----------
    format : str
        ``xlsx`` or ``jsonl``.
    prefix : str
        Of the file names.
    columns : tuple of Column
        Our key and their heading, in their order.
    codes : mapping
        Our key → our value → their code; other values stay.
    constants : mapping of str to str
        Their heading → the same value in every record.
    """

    format: str
    prefix: str
    columns: tuple[Column, ...]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a mapping file (YAML).

        Raises
        ------
        MappingFileError
            With what is wrong in it.
        """
        try:
            content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise MappingFileError("对照文件读不出来：应是 UTF-8 的 YAML 文件，请检查路径和内容。") from error
        problems = list(_problems(content))
        if problems:
            raise MappingFileError(f"对照文件有误：{'；'.join(problems)}。写法见 docs/exchange.md。")
        return cls(
            content.get("format", "jsonl"),
            content.get("prefix", "records"),
            tuple(Column(key, str(heading)) for key, heading in content["columns"].items()),
            {key: {str(ours): str(theirs) for ours, theirs in codes.items()}
             for key, codes in content.get("codes", {}).items()},
            {str(heading): str(value) for heading, value in content.get("constants", {}).items()},
        )  # fmt: skip

    def translated(self, record: Mapping[str, str]) -> dict[str, str]:
        """Put a record into the words and codes of the platform, by their headings."""
        theirs = {
            column.heading: self.codes.get(column.key, {}).get(record.get(column.key, ""), record.get(column.key, ""))
            for column in self.columns
        }
        return {**theirs, **self.constants}


class FileDrop:
    """Writes each hand-over as one file, with its SHA-256 beside it, and a ledger of what was handed over.

    Parameters
    ----------
    folder : Path
        Where the platform's transfer takes files; files appear whole, the ``.sha256`` last.
    mapping : PlatformMapping
    """

    def __init__(self, folder: Path, mapping: PlatformMapping) -> None:
        self.folder = folder
        self.mapping = mapping

    def hand_over(self, records: Sequence[Mapping[str, str]], at: datetime) -> Receipt:
        """Write the records that the ledger does not know; a record that changed since is written again.

        Raises
        ------
        OSError
            Nothing is in the ledger then, so that the next hand-over has these records again.
        """
        known = self._ledger()
        new = [record for record in records if known.get(record["id"]) != _digest(record)]
        if not new:
            return Receipt("", 0)
        name = f"{self.mapping.prefix}-{at:%Y%m%d%H%M%S%f}.{self.mapping.format}"
        columns = tuple(Column(heading, heading) for heading in self.mapping.translated({}))
        content = content_of([self.mapping.translated(record) for record in new], columns, self.mapping.format)
        write_whole(self.folder / name, content)
        write_whole(self.folder / f"{name}.sha256", f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
        lines = b"".join(orjson.dumps({"id": r["id"], "sha256": _digest(r), "file": name}) + b"\n" for r in new)
        with (self.folder / LEDGER).open("ab") as ledger:
            ledger.write(lines)
        return Receipt(name, len(new))

    def _ledger(self) -> dict[str, str]:
        """Id → digest of what was handed over last; a line cut off by a power loss is no line."""
        path = self.folder / LEDGER
        known = {}
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                entry = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            known[entry["id"]] = entry["sha256"]
        return known


def _digest(record: Mapping[str, str]) -> str:
    return hashlib.sha256(orjson.dumps(dict(record), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _problems(content: Any) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "最外层应是“键: 值”"
        return
    unknown = sorted(set(map(str, content)) - {"format", "prefix", "columns", "codes", "constants"})
    if unknown:
        yield f"没有 {'、'.join(unknown)} 这几项"
    if content.get("format", "jsonl") not in FORMATS:
        yield "format 只能是 xlsx 或 jsonl"
    if not str(content.get("prefix", "records")).replace("-", "").replace("_", "").isalnum():
        yield "prefix 只能用字母、数字、- 和 _"
    for name in ("columns", "codes"):
        part = content.get(name, {})
        if not isinstance(part, dict) or (name == "columns" and not part):
            yield f"{name} 应是“键: 值”，columns 不能为空"
        elif unknown := sorted(set(map(str, part)) - _KEYS):
            yield f"{name} 里没有 {'、'.join(unknown)} 这几项；可用 {'、'.join(sorted(_KEYS))}"
        elif name == "codes" and not all(isinstance(codes, dict) for codes in part.values()):
            yield "codes 的每一项应是“我方的值: 平台的代码”"
    if not isinstance(content.get("constants", {}), dict):
        yield "constants 应是“平台的栏目: 固定的值”"
