"""Set up cnnviz and run it, or set it up and test it, with nothing but Python 3.11 to 3.13.

    python3 start.py                      set up and run the app
    python3 start.py --server.port 8600   the same; arguments go on to Streamlit
    python3 start.py test -k notation     set up and run the tests; arguments go on to pytest
    python3 start.py help                 every command

Setting up makes .venv beside this file, once, and installs the pinned requirements into it. Graphviz, and for the tests
Chromium, come from the system's package manager where it asks no password; CNNVIZ_NO_SYSTEM_PACKAGES=1 forbids that.
Tried on Linux (Debian, apt-get). Written for macOS, Windows and the other package managers too, but untested there.
"""

import shutil
import sys

# This stands before everything that an older Python cannot run; the file parses from Python 3.6 on.
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    fit = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    hint = f"; try: {fit[0]} start.py" if fit else ""
    sys.exit("start.py: cnnviz needs Python 3.11, 3.12 or 3.13; this is {}.{}".format(*sys.version_info) + hint)

import hashlib
import importlib.util
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
APP, DEV, BACKENDS = "requirements.txt", "requirements-dev.txt", "requirements-backends.txt"
RAY, RAY_DEV, BENCH = "requirements-ray.txt", "requirements-ray-dev.txt", "requirements-bench.txt"
INCLUDED = {  # each includes those before it
    APP: (APP,), DEV: (APP, DEV), BACKENDS: (APP, DEV, BACKENDS), RAY: (APP, RAY), RAY_DEV: (APP, DEV, RAY, RAY_DEV),
    BENCH: (APP, DEV, BENCH),
}


@dataclass(frozen=True)
class Command:
    """One word after start.py: what it needs, and the modules that it runs (the user's arguments go to the last)."""

    help: str
    requirements: str
    steps: tuple[tuple[str, ...], ...]


# A file's tests stay together, so that each process starts one browser and one app at most; more than four processes
# would need over 8 GB, as each loads TensorFlow.
SIDE_BY_SIDE = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")

COMMANDS = {
    "run": Command("the app (the default)", APP, (("streamlit", "run", "app.py"),)),
    "test": Command(
        "lint and types, then the tests with pytest", DEV, (("ruff", "check"), ("mypy",), ("pytest", *SIDE_BY_SIDE))
    ),
    "lint": Command("the linter, ruff", DEV, (("ruff", "check"),)),
    "types": Command("the type checker, mypy", DEV, (("mypy",),)),
    "bench": Command("the benchmarks and their peers; ten minutes, and GBs to install", BENCH, (("benchmarks",),)),
    "backends": Command(
        "training on TensorFlow, JAX and PyTorch, and killed twenty times; some minutes, and GBs to install",
        BACKENDS,
        (("pytest", "tests/backends/every_backend.py", "tests/backends/twenty_kills.py"),),
    ),
    "ray": Command(
        "training in a Ray cluster of two nodes on this machine; some minutes", RAY_DEV,
        (("pytest", "tests/ray/two_nodes.py"),),
    ),
}


@dataclass(frozen=True)
class Tool:
    """A program that pip cannot bring: its title, what is lost without it, the names and places that it is found by."""

    title: str
    loss: str
    programs: tuple[str, ...] = ()


TOOLS = {
    "dot": Tool("Graphviz", "there will be no plot_model pictures", ("dot", "C:/Program Files/Graphviz/bin/dot.exe")),
    "chromium": Tool("Chromium", "every browser test will be skipped", (
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
    )),
    "ensurepip": Tool("Python's ensurepip", "this Python cannot make a virtual environment"),
}
NEEDED = {APP: ("dot",), DEV: ("dot", "chromium"), BACKENDS: (), RAY_DEV: (), BENCH: ("dot", "chromium")}


@dataclass(frozen=True)
class Manager:
    """A package manager: how it installs without asking, what it calls the tools' packages, whether it must be root."""

    install: str
    packages: Mapping[str, str]
    as_root: bool = True


SAME = {"dot": "graphviz", "chromium": "chromium"}
MANAGERS = {  # the first one found on the system is used
    "apt-get": Manager("apt-get install -y --no-install-recommends", {**SAME, "ensurepip": f"python{PYTHON}-venv"}),
    "dnf": Manager("dnf install -y", SAME),
    "pacman": Manager("pacman -S --noconfirm --needed", SAME),
    "apk": Manager("apk add --no-cache", {**SAME, "dot": "graphviz font-dejavu"}),
    "zypper": Manager("zypper install -y", SAME),
    "brew": Manager("brew install", {**SAME, "chromium": "google-chrome"}, as_root=False),
    "winget": Manager("winget install --accept-package-agreements --accept-source-agreements --exact",
                      {"dot": "Graphviz.Graphviz", "chromium": "Google.Chrome"}, as_root=False),
    "choco": Manager("choco install -y", {**SAME, "chromium": "googlechrome"}, as_root=False),
}


class SetupError(Exception):
    """Setting up cannot go on; the message is the one line that the user sees."""


def say(text: str) -> None:
    """Print a line of start.py's own, at once."""
    print(f"start.py: {text}", flush=True)


@contextmanager
def timed(title: str) -> Iterator[None]:
    """Say what begins, and then how long it took."""
    say(f"{title} ...")
    begun = time.monotonic()
    yield
    say(f"{title}: {time.monotonic() - begun:.1f} s")


def call(*command: str) -> int:
    """Run a program in the project's folder and return its exit code; on Ctrl-C, wait for it before stopping."""
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()  # the terminal has sent Ctrl-C to it too
            raise


