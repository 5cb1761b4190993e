"""Own pictures: where they are given, as a zip file or a folder of this machine, and what was left out of them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from .. import disk
from ..declare import sentence
from ..training.bounds import Bounds
from . import train_state, train_tasks, visit, visitor
from .plain_text import escaped
from .train_tasks import Busy, Progress, Task, tasks

LARGEST_ZIP = 64  # megabytes, as server.maxUploadSize
_SECONDS = 1_200  # that reading them may take
_ROUND, _FILE, _TAKEN, _REFUSED = "train_zip_round", "train_zip_file", "train_pictures_taken", "train_pictures_refused"
_FORM = "A folder for each class, named as the class, with its pictures in it: JPEG, PNG and other usual formats."


def show(allowed: Bounds, *, given: bool) -> None:
    """Draw it. Where pictures are `given` already, the place for others is folded."""
    if tasks().is_running(_key()):
        train_tasks.wait(_key(), "train_pictures", "Reading the pictures", over=_over)
        return
    if _over():  # it ended while nobody looked
        st.rerun()
    if st.session_state.get(_REFUSED):
        st.error(escaped(sentence(st.session_state[_REFUSED])), icon=":material/broken_image:")
    if not visitor.may_train(allowed):
        st.info("Training is off on this server, so it takes no pictures.", icon=":material/lock:")
        return
    if given:
        _left_out()
        with st.expander("Give other pictures", key="train_other_pictures"):
            _places(allowed)
    else:
        _places(allowed)


def _places(allowed: Bounds) -> None:
    key = f"train_zip_{st.session_state.get(_ROUND, 0)}"

    def uploaded() -> None:
        file = st.session_state.get(key)
        if file is not None:
            _begin_zip(file.getvalue(), allowed.data)

    st.file_uploader(f"A zip file. {_FORM}", type=["zip"], key=key, on_change=uploaded, max_upload_size=LARGEST_ZIP)
    if visitor.is_alone():
        with st.container(key="train_folder_row", horizontal=True, vertical_alignment="bottom"):
            st.text_input("Or a folder on this machine", key="train_folder", placeholder="/home/me/pictures")
            st.button("Take it", key="train_folder_take", on_click=_begin_folder, args=(allowed.data,))


def _left_out() -> None:
    """What was changed or left out of the pictures that were given last."""
    taken: dict[str, Any] = st.session_state.get(_TAKEN) or {}
    for line in taken.get("changes") or ():
        st.caption(escaped(sentence(str(line))))
    skipped = [str(line) for line in taken.get("skipped") or ()]
    if skipped:
        with st.expander(f"Left out: {len(skipped):,}", icon=":material/image_not_supported:", key="train_left_out"):
            st.markdown("\n".join(f"* {escaped(line)}" for line in skipped[:50]))


# --- the job, in callbacks --------------------------------------------------------------------------------------------


def _key() -> str:
    return f"pictures {visit.identity()}"


def _begin_zip(content: bytes, folder: Path) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix="cnnviz-pictures-", suffix=".zip")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as error:
        st.session_state[_REFUSED] = f"the file cannot be kept while it is read: {disk.words(error)}"
        return
    st.session_state[_FILE] = name
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1  # an uploader without a file
    _begin(name, folder)


def _begin_folder(folder: Path) -> None:
    given = (st.session_state.get("train_folder") or "").strip()
    if not visitor.is_alone():
        return
    path = Path(given).expanduser()
    if not given or not path.is_dir():
        st.session_state[_REFUSED] = f"there is no folder {given[:200]}" if given else "say which folder"
        return
    _begin(str(path.absolute()), folder)


def _begin(path: str, folder: Path) -> None:
    st.session_state[_REFUSED] = ""
    arguments = ("cnnviz.training.pictures", path, str(folder))
    try:
        tasks().begin(Task(_key(), "pictures", arguments, _SECONDS, _look))
    except (Busy, OSError) as error:
        said = f"the pictures cannot be read now: {disk.words(error)}" if isinstance(error, OSError) else str(error)
        st.session_state[_REFUSED] = said
        _forget_file()


def _look(lines: list[dict[str, Any]]) -> Progress:
    last = lines[-1] if lines else {}
    done, of = last.get("done", 0), last.get("of", 0)
    return Progress(share=done / of if of else 0.0)


def _over() -> bool:
    """When the job has ended: take what it has made, or say why there is nothing. Whether it has."""
    ended = tasks().ended(_key())
    if ended is None:
        return False
    tasks().cancel(_key())
    _forget_file()
    taken = ended.lines[-1] if ended.lines else {}
    if ended.code == 0 and taken.get("token"):
        st.session_state[_TAKEN] = taken
        train_state.take_pictures(str(taken["token"]))
    else:
        st.session_state[_REFUSED] = ended.complaint or "the pictures could not be read in the time that there is"
    return True


def _forget_file() -> None:
    name = st.session_state.pop(_FILE, "")
    if name:
        Path(name).unlink(missing_ok=True)
