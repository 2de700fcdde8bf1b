"""A rulebook is proposed by one person and released by another; what is sent in is never trusted."""

import io
import stat
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from registrations import LEAD, MEMBER, OTHER_LEAD, asking, told, written_down

from risk_screen import Screener
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission, Role
from risk_screen.operations.expecting import Expected, PreconditionFailedError
from risk_screen.operations.proposing import (
    Proposal,
    ReleaseIncompleteError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
    ReleaseStateError,
    decline,
    propose,
    release_it,
    release_list,
    shown_release,
)
from risk_screen.operations.release_archive import (
    MOST_BYTES,
    ReleaseArchiveError,
    read_archive,
    unpack,
    write_archive,
)
from risk_screen.operations.release_checking import ReleaseUnfitError
from risk_screen.operations.store import Store
from risk_screen.storage.proposed_releases import files_of_release, release_in_service
from risk_screen.wiring import find_models_directory, keep_versions_in_service

RULES = Path(__file__).parents[1] / "rules" / "small_rulebook"
RULE_FILE = "rules/marketing/example.yaml"
RULE = """id: marketing.example
title: 示例
status: active
version: 1
channel: [marketing]
fields: [text]
characteristic: inducement
weight: 9
basis: [{law: 条例, article: 9}]
match: {terms: [保本付息]}
unless: [{context: [warning, negation, report]}]
blind_spots: 无
examples:
  hit: [{text: 保本付息, quote: 保本付息}, {text: 本品保本付息, quote: 保本付息}]
  miss: [{text: 谨防保本付息, because: 警示}, {text: 你好, because: 无关}]
"""
ANALYST = Identity(Actor("person", "p-7"), frozenset({Role.ANALYST}))
BOTH = Identity(Actor("person", "p-8"), frozenset({Role.ANALYST, Role.TASK_FORCE_LEAD}))
KEY = Identity(Actor("key", "k-9"), granted=frozenset({Permission.MAKE_RULE, Permission.RELEASE_RULE}))


@cache
def small() -> Screener:
    return Screener.load(RULES)


def rules(changed: Mapping[str, str | None] | None = None) -> dict[str, bytes]:
    """The files of the small rulebook, some of them changed, added or taken away."""
    files = {f"rules/{path.relative_to(RULES).as_posix()}": path.read_bytes() for path in RULES.rglob("*.*")}
    for name, text in (changed or {}).items():
        files.pop(name, None)
        if text is not None:
            files[name] = text.encode()
    return files


def policy(version: int, **more: str) -> dict[str, bytes]:
    text = (RULES / "policy.yaml").read_text(encoding="utf-8")
    first, *rest = text.splitlines(keepends=True)
    lines = [f"version: {version}\n" if line.startswith("version:") else line for line in (first, *rest)]
    return rules({"rules/policy.yaml": "".join(lines), **more})


@pytest.fixture
def proposed(store: Store) -> Callable[..., str]:
    keep_versions_in_service(store, small(), RULES)

    def make(files: Mapping[str, bytes], identity: Identity = ANALYST, screener: Any = None) -> str:
        proposal = Proposal(write_archive(files), "按最新的通报补充规则")
        content = propose(store, asking(identity), screener or small(), proposal).content
        return str(orjson.loads(content)["id"])

    return make


def running(store: Store, folder: Path) -> Screener:
    """The screener of what is in service, as a process of the service makes it."""
    with store.reading() as connection:
        one = release_in_service(connection)
        assert one is not None
        unpack(read_archive(files_of_release(connection, one.id)), folder)
    return Screener.load(folder / "rules", folder / "models")


