"""What the sentence around a promise says: guaranteed, compounding, partly paid back at once, or no promise at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from risk_screen.text.promise_sums import Phrase
from risk_screen.text.promise_surroundings import Sentence, Surroundings
from risk_screen.text.promise_tokens import Token

_NOT = re.compile(r"(?:不|非|未|无法|不能|并不)(?:做|作|会)?$")
_CREDIT = re.compile(r"积分|消费[券卡金]|购物[卡券金]|代金券|抵用券|优惠券|提货[券卡]|e卡|油卡|话费")
_QUOTE_LENGTH = 60
_UPFRONT_TOKENS = 7


@dataclass(frozen=True, slots=True)
class Scan:
    """A text, its tokens and its surroundings, with what every reader of promises asks of them."""

    text: str
    tokens: list[Token]
    around: Surroundings
    places: Mapping[str, list[int]]

    @classmethod
    def of(cls, text: str, tokens: list[Token]) -> "Scan":
        """Scan of a text and its tokens."""
        places: dict[str, list[int]] = {}
        for index, token in enumerate(tokens):
            places.setdefault(token[0], []).append(index)
        return cls(text, tokens, Surroundings(text), places)

    def at(self, *kinds: str) -> list[int]:
        """Indices of the tokens of some kinds, in order."""
        places = [self.places[kind] for kind in kinds if kind in self.places]
        return places[0] if len(places) == 1 else sorted(chain.from_iterable(places))

    def phrase(
        self, start: int, end: int, near: int, *, kind: str | None = None, sentence: Sentence | None = None
    ) -> Phrase | None:
        """Phrase at a place, widened over a part paid back at once that stands in the same line.

        Parameters
        ----------
        start, end : int
            Span of the phrase.
        near : int
            Index of its main token.
        kind : str, optional
            Kind of the promise where the caller knows it; else store credit or cash by the words.
        sentence : Sentence, optional
            Its sentence where the caller has read it already.

        Returns
        -------
        Phrase or None
            None where the sentence makes no offer: a court, a job, a loan to the reader.
        """
        sentence = sentence or self.around.sentence(start, end)
        if not sentence.is_offer:
            return None
        upfront = self._upfront(near)
        if upfront is not None:
            start, end = min(start, upfront.start), max(end, upfront.end)
        return Phrase(
            start=start,
            end=end,
            quote=_one_line(self.text[start:end]),
            kind=kind or ("store_credit" if _CREDIT.search(self.text, start, end + 6) else "cash"),
            guaranteed="guarantee" in sentence.kinds and self._is_guaranteed(sentence.start, sentence.end),
            upfront=upfront.value if upfront is not None and upfront.value else Decimal(0),
            compounds="compound" in sentence.kinds,
        )

    def _is_guaranteed(self, start: int, end: int) -> bool:
        """Whether principal or rate is called safe: 保本, 保底, 承诺, 不低于 … and not 不保本, 非保本."""
        places = self.around.starts("guarantee", start, end)
        return any(not _NOT.search(self.text, max(start, place - 4), place) for place in places)

    def _upfront(self, near: int) -> Token | None:
        """A part paid back when the money is paid (前置返点3%), a few tokens away in the same line."""
        after = self.tokens[near + 1 : near + _UPFRONT_TOKENS]
        before = self.tokens[max(0, near - _UPFRONT_TOKENS) : near]
        for tokens in (after, reversed(before)):
            for token in tokens:
                if token.kind == "stop":
                    break
                if token.kind == "upfront":
                    return token
        return None


def _one_line(quote: str) -> str:
    quote = " ".join(quote.split())
    return quote if len(quote) <= _QUOTE_LENGTH else f"{quote[: _QUOTE_LENGTH // 2]}…{quote[-_QUOTE_LENGTH // 2 :]}"
