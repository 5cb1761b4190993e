"""Work in the background gives way to the pages."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cnnviz import priority


@pytest.fixture
def child():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process
        process.stdin.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows knows classes of priority")
@pytest.mark.parametrize(("given", "expected"), [(0, priority.KERAS), (15, 15)])
def test_a_process_gets_low_priority_and_never_a_higher_one(child, given, expected):
    process = psutil.Process(child.pid)
    process.nice(given)
    priority.lower(process, priority.KERAS)
    assert process.nice() == expected


def test_a_session_of_its_own_gives_way_too(child):
    shared = Path(f"/proc/{child.pid}/autogroup")
    if not shared.exists():
        pytest.skip("this system does not share time out among sessions")
    priority.lower(psutil.Process(child.pid), priority.TRAINING)
    assert shared.read_text().endswith(f"nice {priority.TRAINING}\n")


def test_a_process_that_has_ended_is_no_trouble(child):
    process = psutil.Process(child.pid)
    child.stdin.close()
    child.wait()
    priority.lower(process, priority.TRAINING)
