"""What makes the walk fast changes nothing: the plain walk answers every text with the same bytes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_walk import plain_walk

from risk_screen import Screener

REPOSITORY = Path(__file__).parents[2]
MODELS = REPOSITORY / "models"
FAST = Screener.load(REPOSITORY / "rules", MODELS)
PLAIN = plain_walk(FAST, MODELS)


def corpus(folder: str) -> list[dict[str, str]]:
    paths = sorted((MODELS / "corpus" / folder).glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


FLYERS = [row["text"] for row in corpus("marketing")]
REGISTRATIONS = [(row["name"], row["business_scope"]) for row in corpus("registrations")]
LITERALS = sorted(
    {
        word
        for lexicon in FAST.book.rulebook.lexicons.values()
        for line in lexicon.terms
        for word in (line.term, *(line.not_before or ()))
    }
)
WORDS = st.sampled_from(LITERALS) | st.sampled_from(
    [
        "。",
        "；",
        "，",
        "\n",
        "（",
        "）",
        "不得",
        "除外",
        "谨防",
        "有限公司",
        "金融",
        "投资",
        "本金",
        "月息2分",
        "投10万返12万",
        "13805331234",
    ]
)
TEXTS = st.lists(WORDS, max_size=25).map("".join) | st.text(max_size=40)
A_FLYER = st.lists(st.sampled_from(FLYERS), min_size=1, max_size=3).map("\n".join)
A_SCOPE = st.lists(st.sampled_from([scope for _, scope in REGISTRATIONS]), min_size=1, max_size=3).map("；".join)


def both(channel: str, **fields: str) -> tuple[bytes, bytes]:
    return FAST.screen(channel, **fields).to_json(), PLAIN.screen(channel, **fields).to_json()


@pytest.mark.parametrize("part", range(4))
def test_every_flyer_of_the_corpus_is_answered_alike(part: int) -> None:
    for text in FLYERS[part::4]:
        fast, plain = both("marketing", text=text)
        assert fast == plain


def test_every_registration_of_the_corpus_is_answered_alike_whole_or_in_part() -> None:
    for name, scope in REGISTRATIONS:
        for fields in ({"name": name, "business_scope": scope}, {"name": name}, {"business_scope": scope}):
            fast, plain = both("registration", **fields)
            assert fast == plain


@settings(max_examples=150, deadline=None)
@given(text=(A_FLYER | TEXTS).filter(str.strip))
def test_any_flyer_is_answered_alike(text: str) -> None:
    fast, plain = both("marketing", text=text)
    assert fast == plain


@settings(max_examples=150, deadline=None)
@given(name=TEXTS.filter(str.strip), scope=A_SCOPE | TEXTS)
def test_any_registration_is_answered_alike(name: str, scope: str) -> None:
    fast, plain = both("registration", name=name, business_scope=scope)
    assert fast == plain
