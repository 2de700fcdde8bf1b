"""Who speaks of a licence: names in a strict statutory form, and flyers signed or sold by a licensed institution."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import re2

from risk_screen.rules.patterns import quiet_options
from risk_screen.text.made_later import MadeLater

if TYPE_CHECKING:
    from risk_screen.rules.reference import LicensedFile

NOT_LISTED: Final = "advise_against"


class Claim(NamedTuple):
    """What a name claims by its form.

    Attributes
    ----------
    kind : str
        Class of institution.
    flag : str
        Check that stays necessary.
    listed : bool or None
        Whether the loaded list knows the name; None when no list is loaded.
    """

    kind: str
    flag: str
    listed: bool | None


class NameForm(NamedTuple):
    """A strict statutory form of names, as a pattern, and what it claims."""

    pattern: str
    kind: str
    flag: str


class CompiledLicences(MadeLater):
    """licensed.yaml ready to use.

    Parameters
    ----------
    file : LicensedFile
    names : frozenset of str or None
        Folded names of the loaded list.
    fold : callable
    """

    def __init__(self, file: "LicensedFile", names: frozenset[str] | None, fold: Callable[[str], str]) -> None:
        self._forms = [NameForm(form.pattern, form.kind, form.flag) for form in file.name_forms]
        self._names = names
        self._patterns = file.signature, file.sold_by
        self._risk_warning = tuple(fold(word) for word in file.risk_warning)
        given = file.disclosure
        self._disclosure = (given.institution, given.particulars, given.risk) if given is not None else ()
        self._voided_by = tuple(fold(word) for word in given.voided_by) if given is not None else ()

    @cached_property
    def _any_form(self) -> Any:
        forms = re2.Set.FullMatchSet(quiet_options())
        for form in self._forms:
            forms.Add(form.pattern)
        forms.Compile()
        return forms

    @cached_property
    def _signature(self) -> Any:
        return re2.compile(self._patterns[0], quiet_options())

    @cached_property
    def _sold_by(self) -> Any:
        return re2.compile(self._patterns[1], quiet_options())

    def claim(self, name: str) -> Claim | None:
        """Return what a folded company name claims, None when it has no statutory form."""
        name = name.strip()
        matching = self._any_form.Match(name) if self._forms else None
        if not matching:
            return None
        form = self._forms[min(matching)]
        return Claim(form.kind, form.flag, None if self._names is None else self._is_listed(name))

    def signature(self, line: str) -> str | None:
        """Return the signature of a licensed institution at the beginning or end of a line."""
        line = line.strip()
        if not line.startswith("【") and not line.endswith("】"):
            return None
        found = next((m for m in self._signature.finditer(line) if m.start() == 0 or m.end() == len(line)), None)
        return found.group() if found else None

    def warns(self, text: str) -> bool:
        """Say whether a text warns of the risk that it sells."""
        return any(word in text for word in self._risk_warning)

    def seller(self, sentence: str) -> str | None:
        """Return who issues or sells a product, where the same sentence warns of its risk."""
        if not self.warns(sentence):
            return None
        found = self._sold_by.search(sentence)
        return found.group() if found else None

    @cached_property
    def _disclosed(self) -> tuple[Any, ...]:
        return tuple(re2.compile(pattern, quiet_options()) for pattern in self._disclosure)

    def names_particulars(self, text: str) -> bool:
        """Say whether a text names particulars of a product, without which it discloses nothing."""
        return bool(self._disclosed) and self._disclosed[1].search(text) is not None

    def discloses(self, paragraph: str) -> str | None:
        """Return who discloses a product: institution, particulars and risk, and no word of a private deal."""
        if not self._disclosed or any(word in paragraph for word in self._voided_by):
            return None
        institution, *rest = self._disclosed
        if not all(pattern.search(paragraph) for pattern in rest):
            return None
        found = institution.search(paragraph)
        return found.group() if found else None

    def _is_listed(self, name: str) -> bool:
        """Say whether the list holds the name, or the institution whose branch it is."""
        names = self._names or frozenset()
        return name in names or any(name.startswith(known) for known in names)
