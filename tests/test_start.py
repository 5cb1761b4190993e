"""start.py: what it decides. Nothing here installs anything, or needs a network."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import start

APT = "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
TREE = Path(start.__file__).parent
LOADS = "import sys; sys.version_info = {}; exec(compile(open({!r}).read(), 'start.py', 'exec'))"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with requirements and a .venv in which both are installed, which start.py takes for its own."""
    for name in (start.APP, start.DEV):
        (tmp_path / name).write_bytes((TREE / name).read_bytes())
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "VENV_PYTHON", tmp_path / ".venv" / "python")
    calls = []
    monkeypatch.setattr(start, "call", lambda *command: calls.append(command) or 0)
    monkeypatch.setattr(start, "succeeds", lambda *command: True)
    start.VENV.mkdir()
    start.VENV_PYTHON.touch()
    start.install_requirements(start.DEV)
    assert len(calls) == 1, "one call of pip installs the tests' requirements and the app's"
    assert calls[0][-2:] == ("-r", start.DEV)
    return tmp_path


def system(monkeypatch, *programs, root=False, sudo=False):
    """Pretend to be on a system where these programs can be found; returns the list of commands that get called."""
    calls = []
    monkeypatch.delenv("CNNVIZ_NO_SYSTEM_PACKAGES", raising=False)
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    monkeypatch.setattr(start.os, "geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr(start, "succeeds", lambda *command: command[0] == "sudo" and sudo)
    monkeypatch.setattr(start, "call", lambda *command: calls.append(" ".join(command)) or 0)
    return calls


# ---- too old, or too new, a Python


def test_file_parses_on_python_3_6():
    ast.parse((TREE / "start.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (3, 14, 0)])
def test_unfit_python_gets_one_line(version):
    code = LOADS.format(version, str(TREE / "start.py"))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout == ""
    said = "start.py: cnnviz needs Python 3.11, 3.12 or 3.13; this is {}.{}".format(*version)
    assert re.fullmatch(re.escape(said) + r"(; try: python3\.\d+ start\.py)?\n", result.stderr)


def test_python_versions_agree_with_the_project():
    wanted = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert wanted == ">=3.11,<3.14"


# ---- what is installed


def test_nothing_is_redone(checkout):
    assert start.is_installed(start.DEV)
    assert start.is_installed(start.APP), "who has the tests' requirements has the app's"


@pytest.mark.parametrize(
    ("changed", "app_stays"), [(start.APP, False), (start.DEV, True)], ids=["app changes", "tests change"]
)
def test_changed_requirements_are_installed_again(checkout, changed, app_stays):
    with (checkout / changed).open("a") as file:
        file.write("six==1.17.0\n")
    assert not start.is_installed(start.DEV), "the tests' requirements include the app's"
    assert start.is_installed(start.APP) == app_stays


def test_another_python_is_installed_for_again(checkout, monkeypatch):
    monkeypatch.setattr(start, "PYTHON", "3.99")
    assert not start.is_installed(start.APP)


def test_venv_without_its_python_is_not_installed(checkout):
    start.VENV_PYTHON.unlink()
    assert not start.is_installed(start.APP)


def test_failed_pip_leaves_no_stamp_and_one_line(checkout, monkeypatch):
    monkeypatch.setattr(start, "call", lambda *command: 1)
    (checkout / start.APP).write_text("no-such-package==0\n")
    with pytest.raises(start.SetupError, match="pip could not install requirements.txt"):
        start.install_requirements(start.APP)
    assert not start.is_installed(start.APP)


def test_every_requirement_is_pinned():
    lines = [line for name in (start.APP, start.DEV) for line in (TREE / name).read_text().splitlines()]
    loose = [line for line in lines if line and not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
    assert loose == [f"-r {start.APP}"]


# ---- programs from the system's package manager


@pytest.mark.parametrize(
    ("programs", "root", "sudo", "tool", "expected"),
    [
        (["apt-get"], True, False, "dot", f"{APT} graphviz"),
        (["apt-get", "sudo"], False, True, "chromium", f"sudo -n {APT} chromium"),
        (["apt-get", "sudo"], False, False, "dot", None),
        (["apt-get"], False, False, "dot", None),
        (["dnf", "sudo"], False, True, "dot", "sudo -n dnf install -y graphviz"),
        (["pacman"], True, False, "chromium", "pacman -S --noconfirm --needed chromium"),
        (["apk"], True, False, "dot", "apk add --no-cache graphviz font-dejavu"),
        (["zypper"], True, False, "ensurepip", None),
        (["brew"], False, False, "chromium", "brew install google-chrome"),
        (["brew"], True, False, "dot", None),
        (["choco"], False, False, "dot", "choco install -y graphviz"),
        ([], True, False, "dot", None),
    ],
)
def test_package_manager(monkeypatch, programs, root, sudo, tool, expected):
    calls = system(monkeypatch, *programs, root=root, sudo=sudo)
    assert start.install_tool(tool) == (expected is not None)
    assert calls[-1:] == ([expected] if expected else [])


def test_apt_refreshes_its_lists_first(monkeypatch):
    calls = system(monkeypatch, "apt-get", root=True)
    start.install_tool("ensurepip")
    assert calls[0].endswith("apt-get update")
    assert calls[1].endswith(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")


def test_operator_can_forbid_system_packages(monkeypatch):
    calls = system(monkeypatch, "apt-get", root=True)
    monkeypatch.setenv("CNNVIZ_NO_SYSTEM_PACKAGES", "1")
    assert not start.install_tool("dot")
    assert calls == []


@pytest.mark.parametrize(
    ("programs", "cure"),
    [
        (["apt-get"], "sudo apt-get install -y --no-install-recommends graphviz"),
        (["brew"], "brew install graphviz"),
        ([], "install Graphviz by hand"),
    ],
)
def test_missing_tool_gets_one_line_with_its_cure(monkeypatch, capsys, programs, cure):
    system(monkeypatch, *programs)
    (notice,) = start.get_tools(start.APP, install=False)
    assert notice == f"Graphviz is missing: there will be no plot_model pictures. To get it: {cure}"
    assert capsys.readouterr().out == f"start.py: {notice}\n"


def test_only_the_tests_need_a_browser(monkeypatch):
    system(monkeypatch)
    assert [line.split()[0] for line in start.get_tools(start.DEV, install=False)] == ["Graphviz", "Chromium"]
    assert "every browser test will be skipped" in start.get_tools(start.DEV, install=False)[1]


def test_tools_that_are_there_are_not_installed(monkeypatch):
    monkeypatch.setenv("PATH", "/bin")
    calls = system(monkeypatch, "apt-get", "dot", "google-chrome", root=True)
    assert start.get_tools(start.DEV, install=True) == []
    assert calls == []


def test_later_starts_do_not_try_again(monkeypatch):
    calls = system(monkeypatch, "apt-get", root=True)
    assert len(start.get_tools(start.DEV, install=False)) == 2
    assert calls == []


def test_python_without_ensurepip_gets_one_line(monkeypatch):
    system(monkeypatch, "apt-get")
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(start.SetupError, match=r"ensurepip is missing: .* sudo apt-get install .*python3\.\d+-venv$"):
        start.make_venv()


# ---- commands and arguments


@pytest.mark.parametrize(
    ("arguments", "word", "rest"),
    [
        ([], "run", []),
        (["--server.port", "8600"], "run", ["--server.port", "8600"]),
        (["run", "--server.port", "8600"], "run", ["--server.port", "8600"]),
        (["test", "-k", "notation", "-x"], "test", ["-k", "notation", "-x"]),
        (["--help"], "help", []),
    ],
)
def test_arguments(arguments, word, rest):
    assert start.read_arguments(arguments) == (word, rest)


def test_unknown_command_lists_the_known():
    known = "run, test, lint, types, bench, backends, ray and help"
    with pytest.raises(start.SetupError, match=f"no command 'tset'; there are {known}"):
        start.main(["tset"])


def test_help_shows_every_command(capsys):
    assert start.main(["help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{word:<10}{command.help}" in shown for word, command in start.COMMANDS.items())


@pytest.mark.parametrize(("failing", "code"), [([], 0), (["ruff"], 1), (["pytest"], 1), (["mypy", "pytest"], 1)])
def test_every_step_runs_and_any_failure_fails(monkeypatch, capsys, failing, code):
    calls = []

    def call(*command):
        calls.append(command[1:])
        return 3 if command[2] in failing else 0

    monkeypatch.setattr(start, "call", call)
    monkeypatch.setattr(start, "is_installed", lambda requirements: True)
    monkeypatch.setattr(start, "get_tools", lambda requirements, install: ["Chromium is missing"])
    assert start.main(["test", "-k", "x"]) == code
    assert calls == [("-m", "ruff", "check"), ("-m", "mypy"), ("-m", "pytest", *start.SIDE_BY_SIDE, "-k", "x")]
    *_, notice, verdict = capsys.readouterr().out.splitlines()
    assert notice == "start.py: Chromium is missing", "said again where it is seen: at the end"
    assert verdict == "start.py: test: " + ("failed: " + ", ".join(failing) if failing else "passed")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the app is a child of start.py")
def test_app_takes_the_place_of_start(checkout, monkeypatch):
    """So that a signal to start.py reaches the server, and the exit code is its own."""
    became = []
    monkeypatch.setattr(start.os, "execv", lambda path, command: became.append((path, command)))
    monkeypatch.setattr(start.os, "chdir", lambda folder: became.append(folder))
    start.run_steps(start.COMMANDS["run"], ["--server.port", "8600"])
    python = str(start.VENV_PYTHON)
    expected = [python, "-m", "streamlit", "run", "app.py", "--server.port", "8600"]
    assert became[:2] == [checkout, (python, expected)]


# ---- the other lists of commands and packages


def test_makefile_has_every_command():
    listed = re.search(r"^COMMANDS := (.*)$", (TREE / "Makefile").read_text(), re.MULTILINE)
    assert listed
    assert set(listed[1].split()) == {*start.COMMANDS, "help"}


def test_hosted_packages_are_what_apt_would_install():
    assert (TREE / "packages.txt").read_text().split() == [start.MANAGERS["apt-get"].packages["dot"]]
