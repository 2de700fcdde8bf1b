"""Somebody says that a result is wrong: once each, changed and taken back by themselves, read by analysts."""

import orjson
import pytest
from sqlalchemy import select

from builders import flyer_assessment
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.operations.asking import Asking
from risk_screen.operations.expecting import WHATEVER, Expected, PreconditionFailedError
from risk_screen.operations.labelling import (
    LabelNotFoundError,
    Opinion,
    UnknownReasonError,
    give_label,
    labels_after,
    labels_on,
    withdraw_label,
)
from risk_screen.operations.screening import AssessmentNotFoundError, Screened, store_screened
from risk_screen.operations.store import Store
from risk_screen.screening.submission import Submission
from risk_screen.storage.labels import Label
from risk_screen.storage.tables import audit_trail, events

WORKER = Identity(Actor("person", "p-worker"), frozenset({Role.GRID_WORKER}), town="t-1")
NEIGHBOUR = Identity(Actor("person", "p-neighbour"), frozenset({Role.GRID_WORKER}), town="t-1")
OFFICE = Identity(Actor("person", "p-office"), frozenset({Role.TOWN_OFFICE}), town="t-1")
ANALYST = Identity(Actor("person", "p-analyst"), frozenset({Role.ANALYST}))
WRONG = Opinion("false_alarm", "这是王某某家的正规民宿，电话 13800000000")


def screened_by(store: Store, identity: Identity) -> str:
    submission = Submission.of("marketing", {"text": "保本"})
    screened = Screened(submission, flyer_assessment(), town=identity.town)
    assessment_id: str = orjson.loads(store_screened(store, screened, actor=identity.actor))["id"]
    return assessment_id


def given(store: Store, identity: Identity, assessment: str, opinion: Opinion) -> Label:
    return Label(**orjson.loads(give_label(store, Asking(identity), assessment, opinion).content))


def withdrawn(store: Store, identity: Identity, label_id: str, expected: Expected = WHATEVER) -> Label:
    return Label(**orjson.loads(withdraw_label(store, Asking(identity, expected=expected), label_id).content))


def test_said_once_changed_and_taken_back(store: Store) -> None:
    assessment = screened_by(store, WORKER)
    first = given(store, WORKER, assessment, WRONG)
    assert given(store, WORKER, assessment, WRONG) == first
    second = given(store, WORKER, assessment, Opinion("missed_risk", "他们还收押金"))
    assert (second.id, second.version) == (first.id, 2)
    third = withdrawn(store, WORKER, first.id, Expected(frozenset({2})))
    assert (third.state, third.version) == ("withdrawn", 3)
    assert given(store, WORKER, assessment, WRONG).state == "given"


def test_what_changed_meanwhile_is_not_taken_back_unseen(store: Store) -> None:
    assessment = screened_by(store, WORKER)
    label = given(store, WORKER, assessment, WRONG)
    given(store, WORKER, assessment, Opinion("wrong_reason", "不是这条"))
    with pytest.raises(PreconditionFailedError):
        withdrawn(store, WORKER, label.id, Expected(frozenset({1})))


def test_a_reason_must_be_one_of_the_result(store: Store) -> None:
    assessment = screened_by(store, WORKER)
    code = flyer_assessment().reasons[0].code
    assert given(store, WORKER, assessment, Opinion("wrong_reason", "引文不对", code)).code == code
    with pytest.raises(UnknownReasonError):
        given(store, WORKER, assessment, Opinion("wrong_reason", "引文不对", "marketing.made-up"))


def test_a_result_out_of_reach_cannot_be_labelled_or_looked_at(store: Store) -> None:
    assessment = screened_by(store, WORKER)
    with pytest.raises(AssessmentNotFoundError):
        given(store, NEIGHBOUR, assessment, WRONG)
    with pytest.raises(AssessmentNotFoundError):
        labels_on(store, NEIGHBOUR, assessment)


def test_who_sees_which_labels(store: Store) -> None:
    assessment = screened_by(store, WORKER)
    mine = given(store, WORKER, assessment, WRONG)
    office = given(store, OFFICE, assessment, Opinion("missed_risk", "收钱"))
    assert labels_on(store, WORKER, assessment) == [mine]
    for reader in (OFFICE, ANALYST):
        assert {label.id for label in labels_on(store, reader, assessment)} == {mine.id, office.id}


def test_only_who_said_it_takes_it_back(store: Store) -> None:
    label = given(store, WORKER, screened_by(store, WORKER), WRONG)
    with pytest.raises(LabelNotFoundError):
        withdrawn(store, OFFICE, label.id)


def test_analysts_read_page_by_page_without_missing_one(store: Store) -> None:
    said = [given(store, WORKER, screened_by(store, WORKER), WRONG) for _ in range(5)]
    found = []
    after = ("", "")
    while page := labels_after(store, ANALYST, after, limit=2):
        found += page
        after = page[-1].changed_at, page[-1].id
    assert sorted(label.id for label in found) == sorted(label.id for label in said)


def test_the_comment_stands_in_its_table_and_nowhere_else(store: Store) -> None:
    given(store, WORKER, screened_by(store, WORKER), WRONG)
    with store.reading() as connection:
        told = [*connection.execute(select(events)).all(), *connection.execute(select(audit_trail)).all()]
    assert any("label.give" in map(str, row) for row in told)
    assert not any("13800000000" in str(row) for row in told)
