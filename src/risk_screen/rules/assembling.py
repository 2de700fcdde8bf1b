"""Put the files of a rulebook together: place, schema, district overlay, cross-checks. Pure: text in, rulebook out."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, cast

from pydantic import BaseModel

from risk_screen.rules.coherence import Parts, incoherences
from risk_screen.rules.consultation_file import ConsultationFile
from risk_screen.rules.errors import Problem
from risk_screen.rules.marked_yaml import Document, Path, read_yaml
from risk_screen.rules.reference import (
    ContextsFile,
    EvasionsFile,
    LawsFile,
    Lexicon,
    LicensedFile,
    MasksFile,
    RulebookFile,
)
from risk_screen.rules.rulebook import AFTERWARDS, Rulebook, fingerprint
from risk_screen.rules.schema import PolicyFile, Rule
from risk_screen.rules.validating import validate
from risk_screen.rules.wording import WordChecker
from risk_screen.text.folding import Folding, FoldingTableError

SINGLE_FILES: Final[dict[str, type[BaseModel]]] = {
    "rulebook.yaml": RulebookFile,
    "laws.yaml": LawsFile,
    "contexts.yaml": ContextsFile,
    "masks.yaml": MasksFile,
    "licensed.yaml": LicensedFile,
    "policy.yaml": PolicyFile,
    "evasions.yaml": EvasionsFile,
    "consultation.yaml": ConsultationFile,
}
OPTIONAL: Final = frozenset({"evasions.yaml", "consultation.yaml"})
RULE_FOLDERS: Final = ("registration", "marketing")
LOCAL: Final = "local/"
LICENSED_LIST: Final = "local/licensed_institutions.csv"
MOST_CELL_CHARACTERS: Final = 131_072
_REPLACED_BY_KEY: Final = "policy.yaml"


@dataclass(slots=True)
class Sources:
    """The files of a rulebook as text, by path relative to its folder."""

    yaml: Mapping[str, str]
    tables: Mapping[str, str]
    licensed_list: str | None = None


@dataclass(slots=True)
class Assembly:
    """What came of putting a rulebook together.

    Attributes
    ----------
    rulebook : Rulebook or None
        None when there is any error.
    problems : list of Problem
        Errors and notices.
    documents : dict of str to Document
        Shipped files as read, without the district's overlay; the lock is taken from them.
    """

    rulebook: Rulebook | None
    problems: list[Problem] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)


def assemble(sources: Sources) -> Assembly:
    """Read, overlay and check a rulebook; never stops at the first problem."""
    shipped, problems = _read_all(sources.yaml)
    merged = _overlaid(shipped)
    models: dict[str, BaseModel] = {}
    for file, document in merged.items():
        model, found = validate(document, model_for(file))
        problems += found
        if model is not None:
            models[file] = model
    problems += [_missing(file) for file in SINGLE_FILES if file not in (*OPTIONAL, *merged, *sources.yaml)]
    folding = _folding(sources.tables, problems)
    wording = WordChecker(lambda text: folding.fold(text).text)
    parts = Parts(models, merged, wording)
    problems += incoherences(parts)
    problems += _unreadable_list(sources.licensed_list)
    base = {file: document for file, document in shipped.items() if not file.startswith(LOCAL)}
    if any(problem.severity == "error" for problem in problems):
        return Assembly(None, problems, base)
    return Assembly(_rulebook(models, merged, sources, folding), problems, base)


def model_for(file: str) -> type[BaseModel]:
    """Return the schema for a file of the rulebook (its path without ``local/``)."""
    if file in SINGLE_FILES:
        return SINGLE_FILES[file]
    return Lexicon if file.startswith("lexicons/") else Rule


def _folding(tables: Mapping[str, str], problems: list[Problem]) -> Folding:
    """Compile the folding tables; with a problem, and without tables, when they cannot be used."""
    try:
        return Folding.from_tables(tables)
    except FoldingTableError as error:
        problems.append(Problem("folding", 0, 0, "RB073", error.detail))
        return Folding.from_tables({})


def _read_all(files: Mapping[str, str]) -> tuple[dict[str, Document], list[Problem]]:
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for file, text in sorted(files.items()):
        if not _has_a_place(file.removeprefix(LOCAL)):
            problems.append(Problem(file, 0, 0, "RB072", _where_it_belongs(file)))
            continue
        document, found = read_yaml(file, text)
        problems += found
        if document is not None:
            documents[file] = document
    return documents, problems


def _has_a_place(file: str) -> bool:
    folder = str(PurePosixPath(file).parent)
    return file.endswith(".yaml") and (file in SINGLE_FILES or folder in (*RULE_FOLDERS, "lexicons"))


def _where_it_belongs(file: str) -> str:
    if file.endswith(".yml"):
        return "文件名请以 .yaml 结尾"
    return (
        f"不认识的文件：规则放在 {'/、'.join(RULE_FOLDERS)}/，词表放在 lexicons/，其余只能是 {'、'.join(SINGLE_FILES)}"
    )


def _missing(file: str) -> Problem:
    return Problem(file, 0, 0, "RB070", f"规则库缺少 {file}，写法见 docs/rules.md §1")


def _overlaid(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Shipped files with the district's overlay laid over them, by path without ``local/``."""
    merged = {file: document for file, document in documents.items() if not file.startswith(LOCAL)}
    for file, local in documents.items():
        if not file.startswith(LOCAL):
            continue
        target = file.removeprefix(LOCAL)
        base = merged.get(target)
        replaces = base is None or PurePosixPath(target).parent.name in RULE_FOLDERS
        merged[target] = local if replaces else _extended(cast(Document, base), local, target)
    return merged