def succeeds(*command: str) -> bool:
    """Whether a program exits with 0; what it prints is dropped."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def fingerprint(requirements: str) -> str:
    """Hash the Python version and the requirements, those included too."""
    digest = hashlib.sha256(PYTHON.encode())
    for name in sorted(INCLUDED[requirements]):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_installed(requirements: str) -> bool:
    """Whether .venv holds just these requirements: its stamp has their fingerprint."""
    stamp = VENV / f"{requirements}.stamp"
    return VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(requirements)


def make_venv() -> None:
    """Make .venv anew; Debian's Python may lack the part that this needs."""
    if importlib.util.find_spec("ensurepip") is None and not install_tool("ensurepip"):
        raise SetupError(missing("ensurepip"))
    with timed(f"making .venv with Python {PYTHON}"):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
        if made.returncode:
            raise SetupError(f"could not make .venv: {made.stdout}{made.stderr}".strip())


def install_requirements(requirements: str) -> None:
    """Bring .venv in line with a requirements file."""
    probe = f"import sys, pip; sys.exit('%d.%d' % sys.version_info[:2] != '{PYTHON}')"
    if not (VENV_PYTHON.exists() and succeeds(str(VENV_PYTHON), "-c", probe)):
        make_venv()
    with timed(f"installing {requirements} into .venv"):
        pip = (str(VENV_PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
        if call(*pip, "-r", requirements):
            raise SetupError(f"pip could not install {requirements}, for the reason above; is the network up?")
    for name in INCLUDED[requirements]:
        (VENV / f"{name}.stamp").write_text(fingerprint(name))


def find_manager() -> Manager | None:
    """The system's package manager, if it is one of ours."""
    return next((manager for name, manager in MANAGERS.items() if shutil.which(name)), None)


def privilege(manager: Manager) -> list[str] | None:
    """What to put before the manager's command so that it runs without a password, or None where it cannot."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if os.environ.get("CNNVIZ_NO_SYSTEM_PACKAGES") or (is_root and not manager.as_root):
        return None
    if is_root or not manager.as_root:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds("sudo", "-n", "true") else None


def install_tool(tool: str) -> bool:
    """Get a tool from the system's package manager, where that needs no password; whether it went well."""
    manager = find_manager()
    before = privilege(manager) if manager and tool in manager.packages else None
    if manager is None or before is None:
        return False
    with timed(f"installing {TOOLS[tool].title} from the system's packages"):
        if manager is MANAGERS["apt-get"]:
            before = [*before, "env", "DEBIAN_FRONTEND=noninteractive"]
            call(*before, "apt-get", "update")
        return call(*before, *manager.install.split(), *manager.packages[tool].split()) == 0


def missing(tool: str) -> str:
    """One line: what is missing, what is lost without it, and how to get it."""
    manager = find_manager()
    cure = f"install {TOOLS[tool].title} by hand"
    if manager and tool in manager.packages:
        cure = f"{'sudo ' * manager.as_root}{manager.install} {manager.packages[tool]}"
    return f"{TOOLS[tool].title} is missing: {TOOLS[tool].loss}. To get it: {cure}"


def find_tool(tool: str) -> str | None:
    """The path of a tool's program."""
    return next(filter(None, map(shutil.which, TOOLS[tool].programs)), None)


def get_tools(requirements: str, *, install: bool) -> list[str]:
    """Find the tools, getting those that are not there; return a line for each that stays missing."""
    notices = []
    for tool in NEEDED[requirements]:
        if install and not find_tool(tool):
            install_tool(tool)
        found = find_tool(tool)
        if found:
            os.environ["PATH"] += os.pathsep + str(Path(found).parent)  # what was installed just now may not be on it
        else:
            notices.append(missing(tool))
            say(notices[-1])
    return notices


def run_steps(command: Command, arguments: Sequence[str]) -> list[str]:
    """Run a command's modules one after the other, also past a failure; return the names of those that failed."""
    steps = [[str(VENV_PYTHON), "-m", *step] for step in command.steps]
    steps[-1] += arguments
    if len(steps) == 1 and os.name == "posix":
        os.chdir(ROOT)
        os.execv(steps[0][0], steps[0])  # become the program: signals and exit code are its own
    failed = []
    for step in steps:
        with timed(step[2]):
            if call(*step):
                failed.append(step[2])
    return failed


def read_arguments(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Split the command from the arguments that go on to it; without a command, it is `run`."""
    if arguments and arguments[0] in ("-h", "--help"):
        return "help", []
    if not arguments or arguments[0].startswith("-"):
        return "run", list(arguments)
    return arguments[0], list(arguments[1:])


def main(arguments: Sequence[str]) -> int:
    """Set up what the command needs, run it, and return the exit code."""
    word, rest = read_arguments(arguments)
    if word == "help":
        lines = [f"    {name:<10}{command.help}" for name, command in COMMANDS.items()]
        print(__doc__, "Commands; what follows them goes on to the last program that they run:", "", *lines, sep="\n")
        return 0
    if word not in COMMANDS:
        raise SetupError(f"there is no command {word!r}; there are {', '.join(COMMANDS)} and help")
    command = COMMANDS[word]
    new = not is_installed(command.requirements)
    if new:
        install_requirements(command.requirements)
    notices = get_tools(command.requirements, install=new)
    failed = run_steps(command, rest)
    for notice in notices:
        say(notice)
    say(f"{word}: {'failed: ' + ', '.join(failed) if failed else 'passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (SetupError, OSError) as error:
        sys.exit(f"start.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
