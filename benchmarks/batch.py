"""How many registrations a second `risk-screen batch` screens, beside the obvious pipeline on the same file.

A CSV file of registrations of about 166 characters, put together from our own corpus, is read, screened in two
processes and written with every reason; loading rulebook and models is in the time. The obvious pipeline: pandas reads
the file, jieba cuts every text, a scikit-learn pipeline (TF-IDF over words and pairs of words, logistic regression,
fitted before on the same corpus) gives probabilities in one batch, one regular expression over the words of the
rulebook's lexicons finds keywords, pandas writes the file. It explains nothing.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jieba
import pandas as pd
from core import CORPUS, Fields, corpus_rows, registrations
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from risk_screen.wiring import load_book


def main() -> None:
    arguments = _arguments()
    jieba.setLogLevel(60)
    jieba.lcut("预热")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "registrations.csv"
        _write(source, registrations(arguments.rows))
        fitted, keywords = _fitted(), _keywords()
        for _ in range(arguments.rounds):
            ours = _timed_command(source, Path(folder) / "ours.csv", arguments.workers)
            obvious = _timed_pipeline(source, Path(folder) / "obvious.csv", fitted, keywords)
            rates = arguments.rows / ours, arguments.rows / obvious
            print(
                f"{arguments.rows} registrations, {arguments.workers} processes: {ours:.2f} s = {rates[0]:,.0f} rows/s;"
                f" obvious pipeline: {obvious:.2f} s = {rates[1]:,.0f} rows/s; × {obvious / ours:.1f}"
            )


def _timed_command(source: Path, target: Path, workers: int) -> float:
    """Seconds from the start of the command to its end."""
    target.unlink(missing_ok=True)
    command = [sys.executable, "-m", "risk_screen", "batch", str(source), "--channel", "registration"]
    command += ["--output", str(target), "--workers", str(workers)]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    return time.perf_counter() - start


def _timed_pipeline(source: Path, target: Path, fitted: Pipeline, keywords: re.Pattern[str]) -> float:
    start = time.perf_counter()
    table = pd.read_csv(source, dtype=str).fillna("")
    texts = table["name"] + "\n" + table["business_scope"]
    table["probability"] = fitted.predict_proba(texts)[:, 1]
    table["keywords"] = texts.map(lambda text: "、".join(keywords.findall(text)))
    table.to_csv(target, index=False)
    return time.perf_counter() - start


def _fitted() -> Pipeline:
    rows = list(corpus_rows("registrations/*.jsonl"))
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2))
    texts = [f"{row['name']}\n{row['business_scope']}" for row in rows]
    return make_pipeline(words, LogisticRegression(max_iter=1000)).fit(texts, [row["label"] for row in rows])


def _keywords() -> re.Pattern[str]:
    """The words of all lexicons as one expression, the longest first."""
    lexicons = load_book(CORPUS.parents[1] / "rules").rulebook.lexicons.values()
    words = {line.term for lexicon in lexicons for line in lexicon.terms}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _write(path: Path, rows: list[Fields]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "name", "business_scope"])
        writer.writeheader()
        writer.writerows({"id": str(number), **row} for number, row in enumerate(rows, 1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
