"""What people wrote about registrations goes when its time is over, and never while somebody still works on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from registrations import BUREAU, CODE, LEAD, MEMBER, asking, at, listed_about, register, shipped_terms
from sqlalchemy import select

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.casework.consultation import AnswerKind
from risk_screen.casework.hold_letter import Procedure
from risk_screen.casework.registration_outcome import Outcome
from risk_screen.operations.auditing import verify
from risk_screen.operations.consultation_requests import request_consultation
from risk_screen.operations.consultation_view import shown_consultation
from risk_screen.operations.consulting import Said, answer_consultation, confirm_answer
from risk_screen.operations.enterprises import enterprise_by_code
from risk_screen.operations.hold_letters import letter_as_text
from risk_screen.operations.holds import HoldDraft, discard_hold, draft_hold, lift_hold, shown_hold, sign_hold
from risk_screen.operations.labelling import Opinion, give_label
from risk_screen.operations.outcomes import Reported, report_outcome
from risk_screen.operations.purging import SCHEDULES, due, purge
from risk_screen.operations.store import Store
from risk_screen.storage.retention_kinds import CLEARED
from risk_screen.storage.tables import metadata

START = datetime(2014, 1, 6, 1, tzinfo=UTC)
LATER = START + timedelta(days=3_700)
OPERATOR = Actor("system", "operator")
DAYS = dict.fromkeys(SCHEDULES, 0)
WORDS = "绝无仅有的字句"
HOLD = HoldDraft("approval_bureau", "审批局", f"{WORDS}公司", (Procedure.CHANGE,), f"{WORDS}1号", WORDS, CODE)
WORKER = Identity(Actor("person", "w-1"), roles=frozenset({Role.ANALYST, Role.TASK_FORCE}))


@pytest.fixture(autouse=True)
def _years_ago(store: Store) -> None:
    store.terms = shipped_terms()
    at(store, START)


def requested(store: Store) -> tuple[str, str]:
    """A registration that the bureau asked about in its own words; the ids of it and of the consultation."""
    assessment_id = register(store, route="proceed")
    asked = request_consultation(store, asking(BUREAU), assessment_id, WORDS)
    return assessment_id, str(orjson.loads(asked.content)["id"])


def answered(store: Store) -> tuple[str, str]:
    assessment_id, consultation_id = requested(store)
    answer_consultation(store, asking(MEMBER), consultation_id, Said(AnswerKind.OBJECTION, WORDS))
    confirm_answer(store, asking(LEAD), consultation_id, 1)
    return assessment_id, consultation_id


def labelled(store: Store, assessment_id: str) -> str:
    said = give_label(store, asking(WORKER), assessment_id, Opinion("false_alarm", WORDS))
    return str(orjson.loads(said.content)["id"])


def drafted(store: Store) -> str:
    return str(orjson.loads(draft_hold(store, asking(MEMBER), HOLD).content)["id"])


def signed(store: Store) -> str:
    hold_id = drafted(store)
    sign_hold(store, asking(LEAD), hold_id)
    return hold_id


def lifted(store: Store) -> str:
    hold_id = signed(store)
    lift_hold(store, asking(LEAD), hold_id, WORDS)
    return hold_id


def discarded(store: Store) -> str:
    hold_id = drafted(store)
    discard_hold(store, asking(MEMBER), hold_id)
    return hold_id


def registered(store: Store) -> str:
    """Registered under another name, and corrected once."""
    assessment_id = register(store, route="proceed")
    for name, why in ((f"{WORDS}甲公司", ""), (f"{WORDS}乙公司", f"{WORDS}报错")):
        report_outcome(store, asking(BUREAU), assessment_id, Reported(Outcome.REGISTERED, CODE, name, why))
    return assessment_id


def went(store: Store, after: datetime = LATER, **kept: int) -> dict[str, int]:
    """What a purge takes, and that it takes what it said."""
    at(store, after)
    told = due(store, DAYS | kept)
    assert purge(store, DAYS | kept, OPERATOR) == told
    assert [one.count for one in due(store, DAYS | kept)] == [0] * len(told)
    assert verify(store.engine).findings == ()
    return {one.kind: one.count for one in told if one.count}


def holds_the_words(store: Store) -> set[str]:
    with store.reading() as connection:
        return {
            table.name
            for table in metadata.sorted_tables
            if any(WORDS in str(row) for row in connection.execute(select(table)))
        }


def test_a_comment_goes_and_what_was_said_to_be_wrong_stays(store: Store) -> None:
    assessment_id = register(store, route="proceed")
    labelled(store, assessment_id)
    assert went(store, labels=1_825) == {"labels": 1}
    assert holds_the_words(store) == set()
    with store.reading() as connection:
        (row,) = connection.execute(select(metadata.tables["labels"])).mappings()
    assert (row["verdict"], row["comment"], row["state"]) == ("false_alarm", CLEARED, "given")


def test_a_comment_said_again_is_as_young_as_what_was_said_last(store: Store) -> None:
    assessment_id = register(store, route="proceed")
    labelled(store, assessment_id)
    at(store, LATER - timedelta(days=10))
    give_label(store, asking(WORKER), assessment_id, Opinion("missed_risk", f"再说一次{WORDS}"))
    assert went(store, labels=1_825) == {}


def test_the_words_of_a_consultation_go_and_its_answer_stays(store: Store) -> None:
    _, consultation_id = answered(store)
    before = shown_consultation(store, MEMBER, consultation_id)[1]
    assert went(store, consultations=3_650) == {"consultations": 1, "answers": 1}
    assert holds_the_words(store) == set()
    content, version = shown_consultation(store, MEMBER, consultation_id)
    assert version > before  # a copy with the words is not current any more
    shown = orjson.loads(content)
    (answer,) = shown["answers"]
    assert (shown["state"], shown["answer"], shown["is_requested"]) == ("answered", "objection", True)
    assert (answer["reasons"], answer["conditions"], answer["answer"]) == (CLEARED, "", "objection")


def test_nothing_goes_while_an_answer_is_waited_for(store: Store) -> None:
    assessment_id, consultation_id = requested(store)
    answer_consultation(store, asking(MEMBER), consultation_id, Said(AnswerKind.OBJECTION, WORDS))
    labelled(store, assessment_id)
    assert went(store, texts=730, quotes=1_825, labels=1_825, consultations=3_650) == {}
    confirm_answer(store, asking(LEAD), consultation_id, 1)
    assert set(went(store, LATER + timedelta(days=1), texts=730, labels=1_825)) == {"texts", "labels"}
    assert went(store, LATER + timedelta(days=1), consultations=3_650) == {}
    assert set(went(store, LATER + timedelta(days=3_651), consultations=3_650)) == {"consultations", "answers"}


def test_what_follows_an_open_consultation_by_its_route_stays_too(store: Store) -> None:
    assessment_id = register(store)
    assert [one["state"] for one in listed_about(store, assessment_id)] == ["open"]
    assert went(store, texts=730, quotes=1_825) == {}


@pytest.mark.parametrize(("make", "goes"), [(lifted, True), (discarded, True), (signed, False), (drafted, False)])
def test_a_hold_is_kept_until_it_is_over_and_for_its_time(
    store: Store, make: Callable[[Store], str], goes: bool
) -> None:
    hold_id = make(store)
    number = shown_hold(store, MEMBER, hold_id).number
    assert went(store, START + timedelta(days=3_649), holds=3_650) == {}
    assert went(store, holds=3_650) == ({"holds": 1} if goes else {})
    assert ("registration_holds" in holds_the_words(store)) != goes
    kept = shown_hold(store, MEMBER, hold_id)
    assert (kept.number, kept.credit_code) == (number, CODE)
    if goes and number:
        assert CLEARED in letter_as_text(store, kept)


def test_why_an_outcome_was_corrected_goes_and_the_outcome_stays(store: Store) -> None:
    registered(store)
    assert went(store, outcomes=3_650) == {"outcomes": 1}
    with store.reading() as connection:
        rows = connection.execute(select(metadata.tables["registration_outcomes"])).mappings().all()
    assert [(row["number"], row["correction_reason"]) for row in rows] == [(1, ""), (2, CLEARED)]
    assert {row["outcome"] for row in rows} == {"registered"}


def test_names_of_an_enterprise_go_only_when_somebody_sets_a_time(store: Store) -> None:
    registered(store)
    assert went(store, outcomes=3_650) == {"outcomes": 1}
    assert went(store, enterprises=3_650) == {"enterprises": 1, "names": 2}
    assert holds_the_words(store) == set()
    shown = orjson.loads(enterprise_by_code(store, BUREAU, CODE))
    assert (shown["name"], shown["names"], len(shown["screenings"])) == (None, [], 1)


@pytest.mark.parametrize("make", [drafted, signed])
def test_names_stay_while_a_hold_is_at_work(store: Store, make: Callable[[Store], str]) -> None:
    registered(store)
    make(store)
    assert went(store, enterprises=3_650) == {}


def test_names_stay_while_an_answer_is_waited_for(store: Store) -> None:
    registered(store)
    register(store, credit_code=CODE)
    assert went(store, enterprises=3_650) == {}
