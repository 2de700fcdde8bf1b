"""``risk-screen purge`` and ``risk-screen reporters``: what went and why; keys made and changed."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from command_line import Cli

from builders import flyer_assessment
from risk_screen.access.actor import ANONYMOUS, Actor
from risk_screen.access.identity import Identity
from risk_screen.operations.reporters import Reporter, Subject, keep_reporter
from risk_screen.operations.screening import Screened, store_screened
from risk_screen.screening.submission import Submission
from risk_screen.wiring import open_store, reporter_keys

FLYER = Submission.of("marketing", {"text": "保本保息"})
KEYS = Path("keys")


@pytest.fixture
def stored(cli: Cli) -> None:
    """A screening long ago, and one now."""
    store = open_store()
    for at in (datetime(2019, 5, 6, 4, tzinfo=UTC), datetime.now(UTC)):
        store.now = lambda at=at: at  # type: ignore[misc]
        store_screened(store, Screened(FLYER, flyer_assessment()), actor=ANONYMOUS)
    store.close()


def test_what_would_go_is_told_then_goes(cli: Cli, stored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_KEEP_QUOTES_DAYS", "0")
    told = cli("purge", "--dry-run")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "来文：会清除 1 条，2019-05-06 至 2019-05-06（保存 730 天，keep_texts_days）",
        "筛查结果中引用的字句：一直保存",
        "指出有误的意见：没有到期的（保存 1825 天，keep_labels_days）",
        "会商请求：没有到期的（保存 3650 天，keep_consultations_days）",
        "会商答复：没有到期的（保存 3650 天，keep_consultations_days）",
        "登记结果的更正原因：没有到期的（保存 3650 天，keep_outcomes_days）",
        "暂缓登记建议的文字：没有到期的（保存 3650 天，keep_holds_days）",
        "企业名称：一直保存",
        "登记结果中的企业名称：一直保存",
        "事件：会清除 1 条，2019-05-06 至 2019-05-06（保存 400 天，keep_events_days）",
        "举报人信息：没有到期的（保存 1825 天，keep_reporters_days）",
        "审计记录：从不清除",
    ]
    assert cli("purge").out == told.out.replace("会清除", "已清除")
    assert [one["count"] for one in orjson.loads(cli("purge", "--json").out)] == [0] * 11


def test_events_are_kept_for_six_months_at_least(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_KEEP_EVENTS_DAYS", "30")
    outcome = cli("purge")
    assert outcome.code == 2
    assert "RISK_SCREEN_KEEP_EVENTS_DAYS" in outcome.err


def test_keys_are_made_and_changed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("reporters", "rotate").err.startswith("错误 [reporter_keys_unusable] ")
    KEYS.write_text(cli("reporters", "new-key", "--name", "old").out, encoding="utf-8")
    KEYS.chmod(0o600)
    monkeypatch.setenv("RISK_SCREEN_REPORTER_KEYS", str(KEYS))
    store = open_store()
    keep_reporter(store, reporter_keys(), Subject("clue", "1"), Reporter(name="张某"), Identity(Actor("person", "p")))
    store.close()
    new = cli("reporters", "new-key", "--name", "new", "--kind", "SM4-GCM").out
    KEYS.write_text(new + KEYS.read_text(encoding="utf-8"), encoding="utf-8")
    assert cli("reporters", "rotate").out.startswith("已用密钥 new 重新加密 1 条")
    assert cli("reporters", "rotate").out.startswith("已用密钥 new 重新加密 0 条")
