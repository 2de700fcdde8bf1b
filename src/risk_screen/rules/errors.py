"""What can be wrong with a rulebook: numbered problems with their place, all reported at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from risk_screen.errors import RiskScreenError

TITLES: Final[dict[str, str]] = {
    "RB001": "YAML 写法有误",
    "RB002": "用了锚点、别名或标签",
    "RB003": "键重复",
    "RB004": "文件太大、嵌套太深或内容太多",
    "RB005": "文件不是 UTF-8 文本",
    "RB006": "文件最外层不是“键: 值”",
    "RB010": "不认识的键",
    "RB011": "缺少必填的键",
    "RB012": "值不在允许的范围内",
    "RB013": "值的类型不对",
    "RB014": "数目或长短超出范围",
    "RB015": "格式不对",
    "RB016": "分量不在档位上",
    "RB020": "编号与文件名不一致",
    "RB021": "编号重复",
    "RB022": "没有这个词表",
    "RB023": "laws.yaml 里没有这部法",
    "RB024": "laws.yaml 里没有这一条",
    "RB025": "法条在规则施行时无效",
    "RB026": "词表名与文件名不一致",
    "RB027": "词表这一行没有出处",
    "RB028": "词重复",
    "RB030": "一个条件只能有一个主键",
    "RB031": "fact 没有写怎样算成立",
    "RB032": "附键写错了地方",
    "RB033": "none 或 context 写错了地方",
    "RB034": "规则没有可以引用的文字",
    "RB035": "跨字段的 all 要写 same: submission",
    "RB036": "字段不在规则的 fields 里",
    "RB037": "promise 没有条件",
    "RB040": "例子不够",
    "RB041": "例子没有文字",
    "RB042": "字段不属于这个渠道",
    "RB051": "分数线次序不对",
    "RB052": "级别没有去向",
    "RB053": "去向不属于这个渠道",
    "RB060": "正则用了对汉字不可靠的简写",
    "RB061": "正则用了前后查看或反向引用",
    "RB062": "正则的重复没有上限",
    "RB063": "正则不能编译",
    "RB064": "正则里有归一后不会出现的字符",
    "RB065": "正则能匹配空串",
    "RB066": "词归一后什么也不剩",
    "RB070": "规则库缺少文件",
    "RB071": "找不到规则库",
    "RB072": "文件放错了地方",
    "RB073": "归一表有误",
    "RB080": "内容变了而 version 没有变",
    "RB081": "锁文件与规则库不一致",
    "RB090": "宣传规则没有写语境豁免",
    "RB091": "词表没有规则使用",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong at one place.

    Attributes
    ----------
    file : str
        Path relative to the rulebook's folder.
    line, column : int
        From 1; 0 when the file as a whole is meant.
    code : str
        Key of ``TITLES``.
    message : str
        Chinese sentence: what is wrong and what to write instead.
    severity : {"error", "notice"}
        A notice does not stop the rulebook from loading.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    severity: Literal["error", "notice"] = "error"

    def __str__(self) -> str:
        word = "错误" if self.severity == "error" else "提示"
        return f"{self.file}:{self.line}:{self.column}: {word} {self.code} {self.message}"


class RulebookError(RiskScreenError):
    """A rulebook that cannot be used, with everything that is wrong with it."""

    code = "rulebook_invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        lines = "\n".join(str(problem) for problem in self.problems)
        super().__init__(
            f"规则库有 {len(self.problems)} 处错误，改正后重试（运行 risk-screen rules lint 查看）：\n{lines}"
        )


class RulebookNotFoundError(RulebookError):
    """The folder given, or every folder looked in, is no rulebook."""

    code = "rulebook_not_found"

    def __init__(self, looked_at: str, reason: str) -> None:
        super().__init__([Problem(looked_at, 0, 0, "RB071", reason)])
