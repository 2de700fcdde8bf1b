"""Signing in: who gets in, what is still asked for, and what no guesser learns or gains."""

from base64 import b32decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from people import CHEAP, ELSEWHERE, HERE, PASSWORD, account_with, gate_for
from risk_screen.access import passwords
from risk_screen.access.caller import Caller
from risk_screen.access.roles import Role
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import hash_token
from risk_screen.access.totp import code_at, step_at
from risk_screen.operations import signing_in
from risk_screen.operations.accounts import Administration, disable_account, enable_account
from risk_screen.operations.choosing_passwords import change_password
from risk_screen.operations.gate import Gate
from risk_screen.operations.refusing import (
    NotSignedInError,
    PasswordRefusedError,
    SignInLockedError,
    SignInRefusedError,
    SignInStageError,
)
from risk_screen.operations.second_factor import begin_second_factor, finish_second_factor
from risk_screen.operations.sessions import (
    Opened,
    SessionNotFoundError,
    close_own_session,
    identity_of,
    own_sessions,
    sign_out,
    signed_in,
)
from risk_screen.operations.signing_in import confirm, sign_in
from risk_screen.operations.store import Store
from risk_screen.storage.access_tables import sign_in_attempts
from risk_screen.storage.accounts import Account
from risk_screen.storage.audit_trail import audit_rows

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Clock:
    """Gives the time, and lets it pass."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock(store: Store) -> Clock:
    store.now = Clock()
    return store.now


@pytest.fixture
def gate(store: Store, clock: Clock) -> Gate:
    return gate_for(store)


def enrolled(gate: Gate, clock: Clock, role: Role = Role.TASK_FORCE) -> tuple[Account, bytes, Opened]:
    """Somebody with a second factor, its secret, and the session in which it was set up."""
    account_with(gate, role)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    assert opened.signed_in.stage == Stage.SET_UP_SECOND_FACTOR
    secret = secret_of(begin_second_factor(gate, opened.token).secret)
    done = finish_second_factor(gate, HERE, opened.token, code_at(secret, step_at(clock())))
    clock.pass_by(seconds=60)
    return done.signed_in.account, secret, done


def secret_of(text: str) -> bytes:
    return b32decode(text + "=" * (-len(text) % 8))


def live(gate: Gate, token: str) -> bool:
    """Whether a session lets somebody in."""
    with gate.store.reading() as connection:
        found = signed_in(connection, hash_token(token))
    try:
        return gate.person(found, HERE).stage == Stage.FULL
    except NotSignedInError:
        return False


def test_name_and_password_are_enough_for_a_grid_worker(gate: Gate) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    opened = sign_in(gate, HERE, "  ZHANG.San ", PASSWORD)
    assert (opened.signed_in.stage, opened.signed_in.account.id) == (Stage.FULL, account.id)
    assert live(gate, opened.token)
    assert opened.signed_in.identity.origin == identity_of(account).origin


@pytest.mark.parametrize(
    ("name", "password"), [("zhang.san", "wrong"), ("li.si", PASSWORD), ("", ""), ("zhang.san", "")]
)
def test_wrong_and_unknown_are_one_answer(gate: Gate, name: str, password: str) -> None:
    account_with(gate, Role.GRID_WORKER)
    with pytest.raises(SignInRefusedError) as told:
        sign_in(gate, HERE, name, password)
    assert told.value.detail == SignInRefusedError().detail


def test_an_unknown_name_costs_one_hash_like_a_known_one(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    account_with(gate, Role.GRID_WORKER)
    hashed = []
    made = passwords._hasher

    def counted(cost: passwords.HashCost) -> object:
        hashed.append(cost)
        return made(cost)

    monkeypatch.setattr(passwords, "_hasher", counted)
    counts = []
    for name in ("zhang.san", "li.si"):
        hashed.clear()
        with pytest.raises(SignInRefusedError):
            sign_in(gate, HERE, name, "wrong")
        counts.append(len(hashed))
    assert counts == [1, 1]
    assert hashed[0] == CHEAP


@pytest.mark.parametrize("name", ["zhang.san", "li.si"])
def test_five_failures_lock_a_name_whether_it_exists_or_not_and_time_opens_it(
    gate: Gate, clock: Clock, name: str
) -> None:
    account_with(gate, Role.GRID_WORKER)
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            sign_in(gate, HERE, name, "wrong")
    with pytest.raises(SignInLockedError) as told:
        sign_in(gate, ELSEWHERE, name, PASSWORD)
    assert told.value.retry_after_seconds == 30 * 60
    clock.pass_by(minutes=31)
    if name == "zhang.san":
        assert sign_in(gate, HERE, name, PASSWORD).token


def test_an_administrator_opens_a_lock(gate: Gate) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            sign_in(gate, HERE, "zhang.san", "wrong")
    enable_account(Administration(gate.store, identity_of(account).actor), account.id)
    assert sign_in(gate, HERE, "zhang.san", PASSWORD).token


def test_guesses_at_the_same_time_are_no_more_than_five(gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)

    def guess(_: int) -> str:
        try:
            sign_in(gate, HERE, "zhang.san", "wrong")
        except (SignInRefusedError, SignInLockedError) as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(guess, range(20)))
    assert (told.count("sign_in_refused"), told.count("account_locked")) == (5, 15)


def test_the_right_password_among_guesses_sent_together_does_not_get_in_once_locked(gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    real = signing_in.is_password

    def locked_meanwhile(password: str, kept: str | None, *, cost: passwords.HashCost) -> bool:
        if password == PASSWORD:
            for _ in range(5):
                with pytest.raises(SignInRefusedError):
                    sign_in(gate, HERE, "zhang.san", "wrong")
        return real(password, kept, cost=cost)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing_in, "is_password", locked_meanwhile)
        with pytest.raises(SignInLockedError):
            sign_in(gate, HERE, "zhang.san", PASSWORD)


def test_one_address_that_tries_many_names_is_stopped_and_others_are_not(gate: Gate) -> None:
    gate.policy = replace(gate.policy, failures_per_address=12)
    account_with(gate, Role.GRID_WORKER)
    for number in range(12):
        with pytest.raises(SignInRefusedError):
            sign_in(gate, ELSEWHERE, f"name{number}", "Welcome-2026")
    with pytest.raises(SignInLockedError):
        sign_in(gate, ELSEWHERE, "zhang.san", PASSWORD)
    assert sign_in(gate, HERE, "zhang.san", PASSWORD).token


def test_a_disabled_account_gets_the_answer_of_a_wrong_password_and_its_sessions_end(gate: Gate) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    disable_account(Administration(gate.store, identity_of(account).actor), account.id)
    assert not live(gate, opened.token)
    with pytest.raises(SignInRefusedError):
        sign_in(gate, HERE, "zhang.san", PASSWORD)


def test_whoever_must_have_a_second_factor_does_nothing_without_one(gate: Gate) -> None:
    account_with(gate, Role.ANALYST)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    assert opened.signed_in.stage == Stage.SET_UP_SECOND_FACTOR
    assert not live(gate, opened.token)


def test_for_a_trial_the_second_factor_can_be_switched_off(gate: Gate) -> None:
    gate.policy = replace(gate.policy, second_factor=False)
    account_with(gate, Role.ANALYST)
    assert sign_in(gate, HERE, "zhang.san", PASSWORD).signed_in.stage == Stage.FULL


def test_a_code_opens_once_and_is_spent_with_those_before_it(gate: Gate, clock: Clock) -> None:
    _, secret, _ = enrolled(gate, clock)
    code = code_at(secret, step_at(clock()))
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    assert opened.signed_in.stage == Stage.SECOND_FACTOR
    done = confirm(gate, HERE, opened.token, code)
    assert done.signed_in.stage == Stage.FULL
    again = sign_in(gate, HERE, "zhang.san", PASSWORD)
    for replayed in (code, code_at(secret, step_at(clock()) - 1)):
        with pytest.raises(SignInRefusedError):
            confirm(gate, HERE, again.token, replayed)


def test_the_code_that_set_the_factor_up_is_spent_too(gate: Gate, clock: Clock) -> None:
    _, secret, _ = enrolled(gate, clock)
    clock.pass_by(seconds=-60)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    with pytest.raises(SignInRefusedError):
        confirm(gate, HERE, opened.token, code_at(secret, step_at(clock())))


def test_a_recovery_code_counts_once(gate: Gate, clock: Clock) -> None:
    _, _, done = enrolled(gate, clock)
    assert len(set(done.recovery_codes)) == 10
    first = sign_in(gate, HERE, "zhang.san", PASSWORD)
    assert confirm(gate, HERE, first.token, done.recovery_codes[0].lower()).signed_in.stage == Stage.FULL
    second = sign_in(gate, HERE, "zhang.san", PASSWORD)
    with pytest.raises(SignInRefusedError):
        confirm(gate, HERE, second.token, done.recovery_codes[0])


def test_wrong_codes_lock_though_the_password_is_right_each_time(gate: Gate, clock: Clock) -> None:
    enrolled(gate, clock)
    for _ in range(5):
        opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
        with pytest.raises(SignInRefusedError):
            confirm(gate, HERE, opened.token, "000000")
    with pytest.raises(SignInLockedError):
        sign_in(gate, HERE, "zhang.san", PASSWORD)


def test_every_step_gives_another_token_and_the_old_one_is_dead(gate: Gate, clock: Clock) -> None:
    _, secret, _ = enrolled(gate, clock)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    done = confirm(gate, HERE, opened.token, code_at(secret, step_at(clock())))
    assert done.token != opened.token
    assert (live(gate, opened.token), live(gate, done.token)) == (False, True)
    with pytest.raises(SignInStageError):
        confirm(gate, HERE, opened.token, "123456")


def test_a_second_factor_is_not_replaced_by_whoever_has_the_session(gate: Gate, clock: Clock) -> None:
    _, _, done = enrolled(gate, clock)
    with pytest.raises(SignInStageError):
        begin_second_factor(gate, done.token)


def test_a_wrong_first_code_leaves_the_secret_as_it_was_scanned(gate: Gate, clock: Clock) -> None:
    account_with(gate, Role.TASK_FORCE)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    scanned = begin_second_factor(gate, opened.token)
    with pytest.raises(SignInRefusedError):
        finish_second_factor(gate, HERE, opened.token, "000000")
    assert begin_second_factor(gate, opened.token) == scanned
    code = code_at(secret_of(scanned.secret), step_at(clock()))
    assert finish_second_factor(gate, HERE, opened.token, code).signed_in.stage == Stage.FULL


def test_each_sign_in_shows_a_secret_of_its_own(gate: Gate) -> None:
    account_with(gate, Role.TASK_FORCE)
    secrets = {begin_second_factor(gate, sign_in(gate, HERE, "zhang.san", PASSWORD).token).secret for _ in range(2)}
    assert len(secrets) == 2


def test_an_old_password_must_be_changed_before_anything_else(gate: Gate, clock: Clock) -> None:
    account_with(gate, Role.GRID_WORKER)
    clock.pass_by(days=181)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    assert (opened.signed_in.stage, live(gate, opened.token)) == (Stage.CHANGE_PASSWORD, False)
    with pytest.raises(PasswordRefusedError, match="最近"):
        change_password(gate, HERE, opened.token, old=PASSWORD, new=PASSWORD)
    done = change_password(gate, HERE, opened.token, old=PASSWORD, new="Hua-Shan-2154m")
    assert (done.signed_in.stage, live(gate, done.token)) == (Stage.FULL, True)
    with pytest.raises(SignInRefusedError):
        sign_in(gate, HERE, "zhang.san", PASSWORD)


def test_a_new_password_ends_all_other_sessions(gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    here, there = (sign_in(gate, caller, "zhang.san", PASSWORD) for caller in (HERE, ELSEWHERE))
    done = change_password(gate, HERE, here.token, old=PASSWORD, new="Hua-Shan-2154m")
    assert [live(gate, one.token) for one in (here, there, done)] == [False, False, True]


def test_a_wrong_old_password_counts_as_a_failure(gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            change_password(gate, HERE, opened.token, old="wrong", new="Hua-Shan-2154m")
    with pytest.raises(SignInLockedError):
        change_password(gate, HERE, opened.token, old=PASSWORD, new="Hua-Shan-2154m")


@pytest.mark.parametrize(("away", "is_live"), [({"minutes": 29}, True), ({"minutes": 31}, False)])
def test_a_session_unused_for_half_an_hour_is_over(
    gate: Gate, clock: Clock, away: dict[str, float], is_live: bool
) -> None:
    account_with(gate, Role.GRID_WORKER)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    clock.pass_by(**away)
    assert live(gate, opened.token) == is_live


def test_a_session_in_use_goes_on_but_not_for_longer_than_half_a_day(gate: Gate, clock: Clock) -> None:
    account_with(gate, Role.GRID_WORKER)
    opened = sign_in(gate, HERE, "zhang.san", PASSWORD)
    lives = []
    for _ in range(37):
        clock.pass_by(minutes=20)
        lives.append(live(gate, opened.token))
        gate.store.write(lambda change: None)  # what was noted of its use is written by now
    assert lives == [True] * 35 + [False] * 2


def test_own_sessions_are_listed_and_ended_and_nobody_elses(gate: Gate) -> None:
    one = account_with(gate, Role.GRID_WORKER)
    other = account_with(gate, Role.GRID_WORKER, name="li.si")
    opened = [sign_in(gate, HERE, "zhang.san", PASSWORD) for _ in range(2)]
    foreign = sign_in(gate, HERE, "li.si", PASSWORD)
    kept = {session.id for session in own_sessions(gate.store, identity_of(one))}
    assert {one.signed_in.session.id for one in opened} <= kept
    close_own_session(gate.store, identity_of(one), opened[0].signed_in.session.id)
    with pytest.raises(SessionNotFoundError):
        close_own_session(gate.store, identity_of(other), opened[1].signed_in.session.id)
    sign_out(gate.store, foreign.signed_in)
    assert [live(gate, one.token) for one in (*opened, foreign)] == [False, True, False]


def test_the_trail_says_who_signed_in_and_holds_no_name_and_no_address(gate: Gate) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    with pytest.raises(SignInRefusedError):
        sign_in(gate, Caller("10.9.8.7"), "zhang.san", "wrong")
    sign_in(gate, Caller("10.9.8.7"), "zhang.san", PASSWORD)
    with gate.store.reading() as connection:
        rows = [dict(row) for row in audit_rows(connection)]
    assert [(row["action"], row["actor_id"]) for row in rows[-2:]] == [
        ("session.refused", "anonymous"),
        ("session.open", account.id),
    ]
    assert all(words not in str(rows) for words in ("张三", "zhang.san", "10.9.8.7", PASSWORD))


def test_tries_are_kept_under_a_hash_only(gate: Gate) -> None:
    with pytest.raises(SignInRefusedError):
        sign_in(gate, HERE, "my-password-typed-as-name", "x")
    with gate.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(sign_in_attempts)).scalar() == 1
        assert "my-password" not in str(connection.execute(select(sign_in_attempts)).all())


@pytest.fixture(autouse=True)
def written(store: Store) -> Iterator[None]:
    """Nothing waits to be written when the database goes."""
    yield
    store.write(lambda change: None)