def _extended(base: Document, local: Document, target: str) -> Document:
    content: dict[str, Any] = dict(base.content)
    places = dict(base.places)
    for key, value in local.content.items():
        known = content.get(key)
        shift = 0
        if target != _REPLACED_BY_KEY and isinstance(known, list) and isinstance(value, list):
            shift = len(known)
            content[key] = [*known, *value]
        elif target != _REPLACED_BY_KEY and isinstance(known, dict) and isinstance(value, dict):
            content[key] = {**known, **value}
        else:
            content[key] = value
        places |= _moved(local.places, key, shift)
    return Document(base.file, content, places)


def _moved(places: Mapping[Path, Any], key: str, shift: int) -> dict[Path, Any]:
    moved: dict[Path, Any] = {}
    for path, place in places.items():
        if path[:1] != (key,):
            continue
        index = path[1] if len(path) > 1 else None
        moved[(key, index + shift, *path[2:]) if isinstance(index, int) else path] = place
    return moved


def _rulebook(
    models: Mapping[str, BaseModel], documents: Mapping[str, Document], sources: Sources, folding: Folding
) -> Rulebook:
    head = cast(RulebookFile, models["rulebook.yaml"])
    rules = [model for model in models.values() if isinstance(model, Rule)]
    names = licensed_names(sources.licensed_list, folding)
    return Rulebook(
        title=head.title,
        version=head.version,
        as_of=head.as_of,
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        lexicons={model.name: model for model in models.values() if isinstance(model, Lexicon)},
        laws=cast(LawsFile, models["laws.yaml"]).laws,
        contexts=cast(ContextsFile, models["contexts.yaml"]),
        masks=cast(MasksFile, models["masks.yaml"]),
        licensed=cast(LicensedFile, models["licensed.yaml"]),
        policy=cast(PolicyFile, models["policy.yaml"]),
        evasions=cast("EvasionsFile | None", models.get("evasions.yaml")),
        consultation=cast("ConsultationFile | None", models.get("consultation.yaml")),
        licensed_names=names,
        folding=folding,
        sha256=fingerprint(
            {
                "files": {file: document.content for file, document in documents.items() if file not in AFTERWARDS},
                "tables": dict(sources.tables),
                "licensed": sorted(names) if names is not None else None,
            }
        ),
    )


def _unreadable_list(listed: str | None) -> Iterable[Problem]:
    """A list without its column would be read as empty: every licensed institution would be called unlicensed."""
    if listed is None:
        return
    rows = csv.reader(io.StringIO(listed))
    try:
        if "name" not in next(rows, []):
            yield Problem(LICENSED_LIST, 1, 1, "RB011", "缺少列 name，请在第一行写列名 name")
        line = next((rows.line_num for row in rows if max(map(len, row), default=0) > MOST_CELL_CHARACTERS), None)
    except csv.Error:
        line = rows.line_num
    if line is not None:
        message = f"第 {line} 行起读不成表格（一格超过 131,072 个字符，或引号没有结束），请检查这一行"
        yield Problem(LICENSED_LIST, line, 1, "RB014", message)


def licensed_names(listed: str | None, folding: Folding) -> frozenset[str] | None:
    """Folded names of the optional list of licensed institutions (CSV with a column ``name``)."""
    if listed is None:
        return None
    rows: Iterable[dict[str, str]] = csv.DictReader(io.StringIO(listed))
    return frozenset(folding.fold(row["name"]).text for row in rows if row.get("name"))
