"""Accounts: made by link, changed by one who may, and never left without an administrator."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from people import CHEAP, ELSEWHERE, HERE, OFFICE, PASSWORD, account_with, gate_for, session_of
from risk_screen.access.roles import Role
from risk_screen.operations.accounts import (
    AccountInvalidError,
    AccountNameTakenError,
    AccountNotFoundError,
    Administration,
    LastAdministratorError,
    Person,
    account_called,
    add_account,
    change_account,
    disable_account,
    enable_account,
    list_accounts,
    one_account,
    reset_account,
)
from risk_screen.operations.choosing_passwords import accept_invite, invited
from risk_screen.operations.expecting import Expected, PreconditionFailedError
from risk_screen.operations.first_start import first_administrator, prepare_demonstration
from risk_screen.operations.gate import Gate
from risk_screen.operations.refusing import InviteUnusableError, PasswordRefusedError, SignInRefusedError
from risk_screen.operations.sessions import identity_of, own_sessions
from risk_screen.operations.signing_in import sign_in
from risk_screen.operations.store import Store
from risk_screen.storage.accounts import is_set_up
from risk_screen.storage.audit_trail import audit_rows

WORKER = Person("王五", frozenset({Role.GRID_WORKER}), town="north")


@pytest.fixture
def gate(store: Store) -> Gate:
    return gate_for(store)


@pytest.fixture
def office(gate: Gate) -> Administration:
    return Administration(gate.store, OFFICE)


def test_a_link_is_for_one_password_and_the_newest_only(gate: Gate, office: Administration) -> None:
    first = add_account(office, "wang.wu", WORKER)
    second = reset_account(office, first.account.id)
    with pytest.raises(InviteUnusableError):
        accept_invite(gate, HERE, first.token, PASSWORD)
    assert invited(gate, second.token).id == first.account.id
    assert accept_invite(gate, HERE, second.token, PASSWORD).signed_in.account.state == "active"
    with pytest.raises(InviteUnusableError):
        accept_invite(gate, HERE, second.token, "Hua-Shan-2154m")


def test_a_link_used_twice_at_once_counts_once(gate: Gate, office: Administration) -> None:
    made = add_account(office, "wang.wu", WORKER)

    def choose(number: int) -> bool:
        try:
            accept_invite(gate, HERE, made.token, f"Hua-Shan-2154m-{number}")
        except InviteUnusableError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(choose, range(4))).count(True) == 1


def test_a_link_is_dead_after_a_day(gate: Gate, office: Administration) -> None:
    made = add_account(office, "wang.wu", WORKER)
    later = gate.store.now() + office.invite
    gate.store.now = lambda: later
    with pytest.raises(InviteUnusableError):
        accept_invite(gate, HERE, made.token, PASSWORD)


@pytest.mark.parametrize("password", ["short", "Wang.wu-2026", "王五王五-Abc-123", "Admin@123456", "x" * 200])
def test_a_password_that_breaks_the_rules_leaves_the_link_usable(
    gate: Gate, office: Administration, password: str
) -> None:
    made = add_account(office, "wang.wu", WORKER)
    with pytest.raises(PasswordRefusedError) as told:
        accept_invite(gate, HERE, made.token, password)
    assert password not in told.value.detail
    assert accept_invite(gate, HERE, made.token, PASSWORD).token


def test_an_account_without_a_password_lets_nobody_in(gate: Gate, office: Administration) -> None:
    add_account(office, "wang.wu", WORKER)
    for password in ("", PASSWORD):
        with pytest.raises(SignInRefusedError):
            sign_in(gate, HERE, "wang.wu", password)


@pytest.mark.parametrize("name", ["", "x", "a b", "<script>", "-wang", "w" * 65, "wang\x00wu"])
def test_names_nobody_can_type_are_refused(office: Administration, name: str) -> None:
    with pytest.raises(AccountInvalidError):
        add_account(office, name, WORKER)


@pytest.mark.parametrize(
    "person",
    [
        Person("x", frozenset()),
        Person("x", frozenset({Role.AUDITOR, Role.ANALYST})),
        Person("x", frozenset({Role.TOWN_OFFICE})),
        Person("x", frozenset({Role.APPROVAL_BUREAU})),
    ],
)
def test_nobody_is_what_nobody_can_be(office: Administration, person: Person) -> None:
    with pytest.raises(AccountInvalidError):
        add_account(office, "wang.wu", person)


def test_a_name_and_a_subject_are_of_one_account(office: Administration) -> None:
    add_account(office, "wang.wu", replace(WORKER, external_subject="7"))
    for name, person in (("ＷＡＮＧ.wu", WORKER), ("li.si", replace(WORKER, external_subject="7"))):
        with pytest.raises(AccountNameTakenError):
            add_account(office, name, person)


def test_other_roles_end_the_sessions_and_another_name_does_not(gate: Gate, office: Administration) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    session_of(gate, account)
    person = Person("李四", account.roles, account.party, account.town)
    change_account(office, account.id, person)
    assert own_sessions(gate.store, identity_of(account))
    change_account(office, account.id, replace(person, town="south"))
    assert own_sessions(gate.store, identity_of(account)) == []


def test_nobody_changes_what_they_themselves_may(gate: Gate) -> None:
    account = account_with(gate, Role.SYSTEM_ADMIN)
    with pytest.raises(AccountInvalidError, match="自己"):
        change_account(
            Administration(gate.store, identity_of(account).actor), account.id, Person("x", frozenset({Role.ANALYST}))
        )


def test_the_last_administrator_stays(gate: Gate, office: Administration) -> None:
    one = account_with(gate, Role.SYSTEM_ADMIN, name="one")
    with pytest.raises(LastAdministratorError):
        disable_account(office, one.id)
    with pytest.raises(LastAdministratorError):
        change_account(office, one.id, Person("x", frozenset({Role.AUDITOR})))
    account_with(gate, Role.SYSTEM_ADMIN, name="two")
    assert disable_account(office, one.id).state == "disabled"


def test_a_change_meant_for_an_older_version_is_not_made(gate: Gate, office: Administration) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    with pytest.raises(PreconditionFailedError):
        disable_account(office, account.id, Expected(frozenset({account.version - 1})))
    assert one_account(gate.store, account.id).state == "active"


def test_who_was_disabled_comes_back_with_the_password_they_had(gate: Gate, office: Administration) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    disable_account(office, account.id)
    assert enable_account(office, account.id).state == "active"
    assert sign_in(gate, ELSEWHERE, "zhang.san", PASSWORD).token


def test_unknown_accounts_are_told(gate: Gate, office: Administration) -> None:
    for ask in (
        lambda: one_account(gate.store, "x"),
        lambda: account_called(gate.store, "x"),
        lambda: disable_account(office, "x"),
        lambda: reset_account(office, "x"),
    ):
        with pytest.raises(AccountNotFoundError):
            ask()


def test_every_change_is_in_the_trail_with_what_was_before_and_no_name(gate: Gate, office: Administration) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    disable_account(office, account.id)
    with gate.store.reading() as connection:
        rows = [dict(row) for row in audit_rows(connection) if row["subject_type"] == "account"]
    assert [row["action"] for row in rows] == ["account.add", "account.choose_password", "account.disable"]
    assert [row["before_hash"] for row in rows] == [None, *(row["after_hash"] for row in rows[:-1])]
    assert "张三" not in str(rows)
    assert "zhang.san" not in str(rows)


def test_the_first_start_makes_one_administrator_who_has_no_password(gate: Gate) -> None:
    made = first_administrator(gate.store)
    assert made is not None
    assert (made.account.sign_in_name, made.account.state, made.account.password_hash) == ("admin", "invited", None)
    assert first_administrator(gate.store) is None
    with gate.store.reading() as connection:
        assert not is_set_up(connection)
    accept_invite(gate, HERE, made.token, PASSWORD)
    with gate.store.reading() as connection:
        assert is_set_up(connection)


def test_a_demonstration_has_every_role_and_other_passwords_at_every_start(gate: Gate) -> None:
    first = prepare_demonstration(gate.store, is_demo=True, cost=CHEAP)
    second = prepare_demonstration(gate.store, is_demo=True, cost=CHEAP)
    assert {one.role for one in first} == {one.role for one in second} == set(Role)
    passwords = [one.password for one in (*first, *second)]
    assert len(set(passwords)) == len(passwords)
    gate.site = replace(gate.site, is_demo=True)
    with pytest.raises(SignInRefusedError):
        sign_in(gate, HERE, first[0].sign_in_name, first[0].password)
    for one in second:
        assert sign_in(gate, HERE, one.sign_in_name, one.password).signed_in.stage == "full"


def test_demonstration_accounts_work_on_this_machine_only(gate: Gate) -> None:
    (one, *_) = prepare_demonstration(gate.store, is_demo=True, cost=CHEAP)
    gate.site = replace(gate.site, is_demo=True)
    for caller in (ELSEWHERE, replace(HERE, is_direct=False)):
        with pytest.raises(SignInRefusedError):
            sign_in(gate, caller, one.sign_in_name, one.password)


def test_demonstration_accounts_end_with_the_demonstration(gate: Gate) -> None:
    (one, *_) = prepare_demonstration(gate.store, is_demo=True, cost=CHEAP)
    assert prepare_demonstration(gate.store, is_demo=False, cost=CHEAP) == ()
    gate.site = replace(gate.site, is_demo=True)
    with pytest.raises(SignInRefusedError):
        sign_in(gate, HERE, one.sign_in_name, one.password)
    with pytest.raises(AccountInvalidError):
        enable_account(Administration(gate.store, OFFICE), account_called(gate.store, one.sign_in_name).id)


def test_the_first_real_account_ends_the_demonstration_for_good(gate: Gate) -> None:
    (one, *_) = prepare_demonstration(gate.store, is_demo=True, cost=CHEAP)
    gate.site = replace(gate.site, is_demo=True)
    sign_in(gate, HERE, one.sign_in_name, one.password)
    account_with(gate, Role.GRID_WORKER)
    with pytest.raises(SignInRefusedError):
        sign_in(gate, HERE, one.sign_in_name, one.password)
    assert prepare_demonstration(gate.store, is_demo=True, cost=CHEAP) == ()
    states = {account.state for account in list_accounts(gate.store) if account.is_demo}
    assert states == {"disabled"}
