"""Read the folding tables (rules/folding/*.tsv) and close them: every output character maps to itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from risk_screen.errors import RiskScreenError

STEPS: Final = (
    "width",
    "traditional",
    "case",
    "invisible",
    "emoji",
    "digit_style",
    "lookalike",
    "separator",
    "split_character",
    "homophone",
    "pinyin",
    "initials",
    "contact_slang",
)
BIT_OF_STEP: Final = {step: 1 << k for k, step in enumerate(STEPS)}
PLAIN_STEPS: Final = frozenset({"width", "traditional", "case", "digit_style"})
"""Steps that are ways to write and no disguise."""
CHARACTER_STEPS: Final = frozenset(STEPS[:7])
RADICALS: Final = frozenset("亻氵冫钅扌讠纟饣忄犭阝艹宀辶礻衤刂攵彳灬丩")
"""Forms that never stand alone in ordinary text; every split character has one."""
LONGEST_CHAIN: Final = 8


class FoldingTableError(RiskScreenError):
    """A folding table that cannot be used."""

    code = "folding_table"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"折叠表 rules/folding/{name} 有误：{why}，请改正后重新加载规则库。")


@dataclass(frozen=True, slots=True)
class FoldingTables:
    """All tables, closed.

    Attributes
    ----------
    outputs : dict of int to str
        Code point → what it folds to; code points that fold to themselves are left out.
    steps : dict of int to int
        Code point → bits of the steps on its way (`BIT_OF_STEP`).
    separators : frozenset of str
        Characters that may be removed between two Chinese characters.
    split_characters : dict of str to str
        Two parts → the character.
    """

    outputs: dict[int, str]
    steps: dict[int, int]
    separators: frozenset[str]
    split_characters: dict[str, str]


def parse_tables(tables: Mapping[str, str]) -> FoldingTables:
    """Parse and close the tables.

    Parameters
    ----------
    tables : mapping of str to str
        File name → content. The part of the name before the first dot is the step; files that do not end in ``.tsv``
        are not read.

    Raises
    ------
    FoldingTableError
        Unknown step, broken row, a code point in two tables, a circle, or a split character that needs a second pass.
    """
    replaced: dict[int, tuple[str, int]] = {}
    separators: set[str] = set()
    split_characters: dict[str, str] = {}
    for name in sorted(n for n in tables if n.endswith(".tsv")):
        step = name.split(".")[0]
        rows = read_rows(name, tables[name])
        if step == "separator":
            separators.update(source for source, _ in rows)
        elif step == "split_character":
            split_characters.update(rows)
        elif step in CHARACTER_STEPS:
            _add_rows(replaced, name, rows, BIT_OF_STEP[step])
        else:
            raise FoldingTableError(name, f"文件名开头 {step} 不是折叠步骤")
    outputs, steps = _close(replaced)
    _check_one_pass(split_characters, outputs)
    return FoldingTables(outputs, steps, frozenset(s for s in separators if ord(s) not in outputs), split_characters)


def read_rows(name: str, content: str) -> Iterator[tuple[str, str]]:
    """Rows of one table as (source, output); ranges ``U+XXXX..U+YYYY`` are spelled out, lines with ``# `` skipped."""
    for number, line in enumerate(content.splitlines(), 1):
        if not line or line.startswith("# "):
            continue
        source, _, rest = line.partition("\t")
        output = rest.partition("\t")[0]
        try:
            if ".." in source:
                first, last = source.split("..")
                yield from ((chr(code), _text(output)) for code in range(int(first[2:], 16), int(last[2:], 16) + 1))
            else:
                yield _text(source), _text(output)
        except ValueError:
            raise FoldingTableError(name, f"第 {number} 行的码位写法应为 U+XXXX") from None


def _text(cell: str) -> str:
    """Characters of a cell: as they stand, or code points ``U+XXXX`` with blanks between."""
    return "".join([chr(int(part[2:], 16)) for part in cell.split(" ")]) if cell.startswith("U+") else cell


def _add_rows(replaced: dict[int, tuple[str, int]], name: str, rows: Iterator[tuple[str, str]], bit: int) -> None:
    for source, output in rows:
        if len(source) != 1:
            raise FoldingTableError(name, f"左列应为一个字符，现为 {source!r}")
        if ord(source) in replaced:
            raise FoldingTableError(name, f"U+{ord(source):04X} 在表中出现两次")
        replaced[ord(source)] = (output, bit)


def _close(replaced: dict[int, tuple[str, int]]) -> tuple[dict[int, str], dict[int, int]]:
    """Follow every output until nothing changes."""
    translation = {code: output for code, (output, _) in replaced.items()}
    outputs: dict[int, str] = {}
    steps: dict[int, int] = {}
    for code, (first, bit) in replaced.items():
        output, bits = first, bit
        for _ in range(LONGEST_CHAIN):
            further = output.translate(translation)
            if further == output:
                break
            for ch in output:
                bits |= replaced.get(ord(ch), ("", 0))[1]
            output = further
        else:
            raise FoldingTableError("*.tsv", f"U+{code:04X} 的替换首尾相接，没有终点")
        outputs[code], steps[code] = output, bits
    return outputs, steps


def _check_one_pass(split_characters: dict[str, str], outputs: dict[int, str]) -> None:
    parts = {part for pair in split_characters for part in pair}
    for pair, whole in split_characters.items():
        if len(pair) != 2 or len(whole) != 1 or whole in parts:
            why = "应为两部分合成一字，且结果不再是别字的一部分"
        elif RADICALS.isdisjoint(pair):
            why = "两部分中应有一个不单独成字的偏旁"
        elif any(ord(ch) in outputs for ch in pair + whole):
            why = "含有会被其他步骤替换的字符"
        else:
            continue
        raise FoldingTableError("split_character.tsv", f"{pair} → {whole} {why}")
