"""Rulebooks and models: proposed by one person, released by another, in service in every process from then on."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from risk_screen.access.identity import Identity
from risk_screen.access.roles import PERMISSION_TITLES, Permission, why_not_release
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.idempotency import Answer, answer_once, answered_before
from risk_screen.operations.numbering import new_id
from risk_screen.operations.release_archive import MODELS, RULES, Files, digest_of, read_archive, write_archive
from risk_screen.operations.release_checking import Candidate, changed_files, changed_parts, changes_between, checked
from risk_screen.operations.releasing import MODEL, MODEL_FILES
from risk_screen.operations.store import Store
from risk_screen.screening.screener import Screener
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.proposed_releases import (
    Release,
    ReleaseState,
    add_release,
    files_of_release,
    last_place,
    makers_of,
    release_in_service,
    release_with_id,
    releases_newest_first,
    save_release,
)
from risk_screen.storage.releases import release as kept_files

SUBJECT: Final = "release"
CREATED: Final = 201
MAKE: Final = {"rule": Permission.MAKE_RULE, "policy": Permission.MAKE_POLICY, "model": Permission.MAKE_MODEL}
RELEASE: Final = {
    "rule": Permission.RELEASE_RULE,
    "policy": Permission.RELEASE_POLICY,
    "model": Permission.RELEASE_MODEL,
}


class ReleaseNotFoundError(RiskScreenError):
    """No such release."""

    code = "release_not_found"

    def __init__(self) -> None:
        super().__init__("没有这次发布：请检查编号。")


class ReleaseRefusedError(RiskScreenError):
    """Somebody may not propose, release or decline."""

    code = "release_refused"


class ReleaseStateError(RiskScreenError):
    """It was decided on already, is in service already, or something else came into service since."""

    code = "release_state"


class ReleaseIncompleteError(RiskScreenError):
    """Nothing changes, or what is missing cannot be filled in."""

    code = "release_incomplete"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody sends in.

    Attributes
    ----------
    content : bytes
        A zip; not looked at yet.
    reason : str
        Why, in Chinese.
    """

    content: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class _InService:
    """What runs: the release of the database and its files, or None before the first."""

    release: Release | None
    files: dict[str, bytes] | None
    candidate: Candidate

    @property
    def base(self) -> str:
        return self.release.id if self.release is not None else self.candidate.versions


def propose(store: Store, asking: Asking, screener: Screener, proposal: Proposal) -> Answer:
    """Check what somebody proposes and keep it for another to decide on.

    Raises
    ------
    ReleaseArchiveError, ReleaseIncompleteError, ReleaseUnfitError, ReleaseRefusedError, ReleaseStateError,
    StoreUnavailableError
    """
    if asking.identity.actor.kind != "person":
        raise ReleaseRefusedError("提出发布须由登录的人员办理，程序不能提出。")
    before = answered_before(store, asking.key) if asking.key else None
    if before is not None:
        return before
    running = _in_service(store, screener)
    files = _whole(store, read_archive(proposal.content), running)
    _refuse_without(asking.identity, MAKE, changed_parts(files, running.files))
    candidate = checked(files)
    changes = changes_between(candidate, running.candidate)
    changes["files"] = changed_files(files, running.files) if running.files is not None else []
    content = write_archive(files)

    def work(change: Change) -> Answer:
        one = _proposed(change, asking.identity, proposal.reason, running.base, candidate)
        one = replace(one, changes=orjson.dumps(changes).decode(), content_sha256=digest_of(files))
        add_release(change, one, content)
        _record(change, asking, "release.proposed", None, one)
        return Answer(release_as_json(one, is_in_service=False), CREATED)

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def release_it(store: Store, asking: Asking, screener: Screener, release_id: str, note: str) -> Answer:
    """Take a proposal into service that others made; or once more what was in service before.

    Raises
    ------
    ReleaseNotFoundError, ReleaseRefusedError, ReleaseStateError, ReleaseUnfitError, PreconditionFailedError,
    StoreUnavailableError
    """
    files = _files(store, release_id)
    running = _in_service(store, screener)
    parts = changed_parts(files, running.files)
    checked(files)

    def decided(change: Change, one: Release) -> Release:
        now = release_in_service(change.connection)
        if (now.id if now else None) != (running.release.id if running.release else None):
            raise ReleaseStateError("现行版本刚刚变了：请重新查看后再办。")
        if now is not None and now.id == one.id:
            raise ReleaseStateError("这个版本正在使用，不必再发布。")
        if one.state == ReleaseState.DECLINED:
            raise ReleaseStateError("这次发布已不予发布：需要的话，请重新提出。")
        if one.state == ReleaseState.PROPOSED and one.base != running.base:
            raise ReleaseStateError("提出之后现行版本变过，所列的改动已不准确：请编写人重新提出。")
        _refuse_without(asking.identity, RELEASE, parts)
        why_not = why_not_release(makers_of(change.connection, one), asking.identity.actor)
        if why_not is not None:
            raise ReleaseRefusedError(why_not)
        if now is not None:  # it is in service no more: another version of the record
            save_release(change, replace(now, version=now.version + 1, changed_at=change.at_text))
        return replace(one, state=ReleaseState.RELEASED, place=last_place(change.connection) + 1)

    return _decide(store, asking, release_id, note, decided)


