"""What a regular expression in a rule may not contain, and what to write instead."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import re2

Complaint = tuple[str, str]

_TOKEN: Final = re.compile(
    r"(?P<escape>\\(?:p\{[^}]*\}|.))|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<group>\(\?(?:P?<?[=!]|P=|<[=!])?)"
    r"|(?P<open>\{[0-9]+,\})|(?P<star>[*+])|(?P<literal>[^\\\[\](){}?*+|^$.])",
    re.DOTALL,
)
_UNSAFE_ESCAPES: Final = {
    "b": "not_before / not_after",
    "B": "not_before / not_after",
    "w": "[a-z0-9] 或具体的字",
    "W": "[^a-z0-9] 或 not_before / not_after",
    "d": "[0-9]",
    "D": "[^0-9]",
    "s": "[ \\t]",
    "S": "[^ \\t]",
}
_LOOK_AROUND: Final = ("(?=", "(?!", "(?<=", "(?<!", "(?P=")


def quiet_options() -> re2.Options:
    """Options for every RE2 object: linear time, room for a large set, nothing printed."""
    options = re2.Options()
    options.max_mem = 256 << 20
    options.log_errors = False
    return options


def complaints(pattern: str, fold: Callable[[str], str]) -> list[Complaint]:
    """Everything wrong with a pattern, as (code, Chinese message).

    Parameters
    ----------
    pattern : str
        As written in the rule.
    fold : callable
        Folds one text; used to find characters that never occur in folded text.
    """
    found = list(_forbidden(pattern, fold))
    if found:
        return found
    try:
        compiled = re2.compile(pattern, quiet_options())
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        return [("RB063", f"正则不能编译（{reason}），请按 RE2 语法改写")]
    if compiled.search("") is not None:
        return [("RB065", "正则能匹配空串，请至少要求一个字符")]
    return []


def _forbidden(pattern: str, fold: Callable[[str], str]) -> Iterator[Complaint]:
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if token["escape"]:
            if text[1] in _UNSAFE_ESCAPES:
                yield "RB060", f"{text} 在汉字之间不可靠，请写 {_UNSAFE_ESCAPES[text[1]]}"
            elif text[1] in "123456789":
                yield "RB061", f"反向引用 {text} 不能用，请把要重复的字写出来"
            continue
        if token["group"]:
            if text.startswith(_LOOK_AROUND):
                yield "RB061", f"前后查看 {text}…) 不能用，请改用 not_before / not_after 或 near"
            continue
        if token["open"] or token["star"]:
            yield "RB062", f"重复 {text} 没有上限，请写成 {{0,20}} 这样的形式"
            continue
        yield from _foreign_to_folding(text, fold)


def _foreign_to_folding(text: str, fold: Callable[[str], str]) -> Iterator[Complaint]:
    for character in text:
        if character.isascii() and not character.isupper():
            continue
        folded = fold(character)
        if folded != character:
            yield "RB064", f"“{character}”归一后是“{folded}”，写成“{character}”永远不会匹配"


def negated_classes_end_at_lines(pattern: str) -> str:
    """Keep a pattern inside one line: ``[^,]`` would otherwise run on into the next."""
    return _TOKEN.sub(lambda t: "[^\\n" + t.group()[2:] if t.group().startswith("[^") else t.group(), pattern)
