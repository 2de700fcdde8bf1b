"""Help texts in Chinese: usage, what the command does with an example, its arguments and options."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

WIDTH: Final = 96
NAME_WIDTH: Final = 26
# A run of Latin letters and signs is not cut; between Chinese characters a line may end anywhere.
_UNCUT: Final = re.compile(r"[!-~]+|.")
_TYPE: Final = re.compile(r" <\w+>$")


class ChineseCommand(TyperCommand):
    """A command whose help is in Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(help_of(self, ctx))


class ChineseGroup(TyperGroup):
    """A group of commands whose help is in Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        commands = [(name, _first_line(self.commands[name].help)) for name in self.list_commands(ctx)]
        formatter.write(help_of(self, ctx) + _section("命令", commands))


def help_of(command: Any, ctx: Any) -> str:
    """Put usage, description, arguments and options into words."""
    pieces = ["[选项]" if piece == "[OPTIONS]" else piece.strip("{}") for piece in command.collect_usage_pieces(ctx)]
    params = [param for param in command.get_params(ctx) if not param.hidden]
    of_kind = {
        kind: [_row(param, ctx) for param in params if param.param_type_name == kind] for kind in ("argument", "option")
    }
    text = "\n".join(f"  {line}".rstrip() for line in (command.help or "").strip().splitlines())
    usage = f"用法：{' '.join([ctx.command_path, *pieces])}\n\n{text}\n"
    return usage + _section("参数", of_kind["argument"]) + _section("选项", of_kind["option"])


def _row(param: Any, ctx: Any) -> tuple[str, str]:
    name = _TYPE.sub("", param.get_help_record(ctx)[0])
    if set(param.opts) & set(ctx.help_option_names):
        return name, "显示这份说明"
    return name, (param.help or "") + ("（必填）" if param.required else "")


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _section(title: str, rows: Sequence[tuple[str, str]]) -> str:
    if not rows:
        return ""
    return f"\n{title}：\n" + "".join(_lines(name, meaning) for name, meaning in rows)


def _lines(name: str, meaning: str) -> str:
    first, *others = _wrapped(meaning, WIDTH - NAME_WIDTH - 4)
    gap = f"\n{'':{NAME_WIDTH + 4}}"
    head = f"  {name:{NAME_WIDTH}}  {first}" if len(name) <= NAME_WIDTH else f"  {name}{gap}{first}"
    return head + "".join(gap + line for line in others) + "\n"


def _wrapped(text: str, columns: int) -> list[str]:
    """Cut a text at a number of terminal columns; a Chinese character takes two."""
    lines, width = [""], 0
    for piece in _UNCUT.findall(text):
        wide = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in piece)
        if width + wide > columns:
            lines.append("")
            width = 0
        width += wide
        lines[-1] += piece
    return [line.rstrip() for line in lines]
