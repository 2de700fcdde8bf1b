"""Describe the labelled corpus: how many texts of which kind, length, form, voice and place, and how alike they are.

Run ``python tools/report_corpus.py`` after texts were added; it writes models/corpus/REPORT.md, and a test fails when
that page lags.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from risk_screen.learning.corpus import joined_text, read_corpus

ROOT: Final = Path(__file__).parents[1]
CORPUS: Final = ROOT / "models" / "corpus"
REPORT: Final = CORPUS / "REPORT.md"
LENGTHS: Final = {
    "to 30": 30,
    "to 60": 60,
    "to 120": 120,
    "to 180": 180,
    "to 300": 300,
    "to 500": 500,
    "over 500": 100_000,
}
LEAST_SHOWN: Final = 8


def report() -> str:
    """Return the page."""
    marketing, registrations = (read_corpus(CORPUS, channel) for channel in ("marketing", "registration"))
    parts = [
        "# What is in the corpus\n\nMade by `tools/report_corpus.py`; do not edit.\n",
        "## Marketing texts\n",
        _summary(marketing, "marketing"),
        *_tables(marketing, ["source", "kind", "subtlety", "form", "voice", "length", "evasion", "region"]),
        "## Registrations\n",
        _summary(registrations, "registration"),
        *_tables(registrations, ["source", "group", "length"]),
    ]
    return "\n".join(parts)


def _summary(rows: pd.DataFrame, channel: str) -> str:
    lengths = pd.Series(joined_text(rows, channel)).str.len()
    quartiles = " / ".join(f"{lengths.quantile(q):.0f}" for q in (0.1, 0.25, 0.5, 0.75, 0.9))
    alike = int(rows["cluster"].duplicated(keep=False).sum())
    counts = rows.groupby("part")["label"].agg(["size", "sum"])
    shares = "; ".join(f"{part} {row['size']} ({row['sum']} risky)" for part, row in counts.iterrows())
    return (
        f"{len(rows)} rows: {shares}. Characters at the 10th / 25th / 50th / 75th / 90th percentile: {quartiles}. "
        f"{alike} rows have a near-duplicate (Jaccard of character 5-grams at least 0.6); such rows lie in one part.\n"
    )


def _tables(rows: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    lengths = pd.Series(joined_text(rows, "marketing" if "text" in rows else "registration")).str.len()
    described = rows.assign(
        length=pd.cut(lengths, [0, *LENGTHS.values()], labels=list(LENGTHS)),
        evasion=rows["evasion"].str.join("、").replace("", "none") if "evasion" in rows else None,
        region=rows["region"].replace("", "of no place") if "region" in rows else None,
    )
    for column in columns:
        yield _table(described, column)


def _table(rows: pd.DataFrame, column: str) -> str:
    counts = (
        rows.groupby([column, "label"], observed=True)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[0, 1], fill_value=0)
    )
    if column != "length":
        counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rare = counts[counts.sum(axis=1) < LEAST_SHOWN]
    lines = [f"| {name} | {row[0]} | {row[1]} |" for name, row in counts.drop(rare.index).iterrows()]
    if len(rare):
        lines.append(f"| {len(rare)} others | {rare[0].sum()} | {rare[1].sum()} |")
    return "\n".join([f"| {column} | harmless | risky |", "| --- | --- | --- |", *lines, ""])


if __name__ == "__main__":
    REPORT.write_text(report(), encoding="utf-8")
    print(f"written: {REPORT.relative_to(ROOT)}")
