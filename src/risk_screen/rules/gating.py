"""Which rules could match, told from what is present before any of them is asked.

Every group of words, patterns … that a condition looks for is a bit, and what is present in a text is a number. A rule
is asked only where one of its ways to match has enough of its bits; only rules one of whose rarest groups is present
are looked at.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from risk_screen.rules.reading import Field


class Sign(NamedTuple):
    """A thing that may be present in a field: a literal or pattern by number, an identifier by kind, a promise."""

    field: str
    kind: str
    value: int | str


class Way(NamedTuple):
    """A way to match: something of at least ``least`` of these groups must be present."""

    groups: frozenset[frozenset[Sign]]
    least: int

    @property
    def smallest(self) -> frozenset[Sign]:
        """A group of which something must be present, if all are needed; else anything that may be."""
        if self.least == len(self.groups):
            return min(self.groups, key=len)
        return frozenset[Sign]().union(*self.groups)


class Chance(NamedTuple):
    """A rule by number, a field it reads, and the ways in which it can match there."""

    rule: int
    field: str
    ways: Sequence[Way]


def any_of(inner: Iterable[Sequence[Way]]) -> list[Way]:
    """Ways of conditions one of which must hold."""
    return [way for ways in inner for way in ways]


def all_of(inner: Iterable[Sequence[Way]]) -> list[Way]:
    """Ways of conditions that must all hold; none when one of them never does."""
    inner = list(inner)
    if not all(inner):
        return []
    groups: set[frozenset[Sign]] = set()
    for ways in inner:
        if len(ways) == 1 and ways[0].least == len(ways[0].groups):
            groups |= ways[0].groups
        else:
            groups.add(_one_group(ways))
    return [Way(frozenset(groups), len(groups))]


def some_of(inner: Sequence[Sequence[Way]], count: int) -> list[Way]:
    """Ways of conditions of which so many must hold."""
    groups = [_one_group(ways) for ways in inner if ways]
    if len(set(groups)) < len(groups):
        return [Way(frozenset({group}), 1) for group in groups]
    return [Way(frozenset(groups), count)] if count <= len(groups) else []


def _one_group(ways: Iterable[Way]) -> frozenset[Sign]:
    """Signs one of which must be present for any of these ways."""
    return frozenset[Sign]().union(*(way.smallest for way in ways))


class Gate:
    """Tells which rules of a channel are worth asking; immutable, shared by threads.

    Parameters
    ----------
    chances : iterable of Chance
        In the order in which they are to be asked.
    """

    def __init__(self, chances: Iterable[Chance]) -> None:
        bits: dict[frozenset[Sign], int] = {}
        keys: dict[Sign, int] = {}
        self._chances: list[tuple[int, list[tuple[int, int]], int, str]] = []
        for number, (rule, field, ways) in enumerate(chances):
            masks = [(sum(bits.setdefault(group, 1 << len(bits)) for group in way.groups), way.least) for way in ways]
            one_is_enough = reduce(or_, (mask for mask, least in masks if least == 1), 0)
            self._chances.append((one_is_enough, [way for way in masks if way[1] > 1], rule, field))
            for sign in _one_group(ways):
                keys[sign] = keys.get(sign, 0) | 1 << number
        self._all_chances = (1 << len(self._chances)) - 1
        of_sign: dict[Sign, int] = {}
        self._of_field: dict[str, int] = {}
        for group, bit in bits.items():
            for sign in group:
                of_sign[sign] = of_sign.get(sign, 0) | bit
                self._of_field[sign.field] = self._of_field.get(sign.field, 0) | bit
        self._of_sign: dict[tuple[str, str], dict[int | str, tuple[int, int]]] = {}
        for sign, present in of_sign.items():
            of_value = self._of_sign.setdefault((sign.field, sign.kind), {})
            of_value[sign.value] = present, keys.get(sign, 0)

    def open_to(self, fields: Sequence["Field"], patterns: Mapping[str, Collection[int]]) -> list[tuple[int, str]]:
        """Return the rules that could match, by number, each with the field in which it could.

        Parameters
        ----------
        fields : sequence of Field
            Fields of one submission. What is not given might hold anything: a rule that needs it is asked, and says
            that it cannot be evaluated.
        patterns : mapping of str to collection of int
            Field → numbers of the patterns that may occur in it.
        """
        given = {read.name for read in fields}
        present = worth_a_look = 0
        for name, bits in self._of_field.items():
            if name not in given:
                present |= bits
                worth_a_look = self._all_chances
        for read in fields:
            for of_value, values in self._signs(read, patterns[read.name]):
                for value in values:
                    if value in of_value:
                        bits, chances = of_value[value]
                        present |= bits
                        worth_a_look |= chances
        return [
            (rule, field)
            for one_is_enough, ways, rule, field in map(self._chances.__getitem__, numbers_of(worth_a_look))
            if (one_is_enough & present or _is_open(ways, present)) and field in given
        ]

    def _signs(
        self, read: "Field", patterns: Collection[int]
    ) -> Iterator[tuple[Mapping[int | str, tuple[int, int]], Iterable[int | str]]]:
        """What a field shows, kind by kind, with the bits of what it stands for."""
        of_sign, name = self._of_sign, read.name
        if read.hits and (name, "literal") in of_sign:
            yield of_sign[name, "literal"], {literal for _, _, literal in read.hits}
        if patterns and (name, "pattern") in of_sign:
            yield of_sign[name, "pattern"], patterns
        if read.promises and (name, "promise") in of_sign:
            yield of_sign[name, "promise"], ("",)
        if read.identifiers and (name, "identifier") in of_sign:
            yield of_sign[name, "identifier"], {identifier.kind for identifier in read.identifiers}


def _is_open(ways: Iterable[tuple[int, int]], present: int) -> bool:
    for mask, least in ways:  # noqa: SIM110 - asked for many rules of every text
        if (mask & present).bit_count() >= least:
            return True
    return False


def numbers_of(bits: int) -> Iterator[int]:
    """Numbers of the bits that are set, rising."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
