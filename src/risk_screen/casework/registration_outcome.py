"""What became of a registration (登记结果), as the approval bureau reports it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from risk_screen.errors import RiskScreenError
from risk_screen.text.checksums import credit_code_holds

CREDIT_CODE_CHARACTERS: Final = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
CREDIT_CODE_LENGTH: Final = 18


class Outcome(StrEnum):
    """What became of it."""

    REGISTERED = "registered"
    CHANGED_NAME = "changed_name"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


OUTCOME_TITLES: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.REGISTERED: "已登记",
        Outcome.CHANGED_NAME: "申请人改了名称",
        Outcome.WITHDRAWN: "申请人撤回",
        Outcome.REFUSED: "不予登记",
    }
)


class OutcomeIncompleteError(RiskScreenError):
    """A report that does not fit together."""

    code = "outcome_incomplete"


class CreditCodeError(RiskScreenError):
    """No unified social credit code."""

    code = "credit_code_invalid"

    def __init__(self) -> None:
        super().__init__("统一社会信用代码不对：应是 18 位数字和大写字母（不含 I、O、S、V、Z），且末位校验码相符。")


def checked_credit_code(code: str) -> str:
    """Return a credit code in capitals.

    Raises
    ------
    CreditCodeError
        When its length, letters or check digit are wrong (GB 32100-2015).
    """
    code = code.strip().upper()
    if len(code) != CREDIT_CODE_LENGTH or not CREDIT_CODE_CHARACTERS.issuperset(code):
        raise CreditCodeError
    if not credit_code_holds(code.lower()):
        raise CreditCodeError
    return code


def check_outcome(outcome: Outcome, credit_code: str | None) -> None:
    """Check that a registered enterprise is named by its credit code, and no other.

    Raises
    ------
    OutcomeIncompleteError
    """
    if outcome is Outcome.REGISTERED and credit_code is None:
        raise OutcomeIncompleteError("“已登记”要写统一社会信用代码（credit_code）。")
    if outcome is not Outcome.REGISTERED and credit_code is not None:
        raise OutcomeIncompleteError(f"“{OUTCOME_TITLES[outcome]}”不写统一社会信用代码（credit_code），请去掉。")
