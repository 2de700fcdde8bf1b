"""Check the audit trail: every entry unchanged, none missing, none in another place, none cut off at the end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from risk_screen.errors import RiskScreenError
from risk_screen.storage.audit_trail import (
    NO_HASH,
    Head,
    audit_rows,
    entry_hash,
    has_audit_trail,
    missing_guards,
)
from risk_screen.storage.database import reading

# A trail that was rewritten would otherwise list every entry.
MOST_FINDINGS: Final = 100


class NoAuditTrailError(RiskScreenError):
    """The database has no audit trail: made by an older program, or by another."""

    code = "audit_trail_missing"

    def __init__(self) -> None:
        super().__init__(
            "这个数据库里没有审计记录表：请检查 --database；旧版本建立的数据库，先用本版本启动一次服务让它升级。"
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the trail.

    Parameters
    ----------
    kind : str
        ``changed``, ``missing``, ``unlinked``, ``cut_off``, ``rewritten``, ``unreadable``, ``unguarded``,
        ``anchor_unreadable``.
    sequence : int
        The entry it shows at (the line, for ``anchor_unreadable``; 0 for the trail as a whole).
    detail : str
        One Chinese sentence.
    """

    kind: str
    sequence: int
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found.

    Attributes
    ----------
    entries, anchors : int
        How many were read.
    findings : tuple of Finding
        Empty when the trail is whole; at most ``MOST_FINDINGS``.
    """

    entries: int
    anchors: int
    findings: tuple[Finding, ...]


def verify(engine: Engine, anchors: Iterable[tuple[int, Head | None]] = ()) -> Verification:
    """Check the whole trail of a database, and what was written down about it elsewhere.

    Parameters
    ----------
    engine : Engine
        Need not be migrated.
    anchors : iterable of (int, Head or None)
        As ``read_anchors`` gives them. Without anchors a tail cut off cannot be seen.

    Raises
    ------
    NoAuditTrailError
    """
    with reading(engine) as connection:
        return verify_within(connection, anchors)


def verify_within(connection: Connection, anchors: Iterable[tuple[int, Head | None]] = ()) -> Verification:
    """Check the trail as a transaction sees it; see ``verify``."""
    walk = _Walk(list(anchors))
    if not has_audit_trail(connection):
        raise NoAuditTrailError
    walk.look_at_guards(missing_guards(connection))
    try:
        for row in audit_rows(connection):
            walk.step(row)
    except SQLAlchemyError:
        walk.find("unreadable", walk.head.sequence + 1, f"第 {walk.head.sequence + 1:,} 条起读不出来，文件可能损坏")
    walk.look_at_anchors()
    return Verification(walk.entries, len(walk.anchors), tuple(walk.findings))


class _Walk:
    """The trail read from its beginning."""

    def __init__(self, anchors: list[tuple[int, Head | None]]) -> None:
        self.anchors = anchors
        self.head = Head(0, NO_HASH)
        self.entries = 0
        self.findings: list[Finding] = []
        self._awaited = {head.sequence for _, head in anchors if head is not None}
        self._hashes: dict[int, str] = {}

    def find(self, kind: str, sequence: int, detail: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(kind, sequence, detail))

    def step(self, row: Mapping[Any, Any]) -> None:
        """Check one entry against itself and against the one before."""
        sequence, self.entries = row["sequence"], self.entries + 1
        if sequence != self.head.sequence + 1:
            self._missing(sequence)
        if not _is_unchanged(row):
            self.find("changed", sequence, f"第 {sequence:,} 条的内容被改动过，或被挪到了这个位置")
        elif row["previous_hash"] != self.head.hash and sequence == self.head.sequence + 1:
            self.find("unlinked", sequence, f"第 {sequence:,} 条与前一条接不上：前一条被改动、调换或重写过")
        self.head = Head(sequence, str(row["hash"]))
        if sequence in self._awaited:
            self._hashes[sequence] = self.head.hash

    def look_at_guards(self, missing: Iterable[str]) -> None:
        for name in sorted(missing):
            self.find("unguarded", 0, f"数据库里保护审计记录的触发器 {name} 不见了或被停用")

    def look_at_anchors(self) -> None:
        """Compare what was written down elsewhere."""
        furthest = max(self._awaited, default=0)
        if furthest > self.head.sequence:
            last = self.head.sequence
            self.find("cut_off", last, f"尾部被截去：锚点记到第 {furthest:,} 条，数据库里只到第 {last:,} 条")
        for line, anchor in self.anchors:
            if anchor is None:
                self.find("anchor_unreadable", line, f"锚点文件第 {line:,} 行读不懂")
            elif self._hashes.get(anchor.sequence, anchor.hash) != anchor.hash:
                self.find(
                    "rewritten",
                    anchor.sequence,
                    f"第 {anchor.sequence:,} 条与锚点文件第 {line:,} 行不符：到这里为止的记录被重写过，"
                    "或锚点文件属于另一个数据库",
                )

    def _missing(self, sequence: int) -> None:
        first, last = self.head.sequence + 1, sequence - 1
        which = f"第 {first:,} 条" if first == last else f"第 {first:,} 至 {last:,} 条"
        self.find("missing", first, f"缺少{which}")


def _is_unchanged(row: Mapping[Any, Any]) -> bool:
    try:
        return bool(entry_hash(row) == row["hash"])
    except TypeError:  # a value of a kind that no column has
        return False


def lines_of(found: Verification) -> Iterator[str]:
    """Tell the outcome in Chinese, one line each."""
    for finding in found.findings:
        yield finding.detail + "。"
    if len(found.findings) == MOST_FINDINGS:
        yield f"只列出前 {MOST_FINDINGS:,} 处。"
    anchors = f"并与 {found.anchors:,} 个锚点相符" if found.anchors else "没有锚点可对照，看不出尾部是否被截去"
    if found.findings:
        yield f"审计记录有问题：共 {found.entries:,} 条，{len(found.findings):,} 处不对。"
    else:
        yield f"审计记录完整：{found.entries:,} 条首尾相接，{anchors}。"
