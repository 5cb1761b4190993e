"""The files in deploy fit one another, the app's settings and the files that it needs; no container is made."""

from __future__ import annotations

import ast
import fnmatch
import re
import tomllib
from pathlib import Path

import pytest

from cnnviz.ui.visitor import COOKIE

ROOT = Path(__file__).parent.parent
CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "cnnviz@.service").read_text(encoding="utf-8")
SERVER = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
COPIED = [name for line in re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.MULTILINE) for name in line.split()]
KILOBYTES = {"": 1 / 1024, "k": 1, "m": 1024}


def is_sent(name: str) -> bool:
    """Whether .dockerignore lets a file into the image's build: the last line that fits it, or a folder of it, says."""
    sent = True
    places = [Path(name), *Path(name).parents[:-1]]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if pattern.startswith("**/"):
            fits = any(fnmatch.fnmatchcase(place.name, pattern.removeprefix("**/")) for place in places)
        else:
            deep = pattern.count("/")
            fits = any(
                place.as_posix().count("/") == deep and fnmatch.fnmatchcase(place.as_posix(), pattern)
                for place in places
            )
        if fits and not line.startswith("#"):
            sent = line.startswith("!")
    return sent


def servers() -> list[str]:
    """The names of compose.yaml's page servers."""
    services = COMPOSE.split("\nservices:\n")[1].split("\n\n")[0]
    return re.findall(r"^  (app\d+):", services, re.MULTILINE)


def in_kilobytes(text: str) -> float:
    found = re.fullmatch(r"(\d+)([km]?)", text)
    assert found, text
    return int(found[1]) * KILOBYTES[found[2]]


@pytest.mark.parametrize("name", COPIED)
def test_what_the_image_copies_is_there_and_sent(name):
    path = ROOT / name
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    wanted = [file.relative_to(ROOT).as_posix() for file in files]
    wanted = [name for name in wanted if "__pycache__" not in name and not name.endswith("secrets.toml")]
    assert wanted
    assert [name for name in wanted if not is_sent(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".venv/bin/python",
        ".hypothesis/examples",
        "tests/conftest.py",
        "docs/deploy.md",
        "runs/a-run/run.json",
        "model.keras",
        ".streamlit/secrets.toml",
        "cnnviz/__pycache__/net.pyc",
        "cnnviz/draw/__pycache__/net.pyc",
    ],
)
def test_nothing_else_is_sent(name):
    assert not is_sent(name)


def test_the_image_has_every_module_of_ours_that_the_app_imports():
    ours = {path.stem for path in ROOT.glob("*.py")} | {path.parent.name for path in ROOT.glob("*/__init__.py")}
    files = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "cnnviz").rglob("*.py")]
    imported: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    assert "cnnviz" in imported & ours
    assert imported & ours <= {Path(name).stem for name in COPIED}


def test_the_image_has_a_python_that_the_project_supports_and_its_system_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = tuple(map(int, re.findall(r"^FROM .*python:(\d+)\.(\d+)", CONTAINERFILE, re.MULTILINE)[0]))
    lowest, beyond = (tuple(map(int, found)) for found in re.findall(r"(\d+)\.(\d+)", project["requires-python"]))
    assert lowest <= version < beyond
    installed = re.findall(r"apt-get install .*?recommends ([\w -]+)", CONTAINERFILE)[0].split()
    assert set((ROOT / "packages.txt").read_text(encoding="utf-8").split()) <= set(installed)


def test_all_mean_the_same_port_and_the_same_servers():
    port = SERVER.get("port", 8501)
    assert re.findall(r"^EXPOSE (\d+)", CONTAINERFILE, re.MULTILINE) == [f"{port}"]
    assert re.findall(r"127\.0\.0\.1:(\d+)/_stcore/health", CONTAINERFILE) == [f"{port}"]
    assert re.findall(r"^\s+server (\w+):(\d+)", NGINX, re.MULTILINE) == [(name, f"{port}") for name in servers()]
    assert len(servers()) == 2


def test_the_servers_addresses_are_fixed_and_within_their_network():
    """nginx looks their names up only when it starts."""
    network = re.findall(r"subnet: ([\d.]+)\.0/24", COMPOSE)
    addresses = re.findall(r"ipv4_address: ([\d.]+)\.(\d+)", COMPOSE)
    assert [place for place, _ in addresses] == network * len(servers())
    assert len({number for _, number in addresses}) == len(servers())
    assert all(2 < int(number) < 255 for _, number in addresses)


def test_the_proxy_lets_through_what_the_server_takes():
    assert in_kilobytes(re.findall(r"client_max_body_size (\w+);", NGINX)[0]) >= SERVER["maxUploadSize"] * 1024
    assert in_kilobytes(re.findall(r"large_client_header_buffers \d+ (\w+);", NGINX)[0]) >= 64
    assert f"$cookie_{COOKIE} " in NGINX


def test_the_proxy_keeps_the_port_in_the_host():
    """Streamlit refuses a web socket whose Origin is not its Host, port and all."""
    assert re.findall(r"proxy_set_header Host (\S+);", NGINX) == ["$http_host"]


@pytest.mark.parametrize("text", [COMPOSE, UNIT], ids=["compose.yaml", "cnnviz@.service"])
def test_the_keras_process_fits_beside_the_server(text):
    keras = float(re.findall(r'CNNVIZ_KERAS_MEMORY[:=] ?"?(\d+)', text)[0])
    most = float(re.findall(r"(?:mem_limit: |MemoryMax=)(\d+)[gG]", text)[0])
    assert keras + 1 < most


def test_all_that_the_app_writes_is_below_the_volume():
    volume = re.findall(r"^VOLUME (\S+)", CONTAINERFILE, re.MULTILINE)[0]
    for name in ("HOME", "CNNVIZ_RUNS", "CNNVIZ_DATA"):
        value = re.findall(rf"\b{name}=(\S+)", CONTAINERFILE)[0]
        assert value == volume or value.startswith(f"{volume}/")
    assert f'"data:{volume}"' in COMPOSE
    assert "read_only: true" in COMPOSE
    assert "tmpfs: [/tmp]" in COMPOSE
    assert re.findall(r"^USER (\S+)", CONTAINERFILE, re.MULTILINE) == ["cnnviz"]
