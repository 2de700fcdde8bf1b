"""rules/consultation.yaml: the calendar is the State Council's, mistakes are found, and no version changes by it."""

from datetime import date
from pathlib import Path

import pytest
from rulebooks import assembled

from risk_screen.rules.consultation_file import CalendarYear, ConsultationFile
from risk_screen.rules.finding import find_rules_directory
from risk_screen.rules.loading import load_rulebook
from risk_screen.rules.locking import entries

NAME = "consultation.yaml"
SHIPPED = (Path(__file__).parents[2] / "rules" / NAME).read_text(encoding="utf-8")
SMALL = SHIPPED.replace("law: 防范和处置非法集资条例", "law: 条例").replace("article: 22", "article: 9")


@pytest.fixture(scope="module")
def shipped() -> ConsultationFile:
    file = load_rulebook(find_rules_directory()).consultation
    assert file is not None
    return file


def year_of(file: ConsultationFile, year: int) -> CalendarYear:
    return next(one for one in file.calendar if one.year == year)


@pytest.mark.parametrize(
    ("year", "days_off", "made_up"),
    [(2025, 28, 5), (2026, 33, 6)],  # 1+8+3+5+3+8 and 3+9+3+5+3+3+7 days, as the notices have them
)
def test_a_year_has_as_many_days_off_as_its_notice(
    shipped: ConsultationFile, year: int, days_off: int, made_up: int
) -> None:
    one = year_of(shipped, year)
    assert len([day for holiday in one.holidays for day in holiday.days]) == days_off
    assert len(one.make_up_days) == made_up
    assert str(year) in one.source


def test_the_spring_festival_of_2026_begins_on_a_sunday_after_a_worked_saturday(shipped: ConsultationFile) -> None:
    spring = next(holiday for holiday in year_of(shipped, 2026).holidays if holiday.name == "春节")
    assert (spring.first, spring.last) == (date(2026, 2, 15), date(2026, 2, 23))
    assert date(2026, 2, 14) in year_of(shipped, 2026).make_up_days


def test_the_small_rulebook_takes_the_file_and_does_without_it() -> None:
    with_it, without = assembled(files={NAME: SMALL}).rulebook, assembled().rulebook
    assert with_it is not None
    assert without is not None
    assert with_it.consultation is not None
    assert without.consultation is None


def test_another_calendar_is_no_other_version_of_the_rulebook() -> None:
    one = assembled(files={NAME: SMALL})
    other = assembled(files={NAME: SMALL.replace("value: 2,", "value: 1,")})
    assert one.rulebook is not None
    assert other.rulebook is not None
    assert one.rulebook.consultation != other.rulebook.consultation
    assert one.rulebook.label == other.rulebook.label
    assert NAME not in entries(one.documents)


def test_a_district_changes_one_thing_and_adds_a_year() -> None:
    local = (
        "opens: {advise_against: true}\ncalendar:\n  - year: 2027\n    source: 通知\n"
        "    holidays: [{name: 元旦, first: 2027-01-01, last: 2027-01-03}]\n"
    )
    made = assembled(files={NAME: SMALL, f"local/{NAME}": local}).rulebook
    assert made is not None
    assert made.consultation is not None
    assert made.consultation.opens == {"proceed": False, "consult": True, "advise_against": True}
    assert [one.year for one in made.consultation.calendar] == [2025, 2026, 2027]


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("RB014", "2025-01-26, ", "2025-01-27, "),  # a Monday is no make-up day
        ("RB014", "2025-01-26, ", "2025-02-01, "),  # nor is a day off
        ("RB014", "first: 2026-02-15, last: 2026-02-23", "first: 2026-02-23, last: 2026-02-15"),
        ("RB014", "first: 2026-02-15, last: 2026-02-23", "first: 2025-02-15, last: 2025-02-23"),
        ("RB014", "year: 2026", "year: 2025"),
        ("RB014", "answer_within_days: {value: 2", "answer_within_days: {value: 4"),
        ("RB014", "answer_within_days: {value: 2", "answer_within_days: {value: 0.5"),
        ("RB014", '"09:00"', '"18:00"'),
        ("RB015", '"09:00"', '"9"'),
        ("RB015", "{number}号", "号"),
        ("RB012", "objection: true", "objections: true"),
        ("RB023", "law: 条例", "law: 条列"),
        ("RB024", "article: 9", "article: 99"),
    ],
)
def test_a_mistake_is_found(code: str, old: str, new: str) -> None:
    assert old in SMALL
    found = assembled(files={NAME: SMALL.replace(old, new)}).problems
    assert code in {problem.code for problem in found}, found
