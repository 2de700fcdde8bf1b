"""What may happen to a consultation, what an answer must say, and what an outcome must name."""

import pytest

from risk_screen.casework.consultation import (
    TRANSITIONS,
    WAITING,
    AnswerIncompleteError,
    AnswerKind,
    ConsultationStateError,
    State,
    Step,
    check_answer,
    state_after,
)
from risk_screen.casework.registration_outcome import (
    CreditCodeError,
    Outcome,
    OutcomeIncompleteError,
    check_outcome,
    checked_credit_code,
)

GOOD_CODE = "91350100M000100Y43"


def test_every_state_has_its_row() -> None:
    assert set(TRANSITIONS) == set(State)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", Step)
def test_a_step_that_is_not_in_the_table_is_refused(state: State, step: Step) -> None:
    if step in TRANSITIONS[state]:
        assert state_after(state, step) is TRANSITIONS[state][step]
    else:
        with pytest.raises(ConsultationStateError, match="重新读取"):
            state_after(state, step)


def test_nothing_but_an_answer_a_successor_or_the_bureau_ends_the_wait() -> None:
    for state in WAITING:
        leaving = {step for step, following in TRANSITIONS[state].items() if following not in WAITING}
        assert leaving == {Step.ANSWER, Step.SUPERSEDE, Step.CLOSE}


@pytest.mark.parametrize(
    ("kind", "reasons", "conditions", "complete"),
    [
        (AnswerKind.NO_OBJECTION, "", "", True),
        (AnswerKind.NO_OBJECTION, "自有资金投资", "", True),
        (AnswerKind.NO_OBJECTION, "", "去掉“基金”", False),
        (AnswerKind.OBJECTION, "关联企业在台账中", "", True),
        (AnswerKind.OBJECTION, " ", "", False),
        (AnswerKind.OBJECTION, "理由", "条件", False),
        (AnswerKind.CONDITIONS, "名称易误认", "改“投资”为“商务”", True),
        (AnswerKind.CONDITIONS, "名称易误认", "", False),
        (AnswerKind.CONDITIONS, "", "改“投资”为“商务”", False),
    ],
)
def test_an_answer_says_what_it_must(kind: AnswerKind, reasons: str, conditions: str, complete: bool) -> None:
    if complete:
        check_answer(kind, reasons, conditions)
    else:
        with pytest.raises(AnswerIncompleteError):
            check_answer(kind, reasons, conditions)


@pytest.mark.parametrize("code", [GOOD_CODE, f" {GOOD_CODE.lower()} "])
def test_a_credit_code_is_kept_in_capitals(code: str) -> None:
    assert checked_credit_code(code) == GOOD_CODE


@pytest.mark.parametrize("code", ["", GOOD_CODE[:-1], GOOD_CODE[:-1] + "4", "9" * 18, "O" + GOOD_CODE[1:], "保" * 18])
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    with pytest.raises(CreditCodeError):
        checked_credit_code(code)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("code", [None, GOOD_CODE])
def test_only_what_is_registered_has_a_credit_code(outcome: Outcome, code: str | None) -> None:
    if (outcome is Outcome.REGISTERED) == (code is not None):
        check_outcome(outcome, code)
    else:
        with pytest.raises(OutcomeIncompleteError):
            check_outcome(outcome, code)
