"""Kernels: the costs as exact polynomials in the side x of the map and in the channels. The only file that loads sympy.

No formula stands here: the candidates' own operations are asked for their output shapes, MACs and weights, with symbols
in the place of numbers. A side is written first + step·p with a whole p of 0 or more, so that every window fits and
every division by a stride comes out even; the polynomials hold exactly for these sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import sympy
from sympy import Expr, Poly, Symbol

from ..ops import value
from .kernels import TARGET, Candidate, Kernels

X = Symbol("x")
_P = Symbol("p", integer=True, nonnegative=True)
_IN, _BETWEEN, _OUT, _WIDTH, _EQUAL = (
    Symbol(name, integer=True, positive=True) for name in ("C_in", "C_b", "C_out", "r", "C")
)


class Sides(NamedTuple):
    """The sides for which a polynomial holds: first, first + step, first + 2·step, …"""

    first: int
    step: int

    @property
    def x(self) -> Expr:
        return self.first + self.step * _P

    def of(self, expression: Expr) -> Expr:
        """An expression in p as one in x."""
        return expression.subs(_P, (X - self.first) / self.step)


def sides(settings: Kernels) -> Sides:
    """The maps on which the kernel fits, with the remainder of the chosen side under the stride."""
    least, step = settings.least_side, settings.strides
    return Sides(least + (settings.side - least) % step, step)


# --- costs with letters -----------------------------------------------------------------------------------------------


def macs(candidate: Candidate, settings: Kernels) -> Expr:
    """The MACs as a polynomial in x, channels as set. Raises CannotBe."""
    candidate.check(settings)
    return sympy.expand(sum(_layers(candidate, settings, settings.channels)[0]))


def parameters(candidate: Candidate, settings: Kernels, *, equal: bool) -> Expr:
    """The parameters in letters: C_in, C_b between, C_out, r in a bottleneck; with `equal` all channels are C.

    Raises CannotBe.
    """
    candidate.check(settings)
    return sympy.expand(sum(_with_letters(candidate, settings, equal)[1]))


def _layers(candidate: Candidate, settings: Kernels, channels: Any) -> tuple[list[Expr], list[Expr]]:
    """MACs, in x, and parameters of each layer, from its own operation."""
    held = sides(settings)
    shape: Any = (held.x, held.x, channels)
    work, parameters = [], []
    for op in candidate.layers(settings):
        out = op.output_shape((shape,))
        work.append(sympy.factor(held.of(sympy.sympify(value(op.macs((shape,), out))))))
        parameters.append(sympy.sympify(value([weight.factors for weight in op.weights((shape,))])))
        shape = out
    return work, parameters


def _with_letters(candidate: Candidate, settings: Kernels, equal: bool) -> tuple[list[Expr], list[Expr]]:
    """The same with letters for the channels. In groups, channels are written groups · c, so that they divide."""
    letters = (_EQUAL, _EQUAL, _EQUAL) if equal else (_IN, _BETWEEN, _OUT)
    each = settings.groups if candidate.key == "grouped" else 1
    given: dict[str, Any] = dict(zip(("channels", "between", "filters"), (each * c for c in letters), strict=True))
    found = _layers(candidate, replace(settings, **given, width=_WIDTH), given["channels"])
    back = {letter: letter / each for letter in letters}
    return tuple([[sympy.factor(term.subs(back)) for term in terms] for terms in found])  # type: ignore[return-value]


# --- where they are equal ---------------------------------------------------------------------------------------------


class Root(NamedTuple):
    """A side at which both cost the same, the cost there, and whether a map can have it ("" when it can)."""

    at: Expr
    cost: Expr
    cannot: str


class Run(NamedTuple):
    """From the side `first` to `last` (None: without end) the sign of target − candidate is the same."""

    first: int
    last: int | None
    sign: int


class Meeting:
    """The target's polynomial against a candidate's. Raises CannotBe."""

    def __init__(self, candidate: Candidate, settings: Kernels) -> None:
        self.settings = settings
        self.sides = sides(settings)
        self.target = macs(TARGET, settings)
        self.candidate = macs(candidate, settings)

    @cached_property
    def difference(self) -> Poly:
        """target − candidate, multiplied or divided by a number so that its factors are small whole numbers."""
        return Poly(self.target - self.candidate, X).clear_denoms()[1].primitive()[1]

    @cached_property
    def roots(self) -> tuple[Root, ...]:
        """All real x at which both are equal, whether a map can have this side or not."""
        if self.difference.is_zero:
            return ()
        found = sorted(set(sympy.real_roots(self.difference)))
        return tuple([Root(at, sympy.simplify(self.target.subs(X, at)), self._cannot(at)) for at in found])

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Which of both costs less, over all sides for which the polynomials hold."""
        first, step = self.sides
        starts = {0}
        for root in self.roots:
            whole = int(sympy.floor((root.at - first) / step))
            starts |= {p for p in (whole, whole + 1) if p > 0}
        found: list[Run] = []
        for p, last in self._stretches(sorted(starts)):
            sign = int(sympy.sign(self.difference.eval(first + step * p)))
            if found and found[-1].sign == sign:
                found[-1] = found[-1]._replace(last=last)
            else:
                found.append(Run(first + step * p, last, sign))
        return tuple(found)

    def _stretches(self, starts: list[int]) -> Iterator[tuple[int, int | None]]:
        """Each start, counted in p, with the last side before the next one."""
        for p, following in pairwise(starts):
            yield p, self.sides.first + self.sides.step * (following - 1)
        yield starts[-1], None

    @cached_property
    def ratio(self) -> Expr:
        """candidate / target on maps without end."""
        return sympy.limit(self.candidate / self.target, X, sympy.oo)

    def _cannot(self, at: Expr) -> str:
        least = self.settings.least_side
        k = self.settings.kernel
        if at < least:
            return f"a valid {k}×{k} needs x ≥ {k}" if self.settings.padding == "valid" else "no map has this side"
        if not at.is_integer:
            below = int(sympy.floor(at))
            return f"no map has this side: it lies between {below:,} and {below + 1:,}"
        if (at - self.sides.first) % self.sides.step:
            return f"x = {at} leaves another remainder under the stride, where another polynomial holds"
        return ""


