"""Data sets of training runs: what they hold, how they are split, downloaded, prepared, augmented and batched."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.training import augment, data, datasets, download, prepare, settings, shapes, store
from cnnviz.training.augment import Augment
from cnnviz.training.data import Data
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
    assert datasets.balance(asked, tmp_path) == said.counts


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


# --- downloads --------------------------------------------------------------------------------------------------------


def stub(monkeypatch, name, train=40, test=20, *, x_train=None, error=None):
    """A keras.datasets.NAME with few pictures, and a row that expects as many."""
    row = dataclasses.replace(DATASETS[name], train=train, test=test)
    monkeypatch.setattr(download, "DATASETS", {**DATASETS, name: row})
    shape = row.shape if row.shape[2] == 3 else row.shape[:2]
    classes = len(row.classes)

    def load_data():
        if error:
            raise error
        parts = []
        for count in (train, test):
            x = np.random.default_rng(count).integers(0, 256, (count, *shape), np.uint8)
            y = (np.arange(count) % classes).astype(np.uint8)
            parts.append((x, y[:, None] if len(shape) == 3 else y))
        return (x_train if x_train is not None else parts[0][0], parts[0][1]), parts[1]

    module = types.SimpleNamespace(load_data=load_data)
    monkeypatch.setitem(sys.modules, f"keras.datasets.{name}", module)
    return load_data


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch, tmp_path):
    """What a download sets in its own process is set back here; what Keras may have cached is not used."""
    for name in ("KERAS_HOME", "CUDA_VISIBLE_DEVICES", "TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras-home"))
    monkeypatch.setattr(socket, "setdefaulttimeout", lambda seconds: None)


def left_over(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


@pytest.mark.parametrize("name", download.NAMES)
def test_a_download_is_kept_as_arrays(name, monkeypatch, tmp_path):
    (x, y), (x_test, _) = stub(monkeypatch, name)()
    assert download.status(name, tmp_path).state == "absent"
    download.download(name, tmp_path)
    assert download.status(name, tmp_path).state == "ready"
    assert left_over(tmp_path) == [name]
    asked = make(data=name)
    said, loaded = datasets.describe(asked, tmp_path), data.load(asked, tmp_path)
    assert (said.train, said.validation, said.shape) == (40, 20, DATASETS[name].shape)
    assert np.array_equal(loaded.x_train, x.reshape(loaded.x_train.shape))
    assert np.array_equal(loaded.x_val, x_test.reshape(loaded.x_val.shape))
    assert np.array_equal(loaded.y_train, y.ravel())
    assert loaded.y_train.dtype == np.int64
    first = data.preview(asked, tmp_path, 1)[DATASETS[name].classes[0]]
    assert np.array_equal(first[0], loaded.x_train[0])


def test_what_is_not_downloaded_says_how_to_get_it(tmp_path):
    for ask in (datasets.describe, data.load, datasets.balance):
        with pytest.raises(DataError, match=r"CIFAR-10 must be downloaded first \(170 MB\)"):
            ask(make(data="cifar10"), tmp_path)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            Exception("URL fetch failure on https://host.example/a.npz: None -- [Errno -3] Temporary failure"),
            r"MNIST cannot be downloaded: no connection to host.example \(\[Errno -3\] Temporary failure\)",
        ),
        (Exception("URL fetch failure on https://host.example/a.npz: 503 -- Busy"), r"host.example \(Busy\)"),
        (ValueError("Incomplete or corrupted file detected. The sha256 file hash does not …"), "damaged; try again"),
        (OSError(28, "No space left on device"), "the disk is full"),
        (RuntimeError("first line\nsecond"), "MNIST cannot be downloaded: first line$"),
        (RuntimeError(), "for a reason that Keras does not say"),
    ],
    ids=str,
)
def test_a_download_that_fails_is_one_line_and_leaves_nothing(error, message, monkeypatch, tmp_path):
    stub(monkeypatch, "mnist", error=error)
    with pytest.raises(DataError, match=message) as raised:
        download.download("mnist", tmp_path)
    assert "\n" not in str(raised.value)
    assert left_over(tmp_path) == ["mnist.download.json"]
    status = download.status("mnist", tmp_path)
    assert (status.state, status.message) == ("failed", str(raised.value))
    stub(monkeypatch, "mnist")
    download.download("mnist", tmp_path)  # and it can be tried again
    assert left_over(tmp_path) == ["mnist"]


def test_what_comes_is_checked(monkeypatch, tmp_path):
    stub(monkeypatch, "mnist", x_train=np.zeros((40, 27, 28), np.uint8))
    with pytest.raises(DataError, match="not what was expected"):
        download.download("mnist", tmp_path)
    assert left_over(tmp_path) == ["mnist.download.json"]


def test_a_full_disk_while_arrays_are_written(monkeypatch, tmp_path):
    def full(*given, **named):
        raise OSError("31360 requested and 4096 written")  # numpy's own words

    stub(monkeypatch, "mnist")
    monkeypatch.setattr(download.np, "save", full)
    with pytest.raises(DataError, match="the disk is full"):
        download.download("mnist", tmp_path)
    assert left_over(tmp_path) == ["mnist.download.json"]


def test_a_download_that_was_killed_is_known_as_such(monkeypatch, tmp_path):
    (tmp_path / "mnist.download.json").write_text('{"done": 5000, "message": ""}')
    status = download.status("mnist", tmp_path)
    assert (status.state, status.done) == ("failed", 5000)
    assert "interrupted" in status.message
    (tmp_path / "mnist.lock").touch()
    with download.filelock.FileLock(tmp_path / "mnist.lock"):
        assert download.status("mnist", tmp_path).state == "downloading"
        with pytest.raises(DataError, match="by another process"):
            download.download("mnist", tmp_path)
    left = tmp_path / ".making-0123"
    left.mkdir()
    os.utime(left, (0, 0))
    stub(monkeypatch, "mnist")
    download.download("mnist", tmp_path)
    assert left_over(tmp_path) == ["mnist"]


def test_what_keras_has_is_copied(monkeypatch, tmp_path):
    kept = tmp_path / "keras-home" / "datasets" / "mnist.npz"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"kept")
    home = tmp_path / "home"
    home.mkdir()
    download._reuse("mnist", home)
    assert (home / "datasets" / "mnist.npz").read_bytes() == b"kept"


def test_a_name_that_is_not_downloaded(tmp_path, capsys):
    with pytest.raises(DataError, match=r"mnits is not downloaded \(did you mean mnist\?\)"):
        download.status("mnits", tmp_path)
    assert download.main(["../etc", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert left_over(tmp_path) == []


def test_a_machine_without_a_connection_gets_one_clear_line(tmp_path):
    nowhere = "http://127.0.0.1:9"  # nobody listens there
    environment = {**os.environ, "https_proxy": nowhere, "HTTPS_PROXY": nowhere, "HOME": str(tmp_path / "home")}
    environment.pop("KERAS_HOME")
    done = subprocess.run(
        [sys.executable, "-m", "cnnviz.training.download", "mnist", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("MNIST cannot be downloaded: no connection to storage.googleapis")
    assert left_over(tmp_path / "data") == ["mnist.download.json"]


def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot download to .*file"):
        download.download("mnist", tmp_path / "file" / "data")


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


# --- how pictures become input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "wanted"), [(8, 32), (32, 8), (30, 7), (9, 10), (16, 16), (1, 4), (5, 1)])
def test_resizing_is_that_of_pillow(given, wanted):
    pictures = random_pictures(3, given)
    ours = prepare.resized(pictures, wanted, wanted + 3)
    theirs = [Image.fromarray(one).resize((wanted + 3, wanted), Image.Resampling.BILINEAR) for one in pictures]
    assert ours.shape == (3, wanted, wanted + 3, 3)
    assert np.abs(ours.astype(int) - np.stack([np.asarray(one) for one in theirs])).max() <= 2


def test_resizing_keeps_plain_pictures_plain():
    assert (prepare.resized(np.full((2, 9, 9, 1), 255, np.uint8), 31, 4) == 255).all()
    assert np.allclose(prepare.weights(7, 50).sum(axis=1), 1)


def test_resizing_in_parts_is_resizing_at_once(monkeypatch):
    pictures = random_pictures(7)
    whole = prepare.resized(pictures, 13, 5)
    monkeypatch.setattr(prepare, "AT_A_TIME", 1)
    assert np.array_equal(prepare.resized(pictures, 13, 5), whole)


def test_what_a_net_sees_is_about_zero(tmp_path):
    loaded = data.load(make(data="shapes", size=200), tmp_path)
    seen = prepare.of(loaded, (32, 32, 3))(loaded.x_train)
    assert seen.dtype == np.float32
    assert np.allclose(seen.mean(axis=(0, 1, 2)), 0, atol=1e-4)
    assert np.allclose(seen.std(axis=(0, 1, 2)), 1, atol=1e-4)
    expected = (loaded.x_train - np.array(loaded.mean)) / np.array(loaded.std)
    assert np.allclose(seen, expected, atol=1e-4)


@pytest.mark.parametrize(("given", "shape"), [("digits", (12, 16, 3)), ("shapes", (16, 16, 1)), ("digits", (8, 8, 5))])
def test_channels_are_adapted(given, shape, tmp_path):
    loaded = data.load(make(data=given, size=100), tmp_path)
    made = prepare.of(loaded, shape)
    seen = made(loaded.x_train)
    assert seen.shape == (len(loaded.x_train), *shape)
    assert np.abs(seen.mean()) < 0.05
    if given == "digits":
        assert (seen == seen[..., :1]).all()
    assert prepare.read(made.as_dict()) == made


def test_grey_is_how_bright_a_colour_looks():
    colours = np.array([[[[255, 0, 0]], [[0, 255, 0]], [[255, 255, 255]]]], np.uint8)
    assert prepare.with_channels(colours, 1).ravel().tolist() == [76, 150, 255]


def test_channels_that_do_not_fit_are_refused(tmp_path):
    loaded = data.load(make(data="shapes", size=100), tmp_path)
    with pytest.raises(DataError, match="takes 4 channels and the pictures have 3"):
        prepare.of(loaded, (32, 32, 4))


@pytest.mark.parametrize("given", [{}, {"shape": [1, 1, 1], "mean": [0], "std": [0]}, {"shape": "abc"}, {"shape": 3}])
def test_what_is_read_back_is_checked(given):
    with pytest.raises(DataError):
        prepare.read(given)


# --- augmentation -----------------------------------------------------------------------------------------------------

BLANK = np.array([1, 2, 3], np.uint8)


def changed(pictures, seed=0, **what):
    return Augment(**what)(pictures, BLANK, np.random.default_rng(seed))


def test_flips_mirror_about_half():
    pictures = random_pictures(200)
    made = changed(pictures, flip=True)
    flipped = [np.array_equal(one, was[:, ::-1]) for one, was in zip(made, pictures, strict=True)]
    kept = [np.array_equal(one, was) for one, was in zip(made, pictures, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 70 < sum(flipped) < 130


@pytest.mark.parametrize("what", [{"shift": 2}, {"shift": 2, "flip": True}, {"shift": 20}])
def test_shifts_are_crops_of_the_padded_picture(what):
    pictures = random_pictures(30)
    shift, seen = what["shift"], set()
    for was, one in zip(pictures, changed(pictures, **what), strict=True):
        padded = np.empty((8 + 2 * shift, 8 + 2 * shift, 3), np.uint8)
        padded[:] = BLANK
        padded[shift:-shift, shift:-shift] = was
        found = {
            (y, x, step)
            for y in range(2 * shift + 1)
            for x in range(2 * shift + 1)
            for step in (1, -1)
            if np.array_equal(one, padded[y : y + 8, x : x + 8][:, ::step])
        }
        assert found
        seen |= found
    assert len({y for y, _, _ in seen}) > 3
    assert len({x for _, x, _ in seen}) > 3


@pytest.mark.parametrize("side", [7, 8])
def test_look_ups_between_pixels(side):
    pictures = random_pictures(4, side)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)[:, None].repeat(4, axis=1)
    assert np.array_equal(augment._looked_up(pictures, y, x, BLANK), pictures)
    quarter = augment._looked_up(pictures, x, side - 1 - y, BLANK)
    assert np.array_equal(quarter, np.rot90(pictures, axes=(1, 2)))
    outside = augment._looked_up(pictures, y + side + 3, x, BLANK)
    assert (outside == BLANK).all()
    between = augment._looked_up(pictures, y, np.minimum(x + 0.5, side - 1), BLANK)[:, :, : side - 1]
    mean = (pictures[:, :, :-1].astype(int) + pictures[:, :, 1:]) / 2
    assert np.abs(between - mean).max() <= 1


def test_a_turned_picture_keeps_its_middle_and_its_disc():
    line = np.arange(33) - 16
    disc = (np.hypot(line[:, None], line) < 10)[None, ..., None] * np.full(3, 200, np.uint8)
    turned = changed(np.repeat(disc.astype(np.uint8), 8, axis=0), rotation=180)
    near = (np.hypot(line[:, None], line) < 8)[None, ..., None]
    assert np.abs(np.where(near, turned.astype(int) - 200, 0)).max() <= 1
    larger = changed(np.repeat(disc.astype(np.uint8), 40, axis=0), zoom=0.5)
    areas = (larger[..., 0] > 100).sum(axis=(1, 2))
    assert areas.min() < 0.7 * (disc[..., 0] > 0).sum()
    assert areas.max() > 1.5 * (disc[..., 0] > 0).sum()


def test_cutout_blanks_a_square():
    pictures = np.full((60, 16, 16, 3), 200, np.uint8)
    made = changed(pictures, cutout=6)
    areas = (made == BLANK).all(axis=-1).sum(axis=(1, 2))
    assert areas.max() == 36
    assert areas.min() >= 9  # a corner of it
    assert (pictures == 200).all()


@pytest.mark.parametrize(
    "what", [{"flip": True}, {"shift": 3}, {"rotation": 20}, {"zoom": 0.2}, {"cutout": 3}, {"shift": 2, "zoom": 0.1}]
)
@pytest.mark.parametrize("channels", [1, 3])
def test_augmentation_follows_from_its_random_numbers(what, channels):
    pictures = random_pictures(20, 8, channels)
    kept = pictures.copy()
    blank = np.zeros(channels, np.uint8)
    one, same, other = (Augment(**what)(pictures, blank, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.array_equal(pictures, kept)
    assert one.shape == pictures.shape
    assert one.dtype == np.uint8


def test_settings_ask_for_augmentation():
    assert not augment.of(make())
    assert augment.of(make(flip=True, shift=4, rotation=5, zoom=0.1, cutout=8)) == Augment(True, 4, 5, 0.1, 8)


# --- batches ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batches():
    from cnnviz.training import batches

    return batches


@pytest.fixture
def few():
    """Twenty-three pictures, each of one shade, so that each is known again."""
    x = np.arange(23, dtype=np.uint8)[:, None, None, None].repeat(4, 1).repeat(4, 2)
    y = np.arange(23) % 3
    return Data(x, y, x[:7], y[:7], ("a", "b", "c"), (0.0,), (1.0,))


def epoch_of(part, epoch):
    part.epoch = epoch
    return [part[i] for i in range(len(part))]


def shades(part, epoch):
    return np.concatenate([x[:, 0, 0, 0] for x, _ in epoch_of(part, epoch)])


def test_batches_show_each_picture_once_in_an_order_of_the_epoch(batches, few):
    one, same = (batches.training(few, make(batch_size=5, seed=4), (4, 4, 1)) for _ in range(2))
    other = batches.training(few, make(batch_size=5, seed=5), (4, 4, 1))
    assert [len(x) for x, _ in epoch_of(one, 0)] == [5, 5, 5, 5, 3]
    assert sorted(shades(one, 0)) == list(range(23))
    late = shades(same, 3)  # without the epochs before, as after a resume
    assert [list(shades(one, epoch)) for epoch in (0, 1, 2, 3)][3] == list(late)
    assert list(shades(one, 0)) != list(shades(one, 1))
    assert list(shades(one, 0)) != list(shades(other, 0))


def test_labels_stay_with_their_pictures_for_every_head(batches, few):
    part = batches.training(few, make(batch_size=4), (4, 4, 1), heads=3)
    for x, labels in epoch_of(part, 1):
        assert len(labels) == 3
        for one_hot in labels:
            assert one_hot.dtype == np.float32
            assert np.array_equal(one_hot.sum(axis=1), np.ones(len(x)))
            assert np.array_equal(one_hot.argmax(axis=1), x[:, 0, 0, 0] % 3)


def test_validation_is_in_order_and_unchanged(batches, few):
    part = batches.validation(few, make(batch_size=4, flip=True, shift=2, seed=9), (4, 4, 1))
    assert list(shades(part, 0)) == list(shades(part, 5)) == list(range(7))


@pytest.mark.parametrize("what", [{}, {"flip": True, "shift": 2}, {"rotation": 15, "zoom": 0.1}])
@pytest.mark.parametrize("shape", [(32, 32, 3), (20, 24, 3), (40, 40, 1)])
def test_batches_made_ahead_or_resized_one_by_one_are_the_same(batches, what, shape, monkeypatch, tmp_path):
    asked = make(data="shapes", size=100, batch_size=16, seed=2, **what)
    loaded = data.load(asked, tmp_path)
    plain = batches.training(loaded, asked, shape)
    plain._ahead = None
    monkeypatch.setattr(batches, "WHOLE", 0)
    ahead = batches.training(loaded, asked, shape)
    assert ahead._ahead is not None
    for epoch in (0, 2):
        for (x, y), (x_too, y_too) in zip(epoch_of(plain, epoch), epoch_of(ahead, epoch), strict=True):
            assert x.shape[1:] == shape
            assert np.array_equal(x, x_too)
            assert np.array_equal(y, y_too)
    assert np.array_equal(ahead[3][0], ahead[3][0])  # asked for twice, or out of turn


def test_augmentation_changes_from_epoch_to_epoch(batches, tmp_path):
    asked = make(data="shapes", size=100, batch_size=80, shift=4)
    part = batches.training(data.load(asked, tmp_path), asked, (32, 32, 3))

    def in_order(epoch):
        part.epoch = epoch
        return part[0][0][np.argsort(part._rows(epoch))]

    assert np.array_equal(in_order(1), in_order(1))
    assert not np.array_equal(in_order(1), in_order(2))


def test_an_error_in_a_thread_reaches_the_one_who_asks():
    from cnnviz.training.ahead import Ahead

    def broken(epoch, index):
        raise DataError("the disk is gone")

    with pytest.raises(DataError, match="the disk is gone"):
        Ahead(broken, 5, 100).get(0, 0)


def test_keras_trains_on_batches_in_the_order_of_each_epoch(batches, few):
    import keras

    part = batches.training(few, make(batch_size=5, seed=4), (4, 4, 1), heads=2)
    first = keras.Input((4, 4, 1))
    flat = keras.layers.Flatten()(first)
    model = keras.Model(first, [keras.layers.Dense(3, activation="softmax")(flat) for _ in range(2)])
    model.compile("sgd", loss=["categorical_crossentropy"] * 2, loss_weights=[1, 0.3])
    asked = []
    made = part._made
    part._made = lambda epoch, index: asked.append((epoch, index)) or made(epoch, index)
    validation = batches.validation(few, make(batch_size=5), (4, 4, 1), heads=2)
    follow = batches.Follow(part)
    model.fit(part, validation_data=validation, initial_epoch=2, epochs=4, shuffle=False, verbose=0, callbacks=[follow])
    trained = [place for place in asked if place[0] >= 2]
    assert trained == [(epoch, index) for epoch in (2, 3) for index in range(5)]


# --- the store --------------------------------------------------------------------------------------------------------


def test_what_is_made_is_moved_or_gone(tmp_path):
    with store.making(tmp_path / "place") as made:
        (made / "file").write_text("new")
        store.move(made, tmp_path / "place" / "target")
    with store.making(tmp_path / "place") as made:
        (made / "file").write_text("newer")
        store.move(made, tmp_path / "place" / "target")

    def interrupted():
        with store.making(tmp_path / "place") as half:
            (half / "file").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert left_over(tmp_path / "place") == ["target"]
    assert (tmp_path / "place" / "target" / "file").read_text() == "newer"
