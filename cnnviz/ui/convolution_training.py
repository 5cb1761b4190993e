"""Batch normalisation and dropout as scenes to step through, and the ways to end a network as a chart."""

from __future__ import annotations

from ..labs import dropout, heads, normalisation, sliding, stepping
from ..labs.normalisation import Statistics
from ..labs.stepping import Settings
from ..ops import BatchNorm, Dropout
from ..units import exact as digits
from ..units import si
from .convolution_scene import Chart, Control, Line, Panel, Scene, Step, number, steppers

DRAWS = 60


def normalised(settings: Settings) -> Scene:
    """Training steps, and what inference would give after each."""
    op = BatchNorm(momentum=settings.momentum)
    batches = stepping.batches_of(settings)
    steps = normalisation.train(op, batches, settings.train_steps, settings.gamma, settings.beta)
    across = settings.batch_sides[1]
    later = [normalisation.normalised(op, step.batch, step.after, settings.gamma, settings.beta) for step in steps]
    top = max(abs(value) for step in steps for value in step.outputs) or 1
    source = Panel(
        "batches",
        "Batches, one a row",
        "input",
        *settings.batch_sides,
        sliding.flat((batches,)),
        top=max(map(abs, sliding.flat((batches,)))) or 1,
        edit="batches",
        controls=_batch_controls(settings),
    )
    training = Panel("training", "Training: by the batch's statistics", "work", 1, across, top=top, sign="→")
    inference = Panel("inference", "Inference now: by the running statistics", "work", 1, across, top=top)
    return Scene(
        "normalisation",
        "training step",
        ((source, training, inference),),
        tuple(
            [
                _training_step(op, settings, i, step, inferred)
                for i, (step, inferred) in enumerate(zip(steps, later, strict=True))
            ]
        ),
        charts=(
            _running("Mean", [START, *(step.after for step in steps)], batches, 0),
            _running("Variance", [START, *(step.after for step in steps)], batches, 1),
        ),
    )


START = normalisation.START


def _batch_controls(settings: Settings) -> tuple[Control, ...]:
    batches, values = steppers("batch_sides", settings.batch_sides, 2, stepping.MOST_SAMPLES, ("batches", "values"))
    return batches._replace(high=stepping.MOST_BATCHES), values


def _running(title: str, after: list[Statistics], batches: tuple[tuple[int, ...], ...], part: int) -> Chart:
    """The running statistic over the steps, and the mean of the batches' own, which it goes to."""
    aim = sum(normalisation.statistics(batch)[part] for batch in batches) / len(batches)
    return Chart(
        f"{title}: running, against the batches'",
        "training steps done",
        title.lower(),
        (
            Line(f"running {title.lower()}", tuple([found[part] for found in after])),
            Line("mean of the batches'", (aim,) * len(after), 1, level=True),
        ),
    )


def _training_step(
    op: BatchNorm, settings: Settings, i: int, step: normalisation.Step, inferred: tuple[float, ...]
) -> Step:
    rows, across = settings.batch_sides
    row = i % rows
    mean, variance = step.batch_statistics
    momentum = number(settings.momentum, 4)
    rest = number(1 - settings.momentum, 4)
    lines = [
        f"Batch {row + 1}: mean {number(mean, 3)}, variance {number(variance, 3)}",
        f"Training: y = {_affine(op, settings, mean, variance)}",
        f"Running mean: {momentum}·{_in(step.before.mean)} + {rest}·{_in(mean)} = {number(step.after.mean, 3)}",
        f"Running variance: {momentum}·{_in(step.before[1])} + {rest}·{_in(variance)} = {_in(step.after[1])}",
        f"Inference now: y = {_affine(op, settings, step.after.mean, step.after.variance)}",
    ]
    under = tuple(range(row * across, (row + 1) * across))
    every = tuple(range(across))
    shown = {"training": step.outputs, "inference": inferred}
    return Step(
        f"batch {row + 1}",
        tuple(lines),
        {"batches": under, "training": every},
        cells={name: tuple([number(value) for value in values]) for name, values in shown.items()},
        values={**shown},
    )


