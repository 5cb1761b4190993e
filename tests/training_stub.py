"""A stand-in for the training worker, without Keras: `python -m tests.training_stub RUN_FOLDER`.

It holds the run's lock and does what the run's title says: "work" until it is asked to stop, "quick" ends at once,
"deaf" heeds neither the stop file nor SIGTERM, "slow" takes 20 seconds to begin, "hungry" holds 300 MB, "crash" ends
before it has the lock.
"""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from cnnviz.training.folder import Run, State

LONGEST = 60  # seconds, so that nothing is left behind


def main(path: Path) -> int:
    run = Run(path)
    title = run.config().title
    print("hello from the worker", flush=True)
    if title == "crash":
        print("ModuleNotFoundError: no module named keras", flush=True)
        return 3
    if title == "slow":
        time.sleep(20)
    if title == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with run.hold():
        names = ("CUDA_VISIBLE_DEVICES", "KERAS_BACKEND", "SECRET_TOKEN")
        seen = {name: os.environ.get(name) for name in names}
        (path / "seen.json").write_text(json.dumps({**seen, "nice": os.nice(0), "session": os.getsid(0)}))
        run.write_state(replace(run.state(), status="running", pid=os.getpid(), epoch=1))
        held = bytearray(b"x" * 300_000_000) if title == "hungry" else b""
        ends = time.monotonic() + LONGEST
        while title != "quick" and time.monotonic() < ends:
            if title != "deaf" and run.is_asked_to_stop():
                run.write_state(State("stopped", epoch=1, message="stopped as asked"))
                return 0
            time.sleep(0.02)
        del held
        run.write_state(State("finished", epoch=2, seconds=1.5))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
