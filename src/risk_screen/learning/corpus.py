"""Read the labelled corpus, refuse what is malformed, and split it by near-duplicate clusters."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import pandas as pd
import rensa

from risk_screen.errors import RiskScreenError

FIELDS: Final = {"marketing": ("text",), "registration": ("name", "business_scope")}
FOLDERS: Final = {"marketing": "marketing", "registration": "registrations"}
SHINGLE: Final = 5
PERMUTATIONS: Final = 128
BANDS: Final = 32
NEAR_DUPLICATE: Final = 0.6
VALIDATION_SHARE: Final = 0.2


class CorpusError(RiskScreenError):
    """A labelled corpus that cannot be trained on."""

    code = "corpus_invalid"


def read_corpus(directory: Path, channel: str) -> pd.DataFrame:
    """Read every JSON line of a channel.

    Returns
    -------
    DataFrame
        One row a text, sorted by ``id``; columns of the file plus ``source`` (file name), ``cluster`` and
        ``part`` (``train`` or ``validation``).

    Raises
    ------
    CorpusError
        Naming file and line of the first malformed row, a double id or an empty corpus.
    """
    folder = directory / FOLDERS[channel]
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in _rows(path, channel)]
    if not rows:
        raise CorpusError(f"语料目录 {folder.name}/ 中没有 .jsonl 文件或文件为空：请检查 --corpus 指向的目录。")
    corpus = pd.DataFrame(rows).sort_values("id", ignore_index=True)
    double = corpus["id"][corpus["id"].duplicated()]
    if len(double):
        raise CorpusError(f"语料中编号 {double.iloc[0]} 出现了不止一次：请改成唯一编号。")
    corpus["cluster"] = near_duplicate_clusters(joined_text(corpus, channel))
    corpus["part"] = [part_of(cluster) for cluster in first_ids(corpus)]
    return corpus


def joined_text(corpus: pd.DataFrame, channel: str) -> list[str]:
    """All fields of each row as one text, for comparing rows with each other."""
    return ["\n".join(row) for row in corpus[list(FIELDS[channel])].itertuples(index=False)]


def first_ids(corpus: pd.DataFrame) -> list[str]:
    """For each row the smallest id of its cluster: a name of the cluster that new rows do not change lightly."""
    return [str(name) for name in corpus.groupby("cluster")["id"].transform("min")]


def part_of(cluster_name: str) -> str:
    """Train or validation, by the hash of the cluster's name: stable when the corpus grows."""
    share = int.from_bytes(hashlib.sha256(cluster_name.encode()).digest()[:4], "big") / 2**32
    return "validation" if share < VALIDATION_SHARE else "train"


def near_duplicate_clusters(texts: list[str]) -> list[int]:
    """Number the near-duplicate clusters (MinHash over character 5-grams, Jaccard ≥ 0.6, transitively closed)."""
    signatures = [_signature(text) for text in texts]
    index = rensa.RMinHashLSH(threshold=NEAR_DUPLICATE, num_perm=PERMUTATIONS, num_bands=BANDS)
    cluster = list(range(len(texts)))
    for i, signature in enumerate(signatures):
        for j in index.query(signature):
            if signature.jaccard(signatures[j]) >= NEAR_DUPLICATE:
                _join(cluster, i, j)
        index.insert(i, signature)
    return [_root(cluster, i) for i in range(len(texts))]


def corpus_sha256(corpus: pd.DataFrame, channel: str) -> str:
    """Name a corpus by its content: SHA-256 over ids, texts and labels."""
    columns = ["id", *FIELDS[channel], "label"]
    content = json.dumps(corpus[columns].values.tolist(), ensure_ascii=False).encode()
    return hashlib.sha256(content).hexdigest()


def _rows(path: Path, channel: str) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{path.name} 第 {number} 行不是合法的 JSON：请修正这一行。") from error
        needed = ("id", *FIELDS[channel])
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in needed):
            raise CorpusError(f"{path.name} 第 {number} 行缺少字段：需要文本字段 {'、'.join(needed)}。")
        if row.get("label") not in (0, 1):
            raise CorpusError(f"{path.name} 第 {number} 行的 label 必须是 0 或 1。")
        rows.append(row | {"source": path.stem})
    return rows


def _signature(text: str) -> rensa.RMinHash:
    signature = rensa.RMinHash(num_perm=PERMUTATIONS, seed=7)
    signature.update([text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))])
    return signature


def _root(cluster: list[int], i: int) -> int:
    while cluster[i] != i:
        cluster[i] = cluster[cluster[i]]
        i = cluster[i]
    return i


def _join(cluster: list[int], i: int, j: int) -> None:
    a, b = _root(cluster, i), _root(cluster, j)
    cluster[max(a, b)] = min(a, b)
