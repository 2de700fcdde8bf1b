"""Pushing: everything arrives, in order, once where nothing fails; who fails is tried again and holds up nobody."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest
from pushing import (
    ADMIN,
    BUREAU,
    Clock,
    deliver_until_killed,
    deliverer,
    endpoint,
    kinds,
    publish,
    publish_many,
    subjects,
)
from standardwebhooks.webhooks import Webhook

from receivers import Request, answering, closing, never_answering, receiving, until
from risk_screen.delivery.retrying import ATTEMPTS, PAUSES
from risk_screen.operations import webhook_log
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import allow_list, disallow
from risk_screen.operations.webhook_log import (
    attempts_at,
    dead_letters_of,
    health_of,
    resend,
    resend_after,
    resend_dead_letters,
    resend_since,
)
from risk_screen.operations.webhooks import (
    Subscription,
    WebhookLimitError,
    change_endpoint,
    endpoint_of,
    new_secret,
    remove_endpoint,
    retire_secret,
)
from risk_screen.storage.database import open_database
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.webhook_attempts import webhook_backlog

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str, clock: Clock) -> Iterator[Store]:
    opened = Store(open_database(address), now=clock)
    yield opened
    opened.close()


def results(store: Store, endpoint_id: str) -> list[str]:
    return [one.result for one in reversed(attempts_at(store, endpoint_id, "", 200))]


def changed(receiver_url: str, state: str) -> Subscription:
    return Subscription(receiver_url, BUREAU, ("enterprise.*",), state=state)


def test_what_is_for_an_endpoint_arrives_signed_and_in_order(store: Store) -> None:
    publish(store, "before")
    with receiving() as receiver:
        endpoint_id, secret = endpoint(store, receiver, "enterprise.added", "label.*")
        publish(store, "a")
        publish(store, "b", kind=EventKind.ENTERPRISE_RENAMED)
        publish(store, "c", party="somebody else")
        publish(store, "d", kind=EventKind.LABEL_GIVEN)
        deliverer().deliver_due(store)
        assert subjects(receiver) == ["a", "d"]
    first = receiver.received[0]
    at = store.now()
    signature = Webhook(secret).sign(first.headers["webhook-id"], at, first.body.decode())
    assert first.headers["webhook-signature"] == signature
    assert first.headers["webhook-timestamp"] == str(int(at.timestamp()))
    cursor = orjson.loads(first.body)["data"].pop("cursor")
    assert orjson.loads(first.body) == {
        "type": "enterprise.added",
        "timestamp": "2026-11-22T04:00:00.000+00:00",
        "data": {"cursor": cursor, "subject_type": "test", "subject_id": "a", "party": BUREAU, "payload": {"n": 1}},
    }
    assert results(store, endpoint_id) == ["delivered", "delivered"]
    assert health_of(store, endpoint_id).backlog.waiting == 0


def test_an_endpoint_for_everybody_gets_all_but_what_happens_to_pushes(store: Store) -> None:
    with receiving() as receiver:
        endpoint(store, receiver, "*", party="*")
        publish(store, "a", party="x")
        publish(store, "b", party="")
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "b"]


def test_all_live_secrets_sign_until_the_old_one_is_retired(store: Store) -> None:
    with receiving() as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        new = new_secret(store, ADMIN, endpoint_id)
        publish(store, "a")
        deliverer().deliver_due(store)
        (old,) = [one for one in endpoint_of(store, endpoint_id)[1] if one != new.kept]
        retire_secret(store, ADMIN, endpoint_id, old.id)
        publish(store, "b")
        deliverer().deliver_due(store)
    both, one = (received.headers["webhook-signature"].split(" ") for received in receiver.received)
    assert len(both) == 2
    second = receiver.received[1]
    assert one == [Webhook(new.secret).sign(second.headers["webhook-id"], store.now(), second.body.decode())]


def test_what_fails_is_tried_again_for_three_days_then_given_up_and_may_be_sent_again(
    store: Store, clock: Clock
) -> None:
    with receiving(answering(500)) as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a")
        began = clock.at
        for pause in PAUSES:
            deliverer().deliver_due(store)
            clock.move(pause - timedelta(seconds=1))
            before = len(receiver.received)
            deliverer().deliver_due(store)
            assert len(receiver.received) == before
            clock.move(timedelta(seconds=1))
        deliverer().deliver_due(store)
        assert timedelta(days=2, hours=20) < clock.at - began <= timedelta(days=3)
        assert results(store, endpoint_id) == ["failed"] * ATTEMPTS
        assert len(set(receiver.ids)) == 1
        (letter,) = dead_letters_of(store, endpoint_id, 0, 10)
        assert (letter.attempts, letter.problem) == (ATTEMPTS, "failed")
        assert kinds(store) == ["webhook.added", "webhook.failing", "webhook.given_up"]
        clock.move(timedelta(days=30))
        deliverer().deliver_due(store)
        assert len(receiver.received) == ATTEMPTS
        receiver.behaviour = answering(200)
        assert resend_dead_letters(store, ADMIN, endpoint_id, "2026-12-01") == 0
        assert resend_dead_letters(store, ADMIN, endpoint_id, "2026-11-01") == 1
        deliverer().deliver_due(store)
    assert results(store, endpoint_id)[-1] == "delivered"
    assert list(dead_letters_of(store, endpoint_id, 0, 10)) == []
    assert kinds(store)[-1] == "webhook.recovered"


def test_what_fails_holds_up_nothing_that_comes_after_it(store: Store, clock: Clock) -> None:
    with receiving(answering(500, 200)) as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a", "b", "c")
        deliverer().deliver_due(store)
        assert subjects(receiver) == ["a", "b", "c"]
        clock.move(PAUSES[0])
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "b", "c", "a"]
    assert results(store, endpoint_id) == ["failed", "delivered", "delivered", "delivered"]


@pytest.mark.parametrize("behaviour", [never_answering, closing, answering(503)])
def test_a_receiver_that_is_down_is_asked_less_and_less_and_gets_everything_in_the_end(
    store: Store, clock: Clock, behaviour: object
) -> None:
    with receiving(behaviour) as receiver:  # type: ignore[arg-type]
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, *"abcdefgh")
        pushing = deliverer(total_seconds=0.2)
        for _ in range(4):
            pushing.deliver_due(store)
            clock.move(timedelta(seconds=1))
        assert len(receiver.received) == 1
        for _ in range(7 * 24):  # a week
            clock.move(timedelta(hours=1))
            if len(receiver.received) < 8:
                pushing.deliver_due(store)
        assert len(receiver.received) == 8
        publish(store, "late")
        receiver.behaviour = answering(204)
        pushing.deliver_due(store)
    assert set(subjects(receiver)[8:]) == set("abcdefgh") | {"late"}
    assert health_of(store, endpoint_id).backlog.waiting == 0
    assert kinds(store) == ["webhook.added", "webhook.failing", "webhook.recovered"]


def test_a_receiver_that_wants_nothing_more_is_left_alone_and_may_be_enabled_again(store: Store) -> None:
    with receiving(answering(410)) as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a", "b")
        deliverer().deliver_due(store)
        deliverer().deliver_due(store)
        assert subjects(receiver) == ["a"]
        assert endpoint_of(store, endpoint_id)[0].state == "disabled"
        assert kinds(store)[-1] == "webhook.disabled"
        receiver.behaviour = answering(200)
        change_endpoint(store, ADMIN, endpoint_id, changed(receiver.url(), "enabled"))
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "a", "b"]


def test_what_happens_in_a_pause_is_sent_after_it(store: Store) -> None:
    with receiving() as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        change_endpoint(store, ADMIN, endpoint_id, changed(receiver.url(), "paused"))
        publish(store, "a")
        deliverer().deliver_due(store)
        assert receiver.received == []
        change_endpoint(store, ADMIN, endpoint_id, changed(receiver.url(), "enabled"))
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a"]


def test_nothing_is_sent_to_what_was_removed_or_taken_off_the_list(store: Store) -> None:
    with receiving() as receiver:
        removed, _ = endpoint(store, receiver)
        forbidden, _ = endpoint(store, receiver)
        remove_endpoint(store, ADMIN, removed)
        disallow(store, ADMIN, allow_list(store)[0].id)
        publish(store, "a")
        deliverer().deliver_due(store)
    assert receiver.received == []
    assert results(store, forbidden) == ["forbidden"]


def test_who_never_answers_holds_up_nobody_else(store: Store) -> None:
    with receiving(never_answering) as hanging, receiving() as receiver:
        endpoint(store, hanging)
        endpoint(store, receiver)
        pushing = deliverer(patience_seconds=0.2)
        for number in range(5):
            publish(store, str(number))
            pushing.deliver_due(store)
            until(lambda wanted=number + 1: len(receiver.received) == wanted)  # type: ignore[misc]
        assert len(hanging.received) == 1
        pushing.close()


def test_one_event_is_sent_again_when_somebody_asks(store: Store) -> None:
    with receiving() as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a", "b")
        deliverer().deliver_due(store)
        cursor = orjson.loads(receiver.received[0].body)["data"]["cursor"]
        assert resend(store, ADMIN, endpoint_id, cursor) == 1
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "b", "a"]
    assert receiver.ids[0] == receiver.ids[2]


def test_everything_since_a_place_is_sent_again_in_order_once(store: Store, clock: Clock) -> None:
    with receiving(answering(200, 500, 200)) as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a", "b")
        clock.move(timedelta(days=1))
        noon = clock.at.isoformat(timespec="milliseconds")
        publish(store, "c", "x", party="somebody else")
        publish(store, "c")
        deliverer().deliver_due(store)
        publish(store, "d")
        assert subjects(receiver) == ["a", "b", "c"]
        first = orjson.loads(receiver.received[0].body)["data"]["cursor"]
        assert resend_after(store, ADMIN, endpoint_id, first) == 3
        deliverer().deliver_due(store)
        assert subjects(receiver)[3:] == ["b", "c", "d"]
        assert resend_since(store, ADMIN, endpoint_id, noon) == 2
        deliverer().deliver_due(store)
        assert subjects(receiver)[6:] == ["c", "d"]
        assert resend_after(store, ADMIN, endpoint_id, 1_000) == 0
        deliverer().deliver_due(store)
    assert len(receiver.received) == 8
    assert receiver.ids[1] == receiver.ids[3]
    assert health_of(store, endpoint_id).backlog.waiting == 0


def test_a_run_that_is_sending_does_not_undo_that_everything_is_sent_again(store: Store) -> None:
    may_answer = threading.Event()

    def late(request: Request) -> None:
        may_answer.wait()
        answering(200)(request)

    with receiving() as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a", "b")
        deliverer().deliver_due(store)
        publish(store, "c")
        receiver.behaviour = late
        pushing = deliverer(patience_seconds=0.0)
        pushing.deliver_due(store)
        until(lambda: len(receiver.received) == 3)
        assert resend_after(store, ADMIN, endpoint_id, 0) == 3
        may_answer.set()
        until(lambda: len(results(store, endpoint_id)) == 3)
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "b", "c", "a", "b", "c"]
    assert health_of(store, endpoint_id).backlog.waiting == 0


def test_too_much_is_not_sent_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_log, "MOST_AGAIN", 2)
    with receiving() as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, "a", "b", "c")
        deliverer().deliver_due(store)
        with pytest.raises(WebhookLimitError, match="从那里起有 3 个事件"):
            resend_after(store, ADMIN, endpoint_id, 0)
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "b", "c"]


def test_a_clock_that_is_set_back_holds_up_nothing(store: Store, clock: Clock) -> None:
    with receiving(answering(503, 200)) as receiver:
        endpoint(store, receiver)
        clock.move(timedelta(days=365))
        publish(store, "a")
        deliverer().deliver_due(store)
        clock.move(timedelta(days=-365))
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a", "a"]


def test_an_endpoint_that_wants_little_is_led_past_what_is_for_others(store: Store) -> None:
    with receiving() as receiver:
        endpoint_id, _ = endpoint(store, receiver)
        publish(store, *map(str, range(600)), party="somebody else")
        deliverer().deliver_due(store)
        assert health_of(store, endpoint_id).progress.cursor >= 600
        publish(store, "a")
        deliverer().deliver_due(store)
    assert subjects(receiver) == ["a"]


def test_the_backlog_counts_what_has_not_arrived(store: Store, clock: Clock) -> None:
    with receiving(answering(500, 500, 503)) as receiver:
        endpoint(store, receiver)
        publish(store, *"abcde")
        clock.move(timedelta(minutes=1))
        deliverer().deliver_due(store)
        with store.reading() as connection:
            backlog = webhook_backlog(connection)
    assert (backlog.waiting, backlog.dead, backlog.oldest_at) == (5, 0, "2026-11-22T04:00:00.000+00:00")


@pytest.fixture
def processes(address: str) -> "Iterator[list[multiprocessing.context.SpawnProcess]]":
    started = [SPAWN.Process(target=deliver_until_killed, args=(address, 0.0)) for _ in range(3)]
    yield started
    for one in started:
        if one.is_alive():
            one.kill()
            one.join()


def test_several_processes_send_everything_once_and_in_order(
    address: str, processes: "list[multiprocessing.context.SpawnProcess]"
) -> None:
    real = Store(open_database(address))
    with receiving() as first, receiving(answering(200)) as second:
        ids = [endpoint(real, receiver)[0] for receiver in (first, second)]
        for one in processes:
            one.start()
        writer = SPAWN.Process(target=publish_many, args=(address, 1, 60))
        writer.start()
        publish_many(address, 2, 60)
        writer.join()
        until(lambda: min(len(first.received), len(second.received)) >= 120)
        time.sleep(0.3)
    for receiver in (first, second):
        cursors = [orjson.loads(one.body)["data"]["cursor"] for one in receiver.received]
        assert cursors == sorted(set(cursors))
        assert len(cursors) == 120
    assert {health_of(real, one).backlog.waiting for one in ids} == {0}
    real.close()


def test_a_process_that_is_killed_while_it_sends_loses_nothing(address: str) -> None:
    real = Store(open_database(address))
    with receiving(never_answering) as receiver:
        endpoint(real, receiver)
        publish(real, "a", "b")
        killed = SPAWN.Process(target=deliver_until_killed, args=(address, 0.0))
        killed.start()
        until(lambda: len(receiver.received) == 1)
        other = deliverer()
        other.deliver_due(real)  # it is in the hands of the one that lives
        assert len(receiver.received) == 1
        killed.kill()
        killed.join()
        receiver.behaviour = answering(200)
        later = SPAWN.Process(target=deliver_until_killed, args=(address, 61.0))
        later.start()
        until(lambda: len(receiver.received) == 3)
        later.kill()
        later.join()
    assert subjects(receiver) == ["a", "a", "b"]
    assert receiver.ids[0] == receiver.ids[1]
    real.close()
