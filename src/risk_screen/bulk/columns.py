"""Which column of a file is which field: by its name, an alias of it, or as the user says."""

from collections.abc import Mapping, Sequence
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
# A first row with a longer cell is data, not a heading; its cells are then not repeated in the message.
MOST_HEADING_CHARACTERS: Final = 20
MOST_LISTED: Final = 12


class TableError(RiskScreenError):
    """A file that cannot be read as a table of texts."""

    code = "table_unreadable"


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
        When a column asked for is missing, two columns are the same field, or no field of the channel is there.
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
    for field, same in found.items():
        if len(same) > 1:
            raise TableError(
                f"有 {len(same)} 列都是 {field}（{'、'.join(same)}）：请只留一列，或用 --map {field}=列名 指定一列。"
            )
    if not found.keys() & set(FIELDS_OF_CHANNEL[channel]):
        raise TableError(_nothing_found(columns, channel))
    return {columns_of[0]: field for field, columns_of in found.items()}


def _field_called(column: str) -> str:
    name = column.strip().lower()
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
