"""What is caught, and what is wrongly caught, on labelled texts: counts, shares and 95 % Wilson intervals.

Routed means: consult or advise_against (registration), verify or site_check (marketing). Beside the whole score each
set is measured with the rules alone (classifier at 0) and with the classifier alone (probability of at least one half).
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.metrics import roc_auc_score

from risk_screen import Assessment, Screener
from risk_screen.learning.corpus import read_corpus
from risk_screen.screening.policy import ROUTED
from risk_screen.screening.scoring import probability

RATE_TOLERANCE = 0.10


@dataclass(frozen=True)
class Case:
    fields: dict[str, str]
    label: int
    kind: str
    channel: str
    difficulty: str = ""
    annual_rate: float | None = None
    name: str = ""


def main() -> None:
    arguments = _arguments()
    data = Path(arguments.data) if arguments.data else None
    screener = Screener.load()
    versions = screener._versions
    print(f"rulebook {screener.book.version}, models {', '.join(v.model for v in versions.values())}")
    errors: list[dict[str, Any]] = []
    for title, load in SETS.items():
        if arguments.only and not any(word in title for word in arguments.only):
            continue
        cases = list(load(data))
        if not cases:
            print(f"\n## {title}\nNOT RUN: no data (give --data or RISK_SCREEN_DATA)")
            continue
        report(title, cases, screener, errors)
    if arguments.errors:
        Path(arguments.errors).write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in errors))


def report(title: str, cases: list[Case], screener: Screener, errors: list[dict[str, Any]]) -> None:
    """Print one set: overall, by difficulty and kind, rules and classifier apart, promised rates."""
    assessed = [(case, screener.screen(case.channel, **case.fields)) for case in cases]
    print(f"\n## {title} ({len(cases)})")
    positives = [(c, a) for c, a in assessed if c.label == 1]
    negatives = [(c, a) for c, a in assessed if c.label == 0]
    routed: Callable[[Assessment], bool] = lambda a: a.route in ROUTED  # noqa: E731
    if positives and negatives:
        labels = [c.label for c, _ in assessed]
        totals = [a.total_decibans for _, a in assessed]
        print(f"AUC {roc_auc_score(labels, totals):.3f}", end="")
        print(
            f"  rules alone {roc_auc_score(labels, [a.total_decibans - a.model.decibans for _, a in assessed]):.3f}",
            end="",
        )
        print(f"  model alone {roc_auc_score(labels, [a.model.probability for _, a in assessed]):.3f}")
    for name, part in (("recall", positives), ("false alarms", negatives)):
        if part:
            print(f"{name}: {share(sum(routed(a) for _, a in part), len(part))}")
            _without(part, screener)
            _groups(part, routed)
    _rates(positives, negatives)
    for case, assessment in assessed:
        if routed(assessment) != bool(case.label):
            errors.append(_error(title, case, assessment))


def share(count: int, total: int) -> str:
    """count/total, the share and its 95 % Wilson interval."""
    p, z = count / total, 1.96
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{count}/{total} = {p:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}]"


def _without(part: list[tuple[Case, Assessment]], screener: Screener) -> None:
    """The same with the classifier's part left out, and with the classifier's part only."""
    policy = screener.policy.channels[part[0][0].channel]
    flags = lambda a: a.route in ROUTED and policy.routes[a.level] not in ROUTED  # noqa: E731
    rules = sum(flags(a) or _routes(a.total_decibans - a.model.decibans, policy) for _, a in part)
    model = sum(a.model.probability >= 0.5 for _, a in part)
    alone = f"rules alone {rules}/{len(part)} = {rules / len(part):.3f}"
    print(f"  {alone}; model alone (p ≥ 0.5) {model}/{len(part)} = {model / len(part):.3f}")


def _routes(total: float, policy: Any) -> bool:
    return policy.routes[policy.level(round(100 * probability(total), 1))] in ROUTED


def _groups(part: list[tuple[Case, Assessment]], routed: Callable[[Assessment], bool]) -> None:
    for key in ("difficulty", "kind"):
        groups: dict[str, list[bool]] = {}
        for case, assessment in part:
            groups.setdefault(getattr(case, key), []).append(routed(assessment))
        if len(groups) > 1:
            cells = [f"{name or '-'} {sum(hits)}/{len(hits)}" for name, hits in sorted(groups.items())]
            print(f"  by {key}: {' · '.join(cells)}")


def _rates(positives: list[tuple[Case, Assessment]], negatives: list[tuple[Case, Assessment]]) -> None:
    stated = [(c.annual_rate, a.annual_rate) for c, a in positives if c.annual_rate is not None]
    if not stated:
        return
    right = sum(got is not None and abs(got - want) <= RATE_TOLERANCE * want for want, got in stated)
    print(f"promised rate right (±10 %): {share(right, len(stated))}", end="")
    if negatives:
        print(f"; found on negatives: {share(sum(a.annual_rate is not None for _, a in negatives), len(negatives))}")


def _error(title: str, case: Case, assessment: Assessment) -> dict[str, Any]:
    return {
        "set": title,
        "label": case.label,
        "kind": case.kind,
        "difficulty": case.difficulty,
        "score": assessment.score,
        "route": assessment.route,
        "model": assessment.model.decibans,
        "reasons": [f"{r.code}:{r.quote}" for r in assessment.reasons],
        "exempted": [f"{e.code}:{e.quote}:{e.why}" for e in assessment.exempted],
        "fields": case.fields,
    }


def _corpus(channel: str) -> Callable[[Path | None], Iterator[Case]]:
    def load(_: Path | None) -> Iterator[Case]:
        rows = read_corpus(Path(__file__).parents[1] / "models" / "corpus", channel)
        for row in rows[rows["part"] == "validation"].to_dict("records"):
            fields = ("text",) if channel == "marketing" else ("name", "business_scope")
            kind = row.get("kind") if channel == "marketing" else row.get("group")
            rate = row.get("annual_rate")
            rate = None if rate is None or (isinstance(rate, float) and math.isnan(rate)) else rate
            yield Case({f: row[f] for f in fields}, row["label"], kind or "", channel, row.get("subtlety") or "", rate)

    return load


def _dev_flyers(data: Path | None) -> Iterator[Case]:
    for row in _lines(data, "dev/flyers.jsonl"):
        yield Case({"text": row["text"]}, row["label"], row["kind"], "marketing", row["difficulty"], row["annual_rate"])


def _dev_registrations(data: Path | None) -> Iterator[Case]:
    for row in _lines(data, "dev/registrations.jsonl"):
        fields = {"name": row["name"], "business_scope": row["business_scope"]}
        yield Case(fields, row["label"], row["note"].split("：")[0], "registration")


def _negatives(
    file: str, column: str, kind: str | None, keep: Callable[[Any], bool] = lambda _: True
) -> Callable[[Path | None], Iterator[Case]]:
    def load(data: Path | None) -> Iterator[Case]:
        for row in _rows(data, file):
            if keep(row) and str(row[column]).strip():
                yield Case({"text": str(row[column])}, 0, str(row[kind]) if kind else "", "marketing")

    return load


def _invest_sms(data: Path | None) -> Iterator[Case]:
    for row in _rows(data, "invest_sms.csv"):
        if row["should_flag"] != "":
            yield Case({"text": row["text"]}, int(float(row["should_flag"])), row["label_name"], "marketing")


def _p2p_pitches(data: Path | None) -> Iterator[Case]:
    for row in _rows(data, "wealth_pages.csv"):
        if row["kind"].startswith("p2p") and "news" not in row["kind"] and row["text"].strip():
            yield Case({"text": row["text"]}, 1, row["kind"], "marketing")


def _licensed_pages(data: Path | None) -> Iterator[Case]:
    for row in _rows(data, "wealth_pages.csv"):
        if (row["kind"].startswith("licensed") or "news" in row["kind"]) and row["text"].strip():
            yield Case({"text": row["text"]}, 0, row["kind"], "marketing")


# Words that consult by policy or by DOMAIN's word lists; a name with one of them is not plain.
SENSITIVE = (
    "投资",
    "资产",
    "基金",
    "金融",
    "理财",
    "财富",
    "资本",
    "创投",
    "风投",
    "私募",
    "资管",
    "金控",
    "金服",
    "融资",
    "担保",
    "典当",
    "贷款",
    "小贷",
    "保理",
    "租赁",
    "支付",
    "征信",
    "银行",
    "保险",
    "证券",
    "期货",
    "信托",
    "外汇",
    "交易所",
    "交易中心",
    "众筹",
    "网贷",
    "股权",
    "债权",
    "虚拟货币",
    "数字货币",
    "清算",
    "股票",
    "拍卖",
)


def _names(sensitive: bool) -> Callable[[Path | None], Iterator[Case]]:
    def load(data: Path | None) -> Iterator[Case]:
        for row in _rows(data, "company_names.csv"):
            if row["name"].strip() and any(word in row["name"] for word in SENSITIVE) == sensitive:
                yield Case({"name": row["name"]}, int(sensitive), row["class"], "registration")

    return load


def _scopes(data: Path | None) -> Iterator[Case]:
    for row in _rows(data, "business_scopes.csv"):
        fields = {"name": row["name"], "business_scope": row["scope"]}
        if any(value.strip() for value in fields.values()):
            yield Case(fields, 0, "", "registration")


def _rows(data: Path | None, file: str) -> list[dict[str, str]]:
    path = data / "real" / file if data else None
    if path is None or not path.is_file():
        return []
    return pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")


def _lines(data: Path | None, file: str) -> list[dict[str, Any]]:
    path = data / file if data else None
    if path is None or not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


SETS: dict[str, Callable[[Path | None], Iterator[Case]]] = {
    "own corpus, validation part: marketing": _corpus("marketing"),
    "own corpus, validation part: registration": _corpus("registration"),
    "dev flyers": _dev_flyers,
    "dev registrations": _dev_registrations,
    "real: invest_sms": _invest_sms,
    "real: p2p pitches (wealth_pages)": _p2p_pitches,
    "real: licensed and news pages (wealth_pages)": _licensed_pages,
    "real: anti_fraud_articles": _negatives("anti_fraud_articles.csv", "text", "topic"),
    "real: financial_news": _negatives("financial_news.csv", "text", "event_type"),
    "real: sms, ordinary (label 0)": _negatives("sms.csv", "text", None, lambda r: r["label"] == "0"),
    "real: sms, spam of any kind (label 1)": _negatives("sms.csv", "text", None, lambda r: r["label"] == "1"),
    "real: sms_masked_digits, ordinary": _negatives("sms_masked_digits.csv", "text", None, lambda r: r["label"] == "0"),
    "real: sms_masked_digits, spam": _negatives("sms_masked_digits.csv", "text", None, lambda r: r["label"] == "1"),
    "real: fake_base_station_sms": _negatives("fake_base_station_sms.csv", "text_joined", "label"),
    "real: company_intros": _negatives("company_intros.csv", "intro", None),
    "real: company_names, no sensitive word": _names(sensitive=False),
    "real: company_names, with a sensitive word": _names(sensitive=True),
    "real: business_scopes (share routed; not all are harmless)": _scopes,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get("RISK_SCREEN_DATA"), help="folder with dev/ and real/")
    parser.add_argument("--only", nargs="*", help="only sets whose title holds one of these words")
    parser.add_argument(
        "--errors", help="write what was routed wrongly to this JSON lines file (keep it out of the repository)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
