"""Give records out and take outcomes in, as offices exchange them; who did it stands in the audit trail."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.casework.consultation import ANSWER_TITLES, STATE_TITLES, AnswerKind, State
from risk_screen.casework.registration_outcome import OUTCOME_TITLES, Outcome, checked_credit_code
from risk_screen.delivery.exchange_columns import RECORDS, WITH_TEXTS, Column
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.outcomes import Reported, report_outcome
from risk_screen.operations.store import Store
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.wording import LEVEL_TITLES, ROUTE_TITLES, sentence_of
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.record_rows import Period, assessment_numbered, record_rows

CHANNEL_TITLES: Final = {"registration": "企业登记", "marketing": "宣传文本"}
OUTCOME_OF: Final = {title: outcome for outcome, title in OUTCOME_TITLES.items()} | {one.value: one for one in Outcome}
BEIJING: Final = ZoneInfo("Asia/Shanghai")
_ASSESSMENT: TypeAdapter[Assessment] = TypeAdapter(Assessment)


class ExchangeRowError(RiskScreenError):
    """A row that cannot be taken in."""

    code = "exchange_row_invalid"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be given out.

    Attributes
    ----------
    period : Period
    channel : str
        Empty for both.
    with_texts : bool
        Names, scopes, flyers and the words quoted from them, too: personal data may be among them.
    in_words : bool
        Chinese titles instead of codes, and the time in Beijing: for people.
    """

    period: Period
    channel: str = ""
    with_texts: bool = False
    in_words: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return tuple(column for column in RECORDS if self.with_texts or column.key not in WITH_TEXTS)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of one row.

    Attributes
    ----------
    row : int
        As numbered in the file.
    problem : str
        What is wrong and what to do, in Chinese; empty when it was taken in, or was known already.
    """

    row: int
    problem: str = ""


def export_records(store: Store, identity: Identity, wanted: Wanted) -> list[dict[str, str]]:
    """Return records within reach, the oldest first, and write down that they were given out.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found = record_rows(connection, identity.reach(Permission.EXPORT_RECORDS), wanted.period, wanted.channel)
        rows = [_row(one, wanted) for one in found]
    details = {"records": len(rows), "with_texts": wanted.with_texts, "channel": wanted.channel}
    period = {"since": wanted.period.since, "until": wanted.period.until}

    def work(change: Change) -> None:
        change.record(AuditEntry(identity.actor, "record.export", "record", "-", details=details | period))

    store.write(work)
    return rows


def import_outcomes(
    store: Store, identity: Identity, rows: Iterable[tuple[int, Mapping[str, object] | None]]
) -> Iterator[TakenIn]:
    """Take in what became of registrations, row by row; a bad row is told and the others go on.

    Parameters
    ----------
    store : Store
    identity : Identity
    rows : iterable of (int, mapping or None)
        Number in the file, and the cells by the keys of ``exchange_columns.OUTCOMES``; None for what is no row.

    Raises
    ------
    StoreUnavailableError
        The rows told of before are taken in; the file may be sent again whole.
    """
    for number, row in rows:
        try:
            assessment_id, reported = _reported(store, identity, row)
            report_outcome(store, Asking(identity), assessment_id, reported)
        except RiskScreenError as error:
            if error.code == "store_unavailable":
                raise
            yield TakenIn(number, error.detail)
        else:
            yield TakenIn(number)


def _row(found: RowMapping, wanted: Wanted) -> dict[str, str]:
    fields: Mapping[str, str] = orjson.loads(found["fields"]) if found["fields"] else {}
    row = {
        "id": found["id"],
        "external_id": found["external_id"] or "",
        "channel": _title(found["channel"], CHANNEL_TITLES, wanted),
        "score": f"{found['score']:.1f}",
        "level": _title(found["level"], LEVEL_TITLES, wanted),
        "route": _title(found["route"], ROUTE_TITLES, wanted),
        "consultation_id": found["consultation_id"] or "",
        "consultation_state": _title(found["consultation_state"], _BY_VALUE[State], wanted),
        "consultation_answer": _title(found["consultation_answer"], _BY_VALUE[AnswerKind], wanted),
        "outcome": _title(found["outcome"], _BY_VALUE[Outcome], wanted),
        "credit_code": found["credit_code"] or "",
        "created_at": _time(found["created_at"], wanted),
    }
    if wanted.with_texts:
        row |= {name: fields.get(name, "") for name in ("name", "business_scope", "text")}
        row["reasons"] = _reasons(bytes(found["content"]))
    return row


def _reasons(content: bytes) -> str:
    """The result in one sentence; nothing where its words were cleared when their time was over."""
    return sentence_of(_ASSESSMENT.validate_json(content)) if content else ""


_BY_VALUE: Final[Mapping[type, Mapping[str, str]]] = {
    State: {one.value: title for one, title in STATE_TITLES.items()},
    AnswerKind: {one.value: title for one, title in ANSWER_TITLES.items()},
    Outcome: {one.value: title for one, title in OUTCOME_TITLES.items()},
}


def _title(value: str | None, titles: Mapping[str, str], wanted: Wanted) -> str:
    return "" if value is None else titles.get(value, value) if wanted.in_words else value


def _time(instant: str, wanted: Wanted) -> str:
    if not wanted.in_words:
        return instant
    return datetime.fromisoformat(instant).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _reported(store: Store, identity: Identity, row: Mapping[str, object] | None) -> tuple[str, Reported]:
    if row is None:
        raise ExchangeRowError("这一行不是 JSON 对象：一行写一个 {…}。")
    cells = {key: str(value).strip() for key, value in row.items() if value is not None}
    outcome = OUTCOME_OF.get(cells.get("outcome", ""))
    if outcome is None:
        raise ExchangeRowError(f"登记结果只能是 {'、'.join(OUTCOME_TITLES.values())}，请改正。")
    number = cells.get("id") or cells.get("external_id")
    if not number:
        raise ExchangeRowError("没有编号：筛查编号和来文编号至少填一个。")
    with store.reading() as connection:
        assessment_id = assessment_numbered(connection, number, identity.reach(Permission.REPORT_OUTCOME))
    if assessment_id is None:
        raise ExchangeRowError("没有这个编号的登记，或不在可见范围内：请检查编号。")
    code = checked_credit_code(cells["credit_code"]) if cells.get("credit_code") else None
    name = cells.get("registered_name") or None
    return assessment_id, Reported(outcome, code, name, cells.get("correction_reason", ""))
