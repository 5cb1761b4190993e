"""A whole network as written: an input and its items. Limits are held here, for every door alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import declare
from .blocks import BLOCKS, MERGES, Block
from .graph import Builder, Graph, Place
from .ops import Input, Op

MOST_BLOCKS = 400
MOST_DEPTH = 12
MOST_TIMES = 1_000
NAME_LENGTH = 40


class NetError(ValueError):
    """A net cannot be: `place` is where the wrong block is written, `parameter` which of its parameters, if one."""

    def __init__(self, message: str, place: Place = (), parameter: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Step:
    """One block, with the name that the user gave it, if any."""

    block: Block | Op
    name: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Items written once and built `times` over."""

    times: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches that read the same input and are merged; an empty branch is the identity."""

    branches: tuple[tuple[Item, ...], ...]
    merge: str = "concat"
    name: str = ""
    word = "parallel"


@dataclass(frozen=True, slots=True)
class Aux:
    """Items that leave the trunk and end in a further output; the trunk goes on unchanged."""

    items: tuple[Item, ...]
    name: str = ""
    word = "aux"


Item = Step | Repeat | Parallel | Aux


@dataclass(frozen=True, slots=True)
class Net:
    """A network: what it takes and what it is made of. Raises NetError when a parameter or a limit is not kept."""

    input: Input
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        _check_declared(self.input, ())
        if not self.items:
            raise NetError("the net has no blocks; add at least one after input(…)")
        if _count(self.items, (), 1) > MOST_BLOCKS:
            raise NetError(f"the net has over {MOST_BLOCKS} written blocks; use n * block(…) to repeat")
        for place, item in walk(self.items):
            _check_item(item, place)

    def to_graph(self) -> Graph:
        """All operations with their shapes.

        Raises GraphError when shapes do not fit or a limit is passed, NetError when two blocks have one name.
        """
        build = Builder()
        x = build.add(self.input, name="input")
        return build.graph(_expand(build, x, self.items, (), _Names(self.items), ""))


def walk(items: tuple[Item, ...], outer: Place = ()) -> Iterator[tuple[Place, Item]]:
    """Every item with its place: outer items before inner ones, in the order written."""
    for i, item in enumerate(items):
        place = (*outer, i)
        yield place, item
        match item:
            case Repeat() | Aux():
                yield from walk(item.items, place)
            case Parallel():
                for b, branch in enumerate(item.branches):
                    yield from walk(branch, (*place, b))


# --- checks -----------------------------------------------------------------------------------------------------------


def _count(items: tuple[Item, ...], place: Place, depth: int) -> int:
    """Written blocks, nested ones included. Raises NetError when they are nested too deep."""
    if depth > MOST_DEPTH:
        raise NetError(f"blocks are nested over {MOST_DEPTH} deep", place)
    total = 0
    for i, item in enumerate(items):
        match item:
            case Repeat() | Aux():
                total += 1 + _count(item.items, (*place, i), depth + 1)
            case Parallel():
                total += 1 + sum(_count(branch, (*place, i, b), depth + 1) for b, branch in enumerate(item.branches))
            case _:
                total += 1
    return total


def _check_item(item: Item, place: Place) -> None:
    match item:
        case Step():
            if BLOCKS.get(item.block.word) is not type(item.block):
                raise NetError(f"{type(item.block).__name__} cannot stand as a block of a net", place)
            _check_declared(item.block, place)
        case Repeat():
            if not isinstance(item.times, int) or isinstance(item.times, bool) or not 1 <= item.times <= MOST_TIMES:
                raise NetError(f"a repetition takes 1 to {MOST_TIMES:,} times, got {declare.shown(item.times)}", place)
            if not item.items:
                raise NetError("a repetition needs at least one block", place)
        case Parallel():
            if not 2 <= len(item.branches) <= 64:
                raise NetError(f"parallel: needs 2 to 64 branches, got {len(item.branches)}", place)
            if item.merge not in MERGES:
                allowed = ", ".join(MERGES)
                near = declare.suggestion(str(item.merge), MERGES)
                raise NetError(
                    f"parallel: merge must be one of {allowed}, got {declare.shown(item.merge)}{near}", place, "merge"
                )
        case Aux():
            if not item.items:
                raise NetError("aux: needs at least one block", place)
            if any(isinstance(inner, Aux) or _is_aux(inner) for _, inner in walk(item.items)):
                raise NetError("aux: an auxiliary head cannot stand inside another", place)
    name = getattr(item, "name", "")
    if name and not (
        isinstance(name, str)
        and name.isascii()
        and name[0].isalpha()
        and name.replace("_", "").isalnum()
        and len(name) <= NAME_LENGTH
    ):
        raise NetError(
            f"name must start with a letter and hold only letters, digits and _, at most {NAME_LENGTH}, "
            f"got {declare.shown(name)}",
            place,
            "name",
        )


def _is_aux(item: Item) -> bool:
    return isinstance(item, Step) and item.block.word == "aux"


def _check_declared(declared: Block | Op, place: Place) -> None:
    try:
        declare.check(declared)
    except declare.ParamError as error:
        raise NetError(f"{declared.word}: {error}", place, error.name) from None


# --- expansion --------------------------------------------------------------------------------------------------------


class _Names:
    """Names the items of one scope: the user's name, or the kind with its ordinal among its kind."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.given = {item.name for _, item in walk(items) if not isinstance(item, Repeat) and item.name} | {"input"}
        self.used = {"input"}
        self.last: dict[str, int] = {}

    def next(self, item: Step | Parallel | Aux, suffix: str, place: Place) -> str:
        if item.name:
            name = item.name + suffix
            if name in self.used:
                raise NetError(f"the name {name} is used twice; names must differ", place, "name")
            self.used.add(name)
            return name
        word = item.block.word if isinstance(item, Step) else item.word
        while True:
            number = self.last.get(word, 0) + 1
            self.last[word] = number
            name = f"{word}{number}"
            if name not in self.given and name not in self.used:
                return name


@dataclass(frozen=True, slots=True)
class _Structure:
    """A structural item with the face of a block, so that the builder expands both alike."""

    item: Parallel | Aux
    place: Place

    @property
    def word(self) -> str:
        return self.item.word

    def expand(self, build: Builder, x: int) -> int:
        if isinstance(self.item, Aux):
            build.head(_expand(build, x, self.item.items, self.place, _Names(self.item.items), ""))
            return x
        ends = []
        for number, branch in enumerate(self.item.branches):
            with build.scope(f"branch{number + 1}"):
                ends.append(_expand(build, x, branch, (*self.place, number), _Names(branch), ""))
        build.place = self.place
        return build.add(MERGES[self.item.merge](), *ends, name=self.item.merge)


def _expand(build: Builder, x: int, items: tuple[Item, ...], outer: Place, names: _Names, suffix: str) -> int:
    """Expand items one after the other; `suffix` tells apart the rounds of a repetition."""
    for i, item in enumerate(items):
        place = (*outer, i)
        if isinstance(item, Repeat):
            for time in range(1, item.times + 1):
                x = _expand(build, x, item.items, place, names, f"{suffix}_{time}")
        else:
            block = item.block if isinstance(item, Step) else _Structure(item, place)
            x = build.written(block, x, names.next(item, suffix, place), place)
    return x
