"""What was wrong with a command line, in Chinese; the words typed are not repeated, they may be a citizen's text."""

from typing import Any, Final

from typer import TyperException

from risk_screen.errors import RiskScreenError

NO_ARGUMENTS: Final = "NoArgsIsHelpError"


class OptionError(RiskScreenError):
    """An option or argument that cannot be used."""

    code = "option_invalid"


def usage_error(error: TyperException) -> OptionError:
    """Translate an error of the command-line library."""
    command = getattr(getattr(error, "ctx", None), "command_path", "risk-screen")
    return OptionError(f"{_what(error)}。请运行 {command} --help 查看用法。")


def _what(error: TyperException) -> str:
    kind, param = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        possible = getattr(error, "possibilities", None)
        guess = f"，是不是 {'、'.join(sorted(possible))}" if possible else ""
        return f"没有这个选项{guess}"
    if kind == "MissingParameter":
        return f"缺少{_name(param)}".rstrip()
    if kind == "BadParameter":
        return f"{_name(param)}的值不对{_range(param)}"
    if kind == "BadOptionUsage":
        return f"选项 {getattr(error, 'option_name', '')} 用得不对：它后面要有一个值，开关类的选项则不能有值"
    if error.message.startswith(("No such command", "Missing command")):
        commands = getattr(getattr(getattr(error, "ctx", None), "command", None), "commands", {})
        return f"没有这个命令，可用的命令是 {'、'.join(commands)}"
    return "参数多了或次序不对，含空格的文字要加引号"


def _name(param: Any) -> str:
    if param is None:
        return "参数"
    is_option = param.param_type_name == "option"
    return f"选项 {' / '.join(param.opts)} " if is_option else f"参数 {param.metavar or param.name.upper()} "


def _range(param: Any) -> str:
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    if least is not None and most is not None:
        return f"：应是 {least} 到 {most} 的整数"
    choices = getattr(getattr(param, "type_descriptor", None), "choices", None)
    return f"：可以是 {'、'.join(str(one) for one in choices)}" if choices else ""
