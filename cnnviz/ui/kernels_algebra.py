"""Kernels: the polynomials, where they are equal, and the general condition. Loads sympy when it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from ..labs.kernels import BY_KEY, TARGET, Candidate, CannotBe, Kernels, chosen

if TYPE_CHECKING:
    from ..labs.algebra import Meeting, Root, Run

_NOT_THERE = Kernels()  # what the algebra does not depend on has these values


class Words(NamedTuple):
    """The algebra of one pair, as Markdown with LaTeX: what costs what, where equal, who costs less, in general."""

    polynomials: str
    equal: str
    less: str
    general: str
    parameters: str


def show(settings: Kernels) -> None:
    """Draw the algebra of the target and one candidate."""
    others = chosen(settings)[1:]
    if not others:
        st.caption("Choose a candidate to set its polynomial against the target's.")
        return
    candidate = next((each for each in others if each.key == settings.against), others[0])
    try:
        found = words(candidate.key, _bare(settings))
    except CannotBe as error:
        st.caption(f"{candidate.label}: {error}.")
        return
    st.markdown(found.polynomials)
    st.markdown(found.equal)
    st.markdown(found.less)
    st.markdown(f"### In general\n\n{found.general}")
    st.markdown(f"### Parameters\n\n{found.parameters}")


@lru_cache(maxsize=64)
def words(key: str, settings: Kernels) -> Words:
    """The algebra of the target and the candidate `key`. Raises CannotBe."""
    from ..labs import algebra

    candidate = BY_KEY[key]
    met = algebra.Meeting(candidate, settings)
    return Words(
        _polynomials(met, candidate),
        _equal(met),
        _less(met, candidate),
        _general(candidate, settings),
        _parameters(candidate, settings),
    )


def _bare(settings: Kernels) -> Kernels:
    """The settings without those that the algebra does not depend on."""
    names = ("view", "measure", "log", "x", "against", *[key for key in BY_KEY if key != TARGET.key])
    return replace(settings, **{name: getattr(_NOT_THERE, name) for name in names})


def _polynomials(met: Meeting, candidate: Candidate) -> str:
    from ..labs.algebra import latex

    first, step = met.sides
    held = ", ".join(f"{first + step * n:,}" for n in range(3))
    target, other = TARGET.title(met.settings), candidate.title(met.settings)
    return (
        f"### MACs as polynomials\n\nOn an x×x map, x = {held}, …:\n\n"
        f"* {target}: ${latex(met.target)}$\n* {other}: ${latex(met.candidate)}$"
    )


def _equal(met: Meeting) -> str:
    from ..labs.algebra import latex

    if met.difference.is_zero:
        return "Both take the same on every map."
    if met.difference.degree() == 0:
        return "They are equal nowhere."
    line = f"Equal where ${latex(met.difference.as_expr())} = 0$"
    if not met.roots:
        return f"{line}, which no real $x$ solves: they are equal nowhere."
    return f"{line}:\n\n" + "\n".join(f"* {_root(root)}" for root in met.roots)


def _root(root: Root) -> str:
    from ..labs.algebra import latex

    at = f"$x = {latex(root.at)}$"
    if not root.at.is_integer:
        at += f" ≈ {float(root.at):,.2f}"
    if root.cannot:
        return f"{at}: cannot occur, {root.cannot}"
    return f"{at}: **{int(root.cost):,} MACs each**"


def _less(met: Meeting, candidate: Candidate) -> str:
    said = "; ".join(_run(run, candidate.title(met.settings), met) for run in met.runs)
    return f"{said[0].upper()}{said[1:]}. On ever larger maps the ratio tends to {_ratio(met)}."


def _ratio(met: Meeting) -> str:
    """The limit as a fraction and as a decimal number of three digits."""
    from ..labs.algebra import latex

    shown = f"{float(met.ratio):.3g}"
    if met.ratio.is_integer:
        return shown
    return f"${latex(met.ratio)}$ {'=' if met.ratio == Fraction(shown) else '≈'} {shown}"


def _run(run: Run, title: str, met: Meeting) -> str:
    where = f"from x = {run.first:,} on" if run.last is None else f"for x from {run.first:,} to {run.last:,}"
    if run.first == run.last:
        where = f"at x = {run.first:,}"
    if not run.sign:
        return f"{where} both take the same"
    return f"{where} **{title if run.sign > 0 else TARGET.title(met.settings)}** takes fewer MACs"


def _general(candidate: Candidate, settings: Kernels) -> str:
    return "\n\n".join(_conditions(candidate, settings))


def _conditions(candidate: Candidate, settings: Kernels) -> Iterator[str]:
    from ..labs.algebra import condition, latex, latex_sum

    title = candidate.title(settings)
    same = condition(candidate, settings, equal=True)
    said = f"With C channels everywhere, {title} takes fewer MACs where"
    yield f"{said}\n\n$${latex_sum(same.less)} < {latex_sum(same.than)}$$"
    free = condition(candidate, settings, equal=False)
    if (free.less, free.than) != (same.less, same.than):
        yield (
            "With $C_{in}$ in, $C_b$ between, $C_{out}$ out"
            f"{' and $r$ inside the bottleneck' if candidate.key == 'bottleneck' else ''}, where\n\n"
            f"$${latex_sum(free.less)} < {latex_sum(free.than)}$$"
        )
    if free.solved is not None:
        yield f"that is, $$C_b < {latex(free.solved)}$$"


def _parameters(candidate: Candidate, settings: Kernels) -> str:
    from ..labs.algebra import latex, parameters

    def line(equal: bool) -> str:
        ours, theirs = (parameters(each, settings, equal=equal) for each in (candidate, TARGET))
        return f"${latex(ours)}$ against ${latex(theirs)}$"

    return f"{line(True)}; in general {line(False)}"
