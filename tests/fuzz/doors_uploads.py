"""Pictures that somebody gives: a zip of them to learn from, one to classify; and what processes say of them."""

from __future__ import annotations

import io
import json
import shutil
import warnings
import zipfile

import numpy as np
from PIL import Image

from cnnviz.training import datasets, pictures
from cnnviz.training.datasets import DataError
from cnnviz.training.picture_file import PictureError, decode, measure
from cnnviz.ui import train_picture

from .mutate_data import mutated_bytes, mutated_json, mutated_zip
from .target import Target, place, said

_LARGE = 700_000_000  # bytes: 50 million pixels with their transparency; they are read in a process of their own


def archive(data: bytes) -> bool:
    """A zip of pictures, taken in whole."""
    folder = place("data")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as the process that reads them
            taken = pictures.take_zip(io.BytesIO(data), folder, side=8)
    except DataError as error:
        said(str(error))
        return False
    finally:
        kept = [path for path in folder.glob("pictures/*") if not datasets.TOKEN.fullmatch(path.name)]
        assert not kept, f"left behind: {kept}"
    for line in (*taken.skipped, *taken.changes, *taken.classes):
        said(line)
    found = datasets.read_about(folder / "pictures" / taken.token)
    assert found is not None
    assert (found.classes, sum(found.train)) == (taken.classes, sum(taken.counts))
    shutil.rmtree(folder / "pictures")
    return True


def picture(data: bytes) -> bool:
    """One picture, measured and read in grey and in colour."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as the process that reads them
        try:
            found = measure(data)
            assert found.height > 0 < found.width
            for shape in ((8, 8, 1), (24, 16, 3)):
                assert decode(data, shape).shape == shape
        except PictureError as error:
            said(str(error))
            return False
    return True


def answer(text: str) -> bool:
    """What the process says that looks at one picture."""
    found = train_picture.told(text.encode("utf-8", "replace"), b"", 0)
    if isinstance(found, str):
        said(found)
        return False
    for guess in found:
        guess.name.encode()
        assert 0 <= guess.share <= 1
    return True


def _encoded(mode: str, kind: str, side: int = 9, **options: object) -> bytes:
    file = io.BytesIO()
    random = np.random.default_rng(side)
    colours = random.integers(0, 256, (side, side, 4), np.uint8)
    Image.fromarray(colours, "RGBA").convert("RGB").convert(mode).save(file, kind, **options)
    return file.getvalue()


def _deep() -> bytes:
    """16 bits a pixel."""
    file = io.BytesIO()
    Image.fromarray(np.arange(81, dtype=np.uint16).reshape(9, 9) * 700).save(file, "PNG")
    return file.getvalue()


_TURNED = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
_PICTURES = [
    *(_encoded(mode, "PNG") for mode in ("RGB", "L", "1", "P", "RGBA", "LA")),
    *(_encoded("RGB", kind) for kind in ("JPEG", "BMP", "WEBP")),
    _encoded("P", "GIF"),
    _encoded("CMYK", "JPEG"),
    _encoded("L", "JPEG", side=40, progressive=True),
    _encoded("P", "PNG", transparency=0),
    _encoded("RGB", "JPEG", exif=_TURNED),
    _deep(),
]


def _zip(compression: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for number, data in enumerate(_PICTURES):
            made.writestr(f"all/{'cats' if number % 2 else 'dogs'}/{number}.png", data)
        made.writestr("all/readme.txt", b"words")
    return file.getvalue()


_ANSWERS = [json.dumps({"classes": [["circle", 0.8], ["ring", 0.2]], "epoch": 3})]

DOORS = {
    "zip": Target("a zip of pictures", [_zip(zipfile.ZIP_STORED), _zip(zipfile.ZIP_DEFLATED)], archive, mutated_zip),
    "picture": Target("one picture", _PICTURES, picture, mutated_bytes, _LARGE),
    "answer": Target("what the process says that looked at a picture", _ANSWERS, answer, mutated_json),
}
