"""A picture of the visitor's own, classified by a trained net in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from .. import disk
from ..training import process, run_live
from ..training.folder import FolderError, Run
from .assets import FOLDER
from .plain_text import escaped

_TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif"]
_SECONDS = 120
_MEGABYTES = 2
_MOST = 5  # classes that are shown


class Guess(NamedTuple):
    """One class with the probability that the net gives it."""

    name: str
    share: float


@st.fragment(key="run_picture")
def show(run: Run) -> None:
    """An upload, and what the net says to it."""
    st.markdown("### A picture of your own")
    given = st.file_uploader(
        "What does the net say to it?", type=_TYPES, key="run_picture_file", max_upload_size=_MEGABYTES
    )
    if given is None:
        return
    key = f"run_guess_{run.id}_{given.file_id}"
    if key not in st.session_state:
        with st.spinner("The trained net is loaded and looks at the picture …"):
            st.session_state[key] = classify(run, given.getvalue())
    found = st.session_state[key]
    if isinstance(found, str):
        st.error(escaped(found), icon=":material/image_not_supported:")
        return
    with st.container(key="run_guess", horizontal=True):
        st.image(given.getvalue(), width=160)
        with st.container(key="run_guesses", gap=None):
            for guess in found:
                st.progress(min(max(guess.share, 0.0), 1.0), text=f"{escaped(guess.name)}: {guess.share:.1%}")


def classify(run: Run, picture: bytes) -> list[Guess] | str:
    """The likeliest classes of a picture, or in one line why there are none."""
    if len(picture) > _MEGABYTES * 2**20:
        return f"The picture is too large; at most {_MEGABYTES} MB are allowed."
    try:
        settings = run_live.config(run).settings
    except FolderError as error:
        return str(error)
    if not _room().acquire(timeout=_SECONDS):
        return "Other pictures are being looked at; try again in a while."
    try:
        with tempfile.TemporaryDirectory(prefix="cnnviz-picture-") as place:
            file = Path(place, "picture")
            file.write_bytes(picture)
            made = subprocess.run(
                [sys.executable, "-m", "cnnviz.training.classify", str(run.path), str(file)],
                capture_output=True,
                timeout=_SECONDS,
                cwd=FOLDER.parent,
                env=process.environment(settings, ""),
                check=False,
            )
    except subprocess.TimeoutExpired:
        return f"The net took over {_SECONDS} seconds and was stopped."
    except OSError as error:
        return f"The picture cannot be classified: {disk.words(error)}."
    finally:
        _room().release()
    return told(made.stdout, made.stderr, made.returncode)


def told(out: bytes, wrong: bytes, code: int) -> list[Guess] | str:
    """The answer of the process, {"classes": [[name, share], …]} as its last line; or in one line why there is none."""
    if code:
        said = wrong.decode("utf-8", "replace")
        last = "" if "Traceback" in said or code < 0 else "".join(said.strip().splitlines()[-1:])[:300]
        return f"The picture cannot be classified: {last or 'its process ended and gave no reason'}."
    try:
        found = json.loads(out.decode("utf-8", "replace").strip().splitlines()[-1])["classes"]
        guesses = [Guess(_plain(name), float(share)) for name, share in found][:_MOST]
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, RecursionError):
        guesses = []
    if not guesses or not all(0 <= guess.share <= 1 for guess in guesses):
        return "The net's answer cannot be read."
    return guesses


def _plain(name: object) -> str:
    """The name of a class; half a character could not be sent."""
    return str(name)[:200].encode("utf-8", "replace").decode()


@st.cache_resource(show_spinner=False)
def _room() -> threading.Semaphore:
    """How many pictures are looked at side by side: each takes a process with Keras in it."""
    return threading.Semaphore(1)