# --- in general -------------------------------------------------------------------------------------------------------


class Condition(NamedTuple):
    """The candidate costs less where `less` < `than`: sums with a term a layer, common factors taken out.

    `solved` is the bound on C_b, the channels between, where the condition says one; None where it does not.
    """

    less: tuple[Expr, ...]
    than: tuple[Expr, ...]
    solved: Expr | None


def condition(candidate: Candidate, settings: Kernels, *, equal: bool) -> Condition:
    """When the candidate takes fewer MACs than the target, in x and the channels. Raises CannotBe."""
    candidate.check(settings)
    ours, theirs = (_with_letters(each, settings, equal)[0] for each in (candidate, TARGET))
    whole = settings.strides**2 * settings.groups  # so that no fraction is left
    terms = [sympy.expand(term * whole) for term in (*ours, *theirs)]
    common = sympy.gcd(terms)
    short = [sympy.factor(sympy.cancel(term / common)) for term in terms]
    less, than = tuple(short[: len(ours)]), tuple(short[len(ours) :])
    return Condition(_together(less), than, None if equal else _solved(less, than))


def _together(terms: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Equal terms as one: two layers of one cost are twice that cost."""
    return tuple([terms.count(term) * term for term in dict.fromkeys(terms)])


def _solved(less: tuple[Expr, ...], than: tuple[Expr, ...]) -> Expr | None:
    total = sympy.expand(sum(less))
    if not total.has(_BETWEEN) or sympy.degree(total, _BETWEEN) != 1 or sympy.expand(total.subs(_BETWEEN, 0)) != 0:
        return None
    return sum(than) / sum([sympy.factor(term / _BETWEEN) for term in less])


# --- in print ---------------------------------------------------------------------------------------------------------


def latex(expression: Expr) -> str:
    """LaTeX, whole numbers with thousands separators."""
    return str(_printer().doprint(expression))


def latex_sum(terms: tuple[Expr, ...]) -> str:
    """The terms of a sum in their own order."""
    return " + ".join(map(latex, terms))


def _printer() -> Any:
    from sympy.printing.latex import LatexPrinter

    class Printer(LatexPrinter):
        def _print_Integer(self, number: Any) -> str:
            return f"{int(number):,}".replace(",", "{,}")

    return Printer({"order": "lex"})
