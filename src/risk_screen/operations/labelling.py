"""Somebody says that a result is wrong, and why: kept for the analysts, changed and taken back by who said it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson
from sqlalchemy import Connection

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_requests import CREATED
from risk_screen.operations.idempotency import Answer, answer_once
from risk_screen.operations.numbering import new_id
from risk_screen.operations.screening import AssessmentNotFoundError, AssessmentStrippedError
from risk_screen.operations.store import Store
from risk_screen.storage.assessments import kept_assessment
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.labels import (
    GIVEN,
    WITHDRAWN,
    Label,
    label_given_by,
    label_with_id,
    labels_changed_after,
    labels_of_assessment,
    save_label,
)

VERDICTS: Final = {"false_alarm": "误报", "missed_risk": "漏报", "wrong_reason": "理由不对"}
SUBJECT: Final = "label"


class LabelNotFoundError(RiskScreenError):
    """No label with this id that is theirs."""

    code = "label_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个编号的意见，或不是您提的：请检查编号。")


class UnknownReasonError(RiskScreenError):
    """The result has no such reason."""

    code = "reason_unknown"

    def __init__(self) -> None:
        super().__init__("这条结果里没有这个理由：请照筛查结果 reasons 中的 code 填写，或不填，表示整条结果。")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says of a result.

    Parameters
    ----------
    verdict : str
        One of VERDICTS.
    comment : str
        Why.
    code : str
        The reason meant; empty for the result as a whole.
    """

    verdict: str
    comment: str
    code: str = ""


def give_label(store: Store, asking: Asking, assessment_id: str, opinion: Opinion) -> Answer:
    """Keep what somebody says of a result; what they said of it before is replaced.

    Raises
    ------
    AssessmentNotFoundError, UnknownReasonError, IdempotencyConflictError, StoreUnavailableError
    """
    identity = asking.identity

    def work(change: Change) -> Answer:
        change.take_turn()
        content = _within_reach(change.connection, identity, assessment_id)
        if not content:
            raise AssessmentStrippedError
        if opinion.code and opinion.code not in {reason["code"] for reason in orjson.loads(content)["reasons"]}:
            raise UnknownReasonError
        before = label_given_by(change.connection, assessment_id, identity.actor.id, opinion.code)
        if before is not None and before.state == GIVEN and _says(before) == opinion:
            return Answer(orjson.dumps(before), CREATED)
        after = _label(change, identity, assessment_id, opinion, before)
        _save(change, identity, before, after)
        return Answer(orjson.dumps(after), CREATED)

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def withdraw_label(store: Store, asking: Asking, label_id: str) -> Answer:
    """Take back what one said oneself; it stays in the record, marked.

    Raises
    ------
    LabelNotFoundError, PreconditionFailedError, IdempotencyConflictError, StoreUnavailableError
    """
    identity = asking.identity

    def work(change: Change) -> Answer:
        change.take_turn()
        before = label_with_id(change.connection, label_id)
        if before is None or before.made_by != identity.actor.id:
            raise LabelNotFoundError
        asking.expected.check(before.version)
        if before.state == WITHDRAWN:
            return Answer(orjson.dumps(before))
        after = replace(before, state=WITHDRAWN, version=before.version + 1, changed_at=change.at_text)
        _save(change, identity, before, after)
        return Answer(orjson.dumps(after))

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def labels_on(store: Store, identity: Identity, assessment_id: str) -> Sequence[Label]:
    """Return what was said of a result, as far as this identity sees it.

    Raises
    ------
    AssessmentNotFoundError, StoreUnavailableError
    """
    permission = Permission.READ_LABELS if identity.may(Permission.READ_LABELS) else Permission.GIVE_LABEL
    with store.reading() as connection:
        _within_reach(connection, identity, assessment_id)
        return labels_of_assessment(connection, assessment_id, identity.reach(permission))


def labels_after(store: Store, identity: Identity, after: tuple[str, str], *, limit: int) -> Sequence[Label]:
    """Return labels in the order of their last change, those after ``(changed_at, id)``; for analysts.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        return labels_changed_after(connection, after, identity.reach(Permission.READ_LABELS), limit)


def _within_reach(connection: Connection, identity: Identity, assessment_id: str) -> bytes:
    kept = kept_assessment(connection, assessment_id)
    if kept is None or identity.why_not(Permission.READ_ASSESSMENT, kept.origin) is not None:
        raise AssessmentNotFoundError
    return kept.content


def _label(change: Change, identity: Identity, assessment_id: str, opinion: Opinion, before: Label | None) -> Label:
    return Label(
        id=before.id if before else new_id(change.at),
        assessment_id=assessment_id,
        verdict=opinion.verdict,
        code=opinion.code,
        comment=opinion.comment,
        state=GIVEN,
        version=before.version + 1 if before else 1,
        made_by=identity.actor.id,
        party=identity.actor.party,
        town=identity.town,
        created_at=before.created_at if before else change.at_text,
        changed_at=change.at_text,
    )


def _save(change: Change, identity: Identity, before: Label | None, after: Label) -> None:
    save_label(change, after)
    told = {"assessment_id": after.assessment_id, "verdict": after.verdict, "code": after.code}
    change.publish(Event(EventKind(f"{SUBJECT}.{after.state}"), SUBJECT, after.id, identity.actor.party, told))
    change.record(
        AuditEntry(
            identity.actor,
            "label.give" if after.state == GIVEN else "label.withdraw",
            SUBJECT,
            after.id,
            before_hash=_hash(before) if before else None,
            after_hash=_hash(after),
            details=told,
        )
    )


def _says(label: Label) -> Opinion:
    return Opinion(label.verdict, label.comment, label.code)


def _hash(label: Label) -> str:
    return hashlib.sha256(orjson.dumps(label, option=orjson.OPT_SORT_KEYS)).hexdigest()
