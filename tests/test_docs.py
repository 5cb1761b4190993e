"""The documents say what the code does."""

import fnmatch
import importlib.util
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from streamlit import config

import cnnviz
import start
from benchmarks.__main__ import ALONE, PARTS
from cnnviz import reference
from cnnviz.notation import load
from cnnviz.zoo import BY_NAME, ROWS, table

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "families").glob("*.md")),
]
EACH = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
# Variables that are no setting: what cnnviz tells its own worker, and what a test tells its stub.
INTERNAL = {"CNNVIZ_WITH_PARENT", "CNNVIZ_TEST_CHILD"}
# Files that documents name and that are not ours: a run's, and what users make.
MADE = {
    "config.json",
    "environment.json",
    "lease.json",
    "log.txt",
    "model.keras",
    "results.json",
    "cnnviz/guide/text/NAME.md",
}
FOLDERS = ("cnnviz", "cnnviz/draw", "cnnviz/training", "cnnviz/ui")


@cache
def words(path: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def anchors(path: Path) -> set[str]:
    """The places in a document that a link can lead to: its headings as GitHub calls them, and names."""
    headings = re.findall(r"^#+ (.+)$", words(path), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a name="(\w+)"', words(path)))


@cache
def named_files() -> frozenset[str]:
    """The names of all files in the folders that are ours."""
    ours = ("assets", "benchmarks", "cnnviz", "deploy", "docs", "pages", "tests", ".streamlit")
    return frozenset(file.name for folder in ours for file in (ROOT / folder).rglob("*") if file.is_file())


def test_the_notation_reference_is_the_declarations():
    """Refresh with: python -c "from cnnviz import reference; print(reference.markdown(), end='')" > docs/notation.md"""
    assert (ROOT / "docs" / "notation.md").read_text(encoding="utf-8") == reference.markdown()


def test_the_zoo_page_is_the_rows():
    """Refresh with: python -c "from cnnviz.zoo import table; print(table.markdown(), end='')" > docs/zoo.md"""
    assert (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8") == table.markdown()


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if path.name != "extending.md"], ids=lambda path: path.name
)
def test_every_net_in_a_document_can_be_built(path):
    for block in re.findall(r"```\n(input\(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        load(block)


@EACH
def test_links_and_pictures_lead_somewhere(path):
    plain = re.sub(r"`[^`\n]+`\]", "`]", words(path))  # a link's title may be code
    plain = re.sub(r"`[^`\n]*\]\([^`\n]*`", "", plain)  # code that looks like a link is none
    for target, place in re.findall(r"\]\((?!\w+:)([^)#]*)(?:#([^)]*))?\)", plain):
        file = path.parent / target if target else path
        assert file.exists(), target
        assert not place or place in anchors(file), f"{target}#{place}"


@EACH
def test_every_file_that_a_document_names_is_there(path):
    for name in re.findall(r"`([\w@./*-]+\.(?:py|md|js|css|toml|txt|json|yaml|conf|service|keras))`", words(path)):
        there = [*ROOT.glob(name), *path.parent.glob(name), *fnmatch.filter(named_files(), name)]
        assert there or name in MADE, name
    for name in re.findall(r"`((?:cnnviz|tests|docs|assets|benchmarks|deploy|pages)/[\w/]*)`", words(path)):
        assert (ROOT / name).is_dir(), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_how_it_is_built_names_every_file(folder):
    text = words(ROOT / "docs" / "architecture.md").split(f"\n### `{folder}/`\n")[1].split("\n### ")[0]
    patterns = set(re.findall(r"`([\w*]+\.py)`", text.split("\n## ")[0]))
    for pattern in patterns:
        assert [*(ROOT / folder).glob(pattern)], pattern
    named = {file.name for pattern in patterns for file in (ROOT / folder).glob(pattern)}
    assert {file.name for file in (ROOT / folder).glob("[!_]*.py")} == named


@EACH
def test_every_command_that_a_document_names_exists(path):
    text = path.read_text(encoding="utf-8")
    for module, word in re.findall(r"python -m ([\w.]+)(?: +([a-z]\w*))?", text):
        found = importlib.util.find_spec(module)
        assert found, module
        if found.submodule_search_locations is not None:
            assert importlib.util.find_spec(f"{module}.__main__"), module
        if module == "cnnviz" and word:
            assert word in subcommands(), word
        if module == "benchmarks" and word:
            assert word in (*PARTS, *ALONE), word
    for word in re.findall(r"python3 start\.py +([a-z]\w*)", text):
        assert word in {"help", *start.COMMANDS}, word
    for word in re.findall(r"start\.py bench +([a-z]\w*)", text):
        assert word in (*PARTS, *ALONE), word
    for word in re.findall(r"`make (\w+)`", text):
        assert word in start.COMMANDS, word


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if path.name != "CHANGELOG.md"], ids=lambda path: path.name
)
def test_the_number_of_networks_is_that_of_the_zoo(path):
    assert set(re.findall(r"\b(\d\d+) networks\b", words(path))) <= {str(len(ROWS))}


def test_every_variable_that_is_read_is_in_the_table_of_settings():
    """And nothing else is; the other documents name no variable that is not there."""
    ours = "".join(file.read_text(encoding="utf-8") for file in (*(ROOT / "cnnviz").rglob("*.py"), ROOT / "start.py"))
    read = set(re.findall(r'"(CNNVIZ_[A-Z_]+[A-Z])"', ours))
    for folder in ("benchmarks", "docs", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            read |= set(re.findall(r'environ(?:\.get\(|\[)"(CNNVIZ_[A-Z_]+)"', file.read_text(encoding="utf-8")))
    table = re.findall(r"^\| (`CNNVIZ_.*?) \|", words(ROOT / "docs" / "architecture.md"), re.MULTILINE)
    told = set(re.findall(r"CNNVIZ_[A-Z_]+", " ".join(table)))
    assert told == read - INTERNAL
    for path in DOCUMENTS:
        assert set(re.findall(r"CNNVIZ_[A-Z_]+", path.read_text(encoding="utf-8"))) <= told, path.name


def test_the_changelog_begins_with_this_version():
    """The version stands in cnnviz/__init__.py alone."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", cnnviz.__version__)
    headings = re.findall(r"^## (.+)$", words(ROOT / "CHANGELOG.md"), re.MULTILINE)
    newest = next(heading for heading in headings if heading != "Unreleased")
    assert re.fullmatch(re.escape(cnnviz.__version__) + r", \d{4}-\d\d-\d\d", newest)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "cnnviz.__version__"}


def subcommands() -> set[str]:
    """What can follow `python -m cnnviz`."""
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "cnnviz").glob("cli*.py"))
    return set(re.findall(r'add_parser\(\s*"(\w+)"', code))


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "deploy").iterdir()), ROOT / "docs" / "deploy.md"], ids=lambda path: path.name
)
def test_every_variable_of_a_deployment_is_read(path):
    """By our code, or by Streamlit as one of its settings."""
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "cnnviz").rglob("*.py"))
    ours = set(re.findall(r'"(CNNVIZ_[A-Z_]+)"', code))
    theirs = {option.env_var for option in config.get_config_options().values()}
    named = set(re.findall(r"\b(?:CNNVIZ|STREAMLIT)_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named <= ours | theirs
    assert named or path.name == "nginx.conf"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_presets_named_on_a_command_line_exist(path):
    for name in re.findall(
        r"python -m cnnviz (?:summary|check|export|train) ([a-z][\w-]+)", path.read_text(encoding="utf-8")
    ):
        assert name in BY_NAME
