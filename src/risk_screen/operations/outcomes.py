"""The bureau reports what became of a registration: kept, corrected with a reason, and linked to the enterprise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.casework.consultation import WAITING, Step
from risk_screen.casework.registration_outcome import OUTCOME_TITLES, Outcome, check_outcome
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_opening import move
from risk_screen.operations.consultation_requests import CREATED, OnlyRegistrationsError
from risk_screen.operations.enterprises import known_enterprise, name_in, refresh_name
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.idempotency import Answer, answer_once
from risk_screen.operations.screening import REGISTRATION, AssessmentNotFoundError
from risk_screen.operations.store import Store
from risk_screen.storage.assessments import origin_of, route_of, stored_fields
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.consultations import Consultation, consultation_about
from risk_screen.storage.enterprises import (
    RegistrationOutcome,
    add_outcome,
    chain_of,
    enterprise_of,
    enterprise_with_id,
    outcomes_of,
    relink_enterprise,
    successor_of_assessment,
)
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event


class OutcomeConflictError(RiskScreenError):
    """The report contradicts what is known."""

    code = "outcome_conflict"


class OutcomeNotFoundError(RiskScreenError):
    """Nothing was reported yet."""

    code = "outcome_not_found"

    def __init__(self) -> None:
        super().__init__("还没有反馈过这条登记的结果。")


@dataclass(frozen=True, slots=True)
class Reported:
    """What the bureau says became of a registration.

    Attributes
    ----------
    outcome : Outcome
    credit_code : str or None
        Checked; of what was registered, and only then.
    registered_name : str or None
        The name it was registered under, where that is not the one that was screened.
    correction_reason : str
        Why an earlier report is corrected.
    """

    outcome: Outcome
    credit_code: str | None = None
    registered_name: str | None = None
    correction_reason: str = ""


def report_outcome(store: Store, asking: Asking, assessment_id: str, reported: Reported) -> Answer:
    """Keep what became of a registration; the same report again is answered again (200), and nothing is done.

    Raises
    ------
    AssessmentNotFoundError, OnlyRegistrationsError, OutcomeIncompleteError, OutcomeConflictError,
    PreconditionFailedError, StoreUnavailableError
    """
    check_outcome(reported.outcome, reported.credit_code)

    def work(change: Change) -> Answer:
        change.take_turn()
        _check_reach(change.connection, asking.identity, assessment_id)
        earlier = outcomes_of(change.connection, assessment_id)
        asking.expected.check(len(earlier))
        if earlier and _is_same(change.connection, earlier[-1], reported):
            return Answer(_as_json(change.connection, assessment_id))
        _check(change.connection, assessment_id, earlier, reported)
        _keep(change, asking, earlier, _outcome(change, asking, assessment_id, reported, len(earlier) + 1))
        return Answer(_as_json(change.connection, assessment_id), CREATED)

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def shown_outcome(store: Store, identity: Identity, assessment_id: str) -> tuple[bytes, int]:
    """Return what became of a registration as JSON, with every earlier report, and how many reports there are.

    Raises
    ------
    AssessmentNotFoundError, OutcomeNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        origin = origin_of(connection, assessment_id)
        if origin is None or not identity.reach(Permission.READ_ASSESSMENT).covers(origin):
            raise AssessmentNotFoundError
        reports = len(outcomes_of(connection, assessment_id))
        if not reports:
            raise OutcomeNotFoundError
        return _as_json(connection, assessment_id), reports


def _check_reach(connection: Connection, identity: Identity, assessment_id: str) -> None:
    origin = origin_of(connection, assessment_id)
    if origin is None or not identity.reach(Permission.REPORT_OUTCOME).covers(origin):
        raise AssessmentNotFoundError
    if route_of(connection, assessment_id)[0] != REGISTRATION:
        raise OnlyRegistrationsError


def _is_same(connection: Connection, last: RegistrationOutcome, reported: Reported) -> bool:
    enterprise = enterprise_with_id(connection, last.enterprise_id) if last.enterprise_id else None
    code = enterprise.credit_code if enterprise else None
    is_same_name = reported.registered_name in (None, last.registered_name)
    return (last.outcome, code) == (reported.outcome, reported.credit_code) and is_same_name


