"""`python -m cnnviz train`: what is checked and said before training, and training in this very process.

Options are made from the declared settings. Keras is imported only when all is well and training begins.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import cli_foreground, cli_input, cli_runs
from .cli_foreground import said
from .cli_input import Refused, limits
from .declare import Param, ParamError, params, shown
from .net import Net
from .notation import print_net
from .training import datasets, devices, folder, predict, studies
from .training import settings as settings_of
from .training.bounds import Bounds
from .training.datasets import DataError
from .training.fit import FitError, fit
from .training.folder import Config, FolderError, State
from .training.settings import PRESETS, Settings


def add_to(commands: Any) -> None:
    """Add the command `train`, with an option for every declared setting."""
    train = commands.add_parser(
        "train",
        help="train a network, here and now",
        description="Train a network in this process; finished epochs are kept, so that `resume` can go on.",
    )
    train.add_argument(
        "net", metavar="NET", nargs="?", help="a preset's name, a file that holds a notation, or a notation"
    )
    train.add_argument(
        "--run-dir", metavar="DIR", help="the new folder of the run; a name below the runs folder if left out"
    )
    train.add_argument("--preset", choices=list(PRESETS), help="settings to begin from")
    train.add_argument(
        "--study", metavar="STUDY", help=f"several nets, one after the other: {', '.join(studies.STUDIES)}"
    )
    chosen = train.add_argument_group("settings")
    for param in params(Settings):
        _add_option(chosen, param)
    train.set_defaults(run=_train)


def _add_option(group: Any, param: Param) -> None:
    flags = [f"--{param.name.replace('_', '-')}"]
    about = f"{param.help}; {param.allowed}; {shown(param.default)}" if param.default != "" else param.help
    about = about.replace("%", "%%")
    if param.kind == "flag":
        group.add_argument(*flags, action=argparse.BooleanOptionalAction, default=None, help=about)
    else:
        group.add_argument(*flags, metavar=param.kind.upper(), default=None, help=about)


def given_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line states, as plain values; what is no number is left for the check to refuse."""
    given = {}
    for param in params(Settings):
        value = getattr(arguments, param.name, None)
        if value is not None:
            given[param.name] = _value(param, value)
    return given


def _value(param: Param, text: Any) -> Any:
    reads: dict[str, Callable[[str], Any]] = {"integer": int, "real": float}
    if param.kind not in reads or not isinstance(text, str):
        return text
    try:
        return reads[param.kind](text)
    except ValueError:
        return text


def _train(arguments: argparse.Namespace) -> int:
    allowed = limits()
    try:
        if arguments.study:
            return _train_study(arguments, allowed)
        if arguments.net is None:
            raise Refused("train: say which NET, or --study with one of " + ", ".join(studies.STUDIES))
        net = cli_input.load(arguments.net).net
        config = _config(arguments.net, net, *_settings(arguments, {}, allowed), allowed)
        place = Path(arguments.run_dir).absolute() if arguments.run_dir else allowed.runs / folder.new_id(config.title)
        run = folder.create(replace(config, created=time.time()), place, state=State("starting"))
    except (ParamError, DataError, FitError, FolderError, devices.DeviceError, studies.StudyError) as error:
        raise Refused(str(error)) from None
    said(f"run folder: {place}")
    return cli_foreground.train(run)


def _settings(
    arguments: argparse.Namespace, begin: Mapping[str, Any], allowed: Bounds
) -> tuple[Settings, devices.Device]:
    """What was asked for, checked, within the operator's bounds, on a device that is there, with data at hand."""
    preset = PRESETS[arguments.preset].values if arguments.preset else {}
    given = given_settings(arguments)
    given = {**begin, **preset, **given, **_pictures(given, allowed)}
    settings, lowered = allowed.limit(settings_of.make(given))
    device = devices.choose(settings, devices.found())
    for line in lowered:
        said(line)
    _get_data(settings, allowed)
    return settings, device


def _config(text: str, net: Net, settings: Settings, device: devices.Device, allowed: Bounds) -> Config:
    """What the run will be, with what fitting changes said line by line."""
    described = datasets.describe(settings, allowed.data)
    fitted = fit(net, described.shape, len(described.classes))
    said(f"{settings.data}: {described.train:,} pictures to learn from, {described.validation:,} to validate")
    for line in fitted.changes:
        said(line)
    too_large = predict.refusal(fitted.graph, settings, device)
    if too_large:
        raise Refused(too_large)
    return Config(print_net(fitted.net), studies.title_of(text), settings, fitted.changes)


def _train_study(arguments: argparse.Namespace, allowed: Bounds) -> int:
    """Train every net of a study, each in a process of its own, and print the table."""
    if arguments.net is not None:
        raise Refused("train: give either NET or --study")
    study = studies.find(arguments.study)
    settings, _ = _settings(arguments, study.values, allowed)
    configs = studies.runs_of(study, settings, data_folder=allowed.data)
    base = Path(arguments.run_dir).absolute() if arguments.run_dir else allowed.runs
    runs, failed, code = [], [], 0
    for number, config in enumerate(configs, 1):
        said("; ".join((f"[{number}/{len(configs)}] {config.title}", *config.changes)))
        place = base / (config.title if arguments.run_dir else folder.new_id(config.title))
        waiting = State("stopped", message="a study of the command line waits for its turn")
        run = folder.create(replace(config, created=time.time()), place, state=waiting)
        runs.append(run)
        try:
            if cli_foreground.train_beside(run):
                failed.append(config.title)
        except KeyboardInterrupt:
            code = cli_foreground.INTERRUPTED
            break
    said(cli_runs.table([row for run in runs if (row := cli_runs.as_json(run))]))
    said(study.look)
    if failed:
        raise cli_foreground.Failed(", ".join(failed))
    return code


def _pictures(given: Mapping[str, Any], allowed: Bounds) -> dict[str, Any]:
    """A zip file or folder of one's own in place of the token: it is taken in first."""
    text = given.get("pictures")
    if not isinstance(text, str) or not text:
        return {}
    from .training import pictures

    try:
        path = Path(text)
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):
        return {}
    if not (is_folder or is_file):
        return {}
    taken = (pictures.take_folder if is_folder else pictures.take_zip)(path, allowed.data)
    for line in taken.skipped:
        said(f"skipped: {line}")
    return {"data": "pictures", "pictures": taken.token}


def _get_data(settings: Settings, allowed: Bounds) -> None:
    """Download the data set where that is still to be done. Raises Refused and DataError."""
    chosen = datasets.DATASETS[settings.data]
    if not chosen.download or datasets.read_about(datasets.place(settings, allowed.data)):
        return
    said(f"downloading {chosen.title}, {chosen.download / 1e6:.0f} MB ...")
    command = [sys.executable, "-m", "cnnviz.training.download", chosen.name, str(allowed.data)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "the download failed").splitlines()
        raise Refused(f"{chosen.title} could not be downloaded: {lines[-1][:300]}")
