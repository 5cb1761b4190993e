"""Data sets of training runs: what they hold, how they are drawn and split, and what is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnviz.training import data, datasets, settings, shapes
from cnnviz.training.datasets import DATASETS, DataError

ROOT = Path(__file__).parent.parent
SPLITS = [
    {"data": "digits"},
    {"data": "digits", "validation": 0.05, "seed": 7},
    {"data": "shapes", "size": 100},
    {"data": "shapes", "size": 233, "validation": 0.5},
]


def make(**given):
    return settings.make(given)


def random_pictures(count=6, side=8, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), np.uint8)


# --- what there is ----------------------------------------------------------------------------------------------------


def test_every_data_set_of_the_settings_is_described_here():
    assert tuple(DATASETS) == settings.DATA
    assert all(row.name == name and row.about and row.source for name, row in DATASETS.items())
    assert all(len(set(row.classes)) == len(row.classes) for row in DATASETS.values())
    assert [len(DATASETS[name].classes) for name in settings.DATA] == [10, 10, 10, 10, 10, 100, 0]


def test_digits_are_those_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.datasets").load_digits()
    x, y = data.digits()
    assert np.array_equal(y, sklearn.target)
    assert np.abs(x[..., 0] - sklearn.images * 255 / 16).max() <= 0.5
    assert tuple(np.bincount(y)) == datasets.DIGIT_COUNTS
    assert not x.flags.writeable


def test_describing_and_loading_digits_does_not_import_scikit_learn():
    code = (
        "import sys; from pathlib import Path; from cnnviz.training import data, datasets, settings\n"
        "asked = settings.make({}); datasets.describe(asked, Path('.')); data.load(asked, Path('.'))\n"
        "print([name for name in ('sklearn', 'keras') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_a_machine_without_scikit_learn_says_so(monkeypatch):
    monkeypatch.setattr(data.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match="scikit-learn, which is not installed"):
        data.digits.__wrapped__()


# --- shapes -----------------------------------------------------------------------------------------------------------


def test_shapes_follow_from_the_seed():
    x, y = shapes.draw(250, 5)
    assert x.shape == (250, 32, 32, 3)
    assert x.dtype == np.uint8
    assert np.array_equal(np.bincount(y), [25] * 10)
    again, _ = shapes.draw(250, 5)
    fewer, _ = shapes.draw(30, 5)
    other, _ = shapes.draw(250, 6)
    assert np.array_equal(x, again)
    assert np.array_equal(x[:30], fewer)
    assert not np.array_equal(x, other)
    assert len(np.unique(x.reshape(250, -1), axis=0)) == 250


@pytest.mark.parametrize("name", datasets.SHAPES)
def test_each_shape_covers_its_part_of_the_picture(name):
    line = np.linspace(-1.5, 1.5, 301, dtype=np.float32)
    inside = shapes.DISTANCES[name](line[None, :], line[:, None]) < 0
    area = inside.mean() * 9  # of a circle of radius 1: 3.14
    assert 0.9 < area < 2.8
    away = np.hypot(line[None, :], line[:, None]) > 1.45
    assert not (inside & away).any()


def test_no_two_shapes_are_alike():
    line = np.linspace(-1.2, 1.2, 97, dtype=np.float32)
    inside = [shape(line[None, :], line[:, None]) < 0 for shape in shapes.DISTANCES.values()]
    shares = [(a ^ b).sum() / (a | b).sum() for i, a in enumerate(inside) for b in inside[:i]]
    assert min(shares) > 0.15


# --- the split --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", SPLITS, ids=str)
def test_what_is_described_is_what_is_loaded(given, tmp_path):
    asked = make(**given)
    said, loaded = datasets.describe(asked, tmp_path), data.load(asked, tmp_path)
    assert (said.train, said.validation) == (len(loaded.x_train), len(loaded.x_val))
    assert said.shape == loaded.x_train.shape[1:]
    assert said.classes == loaded.classes
    assert [row.train for row in said.counts] == np.bincount(loaded.y_train).tolist()
    assert [row.validation for row in said.counts] == np.bincount(loaded.y_val).tolist()


def test_the_split_is_whole_stratified_and_by_seed(tmp_path):
    one, same, other = (data.load(make(seed=seed), tmp_path) for seed in (1, 1, 2))
    assert np.array_equal(one.x_val, same.x_val)
    assert not np.array_equal(one.x_val, other.x_val)
    x, y = data.digits()
    both = np.concatenate([one.x_train, one.x_val]).reshape(len(x), -1)
    assert sorted(map(bytes, both)) == sorted(map(bytes, x.reshape(len(x), -1)))
    shares = np.bincount(one.y_val) / np.bincount(y)
    assert np.abs(shares - 0.2).max() < 0.01


@pytest.mark.parametrize(
    ("count", "share", "back"), [(0, 0.2, 0), (1, 0.5, 0), (2, 0.05, 1), (2, 0.5, 1), (10, 0.2, 2)]
)
def test_both_parts_get_a_picture_where_there_are_two(count, share, back):
    assert datasets.held_back(count, share) == back


def test_mean_and_deviation_are_those_of_the_training_pictures(tmp_path):
    loaded = data.load(make(data="shapes", size=300), tmp_path)
    assert np.allclose(loaded.mean, loaded.x_train.mean(axis=(0, 1, 2)))
    assert np.allclose(loaded.std, loaded.x_train.std(axis=(0, 1, 2)))
    assert data.statistics(np.full((3, 4, 4, 1), 9, np.uint8)) == ((9.0,), (1.0,))


@pytest.mark.parametrize("given", [{}, {"data": "shapes", "size": 100}], ids=str)
def test_a_preview_shows_the_first_of_each_class(given, tmp_path):
    shown = data.preview(make(**given), tmp_path, 3)
    assert tuple(shown) == DATASETS[make(**given).data].classes
    assert all(part.shape == (3, *DATASETS[make(**given).data].shape) for part in shown.values())


# --- kept data that is damaged ----------------------------------------------------------------------------------------


def kept_set(folder, count=12, name="mnist"):
    """A small stored data set without a test part."""
    made = folder / name
    made.mkdir(parents=True)
    np.save(made / "x_train.npy", random_pictures(count, 8, 1))
    np.save(made / "y_train.npy", np.arange(count) % 3)
    datasets.write_about(made, (8, 8, 1), ["a", "b", "c"], [count // 3] * 3)
    return made


def test_kept_pictures_can_stay_on_disk(monkeypatch, tmp_path):
    kept_set(tmp_path, 30)
    asked = make(data="mnist")
    near = data.load(asked, tmp_path)
    monkeypatch.setattr(data, "IN_MEMORY", 0)
    far = data.load(asked, tmp_path)
    assert isinstance(far.x_train, data.Rows)
    assert far.x_train.shape == near.x_train.shape
    assert len(far.x_val) == len(near.x_val) == 6
    assert far.x_train.nbytes == near.x_train.nbytes
    rows = np.array([3, 1, 2])
    for index in (slice(None), slice(2, 9, 3), rows, 4):
        assert np.array_equal(far.x_train[index], near.x_train[index])
    assert (far.mean, far.std) == (near.mean, near.std)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda made: (made / "x_train.npy").write_bytes((made / "x_train.npy").read_bytes()[:-1]),
        lambda made: (made / "y_train.npy").unlink(),
        lambda made: np.save(made / "y_train.npy", np.arange(12)),
        lambda made: np.save(made / "y_train.npy", np.array([object()] * 12), allow_pickle=True),
        lambda made: np.save(made / "x_train.npy", np.zeros((12, 8, 8, 1))),
        lambda made: np.save(made / "x_train.npy", np.zeros((11, 8, 8, 1), np.uint8)),
        lambda made: (made / "about.json").write_text("{"),
        lambda made: (made / "about.json").write_text('{"version":1,"shape":[8,8],"classes":[],"train":[],"test":[]}'),
    ],
)
def test_damaged_data_is_one_line(break_it, tmp_path):
    break_it(kept_set(tmp_path))
    with pytest.raises(DataError) as raised:
        data.load(make(data="mnist"), tmp_path)
    assert "\n" not in str(raised.value)
