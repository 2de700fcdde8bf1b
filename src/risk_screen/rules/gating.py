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
    """When to ask: something of ``any_of`` is present, or of one of ``ways`` at least so many groups are."""

    asked: Asked
    any_of: int
    ways: tuple[tuple[int, tuple[int, ...]], ...]

    def opens(self, present: int) -> bool:
        """Say whether one of the ways has enough of what is present."""
        for least, groups in self.ways:
            lacking = len(groups) - least
            for group in groups:
                if not group & present:
                    lacking -= 1
                    if lacking < 0:
                        break
            else:
                return True
        return False


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
        self._bits = _Bits((group for chance in chances for way in chance.ways for group in way.groups), patterns)
        self._locks = [self._lock(chance) for chance in chances]
        self._all = (1 << len(self._locks)) - 1
        self._by_pattern: list[tuple[int, int]] = []
        self._by_sign: dict[Sign, int] = {}
        for number, chance in enumerate(chances):
            signs = _one_group(chance.ways)
            patterns_of_key = self._bits.of_patterns(signs)
            if patterns_of_key:
                self._by_pattern.append((patterns_of_key, 1 << number))
            for sign in signs:
                self._by_sign[sign] = self._by_sign.get(sign, 0) | 1 << number
        self._of_sign: dict[str, dict[int | str, tuple[int, int]]] = {}
        for sign, present in self._bits.of_sign.items():
            self._of_sign.setdefault(sign.field, {})[sign.value] = present, self._by_sign.get(sign, 0)

    def _lock(self, chance: Chance) -> _Lock:
        one_is_enough = (self._bits.of_group[group] for way in chance.ways if way.least == 1 for group in way.groups)
        more = ((w.least, tuple(self._bits.of_group[group] for group in w.groups)) for w in chance.ways if w.least > 1)
        return _Lock(Asked(chance.rule, chance.field, chance.condition), reduce(or_, one_is_enough, 0), tuple(more))

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
                worth_a_look = self._all
                continue
            present |= reading.chances.present << first_pattern
            of_sign = self._of_sign.get(name, {})
            for sign in reading.signs():
                if sign in of_sign:
                    bits, locks = of_sign[sign]
                    present |= bits
                    worth_a_look |= locks
        if present:
            for bits, with_pattern in self._by_pattern:
                if bits & present:
                    worth_a_look |= with_pattern
        opened: list[Asked] = []
        for number in numbers_of(worth_a_look):
            lock = self._locks[number]
            if (lock.any_of & present or lock.opens(present)) and lock.asked.field in readings:
                opened.append(lock.asked)
        return opened


class _Bits:
    """The number of what is present: a bit for each pattern in each field, and one for each group of other signs."""

    def __init__(self, groups: Iterable[frozenset[Sign]], patterns: int) -> None:
        groups = list(dict.fromkeys(groups))
        fields = sorted({sign.field for group in groups for sign in group})
        self.first_pattern = {field: place * patterns for place, field in enumerate(fields)}
        self.of_group: dict[frozenset[Sign], int] = {}
        self.of_sign: dict[Sign, int] = {}
        self.of_field = dict.fromkeys(fields, 0)
        for number, group in enumerate(groups):
            bit = 1 << (len(fields) * patterns + number)
            self.of_group[group] = bit | self.of_patterns(group)
            for sign in group:
                self.of_field[sign.field] |= bit if sign.kind != "pattern" else self.of_patterns([sign])
                if sign.kind != "pattern":
                    self.of_sign[sign] = self.of_sign.get(sign, 0) | bit

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
