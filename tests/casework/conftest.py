"""The terms as shipped: the tests of due times are tests of the calendar that is in service."""

import pytest

from risk_screen.casework.terms import ConsultationTerms
from risk_screen.rules.finding import find_rules_directory
from risk_screen.rules.loading import load_rulebook


@pytest.fixture(scope="session")
def terms() -> ConsultationTerms:
    found = ConsultationTerms.from_rulebook(load_rulebook(find_rules_directory()))
    assert found is not None
    return found
