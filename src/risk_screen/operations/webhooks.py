"""What an administrator does with endpoints of pushes and their secrets."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from risk_screen.access.actor import Actor
from risk_screen.delivery.signing import SECRET_BYTES, written_secret
from risk_screen.errors import RiskScreenError
from risk_screen.operations.expecting import WHATEVER, Expected
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import kept_allow_list
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import SUBSCRIBABLE, EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.sealing import KeptSecret, KeyRing
from risk_screen.storage.webhook_queue import note_progress, start_progress
from risk_screen.storage.webhooks import (
    ENABLED,
    EVERYBODY,
    REMOVED,
    Endpoint,
    LiveSecret,
    add_secret,
    context_of_secret,
    count_endpoints,
    endpoint_with_id,
    endpoints_after,
    forget_endpoint,
    kept_secrets,
    remove_secret,
    save_endpoint,
)

SUBJECT: Final = "webhook"
MOST_ENDPOINTS: Final = 100
MOST_SECRETS: Final = 5
MOST_KINDS: Final = 30
_PARTY: Final = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,62}[^\s\x00-\x1f\x7f])?")


class WebhookNotFoundError(RiskScreenError):
    """No such endpoint."""

    code = "webhook_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个推送端点，或已删除：请检查编号。")


class WebhookInvalidError(RiskScreenError):
    """An endpoint that cannot be."""

    code = "webhook_invalid"


class WebhookLimitError(RiskScreenError):
    """More endpoints or secrets than there may be, or fewer secrets than one."""

    code = "webhook_limit"


class SecretNotFoundError(RiskScreenError):
    """No such secret."""

    code = "webhook_secret_not_found"

    def __init__(self) -> None:
        super().__init__("这个推送端点没有这个密钥，或已删除：请检查编号。")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an endpoint is to be.

    Parameters
    ----------
    url : str
    party : str
        Whose events it gets; ``*`` for everybody's.
    kinds : tuple of str
        Of ``SUBSCRIBABLE``: ``consultation.answered``, ``consultation.*`` or ``*``.
    description : str
    state : str
        ``enabled`` or ``paused``.

    Raises
    ------
    WebhookInvalidError
    """

    url: str
    party: str
    kinds: tuple[str, ...]
    description: str = ""
    state: str = ENABLED

    def __post_init__(self) -> None:
        if not _PARTY.fullmatch(self.party):
            raise WebhookInvalidError(f"party 应是单位的名称（与账号、密钥里写的相同），或 {EVERYBODY} 表示全部单位。")
        if not 1 <= len(self.kinds) <= MOST_KINDS or not set(self.kinds) <= set(SUBSCRIBABLE):
            raise WebhookInvalidError(f"kinds 应是 1 到 {MOST_KINDS} 种事件，只能从中选：{' '.join(SUBSCRIBABLE)}。")


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret at the one time it is shown."""

    kept: LiveSecret
    secret: str


def add_endpoint(store: Store, actor: Actor, wanted: Subscription) -> tuple[Endpoint, NewSecret]:
    """Push to an address from now on; the secret is shown this once.

    Raises
    ------
    DestinationRefusedError, WebhookLimitError, StoreUnavailableError
    """
    secret, ring = secrets.token_bytes(SECRET_BYTES), store.ring()

    def work(change: Change) -> tuple[Endpoint, NewSecret]:
        change.take_turn()
        _check_url(change.connection, wanted.url)
        if count_endpoints(change.connection) >= MOST_ENDPOINTS:
            raise WebhookLimitError(f"推送端点至多 {MOST_ENDPOINTS} 个：请先删除不用的。")
        at = change.at_text
        endpoint = Endpoint(
            new_id(change.at),
            wanted.url,
            wanted.party,
            wanted.kinds,
            wanted.description,
            wanted.state,
            version=1,
            made_by=actor.id,
            created_at=at,
            changed_at=at,
        )
        _save(change, actor, None, endpoint)
        start_progress(change, endpoint.id)
        return endpoint, _keep_secret(change, actor, endpoint, secret, ring)

    return store.write(work)


def change_endpoint(
    store: Store, actor: Actor, endpoint_id: str, wanted: Subscription, expected: Expected = WHATEVER
) -> Endpoint:
    """Change where or what is pushed, pause it, or go on; what happened in a pause is sent after it.

    Raises
    ------
    WebhookNotFoundError, DestinationRefusedError, PreconditionFailedError, StoreUnavailableError
    """

    def work(change: Change) -> Endpoint:
        before = _endpoint(change, endpoint_id, expected)
        _check_url(change.connection, wanted.url)
        after = replace(
            before,
            url=wanted.url,
            party=wanted.party,
            kinds=wanted.kinds,
            description=wanted.description,
            state=wanted.state,
            version=before.version + 1,
            changed_at=change.at_text,
        )
        _save(change, actor, before, after)
        note_progress(change, endpoint_id, rests_until=None)
        return after

    return store.write(work)


def remove_endpoint(store: Store, actor: Actor, endpoint_id: str, expected: Expected = WHATEVER) -> None:
    """Push there no more and destroy the secrets; the log of what was sent stays.

    Raises
    ------
    WebhookNotFoundError, PreconditionFailedError, StoreUnavailableError
    """

    def work(change: Change) -> None:
        before = _endpoint(change, endpoint_id, expected)
        _save(
            change,
            actor,
            before,
            replace(before, state=REMOVED, version=before.version + 1, changed_at=change.at_text),
        )
        forget_endpoint(change, endpoint_id)

    store.write(work)


def new_secret(store: Store, actor: Actor, endpoint_id: str) -> NewSecret:
    """Add a secret beside those that are live: all of them sign, until the old one is removed.

    Raises
    ------
    WebhookNotFoundError, WebhookLimitError, StoreUnavailableError
    """
    secret, ring = secrets.token_bytes(SECRET_BYTES), store.ring()

    def work(change: Change) -> NewSecret:
        endpoint = _endpoint(change, endpoint_id)
        if len(kept_secrets(change.connection, endpoint_id)) >= MOST_SECRETS:
            raise WebhookLimitError(f"一个推送端点至多 {MOST_SECRETS} 个密钥：请先删除不用的。")
        _count_up(change, endpoint)
        return _keep_secret(change, actor, endpoint, secret, ring)

    return store.write(work)


def retire_secret(store: Store, actor: Actor, endpoint_id: str, secret_id: str) -> None:
    """Destroy a secret that receivers no longer need; the last one stays.

    Raises
    ------
    WebhookNotFoundError, SecretNotFoundError, WebhookLimitError, StoreUnavailableError
    """

    def work(change: Change) -> None:
        endpoint = _endpoint(change, endpoint_id)
        live = [one.id for one in kept_secrets(change.connection, endpoint_id)]
        if secret_id not in live:
            raise SecretNotFoundError
        if len(live) == 1:
            raise WebhookLimitError("这是最后一个密钥，不能删除：请先换发新的，接收方换用之后再删除旧的。")
        remove_secret(change, endpoint_id, secret_id)
        _count_up(change, endpoint)
        change.record(
            AuditEntry(actor, "webhook.retire_secret", SUBJECT, endpoint_id, details={"secret_id": secret_id})
        )

    store.write(work)


def endpoint_of(store: Store, endpoint_id: str) -> tuple[Endpoint, Sequence[LiveSecret]]:
    """Return an endpoint and which secrets are live.

    Raises
    ------
    WebhookNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        endpoint = endpoint_with_id(connection, endpoint_id)
        if endpoint is None:
            raise WebhookNotFoundError
        return endpoint, kept_secrets(connection, endpoint_id)


