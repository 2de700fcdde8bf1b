"""What waits too long is escalated, once at every due time that passes; nothing is ever passed or refused by itself."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.casework.consultation import Step, state_after
from risk_screen.casework.deadlines import Deadlines, Stage
from risk_screen.operations.consultation_opening import Happened, as_text, tell
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.consultations import Consultation, consultations_past, save_consultation

ESCALATOR: Final = Actor("system", "escalation")
AT_ONCE: Final = 200


def escalate_overdue(store: Store) -> int:
    """Escalate every consultation whose next due time has passed, and say how many there were.

    Safe to run again at any time, and in several processes: what was escalated is not escalated again.

    Raises
    ------
    StoreUnavailableError
    """
    escalated = 0
    while _is_any_past(store):
        some = store.write(_escalate_some)
        if not some:  # another process was faster, or the clock was set back
            break
        escalated += some
    return escalated


def deadlines_of(consultation: Consultation) -> Deadlines:
    """Return the due times a consultation was given when it was opened."""
    return Deadlines(
        counted_from=date.fromisoformat(consultation.counted_from),
        answer_at=datetime.fromisoformat(consultation.answer_due_at),
        registration_at=datetime.fromisoformat(consultation.registration_due_at),
        extension_at=datetime.fromisoformat(consultation.extension_due_at),
        calendar_known=consultation.calendar_known,
    )


def _is_any_past(store: Store) -> bool:
    with store.reading() as connection:
        return bool(consultations_past(connection, as_text(store.now()), 1))


def _escalate_some(change: Change) -> int:
    change.take_turn()
    past = consultations_past(change.connection, change.at_text, AT_ONCE)
    for consultation in past:
        _escalate(change, consultation)
    return len(past)


def _escalate(change: Change, before: Consultation) -> None:
    due = deadlines_of(before)
    stage = due.stage_at(change.at)
    following = due.next_after(stage)
    after = replace(
        before,
        state=state_after(before.state, Step.ESCALATE),
        stage=int(stage),
        next_stage_at=as_text(following) if following is not None else None,
        version=before.version + 1,
        changed_at=change.at_text,
    )
    save_consultation(change, after)
    for passed in range(before.stage + 1, stage + 1):
        told = {"stage": passed, "what": Stage(passed).name.lower(), "due_at": as_text(_due(due, Stage(passed)))}
        tell(change, ESCALATOR, Happened("overdue", told), before, after)


def _due(due: Deadlines, stage: Stage) -> datetime:
    return (due.answer_at, due.registration_at, due.extension_at)[stage - 1]
