"""One picture out of a file's bytes, which are not to be trusted: size and colours first, then its pixels at a side.

Only the common formats are opened; the size that a header declares is checked before any pixel is made.
"""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from ..units import exact
from .datasets import Shape

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MOST_PIXELS = 50_000_000  # of one picture

_GREY = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L")
_TURNED = (5, 6, 7, 8)  # EXIF orientations that swap height and width
_ORIENTATION = 0x0112


class PictureError(ValueError):
    """A file is no picture that can be used; the message says why, to stand behind its name."""


class Measured(NamedTuple):
    """What a picture's header says."""

    height: int
    width: int
    grey: bool


def measure(data: bytes) -> Measured:
    """Size and colours, without its pixels. Raises PictureError."""
    image = _opened(data)
    try:
        width, height = image.size
        if image.format == "JPEG" and image.getexif().get(_ORIENTATION) in _TURNED:
            width, height = height, width
        return Measured(height, width, image.mode in _GREY)
    except Exception:  # whatever a broken header makes of Pillow
        raise PictureError("broken") from None


def decode(data: bytes, shape: Shape) -> npt.NDArray[np.uint8]:
    """The pixels [height, width, channels] at this size, stretched to it; transparent ones turn white.

    `shape` has one channel for grey or three. Raises PictureError.
    """
    image = _opened(data)
    height, width, channels = shape
    try:
        if image.format == "JPEG":
            image.draft(None, (2 * width, 2 * height))  # large photographs are decoded smaller, which is quicker
            image = ImageOps.exif_transpose(image)
        image = _plain(image, "L" if channels == 1 else "RGB")
        if image.size != (width, height):
            image = image.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(image, np.uint8).reshape(shape)
    except Exception:  # whatever broken pixels make of Pillow
        raise PictureError("broken or cut off") from None


def _opened(data: bytes) -> Image.Image:
    """The picture, its pixels not yet read, its size checked."""
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise PictureError(f"its header declares more than {exact(MOST_PIXELS)} pixels") from None
    except Exception:  # Pillow's own error, or whatever a broken header makes of it
        raise PictureError(f"not a picture ({', '.join(FORMATS)} are read)") from None
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureError(f"{exact(width)}×{exact(height)} pixels; at most {exact(MOST_PIXELS)}")
    if min(width, height) < 1:
        raise PictureError("it has no pixels")
    return image


def _plain(image: Image.Image, mode: str) -> Image.Image:
    """The picture in grey ("L") or colour ("RGB"), on white where it is transparent."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        wide = np.asarray(image, np.float32)
        image = Image.fromarray((wide / (257 if wide.max() > 255 else 1)).astype(np.uint8))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return image if image.mode == mode else image.convert(mode)