def endpoints(store: Store, after: str = "", limit: int = MOST_ENDPOINTS) -> Sequence[Endpoint]:
    """Return the endpoints, in the order they were added.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        return endpoints_after(connection, after, limit)


def _endpoint(change: Change, endpoint_id: str, expected: Expected = WHATEVER) -> Endpoint:
    change.take_turn()
    endpoint = endpoint_with_id(change.connection, endpoint_id)
    if endpoint is None:
        raise WebhookNotFoundError
    expected.check(endpoint.version)
    return endpoint


def _check_url(connection: Connection, url: str) -> None:
    kept_allow_list(connection).place_of(url)


def _count_up(change: Change, endpoint: Endpoint) -> None:
    """Its secrets are part of what is read of an endpoint: another set of them is another version."""
    save_endpoint(change, replace(endpoint, version=endpoint.version + 1, changed_at=change.at_text))


def _keep_secret(change: Change, actor: Actor, endpoint: Endpoint, secret: bytes, ring: KeyRing | None) -> NewSecret:
    kept = LiveSecret(new_id(change.at), actor.id, change.at_text)
    add_secret(change, endpoint.id, kept, KeptSecret.of(secret, ring, context_of_secret(kept.id)))
    change.record(AuditEntry(actor, "webhook.new_secret", SUBJECT, endpoint.id, details={"secret_id": kept.id}))
    return NewSecret(kept, written_secret(secret))


def _save(change: Change, actor: Actor, before: Endpoint | None, after: Endpoint) -> None:
    save_endpoint(change, after)
    told = {"state": after.state, "version": after.version}
    verb = "added" if before is None else "removed" if after.state == REMOVED else "changed"
    change.publish(Event(EventKind(f"{SUBJECT}.{verb}"), SUBJECT, after.id, party_of(after), told))
    change.record(
        AuditEntry(
            actor,
            {"added": "webhook.add", "removed": "webhook.remove", "changed": "webhook.change"}[verb],
            SUBJECT,
            after.id,
            before_hash=fingerprint_of(before) if before else None,
            after_hash=fingerprint_of(after),
            details=told,
        )
    )


def party_of(endpoint: Endpoint) -> str:
    """Name the institution whose feed tells of an endpoint; one for everybody's events is nobody's."""
    return "" if endpoint.party == EVERYBODY else endpoint.party
