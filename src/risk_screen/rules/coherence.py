"""What a rulebook must satisfy across its files: names, laws in force, lexicons, where a condition may stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Final

from pydantic import BaseModel

from risk_screen.rules.consultation_file import ConsultationFile, HoldPolicy
from risk_screen.rules.errors import Problem
from risk_screen.rules.expression_checks import ExpressionChecker, lexicons_named
from risk_screen.rules.marked_yaml import Document, Path
from risk_screen.rules.reference import (
    ContextsFile,
    Cue,
    Law,
    LawsFile,
    Lexicon,
    LicensedFile,
    MasksFile,
    RulebookFile,
)
from risk_screen.rules.rulebook import ALWAYS_CONSULT
from risk_screen.rules.schema import FIELDS_OF_CHANNEL, Basis, ChannelPolicy, PolicyFile, Rule
from risk_screen.rules.wording import WordChecker

ROUTES_OF_CHANNEL: Final = {
    "registration": ("proceed", "consult", "advise_against"),
    "marketing": ("archive", "watch", "verify", "site_check"),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The files that passed their own schema, and what was read of all of them."""

    models: Mapping[str, BaseModel]
    documents: Mapping[str, Document]
    wording: WordChecker


def incoherences(parts: Parts) -> Iterator[Problem]:
    """Yield everything that does not fit together."""
    rules = {file: model for file, model in parts.models.items() if isinstance(model, Rule)}
    lexicons = {file: model for file, model in parts.models.items() if isinstance(model, Lexicon)}
    for file, lexicon in lexicons.items():
        yield from _of_lexicon(parts.documents[file], lexicon, parts.wording)
    yield from _of_rules(parts, rules, lexicons)
    for file, model in parts.models.items():
        yield from _of_reference(parts.documents[file], model, parts.wording)
    yield from _of_consultation(parts)
    yield from _unused(parts.documents, rules, lexicons)


def _of_rules(parts: Parts, rules: Mapping[str, Rule], lexicons: Mapping[str, Lexicon]) -> Iterator[Problem]:
    known = {model.name for model in lexicons.values()}
    broken = {PurePosixPath(file).stem for file in parts.documents if file.startswith("lexicons/")}
    head, laws = parts.models.get("rulebook.yaml"), parts.models.get("laws.yaml")
    seen: dict[str, str] = {}
    for file, rule in rules.items():
        document = parts.documents[file]
        yield from _identity(document, rule, seen)
        if isinstance(laws, LawsFile) and isinstance(head, RulebookFile):
            cited = [(("basis", i), basis) for i, basis in enumerate(rule.basis)]
            yield from _basis(document, cited, laws.laws, rule.valid_from or head.as_of)
        yield from ExpressionChecker(document, rule, known | broken | {ALWAYS_CONSULT}, parts.wording).problems()
        yield from _examples(document, rule)


def _identity(document: Document, rule: Rule, seen: dict[str, str]) -> Iterator[Problem]:
    path = PurePosixPath(document.file)
    expected = f"{path.parent.name}.{path.stem}"
    if rule.id in seen:
        yield document.problem(("id",), "RB021", f"编号 {rule.id} 已用于 {seen[rule.id]}，请换一个")
    if rule.id != expected:
        yield document.problem(("id",), "RB020", f"编号 {rule.id} 与文件名不一致，应当是 {expected}，或者改文件名")
    seen[rule.id] = document.file


def _basis(
    document: Document, cited: Iterable[tuple[Path, Basis | HoldPolicy]], laws: Mapping[str, Law], on: date
) -> Iterator[Problem]:
    for path, basis in cited:
        law = laws.get(basis.law)
        if law is None:
            near = get_close_matches(basis.law, laws, 1, 0.4)
            hint = f"是否想写 {near[0]}？" if near else "请先在 laws.yaml 写上它的全称、文号和条文。"
            yield document.problem((*path, "law"), "RB023", f"laws.yaml 里没有“{basis.law}”。{hint}")
            continue
        yield from _article(document, (*path, "article"), basis.article, law, on)


def _article(document: Document, path: Path, number: str | None, law: Law, on: date) -> Iterator[Problem]:
    article = law.articles.get(number) if number is not None else None
    if (number is None and law.articles) or (number is not None and article is None):
        known = " ".join(law.articles) or "（未录条文）"
        yield document.problem(path, "RB024", f"《{law.title}》没有录入第 {number} 条；已录入：{known}")
        return
    ends = [day for day in (law.repealed_on, article.repealed_on if article else None) if day is not None]
    if on < law.in_force_from:
        yield document.problem(path, "RB025", f"《{law.title}》{law.in_force_from} 才施行，规则的日期是 {on}")
    if ends and min(ends) <= on:
        yield document.problem(path, "RB025", f"《{law.title}》的这一条已于 {min(ends)} 失效，请改引现行条文")