def _check(
    connection: Connection, assessment_id: str, earlier: Sequence[RegistrationOutcome], reported: Reported
) -> None:
    if earlier and not reported.correction_reason.strip():
        known = OUTCOME_TITLES[earlier[-1].outcome]
        raise OutcomeConflictError(
            f"这条登记已反馈为“{known}”，与本次不同：如果原来报错了，请写明更正原因（correction_reason）再送。"
        )
    if not earlier and reported.correction_reason.strip():
        raise OutcomeConflictError("这条登记还没有反馈过结果，不是更正，请去掉更正原因（correction_reason）。")
    if earlier:
        return
    if reported.outcome is not Outcome.CHANGED_NAME and successor_of_assessment(connection, assessment_id) is not None:
        raise OutcomeConflictError("同一编号（external_id）之后又送来了新的名称或经营范围：请对最新的一条反馈结果。")
    linked = enterprise_of(connection, assessment_id)
    enterprise = enterprise_with_id(connection, linked) if linked is not None else None
    if enterprise is not None and reported.credit_code not in (None, enterprise.credit_code):
        raise OutcomeConflictError(
            "这条登记属于另一个企业：统一社会信用代码与筛查时或此前反馈的不一致，请核对；变更登记请用企业原来的代码。"
        )


def _outcome(
    change: Change, asking: Asking, assessment_id: str, reported: Reported, number: int
) -> RegistrationOutcome:
    identity, code = asking.identity, reported.credit_code
    enterprise = known_enterprise(change, code, identity.origin, identity.actor) if code is not None else None
    name = reported.registered_name or name_in(stored_fields(change.connection, assessment_id))
    return RegistrationOutcome(
        assessment_id=assessment_id,
        number=number,
        outcome=reported.outcome,
        enterprise_id=enterprise.id if enterprise else None,
        registered_name=name if enterprise else None,
        correction_reason=reported.correction_reason,
        made_by=identity.actor.id,
        party=identity.actor.party,
        town=identity.town,
        created_at=change.at_text,
    )


def _keep(change: Change, asking: Asking, earlier: Sequence[RegistrationOutcome], outcome: RegistrationOutcome) -> None:
    actor, assessment_id = asking.identity.actor, outcome.assessment_id
    add_outcome(change, outcome)
    concerned = {one.enterprise_id for one in (*earlier, outcome) if one.enterprise_id is not None}
    if concerned:
        relink_enterprise(change, outcome.enterprise_id, chain_of(change.connection, assessment_id))
    for enterprise_id in sorted(concerned):
        refresh_name(change, actor, enterprise_id)
    consultation = consultation_about(change.connection, assessment_id)
    told = _summary(outcome, consultation)
    if consultation is not None and consultation.state in WAITING:
        move(change, actor, consultation, Step.CLOSE, {"outcome": outcome.outcome})
    kind = EventKind.REGISTRATION_REPORTED
    change.publish(Event(kind, "assessment", assessment_id, outcome.party, told))
    before = fingerprint_of(earlier[-1]) if earlier else None
    after = fingerprint_of(outcome)
    change.record(AuditEntry(actor, kind, "assessment", assessment_id, "", before, after, told))


def _summary(outcome: RegistrationOutcome, consultation: Consultation | None) -> dict[str, Any]:
    """Say what a reader looks for first: was it registered, and against what was answered?"""
    return {
        "outcome": outcome.outcome,
        "number": outcome.number,
        "is_correction": outcome.number > 1,
        "enterprise_id": outcome.enterprise_id,
        "consultation_id": consultation.id if consultation else None,
        "consultation_state": consultation.state if consultation else None,
        "answer": consultation.answer if consultation else None,
    }


def _as_json(connection: Connection, assessment_id: str) -> bytes:
    reports = [_report(connection, one) for one in outcomes_of(connection, assessment_id)]
    shown = {"assessment_id": assessment_id, "version": len(reports), **reports[-1], "reports": reports}
    return orjson.dumps(shown)


def _report(connection: Connection, outcome: RegistrationOutcome) -> dict[str, Any]:
    enterprise = enterprise_with_id(connection, outcome.enterprise_id) if outcome.enterprise_id else None
    return {
        "number": outcome.number,
        "outcome": outcome.outcome,
        "enterprise_id": outcome.enterprise_id,
        "credit_code": enterprise.credit_code if enterprise else None,
        "registered_name": outcome.registered_name,
        "correction_reason": outcome.correction_reason,
        "reported_at": outcome.created_at,
    }
