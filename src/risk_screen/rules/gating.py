"""Which rules could match, told from what is present before any of them is asked.

Every group of words, promises … that a condition looks for is a bit, as is every pattern, and what is present in a text
is a number. A condition is asked only where one of its ways to match has enough of its bits; only those one of whose
rarest groups is present are looked at. A rule that matches when any of several conditions holds is asked each apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from risk_screen.rules.conditions import Condition
    from risk_screen.rules.reading import Reading


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
    """Something to ask of a rule: a condition, a field it reads, and the ways in which it can hold there."""

    rule: int
    field: str
    condition: "Condition"
    ways: Sequence[Way]


class Asked(NamedTuple):
    """What is worth asking: a rule by number, a field, and one of the conditions any of which makes it match."""

    rule: int
    field: str
    condition: "Condition"


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


class _Lock(NamedTuple):
    """When to ask: something of each of ``groups`` is present, and enough of one of ``ways`` where there are any."""

    asked: Asked
    groups: tuple[int, ...]
    ways: tuple[tuple[int, tuple[int, ...]], ...]


def _has_enough(ways: Iterable[tuple[int, tuple[int, ...]]], present: int) -> bool:
    return any(sum(1 for group in groups if group & present) >= least for least, groups in ways)


class Gate:
    """Tells what of the rules of a channel is worth asking; immutable, shared by threads.

    Parameters
    ----------
    chances : iterable of Chance
        In the order in which they are to be asked.
    patterns : int
        How many patterns there are.
    """

    def __init__(self, chances: Iterable[Chance], patterns: int) -> None:
        chances = list(chances)
        self._bits = _Bits(chances, patterns)
        self._locks = [self._lock(chance) for chance in chances]
        by_patterns: dict[int, int] = {}
        by_sign: dict[Sign, int] = {}
        for number, chance in enumerate(chances):
            signs = _one_group(chance.ways)
            patterns_of_key = self._bits.of_patterns(signs)
            if patterns_of_key:
                by_patterns[patterns_of_key] = by_patterns.get(patterns_of_key, 0) | 1 << number
            for sign in signs:
                by_sign[sign] = by_sign.get(sign, 0) | 1 << number
        self._by_pattern = list(by_patterns.items())
        self._of_sign: dict[str, dict[int | str, tuple[int, int]]] = {}
        for sign, present in self._bits.of_sign.items():
            self._of_sign.setdefault(sign.field, {})[sign.value] = present, by_sign.get(sign, 0)

    def _lock(self, chance: Chance) -> _Lock:
        of_group = self._bits.of_group
        ways = [(way.least, tuple(of_group[group] for group in sorted(way.groups, key=len))) for way in chance.ways]
        asked = Asked(chance.rule, chance.field, chance.condition)
        if len(ways) == 1 and ways[0][0] == len(ways[0][1]):
            return _Lock(asked, ways[0][1], ())
        return _Lock(asked, (of_group[_one_group(chance.ways)],), tuple(ways))

    def open_to(self, readings: Mapping[str, "Reading"]) -> list[Asked]:
        """Return what could hold, in order.

        Parameters
        ----------
        readings : mapping of str to Reading
            Fields of one submission. What is not given might hold anything: a rule that needs it is asked, and says
            that it cannot be evaluated.
        """
        present = worth_a_look = 0
        for name, first_pattern in self._bits.first_pattern.items():
            reading = readings.get(name)
            if reading is None:
                present |= self._bits.of_field[name]
                worth_a_look = (1 << len(self._locks)) - 1
                continue
            present |= reading.chances.present << first_pattern
            of_sign = self._of_sign.get(name, {})
            for sign in reading.signs():
                if sign in of_sign:
                    bits, locks = of_sign[sign]
                    present |= bits
                    worth_a_look |= locks
        if not present:
            return []
        for rarest, lock in self._by_pattern:
            if rarest & present:
                worth_a_look |= lock
        opened: list[Asked] = []
        for number in numbers_of(worth_a_look):
            asked, groups, ways = self._locks[number]
            for group in groups:
                if not group & present:
                    break
            else:
                if asked.field in readings and (not ways or _has_enough(ways, present)):
                    opened.append(asked)
        return opened


class _Bits:
    """The number of what is present: a bit for each pattern in each field, and one for each group of other signs."""

    def __init__(self, chances: Sequence[Chance], patterns: int) -> None:
        keys = [_one_group(chance.ways) for chance in chances]
        groups = list(dict.fromkeys([*keys, *(group for c in chances for way in c.ways for group in way.groups)]))
        fields = sorted({sign.field for group in groups for sign in group})
        self.first_pattern = {field: place * patterns for place, field in enumerate(fields)}
        self.of_group: dict[frozenset[Sign], int] = {}
        self.of_sign: dict[Sign, int] = {}
        self.of_field = dict.fromkeys(fields, 0)
        bit = 1 << len(fields) * patterns
        for group in groups:
            others = [sign for sign in group if sign.kind != "pattern"]
            self.of_group[group] = self.of_patterns(group) | (bit if others else 0)
            for field in {sign.field for sign in group}:
                self.of_field[field] |= self.of_group[group]
            for sign in others:
                self.of_sign[sign] = self.of_sign.get(sign, 0) | bit
            bit <<= bool(others)

    def of_patterns(self, signs: Iterable[Sign]) -> int:
        """Bits of those signs that are patterns."""
        places = (
            self.first_pattern[s.field] + s.value for s in signs if isinstance(s.value, int) and s.kind == "pattern"
        )
        return reduce(or_, (1 << place for place in places), 0)


def numbers_of(bits: int) -> Iterator[int]:
    """Numbers of the bits that are set, rising."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