def decline(store: Store, asking: Asking, release_id: str, note: str) -> Answer:
    """Put a proposal aside; it stays in the record.

    Raises
    ------
    ReleaseNotFoundError, ReleaseRefusedError, ReleaseStateError, PreconditionFailedError, StoreUnavailableError
    """

    def decided(_: Change, one: Release) -> Release:
        if asking.identity.actor.kind != "person":
            raise ReleaseRefusedError("须由登录的人员办理，程序不能决定。")
        if one.state != ReleaseState.PROPOSED:
            raise ReleaseStateError("这次发布已经决定过了，不能再改。")
        return replace(one, state=ReleaseState.DECLINED)

    return _decide(store, asking, release_id, note, decided)


def release_list(store: Store, identity: Identity, after: str | None, limit: int) -> bytes:
    """Return a part of the list as JSON, the latest first; nothing for a key that is bound to an institution or a town.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found, place = releases_newest_first(connection, after, limit), last_place(connection)
    found = found if _reads(identity) else []
    items = [orjson.Fragment(release_as_json(one, is_in_service=one.place == place)) for one in found]
    return orjson.dumps({"items": items, "next": found[-1].id if len(found) == limit else None})


def shown_release(store: Store, identity: Identity, release_id: str) -> tuple[Release, bytes]:
    """Return a release, and as JSON.

    Raises
    ------
    ReleaseNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        one, place = release_with_id(connection, release_id), last_place(connection)
    if one is None or not _reads(identity):
        raise ReleaseNotFoundError
    return one, release_as_json(one, is_in_service=one.place == place)


def why_not_by(store: Store, identity: Identity, one: Release) -> str | None:
    """Say in Chinese why this person may not release this; None when nothing speaks against the person."""
    with store.reading() as connection:
        return why_not_release(makers_of(connection, one), identity.actor)


def release_as_json(one: Release, *, is_in_service: bool) -> bytes:
    """Write a release for programs."""
    shown = {
        "id": one.id,
        "version": one.version,
        "state": one.state,
        "in_service": is_in_service,
        "versions": orjson.Fragment(one.versions),
        "changes": orjson.Fragment(one.changes),
        "reason": one.reason,
        "proposed_by": one.made_by,
        "proposed_at": one.created_at,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "note": one.note,
    }
    return orjson.dumps(shown)


def _reads(identity: Identity) -> bool:
    return identity.reach(Permission.READ_RULEBOOK).everything


def _in_service(store: Store, screener: Screener) -> _InService:
    candidate = Candidate.in_service(screener)
    with store.reading() as connection:
        one = release_in_service(connection)
        files = read_archive(files_of_release(connection, one.id)) if one is not None else None
    if one is not None and one.versions != candidate.versions:
        raise ReleaseStateError("服务正在换用新发布的版本：请几秒后再试；一直如此，请看服务的日志。")
    return _InService(one, files, candidate)


