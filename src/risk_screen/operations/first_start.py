"""How a service begins: the first administrator by link, and accounts for a demonstration that end with it."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.access.passwords import SALT_BYTES, HashCost, hash_password
from risk_screen.access.roles import ROLE_TITLES, Role
from risk_screen.operations.accounts import AccountNameTakenError, Administration, Invited, Person, add_account, tell
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.storage.accounts import (
    ACTIVE,
    DISABLED,
    Account,
    account_named,
    demonstration_accounts,
    has_account,
    is_set_up,
    save_account,
)
from risk_screen.storage.changes import Change
from risk_screen.storage.sessions import close_sessions_of

ADMINISTRATOR: Final = "admin"
SYSTEM: Final = Actor("system", "first-start")
DEMO_PARTY: Final = "demo-bureau"
DEMO_TOWN: Final = "demo-town"
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_DIGITS: Final = "23456789"


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Somebody to try the program as."""

    sign_in_name: str
    password: str = field(repr=False)
    role: Role


def first_administrator(store: Store) -> Invited | None:
    """Make an administrator when nobody has an account; None when somebody has.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        if has_account(connection):
            return None
    person = Person("系统管理员", frozenset({Role.SYSTEM_ADMIN}))
    try:
        return add_account(Administration(store, SYSTEM), ADMINISTRATOR, person)
    except AccountNameTakenError:  # another process was quicker
        return None


def prepare_demonstration(store: Store, *, is_demo: bool, cost: HashCost) -> tuple[DemonstrationAccount, ...]:
    """Make one account for each role with a password of its own, new at every start; or end those of an earlier start.

    None are made, and those there are end, as soon as somebody has a real account.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        is_wanted = is_demo and not is_set_up(connection)
        is_over = not is_wanted and not any(one.state == ACTIVE for one in demonstration_accounts(connection))
    if is_over:
        return ()
    made = tuple(DemonstrationAccount(f"demo-{role}".replace("_", "-"), _password(), role) for role in Role)
    made = made if is_wanted else ()
    hashes = [hash_password(one.password, salt=secrets.token_bytes(SALT_BYTES), cost=cost) for one in made]

    def work(change: Change) -> tuple[DemonstrationAccount, ...]:
        change.take_turn()
        retire_demonstration(change)
        if is_set_up(change.connection):
            return ()
        for one, password_hash in zip(made, hashes, strict=True):
            _save_demonstration_account(change, one, password_hash)
        return made

    return store.write(work)


def retire_demonstration(change: Change) -> None:
    """End the accounts of a demonstration."""
    for before in demonstration_accounts(change.connection):
        if before.state == DISABLED:
            continue
        at, version = change.at_text, before.version + 1
        after = replace(before, state=DISABLED, password_hash=None, changed_at=at, version=version)
        save_account(change, after)
        close_sessions_of(change, before.id)
        tell(change, SYSTEM, "account.disable", before, after)


def _save_demonstration_account(change: Change, one: DemonstrationAccount, password_hash: str) -> None:
    before = account_named(change.connection, one.sign_in_name)
    if before is not None and not before.is_demo:
        return
    at = change.at_text
    after = Account(
        id=before.id if before else new_id(change.at),
        sign_in_name=one.sign_in_name,
        display_name=f"演示：{ROLE_TITLES[one.role]}",
        roles=frozenset({one.role}),
        party=DEMO_PARTY if one.role == Role.APPROVAL_BUREAU else "",
        town=DEMO_TOWN if one.role in (Role.TOWN_OFFICE, Role.GRID_WORKER) else "",
        state=ACTIVE,
        version=before.version + 1 if before else 1,
        created_at=before.created_at if before else at,
        changed_at=at,
        is_demo=True,
        password_hash=password_hash,
        password_changed_at=at,
    )
    save_account(change, after)
    tell(change, SYSTEM, "account.demonstrate", before, after)


def _password() -> str:
    """Easy to read off a terminal and to type; about 50 bits, for this machine and this start."""
    pieces = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)]
    return "-".join([*pieces, "".join(secrets.choice(_DIGITS) for _ in range(4))])
