"""Pictures that strangers give: what is kept of good ones; one clear line and nothing left behind for bad ones."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.training import data, datasets, picture_file, picture_source, pictures, settings, store
from cnnviz.training.datasets import DataError
from cnnviz.training.picture_file import PictureError

ROOT = Path(__file__).parent.parent


def encoded(size=(12, 12), colour=(200, 30, 60), kind="PNG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


RED, BLUE, GREY = encoded(), encoded(colour=(0, 0, 255)), encoded(colour=90, mode="L")


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    """A zip of {name: bytes}; a name may be a ZipInfo."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def good(count=4):
    return {f"{name}/{i}.png": content for name, content in (("cats", RED), ("dogs", BLUE)) for i in range(count)}


def left_over(folder):
    """All files and folders below a data folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != "pictures")


def asked(taken, **given):
    return settings.make({"data": "pictures", "pictures": taken.token, **given})


# --- good ones --------------------------------------------------------------------------------------------------------


def test_a_zip_is_kept_and_loaded(tmp_path):
    taken = pictures.take_zip(zipped(good()), tmp_path)
    assert (taken.classes, taken.counts, taken.shape) == (("cats", "dogs"), (4, 4), (12, 12, 3))
    assert (taken.skipped, taken.changes) == ((), ())
    loaded = data.load(asked(taken), tmp_path)
    assert loaded.classes == ("cats", "dogs")
    assert np.array_equal(loaded.x_train[loaded.y_train == 0][0], np.full((12, 12, 3), (200, 30, 60)))
    said = datasets.describe(asked(taken), tmp_path)
    assert (said.train, said.validation) == (len(loaded.x_train), len(loaded.x_val)) == (6, 2)
    assert data.preview(asked(taken), tmp_path, 2)["dogs"].shape == (2, 12, 12, 3)
    assert left_over(tmp_path / "pictures") == [
        taken.token,
        *(f"{taken.token}/{name}" for name in ("about.json", "x_train.npy", "y_train.npy")),
    ]


def test_zip_and_folder_with_the_same_pictures_are_the_same(tmp_path):
    for name, content in good().items():
        path = tmp_path / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "given.zip").write_bytes(zipped(good()).getvalue())
    kept = tmp_path / "data"
    first = pictures.take_folder(tmp_path / "given", kept)
    assert pictures.take_zip(tmp_path / "given.zip", kept) == first
    assert pictures.take_zip(zipped({**good(), "cats/5.png": RED}), kept).token != first.token
    assert len(list((kept / "pictures").iterdir())) == 2


@pytest.mark.parametrize(
    ("prefix", "more"),
    [
        ("", {}),
        ("top/", {}),
        ("a/b/", {"a/readme.txt": b"hello"}),
        ("", {"__MACOSX/cats/._0.png": b"x", ".DS_Store": b"x", "cats/Thumbs.db": b"x", "dogs/.hidden.png": b"x"}),
        ("top/", {"__MACOSX/top/._x": b"x", "top/": b""}),
    ],
)
def test_folders_above_the_classes_and_junk_do_not_matter(prefix, more, tmp_path):
    files = {prefix + name: content for name, content in good().items()}
    taken = pictures.take_zip(zipped({**files, **more}), tmp_path)
    assert (taken.classes, taken.counts) == (("cats", "dogs"), (4, 4))
    assert len(taken.skipped) == ("a/readme.txt" in more)


def test_files_that_are_no_pictures_are_named(tmp_path):
    bad = {
        "cats/notes.txt": b"hello",
        "cats/broken.png": RED[:40],
        "cats/cut.png": encoded((90, 90), kind="PNG")[:-60],
        "cats/empty.png": b"",
        "dogs/drawing.svg": b"<svg/>",
        "loose.png": RED,
    }
    taken = pictures.take_zip(zipped({**good(), **bad}), tmp_path)
    assert taken.counts == (4, 4)
    assert sorted(line.split(":")[0] for line in taken.skipped) == sorted(bad)
    assert all("\n" not in line for line in taken.skipped)
    assert "loose.png: not in a folder of its class" in taken.skipped


def test_many_files_left_out_are_counted(tmp_path):
    bad = {f"cats/{i}.txt": b"x" for i in range(80)}
    taken = pictures.take_zip(zipped({**good(), **bad}), tmp_path)
    assert len(taken.skipped) == 51
    assert taken.skipped[-1] == "and 30 more"


def test_a_class_of_broken_pictures_is_left_out(tmp_path):
    cut = encoded((60, 60))[:-50]
    taken = pictures.take_zip(zipped({**good(), "birds/1.png": cut, "birds/2.png": cut}), tmp_path)
    assert taken.classes == ("cats", "dogs")
    assert set(data.load(asked(taken), tmp_path).y_train) == {0, 1}
    with pytest.raises(DataError, match="all pictures are of one class, cats"):
        pictures.take_zip(zipped({"cats/1.png": RED, "dogs/1.png": cut}), tmp_path)


def test_pictures_of_different_sizes_are_resized_and_that_is_said(tmp_path):
    files = {**good(), "cats/wide.png": encoded((40, 20)), "dogs/large.jpg": encoded((90, 60), kind="JPEG")}
    taken = pictures.take_zip(zipped(files), tmp_path)
    assert taken.shape == (12, 12, 3)
    assert taken.changes == ("pictures of 3 different sizes are resized to 12×12, stretched where they are not square",)
    assert pictures.take_zip(zipped(files), tmp_path, side=20).shape == (20, 20, 3)


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [([(30, 20)], (20, 30)), ([(300, 300)], (224, 224)), ([(4, 4)], (8, 8)), ([(500, 100), (60, 60)], (80, 80))],
)
def test_the_common_side_is_chosen(sizes, shape, tmp_path):
    files = {f"{name}/{i}.png": encoded(size) for name in "ab" for i, size in enumerate(sizes)}
    assert pictures.take_zip(zipped(files), tmp_path).shape[:2] == shape


@pytest.mark.parametrize("side", [0, 7, 513, -3])
def test_a_side_that_is_not_allowed(side, tmp_path):
    with pytest.raises(DataError, match="the side of pictures must be 8 to 512"):
        pictures.take_zip(zipped(good()), tmp_path, side=side)


def test_grey_pictures_stay_grey_unless_there_are_colours(tmp_path):
    grey = {f"{name}/1.png": GREY for name in "ab"}
    assert pictures.take_zip(zipped(grey), tmp_path).shape == (12, 12, 1)
    mixed = pictures.take_zip(zipped({**grey, "b/2.png": RED}), tmp_path)
    assert mixed.shape == (12, 12, 3)
    assert mixed.changes == ("grey pictures are kept as coloured ones",)


@pytest.mark.parametrize(
    ("content", "pixel"),
    [
        (encoded(colour=(0, 0, 0, 0), mode="RGBA"), (255, 255, 255)),
        (encoded(colour=(0, 100), mode="LA"), (155, 155, 155)),
        (encoded(colour=1, mode="1"), (255, 255, 255)),
        (encoded(colour=65535, mode="I;16"), (255, 255, 255)),
        (encoded(colour=40, mode="L"), (40, 40, 40)),
        (encoded(kind="GIF"), (200, 30, 60)),
        (encoded(kind="BMP"), (200, 30, 60)),
        (encoded(kind="WEBP", lossless=True), (200, 30, 60)),
        (encoded((800, 800), kind="JPEG", quality=95), (200, 30, 60)),
    ],
)
def test_every_kind_of_picture_becomes_colours(content, pixel):
    made = picture_file.decode(content, (12, 12, 3))
    assert np.abs(made.astype(int) - pixel).max() <= 2


def test_photographs_are_turned_as_their_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded((40, 20), kind="JPEG", exif=exif)
    measured = picture_file.measure(content)
    assert (measured.height, measured.width) == (40, 20)


# --- bad ones ---------------------------------------------------------------------------------------------------------


def link():
    info = zipfile.ZipInfo("cats/link.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def declared(size):
    """A good zip whose list of names says that each file unpacks to `size` bytes."""
    content = bytearray(zipped(good()).getvalue())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 24 : at + 28] = struct.pack("<I", size)
        at = content.find(b"PK\x01\x02", at + 1)
    return io.BytesIO(bytes(content))


def locked():
    content = bytearray(zipped(good()).getvalue())
    for sign, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(sign)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(sign, at + 1)
    return io.BytesIO(bytes(content))


BAD_ZIPS = {
    "no bytes": (lambda: io.BytesIO(), "the zip file is empty"),
    "no files": (lambda: zipped({}), "the zip file is empty"),
    "folders alone": (lambda: zipped({"cats/": b"", "dogs/": b""}), "the zip file is empty"),
    "no zip": (lambda: io.BytesIO(b"hello" * 100), "this is no zip file, or it is damaged"),
    "cut off": (lambda: io.BytesIO(zipped(good()).getvalue()[:300]), "this is no zip file, or it is damaged"),
    "text files": (lambda: zipped({"a/1.txt": b"x", "b/2.txt": b"y"}), "no pictures .*a/1.txt: not a picture"),
    "no folders": (lambda: zipped({"1.png": RED, "2.png": BLUE}), "there are no pictures in folders of classes"),
    "one class": (lambda: zipped({"cats/1.png": RED, "cats/2.png": BLUE}), "all pictures are of one class, cats"),
    "parts": (lambda: zipped({"train/cats/1.png": RED, "test/cats/2.png": RED}), "the folders are test, train"),
    "traversal": (lambda: zipped({**good(), "cats/../../evil.png": RED}), "leads out of it, cats/../../evil.png"),
    "traversal, backwards": (lambda: zipped({**good(), "..\\evil.png": RED}), "leads out of it"),
    "absolute": (lambda: zipped({**good(), "/etc/evil.png": RED}), "leads out of it, /etc/evil.png"),
    "drive": (lambda: zipped({**good(), "C:/evil.png": RED}), "leads out of it, C:/evil.png"),
    "link": (lambda: zipped({**good(), link(): b"/etc/passwd"}), "holds a link, cats/link.png"),
    "10 GB declared": (lambda: declared(1_250_000_000), "says that it unpacks to 10.0 GB; at most 4.3 GB"),
    "locked": (locked, "locked with a password"),
    "bzip2": (lambda: zipped(good(), zipfile.ZIP_BZIP2), "packed in an unusual way"),
}


@pytest.mark.parametrize("name", BAD_ZIPS)
def test_a_bad_zip_is_one_line_and_leaves_nothing(name, tmp_path):
    make, message = BAD_ZIPS[name]
    with pytest.raises(DataError, match=message) as raised:
        pictures.take_zip(make(), tmp_path / "data")
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 250
    assert not (tmp_path / "data").exists() or left_over(tmp_path / "data") == []


def test_what_a_zip_declares_is_not_believed(monkeypatch, tmp_path):
    bomb = zipped({**good(), "cats/bomb.png": bytes(3_000_000)})
    monkeypatch.setattr(picture_source, "MOST_FILE", 1_000_000)
    taken = pictures.take_zip(bomb, tmp_path)
    assert taken.skipped == ("cats/bomb.png: larger than 1 MB",)
    lying = bytearray(bomb.getvalue())
    at = lying.find(b"PK\x01\x02", lying.rfind(b"cats/bomb.png") - 60)
    lying[at + 24 : at + 28] = struct.pack("<I", 10)  # says 10 bytes, unpacks to 3 MB
    taken = pictures.take_zip(io.BytesIO(bytes(lying)), tmp_path)
    assert taken.skipped[0].startswith("cats/bomb.png: ")


def test_all_that_is_read_is_counted(monkeypatch, tmp_path):
    given = tmp_path / "given"
    for name in "ab":
        (given / name).mkdir(parents=True)
        for i in range(20):
            (given / name / f"{i}.png").write_bytes(RED + bytes(1_000))
    monkeypatch.setattr(picture_source, "MOST_UNPACKED", 10_000)
    with pytest.raises(DataError, match="the files hold more than"):
        pictures.take_folder(given, tmp_path / "data")


def picture_of(width, height):
    """A PNG whose header declares a size; it has no pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0")
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (head, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_whose_header_declares_a_huge_size_is_named(size, tmp_path):
    with pytest.raises(PictureError, match="pixels"):
        picture_file.measure(picture_of(*size))
    taken = pictures.take_zip(zipped({**good(), "cats/huge.png": picture_of(*size)}), tmp_path)
    assert len(taken.skipped) == 1
    assert taken.skipped[0].startswith("cats/huge.png: ")


def test_pixels_of_all_pictures_are_bounded(monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 500)
    with pytest.raises(DataError, match="more than 500 pixels together"):
        pictures.take_zip(zipped(good()), tmp_path)


def test_too_many_files_classes_and_bytes(monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(picture_source, "MOST_FILES", 7)
        with pytest.raises(DataError, match="holds 8 files; at most 7"):
            pictures.take_zip(zipped(good()), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "MOST_CLASSES", 1)
        with pytest.raises(DataError, match="there are 2 folders of classes; at most 1"):
            pictures.take_zip(zipped(good()), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(picture_source, "MOST_DIRECTORY", 400)
        with pytest.raises(DataError, match="list of names is too long"):
            pictures.take_zip(zipped(good()), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(picture_source, "MOST_ZIP", 100)
        with pytest.raises(DataError, match="the zip file has"):
            pictures.take_zip(zipped(good()), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "MOST_BYTES", 8 * 3 * 100)  # pictures of 10×10
        assert pictures.take_zip(zipped(good()), tmp_path).shape == (10, 10, 3)
        with pytest.raises(DataError, match="8 pictures at 20×20 are too many"):
            pictures.take_zip(zipped(good()), tmp_path, side=20)
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "MOST_DISK", 2_000)
        with pytest.raises(DataError, match="take over 0 GiB; delete some"):
            pictures.take_zip(zipped(good()), tmp_path)


def test_links_and_pipes_in_a_folder_are_named_and_not_followed(tmp_path):
    given, secret = tmp_path / "given", tmp_path / "secret.png"
    secret.write_bytes(RED)
    for name, content in good().items():
        (given / name).parent.mkdir(parents=True, exist_ok=True)
        (given / name).write_bytes(content)
    (given / "cats" / "link.png").symlink_to(secret)
    (given / "birds").symlink_to(given / "cats")
    os.mkfifo(given / "dogs" / "pipe.png")
    taken = pictures.take_folder(given, tmp_path / "data")
    assert (taken.classes, taken.counts) == (("cats", "dogs"), (4, 4))
    assert taken.skipped == (
        "birds: a link; links are not followed",
        "cats/link.png: a link; links are not followed",
        "dogs/pipe.png: not a plain file",
    )
    with pytest.raises(DataError, match="there is no folder"):
        pictures.take_folder(tmp_path / "nowhere", tmp_path / "data")


def test_a_full_disk_leaves_nothing(monkeypatch, tmp_path):
    def full(writer, picture, label):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store.Writer, "add", full)
        with pytest.raises(DataError, match="cannot write to .*: the disk is full"):
            pictures.take_zip(zipped(good()), tmp_path)
    assert left_over(tmp_path) == []
    monkeypatch.setattr(pictures.shutil, "disk_usage", lambda place: _Usage())
    with pytest.raises(DataError, match="the disk is full"):
        pictures.take_zip(zipped(good()), tmp_path)
    assert left_over(tmp_path) == []


class _Usage:
    free = 10


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot write to"):
        pictures.take_zip(zipped(good()), tmp_path / "file")
    if os.geteuid():  # root may write everywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(DataError, match="it may not be written"):
            pictures.take_zip(zipped(good()), tmp_path / "locked")


@pytest.mark.parametrize("token", ["0" * 64, "abc", "..", "", "A" * 64])
def test_a_token_that_names_nothing(token, tmp_path):
    made = settings.Settings(data="pictures", pictures=token)
    with pytest.raises(DataError, match="give"):
        datasets.describe(made, tmp_path)


# --- in a process of its own ------------------------------------------------------------------------------------------


def take(*arguments):
    command = [sys.executable, "-m", "cnnviz.training.pictures", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_a_process_of_its_own_says_how_far_it_is(tmp_path):
    (tmp_path / "given.zip").write_bytes(zipped(good(60)).getvalue())
    done = take(tmp_path / "given.zip", tmp_path / "data", 16)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert lines[-1]["classes"] == ["cats", "dogs"]
    assert lines[-1]["shape"] == [16, 16, 3]
    shares = [line["done"] / line["of"] for line in lines[:-1]]
    assert len(shares) > 20
    assert shares == sorted(shares)
    assert shares[-1] > 0.9


@pytest.mark.parametrize("given", ["nowhere.zip", "text.zip"])
def test_a_process_of_its_own_fails_with_one_line(given, tmp_path):
    (tmp_path / "text.zip").write_text("hello")
    done = take(tmp_path / given, tmp_path / "data")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
