"""Characters and letters become sounds; each sound keeps its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.text.syllables import _RUN, LONGEST_RUN, Syllables, _runs_of_letters

SYLLABLES = Syllables({"tou": "投头", "zi": "资子", "xi": "息西", "an": "安", "xian": "现先", "li": "利", "lv": "率"})


def heard(text: str) -> list[str]:
    """Stretches of a text that sound like 投资 or 利息."""
    sounded = SYLLABLES.sound(text)
    patterns = [codes for word in ("投资", "利息") for codes in SYLLABLES.patterns(word)]
    found = []
    for codes in patterns:
        at = sounded.codes.find(codes)
        if at >= 0:
            start, end = sounded.place(at, at + len(codes))
            found.append(text[start:end])
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("头子", ["头子"]),
        ("投zi", ["投zi"]),
        ("tou资", ["tou资"]),
        ("好touzi好", ["touzi"]),
        ("好tou zi好", ["tou zi"]),
        ("投 zi", ["投 zi"]),
        ("tou 资", ["tou 资"]),
        ("touzi lixi", ["touzi", "lixi"]),
        ("lixi5%", ["lixi"]),
        ("lixi 5", ["lixi"]),
        ("lixi5", []),
        ("lixi_a", []),
        ("a@lixi.cn", []),
        ("xlixi", []),
        ("lixiq", []),
        ("投  zi", []),
        ("好 人", []),
    ],
)
def test_a_word_is_heard_where_it_sounds(text: str, expected: list[str]) -> None:
    assert heard(text) == expected


def test_letters_are_cut_into_the_fewest_syllables() -> None:
    sounded = SYLLABLES.sound("xianli")
    assert sounded.codes == SYLLABLES.sound("现利").codes
    assert [sounded.place(k, k + 1) for k in range(2)] == [(0, 4), (4, 6)]


def test_runs_of_letters_beyond_reason_are_not_cut() -> None:
    assert SYLLABLES.sound("li" * LONGEST_RUN).places is None


def test_a_text_without_letters_runs_in_step_with_its_sounds() -> None:
    assert SYLLABLES.sound("投a资").places is None
    assert len(SYLLABLES.sound("投a资").codes) == 3


def test_a_word_sounds_as_its_characters_alone_and_as_it_is_read() -> None:
    assert len(SYLLABLES.patterns("利率", ("li", "lv"))) == 1
    assert len(SYLLABLES.patterns("利安", ("li", "xian"))) == 2
    assert SYLLABLES.patterns("利鑫") == set()
    assert SYLLABLES.patterns("利v") == set()
    assert SYLLABLES.patterns("利安", ("li", "zzz")) == SYLLABLES.patterns("利安")


@given(st.text(alphabet="abz .1%a投资_/-@,", max_size=60))
def test_letters_are_looked_at_where_they_begin_and_no_run_is_lost(text: str) -> None:
    found = [run.span() for run in _runs_of_letters(text, SYLLABLES.sound_each(text))]
    assert found == [run.span() for run in _RUN.finditer(text)]
