"""The noun `Promise`: money paid in, money promised back, and the yearly rate a person can check."""

from dataclasses import dataclass

KINDS = ("cash", "buy_back", "store_credit", "goods")
PERIODS = ("day", "week", "month", "quarter", "half_year", "year", "term")


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised return found in a text.

    Attributes
    ----------
    start, end : int
        Half-open code-point offsets of the whole phrase in the text that was read.
    kind : str
        ``cash``, ``buy_back`` (the seller buys the goods back), ``store_credit`` or ``goods``.
    period : str or None
        The period the text states for the return: ``day`` … ``year``, ``term`` (another stated length), or None.
    annual_rate : float or None
        Simple headline rate per year as a fraction, highest tier; None where no period is stated or
        only the money paid comes back.
    irr : float or None
        Periodic internal rate of return × periods per year, where the instalments repay the principal too.
    payback_days : int or None
        Days until the money paid is said to be back (60天回本).
    assumed_rate : float or None
        Fraction per year under an assumption the text does not state: one year for a return without period,
        365/days for a payback time, the plain ratio for store credit.
    guaranteed : bool
        Principal or rate is called safe in the same sentence.
    arithmetic : str
        Chinese sentence with the sum a person can check, e.g. ``月息2分 = 2%/月 × 12 = 24%/年``.
    """

    start: int
    end: int
    kind: str
    period: str | None
    annual_rate: float | None
    irr: float | None
    payback_days: int | None
    assumed_rate: float | None
    guaranteed: bool
    arithmetic: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"empty or negative span {self.start}:{self.end}")
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}")
        if self.period is not None and self.period not in PERIODS:
            raise ValueError(f"unknown period {self.period!r}")
        if self.annual_rate is not None and self.annual_rate <= 0:
            raise ValueError("a promised rate is positive; None says that nothing is gained")
