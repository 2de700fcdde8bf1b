"""One peer in its own process and environment: told its word list, then asked for words or times, a JSON line each.

Imports nothing of risk_screen. Every peer has what its documentation calls normalising switched on.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Find = Callable[[str], list[str]]
Words = list[str]


def daachorse(words: Words) -> Find:
    """The bare automaton that ours is built on: the yardstick."""
    from daachorse import CharwiseDoubleArrayAhoCorasick

    automaton = CharwiseDoubleArrayAhoCorasick(words)
    return lambda text: [words[value] for _, _, value in automaton.find_overlapping(text)]


def pyahocorasick(words: Words) -> Find:
    """``ignore_white_space`` is the one normalising that `iter` offers."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return lambda text: [word for _, word in automaton.iter(text, ignore_white_space=True)]


def flashtext2(words: Words) -> Find:
    """Unicode case folding; words are sought between the borders of UAX #29."""
    from flashtext2 import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_iter(words)
    find: Find = processor.extract_keywords
    return find


def dfa_filter(words: Words) -> Find:
    """The nested-dictionary filter found in many projects, as packaged in sensitive-word; it only stars words out."""
    from textfilter import DFAFilter

    dfa = DFAFilter()
    for word in words:
        dfa.add(word)
    return lambda text: _starred(text, dfa.filter(text))


def presidio(words: Words) -> Find:
    """An analyser for zh with one pattern recogniser over the list, on a blank spaCy language (no model is downloaded).

    Not its ``deny_list``: that asks for non-word characters on both sides, which running Chinese does not have.
    """
    import re

    import spacy
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class BlankChinese(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "zh", "model_name": "blank"}])
            self.nlp = {"zh": spacy.blank("zh")}

        def load(self) -> None:
            return

    longest_first = sorted(words, key=len, reverse=True)
    pattern = Pattern("listed", "|".join(map(re.escape, longest_first)), 1.0)
    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.add_recognizer(PatternRecognizer("LISTED", patterns=[pattern], supported_language="zh"))
    engine = AnalyzerEngine(registry=registry, nlp_engine=BlankChinese(), supported_languages=["zh"])
    return lambda text: [text[found.start : found.end] for found in engine.analyze(text, language="zh")]


def jieba_sklearn(train: list[tuple[str, int]]) -> Callable[[str], float]:
    """TF-IDF over jieba's words and logistic regression: the pipeline one would write first."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    jieba.setLogLevel(60)
    vectors = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None)
    pipeline = make_pipeline(vectors, LogisticRegression(max_iter=1000, class_weight="balanced"))
    pipeline.fit([text for text, _ in train], [label for _, label in train])
    return lambda text: float(pipeline.predict_proba([text])[0, 1])


ENGINES = {
    "daachorse": daachorse,
    "pyahocorasick": pyahocorasick,
    "flashtext2": flashtext2,
    "sensitive-word": dfa_filter,
    "presidio-analyzer": presidio,
}


def timed(ask: Callable[[str], object], texts: list[str]) -> list[float]:
    """Microseconds of processor time for each text, garbage collection between passes only."""
    gc.collect()
    gc.disable()
    taken = []
    for text in texts:
        start = time.thread_time_ns()
        ask(text)
        taken.append((time.thread_time_ns() - start) / 1000)
    gc.enable()
    return taken


def _starred(text: str, masked: str) -> Words:
    """Stretches of the text that were starred out."""
    found, inside = [], ""
    for written, shown in zip(text + " ", masked + " ", strict=True):
        if shown == "*" != written:
            inside += written.lower()
        elif inside:
            found.append(inside)
            inside = ""
    return found


def main() -> None:
    package = sys.argv[1]
    first = json.loads(sys.stdin.readline())
    ask: Callable[[str], Any] = (
        jieba_sklearn(first["train"]) if package == "scikit-learn" else ENGINES[package](first["words"])
    )
    _answer(version(package))
    for line in sys.stdin:
        request = json.loads(line)
        texts = request["texts"]
        _answer(timed(ask, texts) if request["do"] == "time" else [ask(text) for text in texts])


def _answer(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
