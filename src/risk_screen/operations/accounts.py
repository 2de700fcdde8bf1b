"""Accounts of people: made, changed, disabled, reset. Nobody but their owner ever types or sees a password.

Whoever gets other roles, another institution or town, or is disabled, is signed out everywhere.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.access.roles import Role, clash_of
from risk_screen.access.tokens import TOKEN_BYTES, hash_token, make_token
from risk_screen.errors import RiskScreenError
from risk_screen.operations.expecting import WHATEVER, Expected
from risk_screen.operations.numbering import new_id
from risk_screen.operations.signing_in import fold_name, hash_of_name
from risk_screen.operations.store import Store
from risk_screen.storage.accounts import (
    ACTIVE,
    DISABLED,
    INVITED,
    Account,
    account_named,
    account_of_subject,
    account_with_id,
    accounts_after,
    keep_recovery_codes,
    save_account,
)
from risk_screen.storage.attempts import forget_attempts_on
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.sessions import close_sessions_of, forget_invites, keep_invite

SUBJECT: Final = "account"
_NAME: Final = re.compile(r"[0-9a-z\u4e00-\u9fff][0-9a-z._@\u4e00-\u9fff-]{1,63}")


class AccountNotFoundError(RiskScreenError):
    """No account with this id or name."""

    code = "account_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个账号：请核对登录名或编号。")


class AccountNameTakenError(RiskScreenError):
    """The sign-in name, or the person of the single sign-on, has an account already."""

    code = "account_taken"

    def __init__(self) -> None:
        super().__init__("这个登录名或单点登录身份已有账号：请换一个，或修改原来的账号。")


class AccountInvalidError(RiskScreenError):
    """An account that cannot be."""

    code = "account_invalid"


class LastAdministratorError(RiskScreenError):
    """Nobody could manage accounts afterwards."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("这是最后一个可用的系统管理员，不能停用或改掉角色：请先另设一个系统管理员。")


@dataclass(frozen=True, slots=True)
class Person:
    """What an administrator says of somebody.

    Attributes
    ----------
    display_name : str
        Shown on pages; never in the audit trail.
    roles : frozenset of Role
    party, town : str
    external_subject : str or None
        Who they are to the single sign-on (its ``sub``).
    """

    display_name: str
    roles: frozenset[Role]
    party: str = ""
    town: str = ""
    external_subject: str | None = None

    def check(self) -> None:
        """Raise when nobody can be this.

        Raises
        ------
        AccountInvalidError
        """
        why_not = clash_of(self.roles) or ("" if self.roles else "账号至少要有一个角色。")
        if Role.TOWN_OFFICE in self.roles and not self.town:
            why_not = "镇街账号要写明镇街。"
        if Role.APPROVAL_BUREAU in self.roles and not self.party:
            why_not = "审批局账号要写明单位。"
        if why_not:
            raise AccountInvalidError(why_not)


@dataclass(frozen=True, slots=True)
class Invited:
    """An account and the token of the link by which its owner chooses a password: shown once, kept as a hash."""

    account: Account
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Administration:
    """Who manages accounts, where, and how long links work."""

    store: Store
    actor: Actor
    invite: timedelta = timedelta(hours=24)


def add_account(administration: Administration, sign_in_name: str, person: Person) -> Invited:
    """Make an account that waits for its owner to choose a password.

    Raises
    ------
    AccountNameTakenError, AccountInvalidError, StoreUnavailableError
    """
    name = fold_name(sign_in_name)
    if not _NAME.fullmatch(name):
        raise AccountInvalidError("登录名要 2–64 个字符：字母、数字、汉字和 . _ @ -，以字母、数字或汉字开头。")
    person.check()

    def work(change: Change) -> Invited:
        change.take_turn()
        _check_free(change, name, person, "")
        at = change.at_text
        account = Account(
            id=new_id(change.at),
            sign_in_name=name,
            display_name=person.display_name,
            roles=person.roles,
            party=person.party,
            town=person.town,
            state=INVITED,
            version=1,
            created_at=at,
            changed_at=at,
            external_subject=person.external_subject,
        )
        save_account(change, account)
        tell(change, administration.actor, "account.add", None, account)
        return _invited(change, administration, account)

    return administration.store.write(work)


def change_account(
    administration: Administration, account_id: str, person: Person, expected: Expected = WHATEVER
) -> Account:
    """Put what an administrator says of somebody in the place of what was said before.

    Raises
    ------
    AccountNotFoundError, AccountNameTakenError, AccountInvalidError, LastAdministratorError, PreconditionFailedError,
    StoreUnavailableError
    """
    person.check()

    def changed(change: Change, before: Account) -> Account:
        _check_free(change, before.sign_in_name, person, before.id)
        after = replace(
            before,
            display_name=person.display_name,
            roles=person.roles,
            party=person.party,
            town=person.town,
            external_subject=person.external_subject,
        )
        if _reach_of(after) != _reach_of(before):
            if administration.actor.id == before.id:
                raise AccountInvalidError("不能改自己的角色、单位和镇街：请另一位系统管理员办理。")
            close_sessions_of(change, before.id)
        return after

    return _change(administration, account_id, "account.change", expected, changed)


def disable_account(administration: Administration, account_id: str, expected: Expected = WHATEVER) -> Account:
    """Let somebody in no more; their account stays for the audit trail.

    Raises
    ------
    AccountNotFoundError, LastAdministratorError, PreconditionFailedError, StoreUnavailableError
    """

    def disabled(change: Change, before: Account) -> Account:
        close_sessions_of(change, before.id)
        forget_invites(change, before.id)
        return replace(before, state=DISABLED)

    return _change(administration, account_id, "account.disable", expected, disabled)


