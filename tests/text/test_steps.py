"""The steps of a stretch: none where it stands as written, unless a word was read over a part of it."""

from risk_screen.text.folded_text import FoldedText, Reread


def test_a_stretch_as_written_took_no_step() -> None:
    assert FoldedText("月月派钱", "月月派钱").steps(0, 4) == ()


def test_a_word_read_over_a_part_of_a_stretch_names_its_step() -> None:
    folded = FoldedText("周月派钱", "周月派钱").reread([Reread(0, 3, "周月派", "homophone")])
    assert folded.steps(1, 3) == ("homophone",)
    assert folded.steps(3, 4) == ()
