"""The classifier's opinion: pieces scored once each, items of registrations kept, nothing else kept."""

import daachorse
import pytest

from risk_screen.classifier.scoring import LONGEST_ITEM, MOST_ITEMS, Classifier
from risk_screen.rules.reading import Field
from risk_screen.text.blocks import BLOCK
from risk_screen.text.folded_text import FoldedText

WEIGHTS = {"投资": 1.0, "保": 0.5, "本": -0.25}


def classifier(channel: str) -> Classifier:
    return Classifier(
        channel=channel,
        version="1",
        automaton=daachorse.CharwiseDoubleArrayAhoCorasick(list(WEIGHTS)),
        weights=tuple(WEIGHTS.values()),
        longest=2,
        promise_weights={},
        bias=0.0,
        prior_log_odds=0.0,
        run_characters=1_000,
        undamped_characters=1_000,
    )


def field(text: str, name: str = "business_scope") -> Field:
    return Field(name, FoldedText(text, text), text, (), (), ())


def log_odds(fitted: Classifier, text: str) -> float:
    return fitted.opinion((field(text),)).decibans


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("投资;投资", "投资、投资"),
        ("投资投资", "投资"),
        ("投资;;;;", ";;投资"),
        ("投资(保)", "投资;保"),
    ],
)
def test_a_piece_counts_what_it_holds_once_and_borders_count_nothing(text: str, alike: str) -> None:
    fitted = classifier("registration")
    assert log_odds(fitted, text) == log_odds(fitted, alike) > 0


def test_an_item_met_before_scores_the_same() -> None:
    fitted = classifier("registration")
    first = log_odds(fitted, "投资;保本")
    assert fitted.items == {"投资": 1.0, "保本": 0.25}
    assert log_odds(fitted, "投资;保本") == first
    fitted.items["保本"] = 7.0
    assert log_odds(fitted, "投资;保本") > first


def test_neither_long_items_nor_names_nor_flyers_are_kept() -> None:
    registration, marketing = classifier("registration"), classifier("marketing")
    registration.opinion((field("投" * (LONGEST_ITEM + 1)), field("投资", "name")))
    marketing.opinion((field("投资", "text"),))
    assert not registration.items
    assert not marketing.items


def test_no_more_items_are_kept_than_agreed_and_all_score_as_before() -> None:
    fitted = classifier("registration")
    items = [f"投资{number}号" for number in range(MOST_ITEMS + 10)]
    first = log_odds(fitted, "、".join(items[:3]))
    for start in range(0, len(items), 500):
        log_odds(fitted, "、".join(items[start : start + 500]))
        assert len(fitted.items) <= MOST_ITEMS
    assert log_odds(fitted, "、".join(items[:3])) == first


def test_a_text_of_borders_alone_has_no_opinion_of_its_own() -> None:
    assert classifier("registration").opinion((field(";;;"),)).decibans == 0.0


def test_a_long_piece_is_scored_in_blocks_and_scores_the_same() -> None:
    score = classifier("registration").score
    for filling in range(BLOCK - 3, BLOCK + 3):
        long = "水" * filling + "投资保" + "水" * BLOCK
        assert score(long) == score("投资保") == 1.5
