"""``risk-screen settings``: every setting with its value and where that comes from; and the check of the file."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from risk_screen.cli.options import DatabaseOption, HostOption, ModelsOption, PortOption, RulesOption, WorkersOption
from risk_screen.settings.file import ENVIRONMENT, settings_file

FILE_TITLE: Final = "设置文件"


def check_file(named: Path | None) -> None:
    """Take the file of settings that is named; whichever is taken, nothing starts with a faulty one.

    Raises
    ------
    SettingsError
    """
    if named is not None:
        os.environ[ENVIRONMENT] = str(named)
    if settings_file() is not None:
        from risk_screen.settings import Settings

        Settings()


def settings(  # noqa: PLR0913 - the options of `serve`
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")] = False,
    host: HostOption = None,
    port: PortOption = None,
    workers: WorkersOption = None,
    database: DatabaseOption = None,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """列出全部设置：值、来自哪里（默认、环境、文件、命令行）、含义；密码不显示。

    带上 serve 的选项，就看到这样启动时用的值。设置有误时退出码为 2，并说明是哪一个、来自哪里、该怎么写。

    例：risk-screen --config /etc/risk_screen/risk_screen.toml settings
    """
    from risk_screen.settings import Settings
    from risk_screen.settings.telling import setting_lines, unknown_variables

    options = {"host": host, "port": port, "workers": workers, "database": database, "rules": rules, "models": models}
    given = {name: value for name, value in options.items() if value is not None}
    lines = setting_lines(Settings(**given), given)
    ignored = unknown_variables(Settings)
    if as_json:
        import orjson

        listed = {"file": settings_file(), "settings": [asdict(line) for line in lines], "ignored": ignored}
        typer.echo(orjson.dumps(listed, default=str, option=orjson.OPT_INDENT_2))
        return
    typer.echo(f"{FILE_TITLE}：{settings_file() or '没有'}")
    for line in lines:
        typer.echo(f"\n{line.name} = {line.value or '（无）'}   [{line.source}]\n    {line.meaning}")
    for name in ignored:
        typer.secho(f"注意：环境变量 {name} 不是设置，没有作用。", err=True)
