"""Spellings are read as words only where they are sure; places, quotes and steps stay those of the text as sent."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_screen.text.evasion_reading import FAR, NEAR, EvasionReader
from risk_screen.text.evasive_words import EvasionTables, EvasiveWord
from risk_screen.text.folded_text import FoldedText, Reread
from risk_screen.text.folding import Folding
from risk_screen.text.segmentation import Segmenter

SHIPPED = Path(__file__).parents[2] / "rules" / "folding"
FOLDING = Folding.from_tables({path.name: path.read_text(encoding="utf-8") for path in SHIPPED.glob("*.tsv")})
TABLES = EvasionTables(
    words=(
        EvasiveWord("投资", written={"tz": "initials", "头子": "homophone"}),
        EvasiveWord("本金"),
        EvasiveWord("理财"),
        EvasiveWord("返还", reading=("fan", "huan")),
        EvasiveWord("稳赚不赔"),
        EvasiveWord("平台", is_everyday=True),
        EvasiveWord("加微信", written={"加v": "contact_slang"}, not_before=("领",)),
        EvasiveWord("微信", written={"威信": "contact_slang"}),
    ),
    sounds={
        "tou": "投头透",
        "zi": "资姿子",
        "ben": "本笨",
        "jin": "金斤近",
        "li": "理李里离",
        "cai": "财才",
        "fan": "返反",
        "hai": "还",
        "huan": "环",
        "wen": "稳",
        "zhuan": "赚转",
        "bu": "不",
        "pei": "赔陪",
        "ping": "平瓶",
        "tai": "台抬太",
    },
    ordinary=frozenset({"本近"}),
    not_before=("村", "先生"),
    surnames=frozenset("李"),
    frequent=frozenset("里近"),
    contact=("号", "加"),
    pictographs=FOLDING.characters_of("emoji"),
)
READER = EvasionReader(TABLES, Segmenter())


def read(text: str) -> FoldedText:
    return READER.read(FOLDING.fold(text))


def is_read(text: str) -> bool:
    return read(text) is not FOLDING.fold(text) and read(text).text != FOLDING.fold(text).text


FIRM = [
    ("two characters left need nothing beside them", "稳转不陪", "稳赚不赔"),
    ("letters between characters need nothing", "投zi", "投资"),
    ("one character left needs an amount", "本斤5万元", "本金5万元"),
    ("or another word of money", "本斤与投资", "本金与投资"),
    ("letters alone need an amount", "touzi 5万元", "投资 5万元"),
    ("a mark inside a word beside an amount", "投。资5万元", "投资5万元"),
    ("quotation marks around a character", "“投”资5万元", "“投资5万元"),
    ("letters may be pulled apart", "投 zi", "投资"),
    ("a reading that is not that of the characters alone", "反环5万元", "返还5万元"),
    ("a polyphone as it is read alone", "反还5万元", "返还5万元"),
    ("a surname before another word", "李财投资", "理财投资"),
    ("initials beside a word", "TZ本金", "投资本金"),
    ("a listed spelling that is a word beside an amount", "头子5万元", "投资5万元"),
    ("two pinyin words hold each other up", "touzi licai", "投资 理财"),
    ("a rate behind letters is no part of them", "touzi5%", "投资5%"),
    ("slang beside a name", "威信:abc12345", "微信:abc12345"),
    ("slang that says itself what it is", "加v", "加微信"),
    ("a pictograph inside a word", "投💰资", "投资"),
    ("a common word beside an amount", "平抬5万元", "平台5万元"),
]
LEFT = [
    ("a word of the dictionary", "一头黄金5万元，受益人投资"),
    ("a spelling crossed by a word", "村里财务5万元"),
    ("what the list calls ordinary", "本近5万元"),
    ("a place", "李财村投资5万元"),
    ("a person", "李财先生投资5万元"),
    ("one character left and nothing of money", "本斤很好"),
    ("no character left and money far away", "离才" + "啊" * (NEAR + 1) + "5万元"),
    ("a frequent character and money far away", "里财" + "啊" * (NEAR + 1) + "5万元"),
    ("one character left and money too far away", "本斤" + "啊" * (FAR + 1) + "5万元"),
    ("a surname beside an amount only", "李财5万元"),
    ("initials beside an amount only", "TZ5万元"),
    ("initials inside letters", "本金tzx"),
    ("initials before digits", "本金tz5"),
    ("a common word that kept nothing", "瓶抬5万元"),
    ("letters in an address", "www.touzi.com 本金5万元"),
    ("letters in an account", "touzi888 本金5万元"),
    ("letters that are no syllables", "touzix 本金5万元"),
    ("letters alone and nothing of money", "touzi"),
    ("slang with nothing beside it", "树立威信"),
    ("slang before a forbidden word", "加v领"),
    ("a pictograph between words", "投入💰资金"),
    ("a mark between words", "全部投，资金5万元"),
    ("a mark inside a word and nothing of money", "投。资"),
    ("an enumeration", "投、资5万元"),
    ("too many marks", "投。。。。资5万元"),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in FIRM], ids=[case[0] for case in FIRM])
def test_a_sure_spelling_is_read(text: str, expected: str) -> None:
    assert read(text).text == expected


@pytest.mark.parametrize("text", [case[1] for case in LEFT], ids=[case[0] for case in LEFT])
def test_a_doubtful_spelling_is_left(text: str) -> None:
    folded = FOLDING.fold(text)
    assert READER.read(folded) is folded


def test_money_just_near_enough_is_enough() -> None:
    assert is_read("离才" + "啊" * (NEAR - 3) + "5万元")
    assert is_read("本斤" + "啊" * (FAR - 3) + "5万元")


def test_without_words_everything_is_left() -> None:
    folded = FOLDING.fold("投zi💰本斤5万元")
    assert EvasionReader(EvasionTables(words=(), sounds={}), Segmenter()).read(folded) is folded


def test_places_are_those_of_the_text_as_sent() -> None:
    found = read("好，投 zi本·斤5万元")
    assert found.text == "好,投资本金5万元"
    assert (found.quote(2, 4), found.spans(2, 4), found.steps(2, 4)) == ("投 zi", ((2, 6),), ("pinyin",))
    assert (found.quote(4, 6), found.spans(4, 6)) == ("本·斤", ((6, 7), (8, 9)))
    assert found.steps(4, 6) == ("separator", "homophone")
    assert found.steps(6, 9) == ()
    assert found.gaps == (5,)


def test_a_word_of_another_length_is_quoted_whole_by_each_of_its_characters() -> None:
    found = read("请加v了解")
    assert found.text == "请加微信了解"
    assert [found.quote(k, k + 1) for k in range(6)] == ["请", "加v", "加v", "加v", "了", "解"]
    assert found.steps(2, 3) == ("contact_slang",)
    assert found.steps(4, 6) == ()


def test_gaps_move_with_the_words() -> None:
    folded = FoldedText("abcdef", "abcdef", (1, 3, 5))
    moved = folded.reread([Reread(2, 4, "wxyz", "initials")])
    assert moved.text == "abwxyzef"
    assert moved.gaps == (1, 3, 7)


def test_a_gap_inside_a_spelling_stays_inside_a_shorter_word() -> None:
    folded = FoldedText("abcdef", "abcdef", (3, 4, 5))
    moved = folded.reread([Reread(1, 6, "xy", "split_character")])
    assert moved.text == "axy"
    assert moved.gaps == (2,)


def test_a_split_character_beside_a_reread_word_is_still_named() -> None:
    found = read("亻呆险，投zi")
    assert found.text == "保险,投资"
    assert found.steps(0, 2) == ("split_character",)
    assert found.steps(3, 5) == ("pinyin",)


ALPHABET = "投头资姿子本斤金理李财才返反还环平台抬稳转不陪好元万5%，。 ·touziencaf@.\u200b💰加vV威信号亻呆\n"


@given(st.text(ALPHABET, max_size=40))
@settings(max_examples=250, deadline=None)
def test_whatever_is_read_every_character_keeps_a_place_in_the_original(text: str) -> None:
    found = read(text)
    places = [found.spans(k, k + 1) for k in range(len(found.text))]
    assert all(0 <= start < end <= len(text) for spans in places for start, end in spans)
    starts = [spans[0][0] for spans in places if spans]
    assert starts == sorted(starts)
    assert all(0 <= gap <= len(found.text) for gap in found.gaps)


@given(st.text(ALPHABET, max_size=40))
@settings(max_examples=150, deadline=None)
def test_only_the_words_read_differ_from_the_folded_text(text: str) -> None:
    folded, found = FOLDING.fold(text), read(text)
    named = {"homophone", "pinyin", "initials", "contact_slang", "emoji", "split_character"}
    same = "".join(ch for k, ch in enumerate(found.text) if named.isdisjoint(found.steps(k, k + 1)))
    letters = iter(folded.text)
    assert all(ch in letters for ch in same)
