"""Say of settings where each comes from, what it is, and what is wrong with it; never a secret."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from risk_screen.settings.file import SettingsError, settings_file, settings_of_file
from risk_screen.settings.kinds import allowed, shown

COMMAND_LINE: Final = "命令行"
ENVIRONMENT: Final = "环境"
FILE: Final = "文件"
DEFAULT: Final = "默认"
MASKED: Final = "******"
# Read by other parts of the program straight from the environment.
OTHER_VARIABLES: Final = frozenset({"CONFIG", "CACHE", "DEBUG", "DATA"})
_PASSWORD: Final = re.compile(r"(://[^:/@]*:)[^@]*@")


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as it is in force."""

    name: str
    variable: str
    value: str
    source: str
    meaning: str


def setting_lines(settings: BaseSettings, given: Mapping[str, Any]) -> tuple[SettingLine, ...]:
    """List every setting; ``given`` are those of the command line."""
    of_file = settings_of_file()
    lines = []
    for name, field in type(settings).model_fields.items():
        value = masked(getattr(settings, name))
        source = source_of(name, given, of_file)
        lines.append(SettingLine(name, variable_of(name), value, source, field.description or ""))
    return tuple(lines)


def unknown_variables(kind: type[BaseSettings]) -> tuple[str, ...]:
    """Name the variables of the environment that look like settings and are none."""
    known = {variable_of(name) for name in [*kind.model_fields, *OTHER_VARIABLES]}
    return tuple(sorted(name for name in os.environ if name.startswith(variable_of("")) and name not in known))


def settings_error(error: ValidationError, kind: type[BaseSettings], given: Mapping[str, Any]) -> SettingsError:
    """Name every setting that cannot be used, where it comes from, and what is allowed; never its value."""
    of_file = settings_of_file()
    names = dict.fromkeys(str(one["loc"][0]) for one in error.errors(include_input=False, include_url=False))
    told = [f"{name}（来自{_place(name, given, of_file)}）{_wrong(name, kind)}" for name in names]
    return SettingsError("设置有误：" + "；".join(told) + "。请改正后重试；`risk-screen settings` 列出全部设置。")


def source_of(name: str, given: Mapping[str, Any], of_file: Mapping[str, Any]) -> str:
    """Tell which source a setting has its value from."""
    if given.get(name) is not None:
        return COMMAND_LINE
    if os.environ.get(variable_of(name)):
        return ENVIRONMENT
    return FILE if name in of_file else DEFAULT


def variable_of(name: str) -> str:
    """Name the variable of the environment."""
    return f"RISK_SCREEN_{name.upper()}"


def masked(value: object) -> str:
    """Write a value without what is secret in it."""
    if isinstance(value, SecretStr):
        return MASKED
    return _PASSWORD.sub(rf"\1{MASKED}@", shown(value))


def _place(name: str, given: Mapping[str, Any], of_file: Mapping[str, Any]) -> str:
    source = source_of(name, given, of_file)
    if source == ENVIRONMENT:
        return f"环境变量 {variable_of(name)}"
    return f"文件 {settings_file()}" if source == FILE else source


def _wrong(name: str, kind: type[BaseSettings]) -> str:
    field = kind.model_fields.get(name)
    if field is not None:
        return f"只能是 {allowed(field)}"
    guesses = difflib.get_close_matches(name, kind.model_fields, n=1)
    return "没有这个设置" + (f"，是不是 {guesses[0]}" if guesses else "")
