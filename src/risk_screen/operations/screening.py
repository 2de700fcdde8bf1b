"""Screen a submission and store the assessment with the text it was made from."""

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields
from typing import Final

import orjson

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity, Origin
from risk_screen.access.roles import Permission
from risk_screen.casework.terms import ConsultationTerms
from risk_screen.errors import RiskScreenError
from risk_screen.operations.consultation_opening import Registration, follow_registration
from risk_screen.operations.enterprises import follow_enterprise
from risk_screen.operations.idempotency import Answer, answer_once
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.screening.assessment import Assessment, Versions
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission
from risk_screen.storage.assessments import (
    Earlier,
    Sent,
    SubmittedText,
    kept_assessment,
    latest_with_external_id,
    store_assessment,
    stored_content,
)
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.idempotency import RequestKey

STORE: Final = "screening.store"
SUBJECT: Final = "assessment"
REGISTRATION: Final = "registration"
VERSION_NAMES: Final = tuple(field.name for field in fields(Versions))


class AssessmentNotFoundError(RiskScreenError):
    """No assessment with this id."""

    code = "assessment_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个编号的筛查结果：请检查编号，或按原文重新筛查。")


class AssessmentStrippedError(RiskScreenError):
    """The quotes of this assessment were removed when their time was over, and with them its content."""

    code = "assessment_stripped"

    def __init__(self) -> None:
        super().__init__("这条筛查结果已过保存期限，引用的字句已清除，不能再取回原件；需要结果的，请按原文重新筛查。")


@dataclass(frozen=True, slots=True)
class Stored:
    """The canonical JSON of a stored assessment, and the consultation it has just led to."""

    content: bytes
    consultation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """An assessment with what it was made from and what it concerns, ready to be stored.

    Attributes
    ----------
    submission : Submission
    assessment : Assessment
    external_id : str or None
        The sender's own number.
    town : str
    credit_code : str or None
        Of the enterprise that is registered anew: a change of its name or scope.
    is_trial : bool
        Nobody applied for this registration, somebody only wants to know: it opens no consultation.
    """

    submission: Submission
    assessment: Assessment
    external_id: str | None = None
    town: str = ""
    credit_code: str | None = None
    is_trial: bool = False


def is_trial(identity: Identity) -> bool:
    """Tell whether somebody who sends a registration only wants to know: all but programs and the approval bureau."""
    return identity.actor.kind != "key" and not identity.may(Permission.REPORT_OUTCOME)


def screen_and_store(
    screener: Screener, store: Store, submission: Submission, *, actor: Actor, external_id: str | None = None
) -> bytes:
    """Screen, store, and return the canonical JSON of the assessment.

    The same external id with the same text and the same versions gives the stored answer again; with another text it is
    a new assessment, linked to the old one.

    Raises
    ------
    StoreUnavailableError
        When the database refuses; nothing is written then.
    """
    return store_screened(store, Screened(submission, screener.assess(submission), external_id), actor=actor)


def store_screened(store: Store, screened: Screened, *, actor: Actor) -> bytes:
    """Store one assessment; see :func:`screen_and_store`."""
    return store_all(store, [screened], actor=actor)[0]


def store_all(store: Store, screened: Sequence[Screened], *, actor: Actor) -> list[bytes]:
    """Store assessments of an actor in one transaction, all or none, and return the canonical JSON of each.

    Raises
    ------
    StoreUnavailableError
    """
    stored = store.write(lambda change: _store_all(change, screened, actor, store.terms))
    return [one.content for one in stored]


def submit_screened(
    store: Store,
    screened: Sequence[Screened],
    *,
    actor: Actor,
    key: RequestKey | None = None,
    answered: Callable[[Sequence[bytes]], bytes],
) -> "Future[Answer]":
    """Store assessments without waiting, once for each key; the future has the answer once they are committed.

    Parameters
    ----------
    store : Store
    screened : sequence of Screened
        All are stored or none.
    actor : Actor
    key : RequestKey, optional
        The same key and request get the first answer again, and nothing is stored.
    answered : callable
        Makes the content of the answer from the canonical JSON of each assessment.
    """

    def answer(change: Change) -> Answer:
        stored = _store_all(change, screened, actor, store.terms)
        consultation_id = stored[0].consultation_id if len(stored) == 1 else None
        return Answer(answered([one.content for one in stored]), consultation_id=consultation_id)

    return store.submit(lambda change: answer_once(change, key, lambda: answer(change)))


