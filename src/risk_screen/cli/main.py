"""The command ``risk-screen``: its subcommands, and how errors become one Chinese line and an exit code."""

import os
import sys
from typing import Annotated, Final

import typer

import risk_screen
from risk_screen.cli import batch, rulebook, screening, serving, training
from risk_screen.errors import RiskScreenError

DONE: Final = 0
BAD_INPUT: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130

app = typer.Typer(
    name="risk-screen",
    help="企业登记与宣传文本的非法集资风险筛查：每一分都说明依据的文字与法条。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("screen")(screening.screen)
app.command("batch")(batch.batch)
app.command("serve")(serving.serve)
app.command("train")(training.train)
app.add_typer(rulebook.app, name="rules")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"risk-screen {risk_screen.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """企业登记与宣传文本的非法集资风险筛查：每一分都说明依据的文字与法条。"""


def run() -> None:
    """Run the command; a known error is one line on stderr, an unknown one leaves no stack trace and no text."""
    try:
        app()
    except RiskScreenError as error:
        typer.secho(f"错误 [{error.code}] {error.detail}", err=True, fg="red")
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        typer.secho("已中断。", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Exception as error:
        if os.environ.get("RISK_SCREEN_DEBUG"):
            raise
        typer.secho(
            f"错误 [internal] 程序内部错误（{type(error).__name__}）。请把所用命令和版本号告诉维护人员；"
            "设环境变量 RISK_SCREEN_DEBUG=1 可看到详情（详情可能含所筛查的文字，请勿外传）。",
            err=True,
            fg="red",
        )
        sys.exit(INTERNAL)
