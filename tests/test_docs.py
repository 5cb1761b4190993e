"""The documents say what the code does."""

import re
from pathlib import Path

import pytest
from streamlit import config

from cnnviz import reference
from cnnviz.notation import load
from cnnviz.zoo import BY_NAME, table

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_notation_reference_is_the_declarations():
    """Refresh with: python -c "from cnnviz import reference; print(reference.markdown(), end='')" > docs/notation.md"""
    assert (ROOT / "docs" / "notation.md").read_text(encoding="utf-8") == reference.markdown()


def test_the_zoo_page_is_the_rows():
    """Refresh with: python -c "from cnnviz.zoo import table; print(table.markdown(), end='')" > docs/zoo.md"""
    assert (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8") == table.markdown()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_net_in_a_document_can_be_built(path):
    for block in re.findall(r"```\n(input\(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        load(block)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


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
