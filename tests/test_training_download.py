"""Data sets that are downloaded: what is kept, what is said when it fails, and what is made or gone."""

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

from cnnviz.training import data, datasets, download, settings, store
from cnnviz.training.datasets import DATASETS, DataError

ROOT = Path(__file__).parent.parent


def make(**given):
    return settings.make(given)


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
    for ask in (datasets.describe, data.load):
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