def enable_account(administration: Administration, account_id: str, expected: Expected = WHATEVER) -> Account:
    """Let somebody in again, with the password they had; and open a lock.

    Raises
    ------
    AccountNotFoundError, AccountInvalidError, PreconditionFailedError, StoreUnavailableError
    """

    def enabled(change: Change, before: Account) -> Account:
        if before.is_demo:
            raise AccountInvalidError("演示账号只由 risk-screen serve --demo 启用。")
        forget_attempts_on(change, hash_of_name(before.sign_in_name))
        return replace(before, state=ACTIVE if before.password_hash is not None else INVITED)

    return _change(administration, account_id, "account.enable", expected, enabled)


def reset_account(
    administration: Administration, account_id: str, *, second_factor: bool = False, expected: Expected = WHATEVER
) -> Invited:
    """Take the password (and the second factor) away and make a link to choose another.

    Raises
    ------
    AccountNotFoundError, AccountInvalidError, PreconditionFailedError, StoreUnavailableError
    """

    def work(change: Change) -> Invited:
        change.take_turn()
        before = _found(change, account_id)
        expected.check(before.version)
        if before.is_demo or before.state == DISABLED:
            raise AccountInvalidError("停用的账号和演示账号不能重置：停用的请先启用。")
        after = replace(before, password_hash=None, state=INVITED)
        if second_factor:
            after = replace(after, totp_secret=None, totp_key_id=None, totp_last_step=None)
            keep_recovery_codes(change, before.id, ())
        after = _next(change, after)
        save_account(change, after)
        close_sessions_of(change, before.id)
        forget_attempts_on(change, hash_of_name(before.sign_in_name))
        tell(change, administration.actor, "account.reset", before, after)
        return _invited(change, administration, after)

    return administration.store.write(work)


def one_account(store: Store, account_id: str) -> Account:
    """Return an account.

    Raises
    ------
    AccountNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        account = account_with_id(connection, account_id)
    if account is None:
        raise AccountNotFoundError
    return account


def account_called(store: Store, sign_in_name: str) -> Account:
    """Return the account with a sign-in name, as typed.

    Raises
    ------
    AccountNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        account = account_named(connection, fold_name(sign_in_name))
    if account is None:
        raise AccountNotFoundError
    return account


def list_accounts(store: Store, after: str = "", limit: int = 200) -> list[Account]:
    """List accounts in the order they were made."""
    with store.reading() as connection:
        return accounts_after(connection, after, limit)


def tell(change: Change, actor: Actor, action: str, before: Account | None, after: Account) -> None:
    """Write a change of an account down; names of people stay out of it."""
    before_hash = None if before is None else hash_of_account(before)
    details = {"roles": sorted(after.roles), "state": after.state, "party": after.party, "town": after.town}
    change.record(
        AuditEntry(
            actor,
            action,
            SUBJECT,
            after.id,
            before_hash=before_hash,
            after_hash=hash_of_account(after),
            details=details,
        )
    )


def hash_of_account(account: Account) -> str:
    """Hash what an administrator may see of an account."""
    said = {
        "id": account.id,
        "sign_in_name": account.sign_in_name,
        "display_name": account.display_name,
        "roles": sorted(account.roles),
        "party": account.party,
        "town": account.town,
        "state": account.state,
        "external_subject": account.external_subject,
        "has_second_factor": account.totp_secret is not None,
        "version": account.version,
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _change(
    administration: Administration,
    account_id: str,
    action: str,
    expected: Expected,
    changed: Callable[[Change, Account], Account],
) -> Account:
    def work(change: Change) -> Account:
        change.take_turn()
        before = _found(change, account_id)
        expected.check(before.version)
        after = _next(change, changed(change, before))
        if _manages(before) and not _manages(after):
            _check_another_manages(change, before.id)
        save_account(change, after)
        tell(change, administration.actor, action, before, after)
        return after

    return administration.store.write(work)


def _found(change: Change, account_id: str) -> Account:
    account = account_with_id(change.connection, account_id)
    if account is None:
        raise AccountNotFoundError
    return account


def _next(change: Change, account: Account) -> Account:
    return replace(account, version=account.version + 1, changed_at=change.at_text)


def _check_free(change: Change, name: str, person: Person, account_id: str) -> None:
    found = [account_named(change.connection, name)]
    if person.external_subject is not None:
        found.append(account_of_subject(change.connection, person.external_subject))
    if any(one is not None and one.id != account_id for one in found):
        raise AccountNameTakenError


def _check_another_manages(change: Change, account_id: str) -> None:
    everybody = accounts_after(change.connection, "", 100_000)
    if not any(_manages(one) and one.id != account_id for one in everybody):
        raise LastAdministratorError


def _manages(account: Account) -> bool:
    return account.state == ACTIVE and Role.SYSTEM_ADMIN in account.roles and not account.is_demo


def _reach_of(account: Account) -> tuple[frozenset[Role], str, str]:
    return account.roles, account.party, account.town


def _invited(change: Change, administration: Administration, account: Account) -> Invited:
    token = make_token(secrets.token_bytes(TOKEN_BYTES))
    expires_at = (change.at + administration.invite).isoformat(timespec="milliseconds")
    keep_invite(change, hash_token(token), account.id, expires_at)
    return Invited(account, token)