def _affine(op: BatchNorm, settings: Settings, mean: float, variance: float) -> str:
    away = f"(x − {_in(mean)}) / √({number(variance, 3)} + {number(op.epsilon, 9)})"
    scaled = away if settings.gamma == 1 else f"{number(settings.gamma, 3)}·{away}"
    return scaled if settings.beta == 0 else f"{scaled} + {_in(settings.beta)}"


def _in(value: float) -> str:
    text = number(value, 3)
    return f"({text})" if value < 0 else text


def dropped(settings: Settings) -> Scene:
    """Draws of a mask, what training passes on, and the mean of all draws so far."""
    values = sliding.flat(sliding.shaped(settings.values, 4, 4, 1))
    draws = dropout.draws(Dropout(settings.rate), values, settings.seed, DRAWS)
    top = max(map(abs, values)) or 1
    high = top / (1 - settings.rate)
    return Scene(
        "dropout",
        "draw",
        (
            (
                Panel(
                    "values", "Values", "input", 4, 4, values, top=top, edit="values", note="inference: passed as is"
                ),
                Panel("mask", "Mask", "work", 4, 4, top=2, sign="×"),
                Panel("training", f"Training: kept / (1 − {number(settings.rate)})", "work", 4, 4, top=high, sign="="),
                Panel("means", "Mean of all draws so far", "work", 4, 4, top=top),
            ),
        ),
        tuple([_draw(settings, i, draw) for i, draw in enumerate(draws)]),
        charts=(
            Chart(
                "Mean of the outputs over all draws so far, against the mean of the values",
                "draws",
                "mean",
                (
                    Line("mean of outputs", tuple([sum(draw.means) / len(draw.means) for draw in draws])),
                    Line("mean of values", (sum(values) / len(values),) * len(draws), 1, level=True),
                ),
                first=1,
            ),
        ),
    )


def _draw(settings: Settings, i: int, draw: dropout.Draw) -> Step:
    kept = sum(draw.kept)
    scale = number(1 / (1 - settings.rate), 3)
    lines = (
        f"{len(draw.kept) - kept} of {len(draw.kept)} values dropped",
        f"The {kept} others are divided by 1 − {number(settings.rate)}: times {scale}",
    )
    gone = tuple([i for i, keep in enumerate(draw.kept) if not keep])
    return Step(
        "",
        lines,
        {"values": tuple([i for i, keep in enumerate(draw.kept) if keep])},
        {"mask": gone},
        {
            "mask": tuple(["1" if keep else "0" for keep in draw.kept]),
            "training": tuple([number(value) for value in draw.outputs]),
            "means": tuple([number(value) for value in draw.means]),
        },
        {"mask": tuple([float(keep) for keep in draw.kept]), "training": draw.outputs, "means": draw.means},
    )


def ended(settings: Settings) -> Scene:
    """Parameters of the ways to end a network, and how they grow with the side of the last map."""
    sides = range(1, max(settings.map_side, 14) + 1)
    found = [heads.heads(side, settings.map_channels, settings.hidden, settings.classes) for side in sides]
    here = found[settings.map_side - 1]
    facts = tuple(
        [
            (
                head.title,
                f"{digits(head.parameters)} parameters"
                + (
                    f", {head.parameters / here[-1].parameters:,.3g} × those of global average pooling"
                    if head is not here[-1]
                    else ""
                )
                + f"; {si(head.macs)} MACs",
            )
            for head in here
        ]
    )
    names = ("flatten, two dense layers, classes", "flatten, classes", "global average, classes")
    lines = tuple([Line(name, tuple([float(ways[i].parameters) for ways in found]), i) for i, name in enumerate(names)])
    chart = Chart(
        "Parameters against the side of the last map",
        "side of the last map",
        "parameters",
        lines,
        first=1,
        log=True,
        here=settings.map_side - 1,
    )
    return Scene("head", "", (), (), facts, (chart,))
