"""Numbers as people read them: thousands separators, SI prefixes, binary bytes, shares, changes."""

from __future__ import annotations

from collections.abc import Callable

_SI = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_BINARY = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
MINUS = "−"


def exact(number: int) -> str:
    """All digits: 7,020,584."""
    return f"{number:,}".replace("-", MINUS)


def si(number: int) -> str:
    """Three digits or four with an SI prefix: 7.02 M; below a thousand as it is."""
    return _scaled(number, _SI) or exact(number)


def binary(size: int) -> str:
    """Bytes with a binary prefix: 6.12 MiB."""
    return _scaled(size, _BINARY) or f"{exact(size)} B"


def percent(part: int, whole: int) -> str:
    """A share of a total: 12.3 %; tiny shares are not shown as none."""
    if not whole or not part:
        return "0 %"
    share = 100 * part / whole
    return "< 0.01 %" if share < 0.01 else f"{_digits(share)} %"


def change(now: int, before: int, show: Callable[[int], str] = si) -> str:
    """The difference with its sign: +23.1 k; "unchanged" when there is none."""
    if now == before:
        return "unchanged"
    sign = "+" if now > before else MINUS
    return f"{sign}{show(abs(now - before))}"


def _scaled(number: int, prefixes: tuple[tuple[int, str], ...]) -> str:
    """The number with the largest prefix that leaves at least 1; "" when it is too small for any."""
    size = abs(number)
    for i, (factor, prefix) in enumerate(prefixes):
        if size >= factor:
            digits = _digits(size / factor)
            if digits == "1000" and i:  # 999,960 rounds up into the next prefix
                digits, prefix = "1.00", prefixes[i - 1][1]
            return f"{MINUS if number < 0 else ''}{digits} {prefix}"
    return ""


def _digits(value: float) -> str:
    """Three significant digits, four from 1,000 to 9,999 of a unit."""
    for limit, places in ((9.995, 2), (99.95, 1)):
        if value < limit:
            return f"{value:.{places}f}"
    return f"{value:.0f}"
