"""The task force answers a consultation; a second person confirms where the terms say so."""

from dataclasses import dataclass, replace

from risk_screen.casework.consultation import (
    AnswerIncompleteError,
    AnswerKind,
    AnswerStatus,
    State,
    Step,
    check_answer,
    state_after,
)
from risk_screen.casework.hold_letter import signed_by_another
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_opening import Happened, move, tell
from risk_screen.operations.consultation_requests import CREATED
from risk_screen.operations.consultation_view import as_json, consultation_within_reach, proposed_among
from risk_screen.operations.idempotency import Answer, answer_once
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.consultations import (
    Consultation,
    ConsultationAnswer,
    add_answer,
    answers_of,
    save_answer,
    save_consultation,
)


class AnswerAwaitsConfirmationError(RiskScreenError):
    """An answer waits for a lead; nothing else can be answered until then."""

    code = "answer_awaits_confirmation"

    def __init__(self) -> None:
        super().__init__("已有一份答复等待负责人确认：请先确认或退回，再写新的答复。")


class AnswerNotProposedError(RiskScreenError):
    """No answer with this number waits for a lead."""

    code = "answer_not_proposed"

    def __init__(self) -> None:
        super().__init__("没有等待确认的这份答复：它可能已经确认或退回，请重新读取。")


@dataclass(frozen=True, slots=True)
class Said:
    """What the task force says.

    Attributes
    ----------
    kind : AnswerKind
    reasons : str
        Why; required for conditions and objections.
    conditions : str
        What must change; for conditions only.
    correction_reason : str
        Why an answer that went out is corrected; required then, and only then.
    """

    kind: AnswerKind
    reasons: str = ""
    conditions: str = ""
    correction_reason: str = ""


def answer_consultation(store: Store, asking: Asking, consultation_id: str, said: Said) -> Answer:
    """Answer a consultation, or correct what was answered; it goes out at once unless a lead must confirm it.

    Raises
    ------
    ConsultationNotFoundError, PreconditionFailedError, ConsultationStateError, AnswerAwaitsConfirmationError,
    AnswerIncompleteError, StoreUnavailableError
    """

    def work(change: Change) -> Answer:
        before = _seen(change, asking, consultation_id)
        _check(before, said)
        if proposed_among(answers_of(change.connection, before.id)) is not None:
            raise AnswerAwaitsConfirmationError
        must_wait = store.terms is not None and said.kind in store.terms.confirmed
        written = _written(change, asking, before, said, must_wait=must_wait)
        add_answer(change, written)
        after = _propose(change, asking, before, written) if must_wait else _send(change, asking, before, written)
        return Answer(as_json(change.connection, asking.identity, after), CREATED)

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def confirm_answer(store: Store, asking: Asking, consultation_id: str, number: int) -> Answer:
    """Confirm an answer that somebody else wrote; it goes out now.

    Raises
    ------
    ConsultationNotFoundError, PreconditionFailedError, ConsultationStateError, AnswerNotProposedError, OwnDraftError,
    StoreUnavailableError
    """

    def work(change: Change) -> Answer:
        before = _seen(change, asking, consultation_id)
        proposed = _proposed(change, before, number)
        signed_by_another(proposed.made_by, asking.identity.actor.id)
        sent = replace(
            proposed,
            status=AnswerStatus.FINAL,
            settled_by=asking.identity.actor.id,
            settled_at=change.at_text,
        )
        save_answer(change, sent)
        after = _send(change, asking, before, sent)
        return Answer(as_json(change.connection, asking.identity, after))

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def return_answer(store: Store, asking: Asking, consultation_id: str, number: int, note: str) -> Answer:
    """Return an answer that waits for confirmation; the consultation goes on waiting for one.

    Raises
    ------
    ConsultationNotFoundError, PreconditionFailedError, AnswerNotProposedError, StoreUnavailableError
    """

    def work(change: Change) -> Answer:
        before = _seen(change, asking, consultation_id)
        proposed = _proposed(change, before, number)
        by = asking.identity.actor.id
        save_answer(
            change,
            replace(proposed, status=AnswerStatus.RETURNED, settled_by=by, settled_at=change.at_text, note=note),
        )
        after = _kept(change, before, before.answers)
        told = Happened("answer_returned", {"number": number}, is_internal=True)
        tell(change, asking.identity.actor, told, before, after)
        return Answer(as_json(change.connection, asking.identity, after))

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def _seen(change: Change, asking: Asking, consultation_id: str) -> Consultation:
    change.take_turn()
    found = consultation_within_reach(change.connection, asking.identity, consultation_id)
    asking.expected.check(found.version)
    return found


def _check(before: Consultation, said: Said) -> None:
    state_after(before.state, Step.ANSWER)
    check_answer(said.kind, said.reasons, said.conditions)
    is_correction = before.state is State.ANSWERED
    if is_correction and not said.correction_reason.strip():
        raise AnswerIncompleteError("这件会商已经答复，更正要写明原因（correction_reason）")
    if not is_correction and said.correction_reason.strip():
        raise AnswerIncompleteError("这件会商还没有答复，不是更正，请去掉更正原因（correction_reason）")


def _proposed(change: Change, before: Consultation, number: int) -> ConsultationAnswer:
    proposed = proposed_among(answers_of(change.connection, before.id))
    if proposed is None or proposed.number != number:
        raise AnswerNotProposedError
    return proposed


def _written(
    change: Change, asking: Asking, before: Consultation, said: Said, *, must_wait: bool
) -> ConsultationAnswer:
    return ConsultationAnswer(
        consultation_id=before.id,
        number=before.answers + 1,
        kind=said.kind,
        status=AnswerStatus.PROPOSED if must_wait else AnswerStatus.FINAL,
        reasons=said.reasons,
        conditions=said.conditions,
        correction_reason=said.correction_reason,
        made_by=asking.identity.actor.id,
        made_at=change.at_text,
        settled_by=None,
        settled_at=None if must_wait else change.at_text,
        note="",
    )


def _send(change: Change, asking: Asking, before: Consultation, answer: ConsultationAnswer) -> Consultation:
    told = {
        "answer": answer.kind,
        "number": answer.number,
        "is_correction": before.state is State.ANSWERED,
        "is_late": before.stage > 0,
    }
    numbers = {"answer": answer.kind, "answers": max(before.answers, answer.number)}
    return move(change, asking.identity.actor, before, Step.ANSWER, told, **numbers)


def _propose(change: Change, asking: Asking, before: Consultation, answer: ConsultationAnswer) -> Consultation:
    after = _kept(change, before, before.answers + 1)
    told = Happened("answer_proposed", {"answer": answer.kind, "number": answer.number}, is_internal=True)
    tell(change, asking.identity.actor, told, before, after)
    return after


def _kept(change: Change, before: Consultation, answers: int) -> Consultation:
    after = replace(before, answers=answers, version=before.version + 1, changed_at=change.at_text)
    save_consultation(change, after)
    return after
