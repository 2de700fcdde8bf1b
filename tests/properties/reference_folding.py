"""Folding once more, character by character and without numpy or regular expressions: slow, and easy to read."""

from dataclasses import dataclass

from risk_screen.text.folding_tables import FoldingTables
from risk_screen.text.joining import (
    CIRCLED_NUMERALS,
    FINANCIAL_NUMERALS,
    HAN_RANGES,
    LONGEST_RUN,
    NUMERALS,
    PER_UNIT,
    SHORT_LINE,
)

CIRCLED_UNITS = "分厘毛成个月年天日周期倍%万千百元块号层楼"


@dataclass
class Letter:
    char: str
    first: int
    last: int
    gap: bool = False


def reference_fold(text: str, tables: FoldingTables) -> list[Letter]:
    letters = by_table(text, tables)
    circled(letters)
    letters = without_separators(letters, tables)
    letters = put_together(letters, tables)
    letters = without_separators(letters, tables)
    financial(letters)
    return letters


def by_table(text: str, tables: FoldingTables) -> list[Letter]:
    letters = []
    for k, char in enumerate(text):
        if char == "\r" and text[k + 1 : k + 2] == "\n":
            continue
        letters += [Letter(out, k, k) for out in tables.outputs.get(ord(char), char)]
    return letters


def is_han(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in HAN_RANGES)


def run_end(letters: list[Letter], start: int, members: object) -> int:
    end = start
    while end < len(letters) and letters[end].char in members:  # type: ignore[operator]
        end += 1
    return end


def circled(letters: list[Letter]) -> None:
    k = 0
    while k < len(letters):
        end = run_end(letters, k, CIRCLED_NUMERALS)
        if end > k and end < len(letters) and letters[end].char in CIRCLED_UNITS:
            for letter in letters[k:end]:
                letter.char = CIRCLED_NUMERALS[letter.char]
        k = max(end, k + 1)


def without_separators(letters: list[Letter], tables: FoldingTables) -> list[Letter]:
    kept: list[Letter] = []
    text = "".join(letter.char for letter in letters)
    k = 0
    while k < len(letters):
        end = run_end(letters, k, tables.separators | {"\n"})
        between = 0 < k < end < len(letters) and is_han(letters[k - 1].char) and is_han(letters[end].char)
        if between and end - k <= LONGEST_RUN and pulls_apart(text, k, end, tables):
            letters[end].gap = True
        else:
            kept += letters[k : max(end, k + 1)]
        k = max(end, k + 1)
    return kept


def pulls_apart(text: str, start: int, end: int, tables: FoldingTables) -> bool:
    run = text[start:end]
    if "\n" in run:
        lines = text[:start].rpartition("\n")[2], text[end:].partition("\n")[0]
        return any(len(line) <= SHORT_LINE and len(line.strip("".join(tables.separators))) == 1 for line in lines)
    if run == "/":
        return text[end] not in PER_UNIT
    return run not in ("-", "~") or text[end] not in NUMERALS


def put_together(letters: list[Letter], tables: FoldingTables) -> list[Letter]:
    merged: list[Letter] = []
    k = 0
    while k < len(letters):
        pair = "".join(letter.char for letter in letters[k : k + 2])
        if pair in tables.split_characters:
            merged.append(Letter(tables.split_characters[pair], letters[k].first, letters[k + 1].last, letters[k].gap))
            k += 2
        else:
            merged.append(letters[k])
            k += 1
    return merged


def financial(letters: list[Letter]) -> None:
    text = "".join(letter.char for letter in letters)
    k = 0
    while k < len(letters):
        end = run_end(letters, k, FINANCIAL_NUMERALS)
        if end > k and is_amount(text, k, end):
            for letter in letters[k:end]:
                letter.char = FINANCIAL_NUMERALS[letter.char]
        k = max(end, k + 1)


def is_amount(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if before and before in "息利" and after and after in "分厘":
        return True
    if before and before in "零一二三四五六七八九十百千万亿":
        return not after or not (is_han(after)) or after in NUMERALS + "元分厘角整"
    rest = text[end:]
    return any(
        rest[n:].startswith(("万元", "元整")) and all(ch in NUMERALS for ch in rest[:n])
        for n in range(min(5, len(rest)))
    )