def test_what_one_proposed_another_releases(store: Store, proposed: Callable[..., str], tmp_path: Path) -> None:
    release_id = proposed(policy(99))
    shown = orjson.loads(shown_release(store, LEAD, release_id)[1])
    assert (shown["state"], shown["in_service"], shown["proposed_by"]) == ("proposed", False, "p-7")
    assert shown["changes"]["policy"] == {"old": small().policy.version, "new": "99"}
    assert shown["changes"]["rules"] == []
    released = orjson.loads(release_it(store, asking(LEAD), small(), release_id, "同意").content)
    assert (released["state"], released["in_service"], released["version"]) == ("released", True, 2)
    assert running(store, tmp_path).policy.version == "99"
    assert {("release.proposed", "p-7", release_id), ("release.made", "p-3", release_id)} <= set(written_down(store))
    assert len(told(store, "release.made", "")) == 1
    with store.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT payload FROM events").all())
        kept += str(connection.exec_driver_sql("SELECT reason, details FROM audit_trail").all())
    assert "通报" not in kept


def test_nobody_releases_what_they_made_or_what_others_made_of_the_same(
    store: Store, proposed: Callable[..., str]
) -> None:
    first, again = proposed(policy(99)), proposed(policy(99), BOTH)
    for release_id in (first, again):
        with pytest.raises(ReleaseRefusedError, match="不同的人"):
            release_it(store, asking(BOTH), small(), release_id, "")
    release_it(store, asking(LEAD), small(), first, "")


def test_a_declined_proposal_sent_again_by_another_is_still_mine(store: Store, proposed: Callable[..., str]) -> None:
    mine = proposed(policy(99), BOTH)
    decline(store, asking(LEAD), mine, "再核一核")
    theirs = proposed(policy(99))
    with pytest.raises(ReleaseRefusedError, match="不同的人"):
        release_it(store, asking(BOTH), small(), theirs, "")
    with pytest.raises(ReleaseStateError, match="不予发布"):
        release_it(store, asking(LEAD), small(), mine, "")


@pytest.mark.parametrize("identity", [MEMBER, LEAD, KEY])
def test_who_makes_no_rules_proposes_none(store: Store, proposed: Callable[..., str], identity: Identity) -> None:
    with pytest.raises(ReleaseRefusedError):
        proposed(policy(99), identity)


@pytest.mark.parametrize("identity", [ANALYST, MEMBER, KEY])
def test_who_releases_no_rules_releases_none(store: Store, proposed: Callable[..., str], identity: Identity) -> None:
    with pytest.raises(ReleaseRefusedError):
        release_it(store, asking(identity), small(), proposed(policy(99)), "")


def test_a_release_that_was_in_service_comes_back(store: Store, proposed: Callable[..., str], tmp_path: Path) -> None:
    first = proposed(policy(98))
    release_it(store, asking(LEAD), small(), first, "")
    second = proposed(policy(99), screener=running(store, tmp_path / "1"))
    release_it(store, asking(LEAD), running(store, tmp_path / "2"), second, "")
    with pytest.raises(ReleaseStateError, match="正在使用"):
        release_it(store, asking(LEAD), running(store, tmp_path / "3"), second, "")
    release_it(store, asking(OTHER_LEAD), running(store, tmp_path / "4"), first, "误报太多，退回")
    assert running(store, tmp_path / "5").policy.version == "98"
    listed = {one["id"]: one["in_service"] for one in orjson.loads(release_list(store, LEAD, None, 10))["items"]}
    assert listed == {first: True, second: False}


def test_a_proposal_made_before_another_came_into_service_is_not_released(
    store: Store, proposed: Callable[..., str], tmp_path: Path
) -> None:
    stale, first = proposed(policy(97)), proposed(policy(98))
    release_it(store, asking(LEAD), small(), first, "")
    with pytest.raises(ReleaseStateError, match="几秒后"):
        release_it(store, asking(LEAD), small(), stale, "")
    with pytest.raises(ReleaseStateError, match="重新提出"):
        release_it(store, asking(LEAD), running(store, tmp_path), stale, "")


