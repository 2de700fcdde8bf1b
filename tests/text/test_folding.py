"""What folding makes of texts as people write them."""

from pathlib import Path

import pytest

from risk_screen.text.folding import Folding

RULES = Path(__file__).resolve().parents[2] / "rules" / "folding"


@pytest.fixture(scope="module")
def folding() -> Folding:
    return Folding.from_tables({path.name: path.read_text(encoding="utf-8") for path in RULES.glob("*.tsv")})


EVASIONS = [
    ("保 本", "保本", ("separator",)),
    ("保·本", "保本", ("separator",)),
    ("保-本", "保本", ("separator",)),
    ("保★本", "保本", ("separator",)),
    ("保😀本", "保本", ("separator",)),
    ("保👨‍👩‍👧本", "保本", ("invisible", "separator")),
    ("保❤️本", "保本", ("invisible", "separator")),
    ("保　本", "保本", ("separator",)),
    ("保\n本", "保本", ("separator",)),
    ("保\r\n本\r\n高\r\n息", "保本高息", ("separator",)),
    ("保\u200b本", "保本", ("invisible",)),
    ("保\u202e本", "保本", ("invisible",)),
    ("保\ud83d本", "保本", ("invisible",)),
    ("保̶本̶", "保本", ("invisible",)),
    ("亻呆本", "保本", ("split_character",)),
    ("亻呆 本", "保本", ("separator", "split_character")),
    ("亻 呆本", "保本", ("split_character",)),
    ("亻呆\n本金", "保本金", ("separator", "split_character")),
    ("高利禾刂息", "高利利息", ("split_character",)),
    ("丩攵益", "收益", ("split_character",)),
    ("保夲", "保本", ("lookalike",)),
    ("月㊀息", "月息", ("separator",)),
    ("投 资 理 财", "投资理财", ("separator",)),
    ("安★全☆诚★信", "安全诚信", ("separator",)),
    ("高収益", "高收益", ("lookalike",)),
    ("寶本", "宝本", ("traditional",)),
    ("稳賺不賠", "稳赚不赔", ("traditional",)),
    ("月息②分", "月息2分", ("digit_style",)),
    ("月息㈡分", "月息二分", ("digit_style",)),
    ("月息㊁分", "月息二分", ("digit_style",)),
    ("月息贰分", "月息二分", ("digit_style",)),
    ("月息貳分", "月息二分", ("traditional", "digit_style")),
    ("月息伍分", "月息五分", ("digit_style",)),
    ("年化２４％", "年化24%", ("width", "digit_style")),
    ("年化𝟐𝟒%", "年化24%", ("digit_style",)),
    ("年化2️⃣4️⃣%", "年化24%", ("invisible",)),
    ("加ＶＸ", "加vx", ("width", "case")),
    ("加ѴХ", "加vx", ("lookalike",)),
    ("加🆅🆇", "加vx", ("lookalike",)),
    ("加ㄨ", "加x", ("lookalike",)),
    ("P2P", "p2p", ("case",)),
    ("赚💰领🧧", "赚钱领红包", ("emoji",)),
    ("➕薇", "加薇", ("emoji",)),
    ("⻅⾦⻓", "见金长", ("width", "lookalike")),
    ("㎡㈱", "m2(株)", ("width",)),
    ("投\tzī", "投 zi", ("width", "lookalike")),
]


@pytest.mark.parametrize(("written", "read", "steps"), EVASIONS)
def test_an_evasion_is_read_and_its_steps_are_named(
    folding: Folding, written: str, read: str, steps: tuple[str, ...]
) -> None:
    folded = folding.fold(written)
    assert folded.text == read
    assert folded.steps(0, len(folded.text)) == steps


