"""A stored assessment is made again from its text; with the versions kept in the database where others are loaded."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, func, select

from builders import VERSIONS, CannedScreener, flyer_assessment
from risk_screen.access.actor import ANONYMOUS
from risk_screen.operations.releasing import MODEL, RULEBOOK, keep_versions, unpack_version
from risk_screen.operations.replaying import (
    ReplayTextGoneError,
    ReplayVersionsError,
    replay,
    stored_for_replay,
)
from risk_screen.operations.screening import AssessmentNotFoundError, screen_and_store
from risk_screen.operations.store import Store
from risk_screen.rules.finding import find_rules_directory
from risk_screen.screening.submission import Submission
from risk_screen.storage.database import reading, writing
from risk_screen.storage.releases import MOST_BYTES, ReleaseTooLargeError
from risk_screen.storage.tables import released_versions, submitted_texts
from risk_screen.wiring import Screener, find_models_directory, keep_versions_in_service, screener_of

FLYER = {"text": "存5万元优先预订养老床位，月息2分，保 本 保 息。电话 13800000000"}
COMPANY = {"name": "淄博示例财富管理有限公司", "business_scope": "投资咨询；企业管理咨询"}
CANNED: Any = CannedScreener(flyer_assessment())


def stored(store: Store, screener: Any = CANNED, channel: str = "marketing", fields: Any = FLYER) -> str:
    content = screen_and_store(screener, store, Submission.of(channel, fields), actor=ANONYMOUS)
    return str(orjson.loads(content)["id"])


def canned(**changes: Any) -> Any:
    return CannedScreener(replace(flyer_assessment(), **changes))


@pytest.mark.parametrize(("channel", "fields"), [("marketing", FLYER), ("registration", COMPANY)])
def test_a_real_assessment_comes_out_byte_for_byte(store: Store, channel: str, fields: Any) -> None:
    one = stored(store, Screener.load(), channel, fields)
    assert replay(stored_for_replay(store, one), Screener.load()) == ()


def test_what_differs_is_named(store: Store) -> None:
    found = stored_for_replay(store, stored(store))
    assert replay(found, canned(score=1.0, level="low")) == ("score", "level")


@pytest.mark.parametrize("part", ["rulebook", "model", "policy", "program"])
def test_other_versions_are_named_and_nothing_is_said_of_the_outcome(store: Store, part: str) -> None:
    found = stored_for_replay(store, stored(store))
    with pytest.raises(ReplayVersionsError) as caught:
        replay(found, canned(versions=replace(VERSIONS, **{part: "other"})))
    assert f"需要 {getattr(VERSIONS, part)}，现在是 other" in caught.value.detail
    assert caught.value.detail.count("需要") == 1


def test_a_text_that_is_gone_and_an_id_that_is_none_are_told(store: Store) -> None:
    one = stored(store)
    with writing(store.engine) as connection:
        connection.execute(delete(submitted_texts))
    with pytest.raises(ReplayTextGoneError):
        stored_for_replay(store, one)
    with pytest.raises(AssessmentNotFoundError):
        stored_for_replay(store, "x")


def test_versions_in_service_are_kept_once_and_make_the_same_screener(store: Store, tmp_path: Path) -> None:
    screener = Screener.load()
    for _ in range(2):
        keep_versions_in_service(store, screener)
    with reading(store.engine) as connection:
        sizes = connection.execute(select(func.length(released_versions.c.content))).scalars().all()
    assert len(sizes) == 3
    assert max(sizes) < 2 * 2**20
    found = stored_for_replay(store, stored(store, screener))
    versions = found.versions
    rules, model = tmp_path / "rules", tmp_path / "model"
    assert unpack_version(store, RULEBOOK, versions["rulebook"], rules)
    assert unpack_version(store, MODEL, versions["model"], model)
    assert replay(found, screener_of(rules, {"marketing": model})) == ()


def test_a_version_that_was_never_kept_is_not_there(store: Store, tmp_path: Path) -> None:
    assert not unpack_version(store, RULEBOOK, "1999.01+0", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_version_once_kept_is_not_written_over(store: Store, tmp_path: Path) -> None:
    folder = find_models_directory() / "marketing"
    keep_versions(store, {(MODEL, "1"): folder})
    keep_versions(store, {(MODEL, "1"): find_rules_directory()})
    assert unpack_version(store, MODEL, "1", tmp_path / "model")
    assert {path.name for path in (tmp_path / "model").iterdir()} == {"card.yaml", "scorer.npz"}


def test_what_could_not_be_unpacked_again_is_not_kept(store: Store, tmp_path: Path) -> None:
    with (tmp_path / "somebody's film").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ReleaseTooLargeError, match="移出规则目录"):
        keep_versions(store, {(RULEBOOK, "2"): tmp_path})
    assert not unpack_version(store, RULEBOOK, "2", tmp_path / "x")