def test_what_is_not_sent_stays_as_it_is_and_a_file_can_be_taken_away(
    store: Store, proposed: Callable[..., str], tmp_path: Path
) -> None:
    with_rule = policy(98, **{RULE_FILE: RULE})
    release_it(store, asking(LEAD), small(), proposed(with_rule), "")
    now = running(store, tmp_path)
    changes = orjson.loads(shown_release(store, LEAD, proposed(policy(98), screener=now))[1])["changes"]
    assert changes["files"] == [RULE_FILE]
    assert [(one["id"], one["change"], one["old"]) for one in changes["rules"]] == [
        ("marketing.example", "removed", "1")
    ]
    assert all(one["old"] == one["new"] for one in changes["models"])
    with pytest.raises(ReleaseIncompleteError, match="完全相同"):
        proposed(with_rule, screener=now)


def test_the_first_release_has_the_whole_rulebook(proposed: Callable[..., str]) -> None:
    models = find_models_directory()
    card = {"models/marketing/card.yaml": (models / "marketing" / "card.yaml").read_bytes()}
    with pytest.raises(ReleaseIncompleteError, match="第一次"):
        proposed(card)


def test_every_error_of_a_rulebook_is_told_with_its_place(proposed: Callable[..., str]) -> None:
    with pytest.raises(ReleaseUnfitError, match=r"policy\.yaml:1:1: 错误 RB"):
        proposed(rules({"rules/policy.yaml": "x: 1\n"}))
    with pytest.raises(ReleaseUnfitError, match=r"marketing\.example 的第 2 个 miss 例子"):
        proposed(rules({RULE_FILE: RULE.replace("你好", "保本付息")}))
    with pytest.raises(ReleaseUnfitError, match="SHA-256"):
        proposed(rules() | {"models/marketing/scorer.npz": b"x", "models/marketing/card.yaml": b"files: {}\n"})


def test_what_was_changed_since_it_was_looked_at_is_not_decided(store: Store, proposed: Callable[..., str]) -> None:
    release_id = proposed(policy(99))
    seen = Expected(frozenset({2}))
    with pytest.raises(PreconditionFailedError):
        decline(store, asking(LEAD, expected=seen), release_id, "")
    with pytest.raises(PreconditionFailedError):
        release_it(store, asking(LEAD, expected=seen), small(), release_id, "")
    with pytest.raises(ReleaseNotFoundError):
        release_it(store, asking(LEAD), small(), "x", "")


def zipped(name: str, content: bytes = b"x", *, mode: int = 0, times: int = 1, kind: int = 8) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", kind) as archive:
        for _ in range(times):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content, kind)
    return packed.getvalue()


EVIL = {
    "no zip": b"PK\x03\x04 nothing",
    "empty": b"",
    "cut off": zipped("rules/a.yaml", b"x" * 1000)[:-30],
    "damaged": zipped("rules/a.yaml", b"abc" * 400).replace(b"\x05", b"\x07", 1)[:60] + b"\x00" * 40,
    "bomb": zipped("rules/a.yaml", b"\x00" * (MOST_BYTES + 1)),
    "out of the folder": zipped("rules/../../etc/cron.d/x"),
    "absolute": zipped("/rules/a.yaml"),
    "backslashes": zipped("rules\\..\\a.yaml"),
    "a drive": zipped("C:/rules/a.yaml"),
    "a link": zipped("rules/a.yaml", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
    "another compression": zipped("rules/a.yaml", kind=zipfile.ZIP_LZMA),
    "nothing of ours": zipped("readme.txt"),
    "nothing models are served from": zipped("models/marketing/pipeline.joblib"),
}


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_must_not_be_unpacked_is_refused(name: str) -> None:
    with pytest.raises(ReleaseArchiveError):
        read_archive(EVIL[name])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(ReleaseArchiveError, match="重名"):
        read_archive(zipped("rules/a.yaml", times=2))


def test_a_size_that_is_a_lie_unpacks_to_nothing_more() -> None:
    honest = zipped("rules/a.yaml", b"\x00" * 5_000_000)
    assert honest.count((5_000_000).to_bytes(4, "little")) == 2
    with pytest.raises(ReleaseArchiveError):
        read_archive(honest.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))


def test_the_same_files_give_the_same_bytes() -> None:
    files = {"rules/b": b"2", "rules/a": b"1"}
    assert write_archive(files) == write_archive(dict(reversed(files.items())))
    assert read_archive(write_archive(files)) == files
