"""Command line, environment, file, default, in this order; what is wrong names itself, and no secret is told."""

from pathlib import Path

import pytest

from risk_screen.settings import Settings
from risk_screen.settings.file import SettingsError, settings_file
from risk_screen.settings.telling import masked, setting_lines, unknown_variables

FILE = Path("risk_screen.toml")


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in unknown_variables(Settings):
        monkeypatch.delenv(name)


def test_the_nearer_source_wins_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    FILE.write_text('port = 8001\nworkers = 2\ngrace_seconds = 5\ntrusted_proxies = ["10.0.0.1"]\n', encoding="utf-8")
    monkeypatch.setenv("RISK_SCREEN_WORKERS", "3")
    monkeypatch.setenv("RISK_SCREEN_GRACE_SECONDS", "6")
    given = {"grace_seconds": 7}
    lines = {line.name: (line.value, line.source) for line in setting_lines(Settings(**given), given)}
    assert lines["grace_seconds"] == ("7", "命令行")
    assert lines["workers"] == ("3", "环境")
    assert lines["port"] == ("8001", "文件")
    assert lines["trusted_proxies"] == ("10.0.0.1/32", "文件")
    assert lines["host"] == ("127.0.0.1", "默认")


def test_lists_are_given_with_commas_or_as_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_TRUSTED_PROXIES", "10.0.0.1, fd00::/8")
    assert [str(one) for one in Settings().trusted_proxies] == ["10.0.0.1/32", "fd00::/8"]


WRONG = [
    ("port = 0", "port（来自文件 risk_screen.toml）只能是 1 到 65535 的整数"),
    ('port = "x"', "只能是 1 到 65535 的整数"),
    ('log_level = "loud"', "只能是 debug、info、warning、error 之一"),
    ('trusted_proxies = ["10.0.0.1/8"]', "只能是 IP 地址或网段"),
    ("trusted_proxies = 7", "只能是 IP 地址或网段"),
    ('background = "perhaps"', "只能是 true 或 false"),
    ("databas = 1", "databas（来自文件 risk_screen.toml）没有这个设置，是不是 database"),
    ("[serve]\nport = 1", "serve（来自文件 risk_screen.toml）没有这个设置"),
    ("port = ", "不是合法的 TOML"),
    ("port = 1\nport = 2", "不是合法的 TOML"),
]


@pytest.mark.parametrize(("content", "says"), WRONG)
def test_what_is_wrong_in_the_file_names_itself_and_what_is_allowed(content: str, says: str) -> None:
    FILE.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings()
    assert says in caught.value.detail


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    FILE.write_text("prot = 1", encoding="utf-8")
    monkeypatch.setenv("RISK_SCREEN_PORT", "x")
    with pytest.raises(SettingsError) as caught:
        Settings(workers=0)
    assert all(
        said in caught.value.detail for said in ("环境变量 RISK_SCREEN_PORT", "workers（来自命令行）", "prot（来自文件")
    )


def test_a_wrong_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_PORT", "geheim")
    with pytest.raises(SettingsError) as caught:
        Settings()
    assert "geheim" not in str(caught.value) + str(caught.value.__cause__)


def test_a_file_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    FILE.write_text("port = 8001", encoding="utf-8")
    monkeypatch.setenv("RISK_SCREEN_CONFIG", "other.toml")
    assert settings_file() == Path("other.toml")
    with pytest.raises(SettingsError) as caught:
        Settings()
    assert "other.toml 读不了" in caught.value.detail


def test_a_file_in_another_encoding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    FILE.write_bytes('host = "本机"'.encode("gb18030"))
    with pytest.raises(SettingsError, match="UTF-8"):
        Settings()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql+psycopg://u:p%40ss@h:5432/d", "postgresql+psycopg://u:******@h:5432/d"),
        ("sqlite:///var/risk_screen.db", "sqlite:///var/risk_screen.db"),
        (None, ""),
        (True, "true"),
    ],
)
def test_passwords_are_masked(value: object, shown: str) -> None:
    assert masked(value) == shown


def test_a_variable_with_a_typing_error_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_DATABSE", "x")
    monkeypatch.setenv("RISK_SCREEN_CACHE", "off")
    assert unknown_variables(Settings) == ("RISK_SCREEN_DATABSE",)