def stored_assessment(store: Store, assessment_id: str) -> bytes:
    """Return a stored assessment byte for byte.

    Raises
    ------
    AssessmentNotFoundError, AssessmentStrippedError, StoreUnavailableError
    """
    with store.reading() as connection:
        content = stored_content(connection, assessment_id)
    if content is None:
        raise AssessmentNotFoundError
    return _unless_stripped(content)


def readable_assessment(store: Store, identity: Identity, assessment_id: str) -> bytes:
    """Return a stored assessment byte for byte, if it is within reach of who asks.

    Raises
    ------
    AssessmentNotFoundError
        Also when it is somebody else's: that it is there is nothing they may know.
    AssessmentStrippedError
    StoreUnavailableError
    """
    with store.reading() as connection:
        kept = kept_assessment(connection, assessment_id)
    if kept is None or not identity.reach(Permission.READ_ASSESSMENT).covers(kept.origin):
        raise AssessmentNotFoundError
    return _unless_stripped(kept.content)


def submitted_text(submission: Submission) -> SubmittedText:
    """Return the fields as JSON, and the hash by which the same text is known again."""
    as_json = json.dumps(dict(submission.fields), ensure_ascii=False, sort_keys=True)
    return SubmittedText(as_json, hashlib.sha256(as_json.encode()).hexdigest())


def _store_all(
    change: Change, screened: Sequence[Screened], actor: Actor, terms: ConsultationTerms | None
) -> list[Stored]:
    return [_store(change, one, actor, terms) for one in screened]


def _store(change: Change, screened: Screened, actor: Actor, terms: ConsultationTerms | None) -> Stored:
    text, external_id = submitted_text(screened.submission), screened.external_id
    channel, party = screened.submission.channel, actor.party
    earlier = latest_with_external_id(change, channel, external_id, party) if external_id else None
    if earlier is not None and _is_same(earlier, text, screened.assessment):
        return Stored(earlier.content)
    previous_id = earlier.assessment_id if earlier else None
    stamped = screened.assessment.stamped(assessment_id=new_id(change.at, after=previous_id), created_at=change.at_text)
    sent = Sent(Origin(actor.id, party, screened.town), external_id, previous_id)
    content = store_assessment(change, stamped, text, sent)
    _tell(change, stamped, content, actor)
    consultation_id = None
    if channel == REGISTRATION:
        is_same_text = earlier is not None and earlier.sha256 == text.sha256
        following = Registration(str(stamped.id), stamped.route, sent.origin, previous_id, is_same_text)
        follow_enterprise(change, following, screened.credit_code, actor)
        if terms is not None and not screened.is_trial:
            consultation_id = follow_registration(change, terms, following, actor)
    return Stored(content, consultation_id)


def _tell(change: Change, stamped: Assessment, content: bytes, actor: Actor) -> None:
    subject = SUBJECT, str(stamped.id)
    summary = {"channel": stamped.channel, "level": stamped.level, "route": stamped.route, "score": stamped.score}
    change.publish(Event(EventKind.SCREENING_STORED, *subject, actor.party, summary))
    after = hashlib.sha256(content).hexdigest()
    change.record(AuditEntry(actor, STORE, *subject, after_hash=after, details=_versions(stamped)))
    change.count("screenings", channel=stamped.channel, level=stamped.level, route=stamped.route)
    for reason in stamped.shadow:
        change.count("shadow_hits", rule=reason.code)


def _versions(assessment: Assessment) -> dict[str, str]:
    return {name: getattr(assessment.versions, name) for name in VERSION_NAMES}


def _unless_stripped(content: bytes) -> bytes:
    if not content:
        raise AssessmentStrippedError
    return content


def _is_same(earlier: Earlier, text: SubmittedText, assessment: Assessment) -> bool:
    if earlier.sha256 != text.sha256 or not earlier.content:
        return False
    versions: object = orjson.loads(earlier.content)["versions"]
    return versions == _versions(assessment)