@pytest.mark.parametrize(
    "text",
    [
        "管理、财务",
        "保。本",
        "“保”“本”",
        "(保)(本)",
        "保:本",
        "第一行标题\n第二行正文",
        "投资    理财",
        "300元/天",
        "一千元/人",
        "三年-五年",
        "一~三个月",
        "2026-11-22 10:30",
        "年化12.5%",
        "大陆队伍收拾放肆",
        "大陆分公司陆续开业",
        "利息陆续到账",
        "乾隆摺叠拚搏",
        "慰藉瞭望著名",
        "α收益β系数μm",
        "呆本",
        "廿四节气",
        "a b c",
        "½",
        "等等……",
        "𠮷野家",
    ],
)
def test_what_means_something_is_left_as_it_is(folding: Folding, text: str) -> None:
    folded = folding.fold(text)
    assert folded.text == text
    assert folded.gaps == ()
    assert folded.steps(0, len(text)) == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("人民币伍万元整", "人民币五万元整"),
        ("叁佰伍拾陆元", "三百五十六元"),
        ("二〇二六年", "二零二六年"),
        ("壹号公馆", "一号公馆"),
        ("三万陆续到账", "三万陆续到账"),
        ("①②⑩㉟", "121035"),
        ("٣", "3"),
        ("Ⅱ", "ii"),
        ("a\r\nb\rc\u2028d\x0be\x85f", "a\nb\nc\nd\ne\nf"),
        ("\r\r\n\n", "\n\n\n"),
        ("\ufeff甲\x00乙\ufffc", "甲乙"),
        ("管理 财务", "管理财务"),
        ("…⋯", "……"),
        ("İſK", "isk"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_styles_have_one_form(folding: Folding, written: str, read: str) -> None:
    assert folding.fold(written).text == read


def test_a_line_of_one_character_joins_its_neighbours_and_no_other_line_does(folding: Folding) -> None:
    folded = folding.fold("高收益\n保\n本金安全\n随时提取")
    assert folded.text == "高收益保本金安全\n随时提取"
    assert folded.gaps == (3, 4)


def test_spans_show_the_pieces_and_the_quote_what_lies_between(folding: Folding) -> None:
    written = "【保 ★\u200b本㎡】"
    folded = folding.fold(written)
    assert folded.text == "【保本m2】"
    assert folded.spans(1, 3) == ((1, 2), (5, 6))
    assert folded.quote(1, 3) == "保 ★\u200b本"
    assert folded.spans(3, 4) == folded.spans(4, 5) == ((6, 7),)
    assert folded.quote(0, len(folded.text)) == written


def test_a_separator_is_named_only_where_it_lies_inside(folding: Folding) -> None:
    folded = folding.fold("高 收益 率")
    assert folded.gaps == (1, 3)
    assert folded.steps(1, 3) == ()
    assert folded.steps(0, 3) == ("separator",)
    assert folded.steps(1, 4) == ("separator",)


def test_an_ordinary_text_needs_no_places(folding: Folding) -> None:
    folded = folding.fold("ＡＢＣ有限公司，經營投資")
    assert folded.text == "abc有限公司,经营投资"
    assert folded.spans(0, 3) == ((0, 3),)
    assert folded.quote(8, 12) == "經營投資"
    assert folded._first is None


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (0, 3), (2, 1)])
def test_a_range_outside_the_text_is_refused(folding: Folding, start: int, end: int) -> None:
    with pytest.raises(IndexError):
        folding.fold("保本").spans(start, end)


def test_an_empty_range_has_no_place(folding: Folding) -> None:
    folded = folding.fold("保 本")
    assert folded.spans(1, 1) == ()
    assert folded.quote(1, 1) == ""
    assert folded.steps(1, 1) == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("保本。高息！真的？是；好", ["保本。", "高息!", "真的?", "是;", "好"]),
        ("他说：“保本。”我信", ["他说:“保本。”", "我信"]),
        ("真的吗？！不会吧……（笑）", ["真的吗?!", "不会吧……", "(笑)"]),
        ("第一行\n\n第二行，还有", ["第一行", "第二行,还有"]),
        ("年化12.5%", ["年化12.5%"]),
        ("", []),
    ],
)
def test_sentences_end_at_marks_and_lines(folding: Folding, text: str, sentences: list[str]) -> None:
    folded = folding.fold(text)
    assert [folded.text[start:end] for start, end in folded.sentences] == sentences
    assert folded.sentences == folded.sentences


def test_folded_texts_are_equal_when_texts_are(folding: Folding) -> None:
    assert folding.fold("保 本") == folding.fold("保 本")
    assert folding.fold("保 本") != folding.fold("保本")
    assert isinstance(hash(folding.fold("保 本")), int)


def test_folding_without_tables_changes_line_ends_only() -> None:
    assert Folding.from_tables({}).fold("Ａ 亻呆\r\n保\r本").text == "Ａ 亻呆\n保\r本"
