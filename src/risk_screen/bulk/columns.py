"""Which column of a file is which field: by its name, an alias of it, or as the user says; and what to call them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from risk_screen.errors import RiskScreenError
from risk_screen.screening.submission import FIELDS_OF_CHANNEL

ALIASES: Final[Mapping[str, str]] = {
    "企业名称": "name",
    "名称": "name",
    "经营范围": "business_scope",
    "scope": "business_scope",
    "文本": "text",
    "内容": "text",
    "编号": "id",
}
# A title, a note or a date may stand above the heading row; it is looked for in these first rows.
HEADING_WITHIN: Final = 20
MOST_COLUMNS: Final = 16_384
# A first row with a longer cell is data, not a heading; its cells are then not repeated in the message.
MOST_HEADING_CHARACTERS: Final = 20
MOST_LISTED: Final = 12


class TableError(RiskScreenError):
    """A file that cannot be read as a table of texts."""

    code = "table_unreadable"


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row of a table.

    Attributes
    ----------
    columns : tuple of str
        Names as the file has them, without spaces around them.
    places : mapping of int to str
        Index of a column → the field it is.
    row : int
        Index of the heading row among the rows that are not empty.
    """

    columns: tuple[str, ...]
    places: Mapping[int, str]
    row: int


def find_heading(first_rows: Iterable[Sequence[str]], channel: str, renamed: Mapping[str, str]) -> Heading:
    """Find the first row that names a field of the channel among the first rows of a file.

    Raises
    ------
    TableError
        When none does; the message is about the fullest of the rows.
    """
    refused: tuple[int, TableError] | None = None
    for number, cells in enumerate(first_rows):
        columns = [cell.strip() for cell in cells]
        try:
            fields = fields_by_column(columns, channel, renamed)
        except TableError as error:
            filled = sum(map(bool, columns))
            refused = refused if refused and refused[0] >= filled else (filled, error)
            continue
        return Heading(tuple(columns), {columns.index(column): field for column, field in fields.items()}, number)
    raise refused[1] if refused else TableError("文件是空的：需要一行列名和至少一行数据。")


def fields_by_column(columns: Sequence[str], channel: str, renamed: Mapping[str, str]) -> dict[str, str]:
    """Map the columns of a file to field names (``id``, ``name``, ``business_scope``, ``text``).

    Parameters
    ----------
    columns : sequence of str
        As the file names them.
    channel : str
        Decides which fields are looked for.
    renamed : mapping of str to str
        Field name → column, for columns that are called otherwise.

    Raises
    ------
    TableError
        When a column asked for is missing, two columns are the same text, or no field of the channel is there.
    """
    for column in renamed.values():
        if column not in columns:
            raise TableError(f"文件里没有列“{column}”：{_listed(columns)}，请检查 --map。")
    wanted = ("id", *FIELDS_OF_CHANNEL[channel])
    found = {field: [column] * columns.count(column) for field, column in renamed.items()}
    for column in columns:
        field = _field_called(column)
        if field in wanted and field not in renamed and column not in renamed.values():
            found.setdefault(field, []).append(column)
    if "id" in found:  # any of them tells the rows apart
        found["id"] = sorted(found["id"], key=lambda column: column != "id")[:1]
    for field, same in found.items():
        if len(same) > 1:
            raise TableError(
                f"有 {len(same)} 列都是 {field}（{'、'.join(same)}）：请只留一列，或用 --map {field}=列名 指定一列。"
            )
    if not found.keys() & set(FIELDS_OF_CHANNEL[channel]):
        raise TableError(_nothing_found(columns, channel))
    return {columns_of[0]: field for field, columns_of in found.items()}


def names_in_result(columns: Sequence[str], ours: Sequence[str], *, kept: int | None) -> tuple[str, ...]:
    """Name the columns of the input so that none has the name of another or of ours.

    Parameters
    ----------
    columns : sequence of str
    ours : sequence of str
        Names that the result adds.
    kept : int or None
        Index of the column that keeps its name though it is one of ours: ``id``.
    """
    taken = set(ours)
    names = []
    for place, column in enumerate(columns):
        name = column or f"列{place + 1}"
        if place != kept:
            wanted = f"原表_{name}" if name in ours else name
            name = next(n for n in _numbered(wanted) if n not in taken)
        taken.add(name)
        names.append(name)
    return tuple(names)


def _numbered(name: str) -> Iterable[str]:
    yield name
    yield from (f"{name}_{number}" for number in range(2, MOST_COLUMNS + 2))


def _field_called(column: str) -> str:
    name = "".join(column.split()).lower()
    return ALIASES.get(name, name)


def _nothing_found(columns: Sequence[str], channel: str) -> str:
    needed = FIELDS_OF_CHANNEL[channel]
    also = "、".join(alias for alias, field in ALIASES.items() if field in needed)
    return (
        f"没有找到可筛查的列：需要 {'、'.join(needed)}（也可写作 {also}），{_listed(columns)}；"
        f"列名不同时请用 --map，例如 --map {FIELDS_OF_CHANNEL[channel][-1]}=列名。"
    )


def _listed(columns: Sequence[str]) -> str:
    if any(len(column) > MOST_HEADING_CHARACTERS for column in columns):
        return "第一行看起来不是列名（第一行应当是列名）"
    shown = "、".join(column or "（空）" for column in columns[:MOST_LISTED])
    return f"现有的列是 {shown}" + (f" 等 {len(columns)} 列" if len(columns) > MOST_LISTED else "")
