"""What may happen to a consultation (会商), and what a full answer says."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from risk_screen.errors import RiskScreenError


class State(StrEnum):
    """Where a consultation stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


class Step(StrEnum):
    """What may happen to one."""

    ANSWER = "answer"
    ESCALATE = "escalate"
    SUPERSEDE = "supersede"
    CLOSE = "close"


class AnswerKind(StrEnum):
    """What the task force says."""

    NO_OBJECTION = "no_objection"
    CONDITIONS = "conditions"
    OBJECTION = "objection"


class AnswerStatus(StrEnum):
    """Where an answer stands: it goes out when it is final."""

    PROPOSED = "proposed"
    FINAL = "final"
    RETURNED = "returned"


STATE_TITLES: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.OPEN: "待答复",
        State.OVERDUE: "已超期",
        State.ANSWERED: "已答复",
        State.SUPERSEDED: "已被新的来文取代",
        State.CLOSED: "审批局已办结",
    }
)
ANSWER_TITLES: Final[Mapping[AnswerKind, str]] = MappingProxyType(
    {
        AnswerKind.NO_OBJECTION: "无异议",
        AnswerKind.CONDITIONS: "有条件同意",
        AnswerKind.OBJECTION: "有异议",
    }
)
WAITING: Final = (State.OPEN, State.OVERDUE)
"""States in which the bureau waits for an answer."""
TRANSITIONS: Final[Mapping[State, Mapping[Step, State]]] = MappingProxyType(
    {
        State.OPEN: {
            Step.ANSWER: State.ANSWERED,
            Step.ESCALATE: State.OVERDUE,
            Step.SUPERSEDE: State.SUPERSEDED,
            Step.CLOSE: State.CLOSED,
        },
        State.OVERDUE: {
            Step.ANSWER: State.ANSWERED,
            Step.ESCALATE: State.OVERDUE,
            Step.SUPERSEDE: State.SUPERSEDED,
            Step.CLOSE: State.CLOSED,
        },
        State.ANSWERED: {Step.ANSWER: State.ANSWERED},  # corrected: both answers are kept
        State.SUPERSEDED: {},
        State.CLOSED: {},
    }
)


class ConsultationStateError(RiskScreenError):
    """The consultation is past this."""

    code = "consultation_state"

    def __init__(self, state: State) -> None:
        super().__init__(f"这件会商{STATE_TITLES[state]}，不能再这样办理：请重新读取，按它现在的状态处理。")


class AnswerIncompleteError(RiskScreenError):
    """An answer that does not say what it must."""

    code = "answer_incomplete"

    def __init__(self, missing: str) -> None:
        super().__init__(f"答复不完整：{missing}。")


def state_after(state: State, step: Step) -> State:
    """Return where a step leads.

    Raises
    ------
    ConsultationStateError
        When the table knows no such step from there.
    """
    following = TRANSITIONS[state].get(step)
    if following is None:
        raise ConsultationStateError(state)
    return following


def check_answer(kind: AnswerKind, reasons: str, conditions: str) -> None:
    """Check that an answer says why, and what must change.

    Raises
    ------
    AnswerIncompleteError
    """
    if kind is not AnswerKind.NO_OBJECTION and not reasons.strip():
        raise AnswerIncompleteError(f"“{ANSWER_TITLES[kind]}”要写明理由（reasons）")
    if kind is AnswerKind.CONDITIONS and not conditions.strip():
        raise AnswerIncompleteError("“有条件同意”要写明须改什么（conditions）")
    if kind is not AnswerKind.CONDITIONS and conditions.strip():
        raise AnswerIncompleteError("只有“有条件同意”才写须改什么（conditions），请去掉，或改选“有条件同意”")
