"""The command ``risk-screen``: its subcommands, and how errors become one Chinese line and an exit code."""

import errno
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

import risk_screen
from risk_screen.cli import (
    accounts,
    auditing,
    backing_up,
    batch,
    configuring,
    doctoring,
    exchanging,
    keys,
    purging,
    replaying,
    reporting,
    rulebook,
    screening,
    serving,
    training,
    webhooks,
)
from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.usage import NO_ARGUMENTS, usage_error
from risk_screen.errors import RiskScreenError

NAME: Final = "risk-screen"
DONE: Final = 0
BAD_INPUT: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130
# Errors that are nobody's bad input.
INTERNAL_CODES: Final = frozenset({"worker_lost"})

app = typer.Typer(
    name=NAME,
    cls=ChineseGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    subcommand_metavar="命令 …",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("screen", cls=ChineseCommand)(screening.screen)
app.command("batch", cls=ChineseCommand)(batch.batch)
app.command("serve", cls=ChineseCommand)(serving.serve)
app.command("reload", cls=ChineseCommand)(serving.reload)
app.command("settings", cls=ChineseCommand)(configuring.settings)
app.command("train", cls=ChineseCommand)(training.train)
app.command("replay", cls=ChineseCommand)(replaying.replay)
app.command("export", cls=ChineseCommand)(exchanging.export)
app.command("import", cls=ChineseCommand)(exchanging.import_)
app.command("hand-over", cls=ChineseCommand)(exchanging.hand_over)
app.command("backup", cls=ChineseCommand)(backing_up.backup)
app.command("restore", cls=ChineseCommand)(backing_up.restore)
app.command("doctor", cls=ChineseCommand)(doctoring.doctor)
app.command("purge", cls=ChineseCommand)(purging.purge)
app.add_typer(rulebook.app, name="rules")
app.add_typer(auditing.app, name="audit")
app.add_typer(accounts.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(reporting.app, name="reporters")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"risk-screen {risk_screen.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本")] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="设置文件；默认依次是 RISK_SCREEN_CONFIG、./risk_screen.toml、/etc/risk_screen/risk_screen.toml",
        ),
    ] = None,
) -> None:
    """企业登记与宣传文本的非法集资风险筛查：每一分都说明依据的文字与法条。

    例：risk-screen screen "投10万一年返13万，保本保息"
    """
    configuring.check_file(config)


def run() -> None:
    """Run the command; a known error is one line on stderr, an unknown one leaves no stack trace and no text."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character is no reason to stop
    sys.exit(_outcome())


def _outcome() -> int:
    """Run the command and return its exit code."""
    try:
        code = app(prog_name=NAME, standalone_mode=False)
        sys.stdout.flush()
    except RiskScreenError as error:
        return _told(error)
    except typer.TyperException as error:
        return _misused(error)
    except (SystemExit, BrokenPipeError) as error:
        # rich and typer leave with 1 when the reader of a pipe has gone.
        has_gone = BrokenPipeError in (type(error), type(error.__context__))
        return _reader_has_gone() if has_gone else _number(getattr(error, "code", None))
    except Exception as error:  # nobody at a terminal is helped by a stack trace, which may hold the text
        return _fault(error)
    if code == INTERRUPTED:
        typer.secho("已中断。", err=True)
    return _number(code)


def _told(error: RiskScreenError) -> int:
    typer.secho(f"错误 [{error.code}] {error.detail}", err=True, fg="red")
    return INTERNAL if error.code in INTERNAL_CODES else BAD_INPUT


def _misused(error: typer.TyperException) -> int:
    if type(error).__name__ != NO_ARGUMENTS:
        return _told(usage_error(error))
    typer.echo(error.message, err=True)
    return BAD_INPUT


def _reader_has_gone() -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _fault(error: Exception) -> int:
    if os.environ.get("RISK_SCREEN_DEBUG"):
        raise error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        typer.secho("错误 [output_unwritable] 结果写不出去，磁盘已满：请腾出空间后重试。", err=True, fg="red")
        return BAD_INPUT
    typer.secho(
        f"错误 [internal] 程序内部错误（{type(error).__name__}）。请把所用命令和版本号告诉维护人员；"
        "设环境变量 RISK_SCREEN_DEBUG=1 可看到详情（详情可能含所筛查的文字，请勿外传）。",
        err=True,
        fg="red",
    )
    return INTERNAL


def _number(code: object) -> int:
    return code if isinstance(code, int) else DONE
