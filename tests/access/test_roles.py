"""Who may do what, how far, and which duties nobody unites."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.access.actor import ANONYMOUS, Actor
from risk_screen.access.roles import (
    GRANTS,
    PERMISSION_TITLES,
    ROLE_TITLES,
    STANDING_ALONE,
    Permission,
    Role,
    Scope,
    allows,
    clash_of,
    is_same,
    scopes_of,
    why_not,
    why_not_release,
)

PAGE = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
WORDS = {"本人": Scope.OWN, "本镇街": Scope.TOWN, "全部": Scope.ALL}
ROLE_SETS = st.frozensets(st.sampled_from(Role))
PERMISSIONS = st.sampled_from(Permission)
READS_CASES = {Permission.READ_ASSESSMENT, Permission.READ_CLUE, Permission.READ_CASE}


def documented(page: str) -> dict[Role, dict[Permission, Scope]]:
    """The table of the page, as the code would write it."""
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    first = next(n for n, row in enumerate(rows) if row[0].strip() == "权限")
    roles = [Role(named(cell)) for cell in rows[first][1:]]
    grants: dict[Role, dict[Permission, Scope]] = {role: {} for role in roles}
    for row in rows[first + 1 : first + 1 + len(Permission)]:
        for role, cell in zip(roles, row[1:], strict=True):
            if cell.strip() != "—":
                grants[role][Permission(named(row[0]))] = WORDS[cell.strip()]
    return grants


def named(cell: str) -> str:
    found = re.search(r"`([a-z_.]+)`", cell)
    assert found is not None, cell
    return found[1]


def test_the_page_and_the_code_hold_the_same_table() -> None:
    assert documented(PAGE) == GRANTS


def test_a_page_that_lags_would_be_noticed() -> None:
    assert documented(PAGE.replace("| 本镇街 |", "| 全部 |", 1)) != GRANTS


def test_the_page_uses_the_titles_of_the_code() -> None:
    titles = [f"{title} `{word}`" for table in (ROLE_TITLES, PERMISSION_TITLES) for word, title in table.items()]
    assert [title for title in titles if f"| {title} |" not in PAGE] == []


@pytest.mark.parametrize("table", [ROLE_TITLES, GRANTS])
def test_every_role_is_in_every_table(table: dict[Role, object]) -> None:
    assert set(table) == set(Role)


def test_every_permission_has_a_title_and_somebody_who_has_it() -> None:
    assert set(PERMISSION_TITLES) == set(Permission)
    assert {permission for grants in GRANTS.values() for permission in grants} == set(Permission)


@pytest.mark.parametrize(
    ("role", "permission", "owner", "town", "expected"),
    [
        (Role.GRID_WORKER, Permission.READ_CLUE, True, False, True),
        (Role.GRID_WORKER, Permission.READ_CLUE, False, True, False),
        (Role.GRID_WORKER, Permission.READ_CASE, True, True, False),
        (Role.TOWN_OFFICE, Permission.READ_CASE, False, True, True),
        (Role.TOWN_OFFICE, Permission.READ_CASE, True, False, False),
        (Role.TASK_FORCE, Permission.READ_CASE, False, False, True),
        (Role.TASK_FORCE, Permission.DECIDE_CASE, True, True, False),
        (Role.TASK_FORCE_LEAD, Permission.DECIDE_CASE, False, False, True),
        (Role.ANALYST, Permission.RELEASE_RULE, True, True, False),
        (Role.ANALYST, Permission.READ_CASE, True, True, False),
        (Role.APPROVAL_BUREAU, Permission.SCREEN_REGISTRATION, False, False, True),
        (Role.APPROVAL_BUREAU, Permission.SCREEN_MARKETING, True, True, False),
        (Role.AUDITOR, Permission.READ_AUDIT, False, False, True),
        (Role.SYSTEM_ADMIN, Permission.READ_AUDIT, True, True, False),
        (Role.SYSTEM_ADMIN, Permission.MANAGE_ACCOUNTS, False, False, True),
    ],
)
def test_a_role_reaches_as_far_as_its_scope(
    role: Role, permission: Permission, owner: bool, town: bool, expected: bool
) -> None:
    assert allows({role}, permission, owner=owner, town=town) is expected


def test_the_auditor_reads_the_trail_and_nothing_else() -> None:
    assert dict(GRANTS[Role.AUDITOR]) == {Permission.READ_AUDIT: Scope.ALL}


@pytest.mark.parametrize("permission", sorted(READS_CASES))
def test_the_administrator_reads_no_case_whatever_else_they_are(permission: Permission) -> None:
    for other in Role:
        assert not allows({Role.SYSTEM_ADMIN, other}, permission, owner=True, town=True)


@pytest.mark.parametrize(
    ("roles", "permission", "reason"),
    [
        (set(), Permission.READ_CASE, "没有角色，不能查看案件；请系统管理员授予角色。"),
        ({Role.ANALYST}, Permission.READ_CASE, "分析员没有“查看案件”的权限。"),
        ({Role.ANALYST, Role.GRID_WORKER}, Permission.READ_CASE, "网格员、分析员没有“查看案件”的权限。"),
        ({Role.TOWN_OFFICE}, Permission.READ_CASE, "查看案件限于本镇街。"),
        ({Role.GRID_WORKER}, Permission.READ_CLUE, "查看线索限于本人上报或经办的。"),
        ({Role.AUDITOR, Role.TASK_FORCE}, Permission.READ_AUDIT, "审计员不能兼任其他角色。"),
        ({Role.AUDITOR, Role.SYSTEM_ADMIN}, Permission.READ_AUDIT, "审计员不能兼任其他角色。"),
    ],
)
def test_a_refusal_says_why(roles: set[Role], permission: Permission, reason: str) -> None:
    assert why_not(roles, permission, owner=False, town=False) == reason


@given(ROLE_SETS, PERMISSIONS, st.booleans(), st.booleans())
def test_what_the_table_does_not_grant_is_refused(
    roles: frozenset[Role], permission: Permission, owner: bool, town: bool
) -> None:
    reach = {GRANTS[role].get(permission) for role in roles}
    granted = Scope.ALL in reach or (town and Scope.TOWN in reach) or (owner and Scope.OWN in reach)
    united = len(roles) > 1 and bool(roles & STANDING_ALONE)
    assert allows(roles, permission, owner=owner, town=town) is (granted and not united)


@given(ROLE_SETS, PERMISSIONS, st.booleans(), st.booleans())
def test_nearer_things_are_never_less_allowed(
    roles: frozenset[Role], permission: Permission, owner: bool, town: bool
) -> None:
    if allows(roles, permission, owner=owner, town=town):
        assert allows(roles, permission, owner=True, town=True)


@given(ROLE_SETS)
def test_roles_that_exclude_one_another_reach_nothing(roles: frozenset[Role]) -> None:
    if clash_of(roles) is not None:
        assert not any(scopes_of(roles, permission) for permission in Permission)


def test_a_role_named_twice_excludes_nobody() -> None:
    assert allows([Role.AUDITOR, Role.AUDITOR], Permission.READ_AUDIT, owner=False, town=False)


def test_nobody_has_both_hands_on_a_release_by_one_role() -> None:
    pairs = [(p, Permission(p.replace(".make", ".release"))) for p in Permission if p.endswith(".make")]
    assert len(pairs) == 3
    assert [(role, pair) for role in Role for pair in pairs if set(pair) <= set(GRANTS[role])] == []


@pytest.mark.parametrize(
    ("makers", "releaser", "allowed"),
    [
        (["p1"], Actor("person", "p2"), True),
        (["p1"], Actor("person", "p1"), False),
        (["p1", "p2"], Actor("person", "p2"), False),
        ([], Actor("person", "p2"), False),
        (["p1", ""], Actor("person", "p2"), False),
        (["p1"], Actor("key", "k1"), False),
        (["p1"], ANONYMOUS, False),
    ],
)
def test_one_makes_and_another_releases(makers: list[str], releaser: Actor, allowed: bool) -> None:
    reason = why_not_release(makers, releaser)
    assert (reason is None) is allowed


def test_what_is_unknown_is_nobodys() -> None:
    assert is_same("t1", "t1")
    assert not is_same("t1", "t2")
    assert not is_same("", "")
