"""Records are given out and outcomes taken in as offices exchange them, on both engines."""

import io
from pathlib import Path

import orjson
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from risk_screen import Screener
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.bulk.columns import TableError
from risk_screen.bulk.exchange_reading import outcome_rows
from risk_screen.casework.terms import ConsultationTerms
from risk_screen.delivery.exchange_columns import OUTCOMES
from risk_screen.delivery.exchange_files import content_of, rows_of_lines
from risk_screen.delivery.provincial import FileDrop, MappingFileError, PlatformMapping
from risk_screen.operations.exchanging import TakenIn, Wanted, export_records, import_outcomes
from risk_screen.operations.screening import screen_and_store
from risk_screen.operations.store import Store
from risk_screen.screening.submission import Submission
from risk_screen.storage.record_rows import Period
from risk_screen.storage.tables import audit_trail

SCREENER = Screener.load()
BUREAU = Identity(Actor("person", "p-bureau", "bureau-1"), frozenset({Role.APPROVAL_BUREAU}))
OTHER = Identity(Actor("person", "p-other", "bureau-2"), frozenset({Role.APPROVAL_BUREAU}))
LEAD = Identity(Actor("person", "p-lead"), frozenset({Role.TASK_FORCE_LEAD}))
CODE = "91350100M000100Y43"
EVERYTHING = Wanted(Period(), with_texts=True)


@pytest.fixture
def filled(store: Store) -> Store:
    store.terms = ConsultationTerms.from_rulebook(SCREENER.book.rulebook)
    for number, name in enumerate(("张店财富投资有限公司", "=HYPERLINK(1)餐饮店", "云栖家具有限公司"), 1):
        submission = Submission.of("registration", {"name": name})
        screen_and_store(SCREENER, store, submission, actor=BUREAU.actor, external_id=f"DJ-{number}")
    screen_and_store(SCREENER, store, Submission.of("marketing", {"text": "保本保息"}), actor=LEAD.actor)
    return store


def lines(*rows: dict[str, str]) -> bytes:
    return b"\n".join(orjson.dumps(row) for row in rows)


def given(store: Store, identity: Identity, wanted: Wanted) -> list[dict[str, str]]:
    """The clock of the tests stands still, so what is stored has no order of its own."""
    return sorted(export_records(store, identity, wanted), key=lambda row: row["external_id"])


def test_what_is_given_out_is_what_lies_within_reach(filled: Store) -> None:
    assert [row["external_id"] for row in given(filled, BUREAU, EVERYTHING)] == ["DJ-1", "DJ-2", "DJ-3"]
    assert given(filled, OTHER, EVERYTHING) == []
    assert len(given(filled, LEAD, EVERYTHING)) == 4


def test_texts_are_given_out_only_where_they_were_asked_for_and_the_trail_says_so(filled: Store) -> None:
    row = given(filled, BUREAU, Wanted(Period()))[0]
    assert not {"name", "business_scope", "text", "reasons"} & set(row)
    assert row["consultation_state"] == "open"
    with filled.reading() as connection:
        query = select(audit_trail.c.details).where(audit_trail.c.action == "record.export")
        (details,) = connection.execute(query).scalars()
    assert orjson.loads(details) == {"records": 3, "with_texts": False, "channel": "", "since": "", "until": ""}


