"""Every action of the audit trail has a title, so that the auditor reads words and not codes."""

import re
from pathlib import Path

import pytest

import risk_screen
from risk_screen.storage.event_kinds import EventKind
from risk_screen.web.audit_titles import SUBJECT_TITLES, VERB_TITLES, action_title

OPERATIONS = Path(risk_screen.__file__).parent / "operations"
WRITTEN = re.compile(r'"([a-z_]+)\.([a-z_]+)"')
# Written down under the kind of the event.
TOLD_AS_WRITTEN = ("consultation.", "registration_hold.", "registration.")


def sources() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(OPERATIONS.glob("*.py")))


def actions() -> set[str]:
    found = {f"{subject}.{verb}" for subject, verb in WRITTEN.findall(sources()) if subject in SUBJECT_TITLES}
    told = {kind.value for kind in EventKind if kind.startswith(TOLD_AS_WRITTEN)}
    return found | told | {"assessment.read", "assessment.list"}


def test_every_action_has_a_title() -> None:
    assert [action for action in sorted(actions()) if action_title(action) == action] == []


def test_every_title_is_used() -> None:
    assert {verb for verb in VERB_TITLES if not any(action.endswith(f".{verb}") for action in actions())} == set()


def test_every_subject_of_the_trail_has_a_title() -> None:
    declared = set(re.findall(r'^SUBJECT(?:: Final)? = "([a-z_]+)"', sources(), re.MULTILINE))
    assert len(declared) > 8
    assert declared - SUBJECT_TITLES.keys() == set()


@pytest.mark.parametrize(("action", "said"), [("account.reset", "账号：重置"), ("made.up", "made.up"), ("", "")])
def test_what_is_not_known_is_shown_as_it_is(action: str, said: str) -> None:
    assert action_title(action) == said