def _examples(document: Document, rule: Rule) -> Iterator[Problem]:
    allowed = [set(FIELDS_OF_CHANNEL[channel]) for channel in rule.channel]
    for kind, examples in (("hit", rule.examples.hit), ("miss", rule.examples.miss)):
        for i, example in enumerate(examples):
            if not any(set(example.fields) <= fields for fields in allowed):
                named = "、".join(example.fields)
                message = f"例子的字段 {named} 不属于渠道 {'、'.join(rule.channel)}"
                yield document.problem(("examples", kind, i), "RB042", message)


def _of_lexicon(document: Document, lexicon: Lexicon, wording: WordChecker) -> Iterator[Problem]:
    stem = PurePosixPath(document.file).stem
    if lexicon.name != stem:
        yield document.problem(("name",), "RB026", f"词表名 {lexicon.name} 与文件名 {stem} 不一致")
    for i, line in enumerate(lexicon.terms):
        path: Path = ("terms", i)
        if lexicon.source is None and line.source is None:
            yield document.problem(path, "RB027", f"“{line.term}”没有出处：给这一行或整个词表写 source")
        yield from wording.of_guards(document, path, line)
    yield from wording.of_words(document, ("terms",), [line.term for line in lexicon.terms])


def _of_reference(document: Document, model: BaseModel, wording: WordChecker) -> Iterator[Problem]:
    if isinstance(model, ContextsFile):
        for kind in ("warning", "negation", "report", "question"):
            yield from _of_cues(document, kind, getattr(model, kind), wording)
        yield from wording.of_words(document, ("own_voice",), model.own_voice)
    if isinstance(model, MasksFile):
        for key in ("cues", "phrases", "checks"):
            for i, entry in enumerate(getattr(model, key)):
                yield from wording.of_words(document, (key, i, "words"), entry.words)
    if isinstance(model, LicensedFile):
        for i, form in enumerate(model.name_forms):
            yield from wording.of_pattern(document, ("name_forms", i, "pattern"), form.pattern)
        yield from wording.of_pattern(document, ("signature",), model.signature)
        yield from wording.of_pattern(document, ("sold_by",), model.sold_by)
    if isinstance(model, PolicyFile):
        for channel in ROUTES_OF_CHANNEL:
            yield from _of_channel_policy(document, channel, getattr(model, channel))


def _of_consultation(parts: Parts) -> Iterator[Problem]:
    file, laws = parts.models.get("consultation.yaml"), parts.models.get("laws.yaml")
    head = parts.models.get("rulebook.yaml")
    if isinstance(file, ConsultationFile) and isinstance(laws, LawsFile) and isinstance(head, RulebookFile):
        document = parts.documents["consultation.yaml"]
        yield from _basis(document, [(("hold",), file.hold)], laws.laws, head.as_of)


def _of_cues(document: Document, kind: str, cues: tuple[Cue, ...], wording: WordChecker) -> Iterator[Problem]:
    for i, cue in enumerate(cues):
        yield from wording.of_words(document, (kind, i, "words"), cue.words)
        yield from wording.of_guards(document, (kind, i), cue)


def _of_channel_policy(document: Document, channel: str, policy: ChannelPolicy) -> Iterator[Problem]:
    allowed = ROUTES_OF_CHANNEL[channel]
    for table, routes in (("routes", policy.routes), ("flag_routes", policy.flag_routes)):
        for key, route in routes.items():
            if route not in allowed:
                message = f"{channel} 的去向不能是 {route}，可选：{'、'.join(allowed)}"
                yield document.problem((channel, table, key), "RB053", message)


def _unused(
    documents: Mapping[str, Document], rules: Mapping[str, Rule], lexicons: Mapping[str, Lexicon]
) -> Iterator[Problem]:
    used = {name for rule in rules.values() for name in lexicons_named(rule)}
    for file, lexicon in lexicons.items():
        if lexicon.name not in used:
            place = documents[file].problem(("name",), "RB091", f"词表 {lexicon.name} 没有规则使用")
            yield Problem(place.file, place.line, place.column, place.code, place.message, "notice")