def test_a_workbook_has_the_fixed_headings_and_no_formula(filled: Store) -> None:
    wanted = Wanted(Period(), "registration", with_texts=True, in_words=True)
    content = content_of(given(filled, BUREAU, wanted), wanted.columns, "xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0][:6] == ["筛查编号", "来文编号", "来源", "企业名称", "经营范围", "宣传文本"]
    assert [row[3] for row in sheet[1:]] == ["张店财富投资有限公司", "=HYPERLINK(1)餐饮店", "云栖家具有限公司"]
    assert sheet[1][8] == "会商"
    assert b"<f>" not in content


@pytest.mark.parametrize(("period", "count"), [(Period(since="2999"), 0), (Period(until="2000"), 0), (Period(), 3)])
def test_a_period_bounds_what_is_given_out(filled: Store, period: Period, count: int) -> None:
    assert len(given(filled, BUREAU, Wanted(period))) == count


def test_bad_rows_are_told_and_the_others_go_on(filled: Store) -> None:
    content = lines(
        {"external_id": "DJ-1", "outcome": "changed_name"},
        {"external_id": "DJ-2", "outcome": "已登记", "credit_code": CODE},
        {"external_id": "DJ-3", "outcome": "也许"},
        {"external_id": "DJ-9", "outcome": "申请人撤回"},
        {"outcome": "申请人撤回"},
        {"external_id": "DJ-3", "outcome": "已登记", "credit_code": "123"},
    )
    taken = list(import_outcomes(filled, BUREAU, rows_of_lines(content + b"\nnonsense")))
    assert [one.row for one in taken if not one.problem] == [1, 2]
    assert [one.row for one in taken if one.problem] == [3, 4, 5, 6, 7]
    assert [row["outcome"] for row in given(filled, BUREAU, EVERYTHING)] == ["changed_name", "registered", ""]


def test_the_same_file_again_changes_nothing(filled: Store) -> None:
    content = lines({"external_id": "DJ-2", "outcome": "registered", "credit_code": CODE})
    for _ in range(2):
        assert list(import_outcomes(filled, BUREAU, rows_of_lines(content))) == [TakenIn(1)]


def test_outcomes_of_others_are_not_touched(filled: Store) -> None:
    (taken,) = import_outcomes(filled, OTHER, rows_of_lines(lines({"external_id": "DJ-1", "outcome": "refused"})))
    assert "没有这个编号的登记" in taken.problem


def test_a_workbook_of_outcomes_is_read_by_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "结果.xlsx"
    path.write_bytes(content_of([{"external_id": "DJ-1", "outcome": "申请人撤回"}], OUTCOMES, "xlsx"))
    assert [(number, row and row["outcome"]) for number, row in outcome_rows(path)] == [(2, "申请人撤回")]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"no workbook"), ("a.csv", b"x"), ("a.xlsx", content_of([], OUTCOMES[:2], "xlsx"))],
)
def test_what_is_no_file_of_outcomes_is_refused_with_what_to_do(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError):
        list(outcome_rows(tmp_path / name))


MAPPING = """
format: jsonl
prefix: JAGC
columns: {id: YWBH, name: QYMC, route: FXDJ}
codes: {route: {consult: "02", proceed: "01"}}
constants: {QXDM: "370303"}
"""


def test_what_was_handed_over_is_not_handed_over_again_unless_it_changed(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    folder = tmp_path / "drop"
    folder.mkdir()
    drop = FileDrop(folder, PlatformMapping.from_file(tmp_path / "mapping.yaml"))
    first = drop.hand_over(given(filled, BUREAU, EVERYTHING), filled.now())
    written = [orjson.loads(line) for line in (folder / first.name).read_bytes().splitlines()]
    assert [(row["QYMC"], row["FXDJ"], row["QXDM"]) for row in written[:1]] == [
        ("张店财富投资有限公司", "02", "370303")
    ]
    assert (folder / f"{first.name}.sha256").read_text().endswith(f"{first.name}\n")
    assert drop.hand_over(given(filled, BUREAU, EVERYTHING), filled.now()).records == 0
    list(import_outcomes(filled, BUREAU, rows_of_lines(lines({"external_id": "DJ-1", "outcome": "refused"}))))
    assert drop.hand_over(given(filled, BUREAU, EVERYTHING), filled.now()).records == 1


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("columns: {}", "不能为空"),
        ("columns: {phone: DH}", "phone"),
        ("columns: {id: A}\nformat: csv", "xlsx 或 jsonl"),
        ("columns: {id: A}\nprefix: ../x", "prefix"),
        ("columns: {id: A}\nextra: 1", "extra"),
        ("columns: {id: A}\ncodes: {route: 1}", "codes"),
        ("- a", "键: 值"),
        ("a: [", "YAML"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_what_is_wrong(tmp_path: Path, mapping: str, told: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    with pytest.raises(MappingFileError, match=told):
        PlatformMapping.from_file(path)
