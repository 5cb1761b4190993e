"""Whole modules with and without their 1×1, as bars and a table: GoogLeNet's, the reader's, the residual blocks."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

from .. import costs, units
from ..guide.figures import report_of
from ..labs import reduction_modules as modules
from ..labs.reduction import Settings
from ..labs.reduction_modules import Module
from ..ops import formula, shape_text
from ..report import Report
from . import assets, lab_state
from .reduction_lab import PREFIX

GOOGLENET, RESIDUAL = "reduction_googlenet", "reduction_residual"
_PAINTS = {"naive": "regularisation", "with 1×1": "inception"}
_MEASURES = [
    {"key": "parameters", "name": "Parameters", "axis": "parameters", "unit": "parameters"},
    {"key": "macs", "name": "MACs", "axis": "MACs for one picture", "unit": "MACs"},
]


def show_googlenet() -> None:
    """Every module of GoogLeNet at its real input; a branch of any can be taken into the lab."""

    def chosen() -> None:
        sent = (st.session_state.get(GOOGLENET) or {}).get("chosen")
        if isinstance(sent, str) and sent in _branches():
            lab_state.change(Settings, PREFIX, **_branches()[sent])

    net, naive = report_of(modules.NET), naive_googlenet()
    st.markdown("## GoogLeNet’s modules, naive and with their 1×1")
    st.markdown(
        "The naive module puts 1×1, 3×3, 5×5 and pooling side by side on all channels. GoogLeNet’s has a 1×1 before "
        "the 3×3 and the 5×5, and one behind the pooling. Each module here stands on the input that it has in the "
        "network. Parameters include biases."
    )
    _bars()(key=GOOGLENET, data=googlenet_payload(), on_chosen_change=chosen)
    ratio = naive.total.parameters / net.total.parameters
    st.markdown(
        "That is not all. A naive module also passes on every channel that its pooling reads, so the next one has "
        f"more to read. With all nine naive the whole network has **{units.si(naive.total.parameters)} parameters and "
        f"{units.si(naive.total.macs)} MACs**, instead of {units.si(net.total.parameters)} and "
        f"{units.si(net.total.macs)}: {ratio:.3g} times the parameters."
    )


def show_residual(settings: Settings) -> None:
    """The bottleneck against the basic residual block at equal channels."""
    found = modules.residuals(settings)
    st.markdown("## Bottleneck against basic residual block")
    st.markdown(
        "The same idea beside a shortcut: a 1×1 to few channels, the 3×3 on these, a 1×1 back to many. Batch "
        "normalisation is left out of the count."
    )
    with st.container(key="reduction_residual_controls", horizontal=True):
        lab_state.widget(Settings, "wide", PREFIX, "Channels")
        lab_state.widget(Settings, "narrow", PREFIX, "Width of the bottleneck")
        lab_state.widget(Settings, "map_side", PREFIX, "Side of the map")
    _bars()(key=RESIDUAL, data=assets.as_json(residual_payload(settings)), on_chosen_change=lambda: None)
    times = found.basic.total.parameters / found.bottleneck.total.parameters
    relation = (
        f"At {settings.wide:,} channels the basic block has **{times:.3g} times** the parameters of the bottleneck."
        if times > 1
        else f"At {settings.wide:,} channels the bottleneck costs {1 / times:.3g} times what the basic block does."
    )
    st.markdown(
        f"{relation} The bottleneck costs less up to a width of {found.widest:,}. It has one activation more, and its "
        "one 3×3 sees 3×3 positions where the two of the basic block see 5×5."
    )


@functools.cache
def naive_googlenet() -> Report:
    """GoogLeNet with every module naive, worked out once."""
    return modules.naive_net(report_of(modules.NET))


@functools.cache
def _modules() -> tuple[Module, ...]:
    return modules.modules(report_of(modules.NET))


@functools.cache
def _branches() -> dict[str, dict[str, Any]]:
    """What each branch of each module sets the lab to, by what the table sends."""
    found = {}
    for one in _modules():
        block, (side, _, channels) = one.block, one.received
        common = {"side": side, "channels": channels, "strides": 1}
        three = {"filters": block.conv_3x3, "kernel": 3, "reduction": block.reduce_3x3}
        five = {"filters": block.conv_5x5, "kernel": block.kernel_5x5, "reduction": block.reduce_5x5}
        found[f"{one.name} 3×3"] = common | three
        found[f"{one.name} 5×5"] = common | five
    return found


@functools.cache
def googlenet_payload() -> str:
    """All that is drawn of GoogLeNet's modules: the same for every visitor."""
    three = (("naive", "number"), ("with 1×1", "number"), ("remains", "number strong"))
    figures = [(f"{name}: {text}", kind) for name in ("Parameters", "MACs") for text, kind in three]
    heading = [("Module", ""), ("Input", ""), *figures, ("Output channels", "number"), ("Try in the lab", "")]
    found = _modules()
    return assets.as_json(
        {
            "axis": "module",
            "measures": _MEASURES,
            "legend": [{"name": name, "paint": paint} for name, paint in _PAINTS.items()],
            "groups": [_group(one) for one in found],
            "table": {
                "heading": [{"text": text, "kind": kind} for text, kind in heading],
                "rows": [*(_row(one) for one in found), _sum(found)],
            },
        }
    )


