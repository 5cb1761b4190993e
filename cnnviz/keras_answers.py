"""What Keras says of a net, and the last such answers by net."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_KEPT = 16_000_000  # characters of all kept answers together


@dataclass(frozen=True, slots=True)
class Answer:
    """What Keras says of a net. Totals are Keras' own; `seconds` is what the build and the comparison took.

    With an `error` there is no model, and the other figures are empty.
    """

    agrees: bool = False
    layers: int = 0
    parameters: int = 0
    trainable: int = 0
    differences: tuple[str, ...] = ()
    seconds: float = 0.0
    summary: str = ""
    error: str = ""

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Answer:
        """The answer in the worker's result."""
        return cls(**{**result, "differences": tuple(result["differences"])})


class Answers:
    """The last answers by net, bounded in number and in characters; what was used last stays longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._characters = 0

    def get(self, text: str) -> Answer | None:
        """The kept answer of a net."""
        answer = self._kept.get(text)
        if answer is not None:
            self._kept.move_to_end(text)
        return answer

    def put(self, text: str, answer: Answer) -> None:
        """Keep an answer; the ones unused for longest go."""
        self.drop(text)
        self._kept[text] = answer
        self._characters += _size(text, answer)
        while len(self._kept) > self._most or (self._characters > MOST_KEPT and len(self._kept) > 1):
            self._characters -= _size(*self._kept.popitem(last=False))

    def drop(self, text: str) -> None:
        """Keep the answer of this net no longer."""
        if text in self._kept:
            self._characters -= _size(text, self._kept.pop(text))


def _size(text: str, answer: Answer) -> int:
    return len(text) + len(answer.summary) + len(answer.error) + sum(map(len, answer.differences))