def _files(store: Store, release_id: str) -> Files:
    with store.reading() as connection:
        if release_with_id(connection, release_id) is None:
            raise ReleaseNotFoundError
        return read_archive(files_of_release(connection, release_id))


def _whole(store: Store, files: dict[str, bytes], running: _InService) -> Files:
    """Fill in from what is in service what was not sent: rules as a whole, and the model of each channel."""
    if running.files is not None:
        whole = {name: content for name, content in running.files.items() if not _is_replaced(name, files)} | files
        if whole == running.files:
            raise ReleaseIncompleteError("发布包与现行版本完全相同，没有可以发布的改动。")
        return whole
    if not any(name.startswith(f"{RULES}/") for name in files):
        raise ReleaseIncompleteError("还没有发布过，第一次要带上整个 rules/ 目录。")
    return _kept_models(store, running.candidate) | files


def _is_replaced(name: str, files: Files) -> bool:
    """The rules are replaced as a whole, so that a file can be taken away; the model of a channel, too."""
    unit = f"{RULES}/" if name.startswith(f"{RULES}/") else name.rpartition("/")[0] + "/"
    return any(sent.startswith(unit) for sent in files)


def _kept_models(store: Store, candidate: Candidate) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for channel, version in candidate.models.items():
        with store.reading() as connection:
            content = kept_files(connection, MODEL, version)
        if content is None:
            raise ReleaseIncompleteError("数据库里没有现行的模型文件：请把 models/ 也放进发布包。")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found |= {f"{MODELS}/{channel}/{name}": archive.read(name) for name in MODEL_FILES}
    return found


def _refuse_without(identity: Identity, needed: Mapping[str, Permission], parts: frozenset[str]) -> None:
    missing = [PERMISSION_TITLES[needed[part]] for part in sorted(parts) if not identity.may(needed[part])]
    if missing:
        raise ReleaseRefusedError(f"这次发布改动的内容，您没有“{'”“'.join(missing)}”的权限。")


def _proposed(change: Change, identity: Identity, reason: str, base: str, candidate: Candidate) -> Release:
    return Release(
        id=new_id(change.at),
        state=ReleaseState.PROPOSED,
        place=None,
        base=base,
        versions=candidate.versions,
        changes="",
        content_sha256="",
        reason=reason,
        note="",
        decided_by=None,
        decided_at=None,
        version=1,
        made_by=identity.actor.id,
        party=identity.actor.party,
        town=identity.town,
        created_at=change.at_text,
        changed_at=change.at_text,
    )


def _decide(
    store: Store, asking: Asking, release_id: str, note: str, decided: Callable[[Change, Release], Release]
) -> Answer:
    def work(change: Change) -> Answer:
        change.take_turn()
        before = release_with_id(change.connection, release_id)
        if before is None:
            raise ReleaseNotFoundError
        asking.expected.check(before.version)
        who: dict[str, Any] = {"decided_by": asking.identity.actor.id, "decided_at": change.at_text, "note": note}
        after = replace(decided(change, before), version=before.version + 1, changed_at=change.at_text, **who)
        save_release(change, after)
        is_made = after.state == ReleaseState.RELEASED
        if is_made:
            change.publish(Event(EventKind.RELEASE_MADE, SUBJECT, after.id, "", orjson.loads(after.versions)))
        _record(change, asking, "release.made" if is_made else "release.declined", before, after)
        return Answer(release_as_json(after, is_in_service=is_made))

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def _record(change: Change, asking: Asking, action: str, before: Release | None, after: Release) -> None:
    change.record(
        AuditEntry(
            asking.identity.actor,
            action,
            SUBJECT,
            after.id,
            before_hash=fingerprint_of(before) if before else None,
            after_hash=fingerprint_of(after),
            details={"content_sha256": after.content_sha256, **orjson.loads(after.versions)},
        )
    )
