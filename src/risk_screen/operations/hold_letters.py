"""The letter of a registration hold, as it stands: a draft says that it is one."""

from datetime import date, datetime

from risk_screen.casework.deadlines import CHINA
from risk_screen.casework.hold_letter import HoldLetter, Procedure, as_html, as_text
from risk_screen.operations.holds import hold_terms
from risk_screen.operations.store import Store
from risk_screen.storage.holds import Hold


def letter_as_text(store: Store, hold: Hold) -> str:
    """Write the letter of a hold as plain text.

    Raises
    ------
    ConsultationsOffError
    """
    return as_text(_letter(hold), hold_terms(store))


def letter_as_html(store: Store, hold: Hold) -> str:
    """Write the letter of a hold as a page that can be printed.

    Raises
    ------
    ConsultationsOffError
    """
    return as_html(_letter(hold), hold_terms(store))


def _letter(hold: Hold) -> HoldLetter:
    return HoldLetter(
        addressee=hold.addressee,
        subject_name=hold.subject_name,
        credit_code=hold.credit_code,
        procedures=tuple(Procedure(one) for one in hold.procedures.split()),
        case_reference=hold.case_reference,
        reasons=hold.reasons,
        number=hold.number,
        signed_on=_day(datetime.fromisoformat(hold.signed_at)) if hold.signed_at else None,
        lifted_on=_day(datetime.fromisoformat(hold.lifted_at)) if hold.lifted_at else None,
        lifting_reason=hold.lifting_reason,
    )


def _day(instant: datetime) -> date:
    return instant.astimezone(CHINA).date()