def residual_payload(settings: Settings) -> dict[str, Any]:
    """All that is drawn of the residual blocks."""
    found = modules.residuals(settings)
    wide, narrow = settings.wide, settings.narrow
    blocks = (
        (f"basic, {wide:,} channels", f"{wide:,}", "residual", found.basic),
        (f"bottleneck, {wide:,} channels", f"{wide:,} to {narrow:,}", "inception", found.bottleneck),
        (f"basic, {narrow:,} channels", f"{narrow:,}", "residual", found.narrow),
    )
    heading = [
        ("Block", ""),
        ("Convolutions", ""),
        ("Parameters", "number"),
        ("MACs", "number"),
        ("Receptive field", "number"),
    ]
    return {
        "axis": "block",
        "measures": _MEASURES,
        "legend": [{"name": "basic", "paint": "residual"}, {"name": "bottleneck", "paint": "inception"}],
        "groups": [_block_group(*block) for block in blocks],
        "table": {
            "heading": [{"text": text, "kind": kind} for text, kind in heading],
            "rows": [_block_row(name, report) for name, _, _, report in blocks],
        },
    }


def short_name(module: Module) -> str:
    """3a for inception_3a."""
    return module.name.rpartition("_")[2]


def _group(module: Module) -> dict[str, Any]:
    forms = {"naive": module.naive, "with 1×1": module.projected}
    return {
        "name": short_name(module),
        "short": short_name(module),
        "bars": [
            {
                "name": name,
                "paint": _PAINTS[name],
                "values": {"parameters": form.cost.parameters, "macs": form.cost.macs},
                "about": [form.notation, f"{shape_text(module.received)} → {shape_text(form.shape)}"],
            }
            for name, form in forms.items()
        ],
        "labels": {
            "parameters": units.percent(module.projected.cost.parameters, module.naive.cost.parameters),
            "macs": units.percent(module.projected.cost.macs, module.naive.cost.macs),
        },
    }


def _row(module: Module) -> dict[str, Any]:
    before, after = module.naive, module.projected
    actions = [
        {
            "text": kernel,
            "title": f"the {kernel} of module {short_name(module)} and its 1×1, in the lab above",
            "send": f"{module.name} {kernel}",
        }
        for kernel in ("3×3", "5×5")
    ]
    cells = [
        {"text": short_name(module)},
        {"text": shape_text(module.received)},
        *_pair(before.cost.parameters, after.cost.parameters),
        *_pair(before.cost.macs, after.cost.macs),
        {"text": f"{before.shape[2]:,} → {after.shape[2]:,}"},
        {"text": [], "actions": actions},
    ]
    return {"kind": "", "cells": cells}


def _sum(found: tuple[Module, ...]) -> dict[str, Any]:
    before = costs.total(module.naive.cost for module in found)
    after = costs.total(module.projected.cost for module in found)
    pairs = [*_pair(before.parameters, after.parameters), *_pair(before.macs, after.macs)]
    return {"kind": "sum", "cells": [{"text": "All"}, {"text": ""}, *pairs, {"text": ""}, {"text": ""}]}


def _pair(before: int, after: int) -> list[dict[str, Any]]:
    return [
        {"text": units.exact(before)},
        {"text": units.exact(after)},
        {"text": units.percent(after, before)},
    ]


def _block_group(name: str, short: str, paint: str, found: Report) -> dict[str, Any]:
    values = {"parameters": found.total.parameters, "macs": found.total.macs}
    return {
        "name": name,
        "short": short,
        "bars": [{"name": "one block", "paint": paint, "values": values, "about": [found.text.splitlines()[-1]]}],
        "labels": {key: units.si(value) for key, value in values.items()},
    }


def _block_row(name: str, found: Report) -> dict[str, Any]:
    graph = found.graph
    convolutions = [i for i, node in enumerate(graph.nodes) if node.op.family == "convolution"]
    field = found.fields[found.last_map].size
    cells = [
        {"text": name},
        {"text": [formula(costs.explain(graph, i).parameters) for i in convolutions], "code": True},
        {"text": units.exact(found.total.parameters)},
        {"text": units.exact(found.total.macs)},
        {"text": shape_text(field)},
    ]
    return {"kind": "", "cells": cells}


@functools.cache
def _bars() -> Any:
    return assets.component("reduction_bars")
