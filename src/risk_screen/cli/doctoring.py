"""``risk-screen doctor``: whether this machine will do, before the installation and after."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.options import DatabaseOption, HostOption, ModelsOption, PortOption, RulesOption
from risk_screen.errors import RiskScreenError

if TYPE_CHECKING:
    from risk_screen.operations.checking import Check
    from risk_screen.settings import Settings

FINDINGS: Final = 1
COLOURS: Final = {"good": "green", "note": "yellow", "bad": "red"}
SAMPLE: Final = "投10万一年返13万，保本保息"


def doctor(  # noqa: PLR0913 - the options of `serve`
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")] = False,
    host: HostOption = None,
    port: PortOption = None,
    database: DatabaseOption = None,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """检查这台机器能不能用：每项给出好、注意或不行，以及该怎么办。

    安装前后都可以运行，什么都不改动。请用将要运行服务的账号，在服务的工作目录里运行。有“不行”时退出码为 1。

    例：risk-screen doctor
    """
    from risk_screen.operations.checking import VERDICTS
    from risk_screen.settings import Settings

    options = {"host": host, "port": port, "database": database, "rules": rules, "models": models}
    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    found = list(_checks(settings))
    if as_json:
        import orjson

        typer.echo(orjson.dumps({"checks": [asdict(one) for one in found]}, option=orjson.OPT_INDENT_2))
    else:
        for one in found:
            verdict = typer.style(VERDICTS[one.verdict], fg=COLOURS[one.verdict])
            typer.echo(f"{verdict}　{one.title}：{one.detail}" + (f"。{one.advice}" if one.advice else ""))
    if any(one.verdict == "bad" for one in found):
        raise typer.Exit(FINDINGS)


def _checks(settings: "Settings") -> "Iterator[Check]":
    from risk_screen.operations.database_checks import database_checks
    from risk_screen.operations.machine_checks import machine_checks

    now = datetime.now(UTC)
    yield from machine_checks(settings, _folders(settings), now)
    yield from database_checks(settings.database, now)
    yield from _rules_and_models(settings)
    yield from _private_files(settings)


def _folders(settings: "Settings") -> dict[str, Path]:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from risk_screen.operations.anchoring import ELSEWHERE, usual_anchor_file

    try:
        usual = usual_anchor_file(make_url(settings.database))
    except ArgumentError:
        usual = ELSEWHERE
    return {"数据库和锚点": (settings.audit_anchors or usual).parent, "进程号文件": settings.pid_file.parent}


def _rules_and_models(settings: "Settings") -> "Iterator[Check]":
    from risk_screen.operations.checking import bad, good, note
    from risk_screen.rules.keeping import fingerprint_of, kept
    from risk_screen.screening.submission import Submission
    from risk_screen.wiring import Screener, find_rules

    try:
        screener = Screener.load(settings.rules, settings.models)
        screener.assess(Submission.of("marketing", {"text": SAMPLE}))
    except RiskScreenError as error:
        yield bad("screening", "规则和模型", "装不进来", error.detail)
        return
    models = "、".join(one.version for one in screener.classifiers.values())
    yield good("screening", "规则和模型", f"规则 {screener.book.version}，模型 {models}，试筛一条成功")
    if kept(fingerprint_of(find_rules(settings.rules))) is None:
        yield note("cache", "编译缓存", "没有用上", "不影响使用，每次启动慢约一秒；目录由 RISK_SCREEN_CACHE 指定")
    else:
        yield good("cache", "编译缓存", "在用")


def _private_files(settings: "Settings") -> "Iterator[Check]":
    from risk_screen.operations.checking import bad, good, note
    from risk_screen.settings.file import settings_file
    from risk_screen.storage.sealing import READABLE_BY_OTHERS
    from risk_screen.wiring import reporter_keys

    file = settings_file()
    if file is not None and file.stat().st_mode & READABLE_BY_OTHERS & 0o007:
        yield note("settings_file", "设置文件", f"{file} 谁都能读", "里面可能有密码，请运行 chmod 640")
    if settings.reporter_keys is not None:
        try:
            yield good("reporter_keys", "密钥文件", f"在用 {reporter_keys().newest}")
        except RiskScreenError as error:
            yield bad("reporter_keys", "密钥文件", "不能用", error.detail)
