"""Give keys to programs, change them, and take them back; a key is shown once, when it is made."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.access.caller import Network
from risk_screen.access.keys import KEY_RANDOMNESS, PEOPLE_ONLY, KeyTerms, make_key
from risk_screen.access.roles import PERMISSION_TITLES, Permission
from risk_screen.errors import RiskScreenError
from risk_screen.operations.expecting import WHATEVER, Expected
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.keys import ApiKey, all_keys, key_with_id, save_key

SUBJECT: Final = "key"
LONGEST_LIFE: Final = timedelta(days=3 * 366)


class KeyNotFoundError(RiskScreenError):
    """No key with this id."""

    code = "key_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个编号的接口密钥：请核对编号（rs_ 后面的 16 个字符）。")


class KeyTermsError(RiskScreenError):
    """A key that nobody may have."""

    code = "key_terms"


@dataclass(frozen=True, slots=True)
class AskedTerms:
    """What a key is to allow, as it was asked for; see ``KeyTerms``."""

    permissions: frozenset[Permission]
    networks: tuple[Network, ...]
    requests_per_minute: int
    expires_at: datetime

    def checked(self, now: datetime) -> KeyTerms:
        """Return the terms when a program may have them.

        Raises
        ------
        KeyTermsError
        """
        people_only = sorted(PERMISSION_TITLES[one] for one in self.permissions & PEOPLE_ONLY)
        if people_only:
            raise KeyTermsError(f"{'、'.join(people_only)}只能由登录的人办理，不能交给接口密钥。")
        if not self.permissions or not self.networks or self.requests_per_minute < 1:
            raise KeyTermsError("接口密钥要写明权限、允许的网段和每分钟次数；不限来源须写明 0.0.0.0/0 与 ::/0。")
        if self.expires_at.utcoffset() is None or not now < self.expires_at <= now + LONGEST_LIFE:
            raise KeyTermsError("到期时间要带时区，在现在之后、三年之内。")
        return KeyTerms(self.permissions, self.networks, self.requests_per_minute, self.expires_at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Which system gets a key, and what it acts for: an institution, else a town, else the whole district."""

    name: str
    party: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key just made; ``text`` is what to give to the program, and is nowhere else."""

    text: str = field(repr=False)
    key: ApiKey


def give_key(store: Store, actor: Actor, holder: KeyHolder, terms: KeyTerms) -> GivenKey:
    """Make a key.

    Raises
    ------
    StoreUnavailableError
    """
    text, stored = make_key(secrets.token_bytes(KEY_RANDOMNESS), terms)

    def work(change: Change) -> ApiKey:
        at = change.at_text
        key = ApiKey(stored, holder.name, holder.party, holder.town, actor.id, 1, at, at)
        save_key(change, key)
        _tell(change, actor, "key.add", None, key)
        return key

    return GivenKey(text, store.write(work))


def revoke_key(store: Store, actor: Actor, key_id: str, expected: Expected = WHATEVER) -> ApiKey:
    """Take a key back; it works nowhere two seconds later. Once more changes nothing.

    Raises
    ------
    KeyNotFoundError, PreconditionFailedError, StoreUnavailableError
    """

    def work(change: Change) -> ApiKey:
        change.take_turn()
        before = key_with_id(change.connection, key_id)
        if before is None:
            raise KeyNotFoundError
        expected.check(before.version)
        if before.revoked_at is not None:
            return before
        at, stored = change.at_text, replace(before.stored, is_revoked=True)
        after = replace(before, stored=stored, revoked_at=at, changed_at=at, version=before.version + 1)
        save_key(change, after)
        _tell(change, actor, "key.revoke", before, after)
        return after

    return store.write(work)


def keys_given(store: Store) -> list[ApiKey]:
    """List every key, the newest first; without what would let anybody use one."""
    with store.reading() as connection:
        return all_keys(connection)


def one_key(store: Store, key_id: str) -> ApiKey:
    """Return a key.

    Raises
    ------
    KeyNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        key = key_with_id(connection, key_id)
    if key is None:
        raise KeyNotFoundError
    return key


def _tell(change: Change, actor: Actor, action: str, before: ApiKey | None, after: ApiKey) -> None:
    change.record(
        AuditEntry(
            actor,
            action,
            SUBJECT,
            after.stored.id,
            before_hash=None if before is None else _hash(before),
            after_hash=_hash(after),
            details={"permissions": sorted(after.stored.terms.permissions), "party": after.party, "town": after.town},
        )
    )


def _hash(key: ApiKey) -> str:
    terms = key.stored.terms
    said = {
        "id": key.stored.id,
        "name": key.name,
        "party": key.party,
        "town": key.town,
        "permissions": sorted(terms.permissions),
        "networks": sorted(map(str, terms.networks)),
        "requests_per_minute": terms.requests_per_minute,
        "expires_at": terms.expires_at.isoformat(),
        "revoked_at": key.revoked_at,
        "version": key.version,
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
