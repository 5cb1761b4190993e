"""Mutations of what is no plain text: bytes of files, and JSON by its structure."""

from __future__ import annotations

import io
import json
import random
import warnings
import zipfile
from collections.abc import Sequence
from typing import Any

from . import mutate

_BYTES = (
    b"\x00", b"\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x01\x00",
    b"PK\x03\x04", b"PK\x05\x06", b"\x89PNG\r\n\x1a\n", b"IHDR", b"IDAT", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM",
    b"RIFF", b"WEBPVP8 ", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\n", b"%", b"/", b"..", b"A" * 300,
)  # fmt: skip

_NAMES = (
    "../up.png", "/root.png", "C:\\x.png", "cats/../../up.png", "cats\\one.png", "a/" * 60 + "x.png", "cats/", "",
    "cats/\x00.png", "cats/\u202egnp.exe", "cats/" + "n" * 400 + ".png", "__MACOSX/cats/._one.png", ".hidden/x.png",
    "./x/y.png", "train/one.png", "<b>/one.png", "dogs/**bold**.png", "ca\nts/one.png", "\ud800/one.png", "CATS/1.png",
)  # fmt: skip

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, 2**31, 2**63, 10**30, 10**400, 1e308, -1e308, float("nan"), float("inf"), "", "x",
    "0", "nan", "x" * 300, "x" * 90_000, "\ud800", "\x00", "a\nb", "<b>", "é", [], {}, [[]], [None], {"": None}, [1, 2],
    {"a": {"b": []}}, [0] * 300,
)  # fmt: skip


def mutated_bytes(seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One of the seeds after one to eight mutations of its bytes."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 2, 2, 4, 8))):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(6):
            case 0 if data:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            case 1 if data:
                data[at % len(data)] = rng.randrange(256)
            case 2:
                data[at:at] = rng.choice(_BYTES)
            case 3:
                chosen = rng.choice(_BYTES)
                data[at : at + len(chosen)] = chosen
            case 4:
                del data[at : at + rng.choice((1, 2, 4, 16, 200))]
            case _:
                other = rng.choice(seeds)
                data[at:] = other[rng.randrange(len(other) + 1) :]
    return bytes(data)


def mutated_zip(seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """A zip file: its bytes changed, or files of it changed or called otherwise and packed anew."""
    if rng.random() < 0.4:
        return mutated_bytes(seeds, rng)
    file = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(io.BytesIO(rng.choice(seeds))) as given,
        zipfile.ZipFile(file, "w") as made,
    ):
        warnings.simplefilter("ignore")  # of two files of one name
        held = {info: given.read(info) for info in given.infolist()}
        for info, data in held.items():
            if rng.random() < 0.3:
                data = mutated_bytes([*held.values()], rng)
            name = rng.choice(_NAMES) if rng.random() < 0.15 else info.filename
            packed = zipfile.ZipInfo(name.encode("utf-8", "replace").decode())
            packed.external_attr = rng.choice((0, 0, 0, 0, 0o120777 << 16, 0o10644 << 16, 0x10))
            packed.compress_type = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            made.writestr(packed, data)
    whole = file.getvalue()
    return mutated_bytes([whole], rng) if rng.random() < 0.2 else whole


def mutated_json(seeds: Sequence[str], rng: random.Random) -> str:
    """A text with JSON on some of its lines: its text changed, or values of one of them."""
    text = rng.choice(seeds)
    lines = text.split("\n")
    held = [at for at, line in enumerate(lines) if line.startswith(("{", "["))]
    if not held or rng.random() < 0.25:
        return mutate.mutated([text, rng.choice(seeds)], rng)
    at = rng.choice(held)
    value = json.loads(lines[at])
    for _ in range(rng.choice((1, 1, 2, 3))):
        value = _changed(value, rng)
    lines[at] = json.dumps(value)
    return "\n".join(lines)


def _changed(value: Any, rng: random.Random) -> Any:
    """The value with one of its parts changed, at any depth."""
    if not isinstance(value, (dict, list)) or not value or rng.random() < 0.05:
        return rng.choice(_ODD)
    key = rng.choice([*value] if isinstance(value, dict) else range(len(value)))
    made = value.copy()
    match rng.randrange(8):
        case 0:
            del made[key]
        case 1 if isinstance(made, dict):
            made[rng.choice(("", "x" * 200, "\ud800", "epoch", "1", "__class__"))] = made[key]
        case 1:
            made.append(value[key])
        case 2:
            made[key] = [value[key]] * rng.choice((1, 2, 300))
        case 3:
            made[key] = rng.choice(_ODD)
        case _:
            made[key] = _changed(value[key], rng)
    return made
