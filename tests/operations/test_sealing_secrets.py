"""Secrets of second factors and pushes lie sealed where there are keys, work as before, and follow a change of keys."""

from base64 import b32decode
from pathlib import Path
from typing import Any

import pytest
from pushing import ADMIN
from sqlalchemy import select

from databases import fresh_database
from people import HERE, PASSWORD, account_with, gate_for
from risk_screen.access.roles import Role
from risk_screen.access.totp import code_at, step_at
from risk_screen.delivery.destinations import Destination
from risk_screen.delivery.signing import written_secret
from risk_screen.errors import RiskScreenError
from risk_screen.operations.backing_up import Restoring, back_up, restore
from risk_screen.operations.gate import Gate
from risk_screen.operations.sealing_secrets import reseal_secrets
from risk_screen.operations.second_factor import begin_second_factor, finish_second_factor
from risk_screen.operations.signing_in import sign_in
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import allow
from risk_screen.operations.webhooks import Subscription, add_endpoint
from risk_screen.storage.access_tables import accounts
from risk_screen.storage.audit_trail import audit_rows
from risk_screen.storage.database import open_database, writing
from risk_screen.storage.sealed_secrets import PLACES
from risk_screen.storage.sealing import AesCipher, KeyRing, Sm4Cipher
from risk_screen.storage.webhooks import signing_secrets

OLD = KeyRing({"2025": AesCipher(b"1" * 32)})
NEW = KeyRing({"2026": Sm4Cipher(b"2" * 16), "2025": AesCipher(b"1" * 32)})
ONLY_NEW = KeyRing({"2026": Sm4Cipher(b"2" * 16)})
URL = "https://hooks.example.cn/risk"


def begun(gate: Gate, name: str) -> tuple[str, bytes]:
    """Somebody who has scanned a secret; their token, and the secret."""
    account_with(gate, Role.TASK_FORCE, name=name)
    token = sign_in(gate, HERE, name, PASSWORD).token
    return token, secret_of(gate, token)


def secret_of(gate: Gate, token: str) -> bytes:
    text = begin_second_factor(gate, token).secret
    return b32decode(text + "=" * (-len(text) % 8))


def code_of(store: Store, secret: bytes) -> str:
    return code_at(secret, step_at(store.now()))


def endpoint(store: Store) -> tuple[str, str]:
    allow(store, ADMIN, Destination("https", "hooks.example.cn", 443))
    made, secret = add_endpoint(store, ADMIN, Subscription(URL, "bureau", ("*",)))
    return made.id, secret.secret


def rows(store: Store) -> list[tuple[bytes, str | None]]:
    """Every secret as it lies in the database, and the name of its key."""
    with store.reading() as connection:
        found = [connection.execute(select(one.content, one.key_id).where(one.content.is_not(None))) for one in PLACES]
        return [(bytes(content), key) for some in found for content, key in some]


def signing(store: Store, endpoint_id: str, ring: KeyRing | None) -> list[str]:
    with store.reading() as connection:
        return [written_secret(one) for one in signing_secrets(connection, endpoint_id, ring)]


def one_of_each(store: Store) -> tuple[Any, ...]:
    gate = gate_for(store)
    token, done = begun(gate, "zhang.san")
    finish_second_factor(gate, HERE, token, code_of(store, done))
    return gate, begun(gate, "li.si"), done, endpoint(store)


def test_no_secret_lies_open_where_there_are_keys_and_all_work(store: Store) -> None:
    store.ring = lambda: OLD
    gate, (token, pending), done, (endpoint_id, shown) = one_of_each(store)
    lying = rows(store)
    assert [key for _, key in lying] == ["2025"] * 3
    assert not any(secret in content for content, _ in lying for secret in (pending, done))
    assert signing(store, endpoint_id, OLD) == [shown]
    assert secret_of(gate, token) == pending
    finish_second_factor(gate, HERE, token, code_of(store, pending))


def test_what_lies_open_is_sealed_and_keys_are_changed(store: Store) -> None:
    gate, (token, pending), done, (endpoint_id, shown) = one_of_each(store)
    assert [key for _, key in rows(store)] == [None] * 3
    for ring, key in ((OLD, "2025"), (NEW, "2026")):
        assert [reseal_secrets(store, ring), reseal_secrets(store, ring)] == [3, 0]
        assert [named for _, named in rows(store)] == [key] * 3
    assert not any(done in content for content, _ in rows(store))
    store.ring = lambda: ONLY_NEW
    assert signing(store, endpoint_id, ONLY_NEW) == [shown]
    finish_second_factor(gate, HERE, token, code_of(store, pending))
    with store.reading() as connection:
        told = [row.action for row in audit_rows(connection) if row.action.endswith(".reseal")]
    assert told == ["account.reseal", "session.reseal", "webhook.reseal"] * 2


@pytest.mark.parametrize(("ring", "code"), [(None, "reporter_keys_unusable"), (ONLY_NEW, "reporter_unsealable")])
def test_without_the_key_it_is_told_and_nobody_is_let_in(store: Store, ring: KeyRing | None, code: str) -> None:
    store.ring = lambda: OLD
    gate, (token, pending), _, (endpoint_id, _) = one_of_each(store)
    store.ring = lambda: ring
    with pytest.raises(RiskScreenError) as caught:
        finish_second_factor(gate, HERE, token, code_of(store, pending))
    assert caught.value.code == code
    with pytest.raises(RiskScreenError) as caught:
        signing(store, endpoint_id, ring)
    assert caught.value.code == code


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_a_backup_brings_back_opens_with_the_same_keys_and_no_others(
    store: Store, kind: str, tmp_path: Path
) -> None:
    store.ring = lambda: OLD
    endpoint_id, shown = endpoint(store)
    back_up(store.engine, tmp_path / "backup", store.now(), program="1")
    (tmp_path / "other").mkdir()
    with fresh_database(kind, tmp_path / "other") as address:
        restore(address, tmp_path / "backup", store.now(), Restoring())
        other = Store(open_database(address))
        assert signing(other, endpoint_id, NEW) == [shown]
        with pytest.raises(RiskScreenError):
            signing(other, endpoint_id, ONLY_NEW)
        other.close()


def test_a_secret_put_into_another_row_does_not_open(store: Store) -> None:
    store.ring = lambda: OLD
    gate, (token, pending), _, _ = one_of_each(store)
    finish_second_factor(gate, HERE, token, code_of(store, pending))
    stolen, _ = rows(store)[0]
    with writing(store.engine) as connection:
        connection.execute(accounts.update().values(totp_secret=stolen))
    with pytest.raises(RiskScreenError) as caught:
        reseal_secrets(store, NEW)
    assert caught.value.code == "reporter_unsealable"
