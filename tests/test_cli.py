"""The command line: what it prints, its exit codes, and one line for everything that is wrong."""

import csv
import json

import pytest

import cnnviz
from cnnviz import zoo
from cnnviz.cli import main


def run(capsys, *argv):
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("row", zoo.ROWS, ids=lambda row: row.name)
def test_rows_add_up_to_the_totals(capsys, row):
    code, out, err = run(capsys, "summary", row.name, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert ", " not in out.split('"layers"')[1].replace(", ", "", 0)[:200], "JSON is compact"
    for column in ("params", "trainable_params", "macs"):
        assert sum(layer[column] for layer in found["layers"]) == found["totals"][column]
    assert len(found["layers"]) == found["totals"]["layers"]
    assert found["outputs"][0] == found["layers"][-1]["output_shape"] or len(found["outputs"]) > 1


def test_heads_come_after_the_main_output(capsys):
    found = json.loads(run(capsys, "summary", "googlenet-aux", "--json")[1])
    assert found["outputs"] == [[1000], [1000], [1000]]


def test_it_says_its_version(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"cnnviz {cnnviz.__version__}\n"


def test_a_net_is_a_preset_a_file_or_a_notation(capsys, tmp_path):
    text = "input(8, 8, 3)\nconv(4, 3)\n"
    file = tmp_path / "net.txt"
    file.write_text(text)
    typed, read = (json.loads(run(capsys, "summary", net, "--json")[1]) for net in (text, str(file)))
    assert typed == read
    assert typed["net"] == "input(8, 8, 3); conv(4, 3)"
    assert typed["totals"]["params"] == 112


def test_table_for_people(capsys):
    code, out, _ = run(capsys, "summary", "vgg16")
    assert code == 0
    assert "138,357,544 parameters" in out
    assert "15,470,264,320 MACs" in out
    assert max(map(len, out.splitlines())) < 110


def test_zoo_lists_every_network(capsys):
    code, out, _ = run(capsys, "zoo", "--json")
    assert code == 0
    assert [row["name"] for row in json.loads(out)] == list(zoo.BY_NAME)
    assert len(run(capsys, "zoo")[1].splitlines()) == len(zoo.ROWS)


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["summary"],
        ["summary", "resnet5"],
        ["summary", "lenet5", "--wrong"],
        ["summary", "input(8, 8, 3)"],
        ["summary", "input(8,8,3); conv(8, 9, padding=valid)"],
        ["summary", "input(8,8,3); 1000 * [1000 * conv(8, 3)]"],
        ["summary", "x" * 100_000],
        ["summary", "(" * 15_000],
        ["summary", "-" * 15_000],
        ["summary", "\ud800"],
        ["summary", "a\x00b"],
        ["summary", "a\nb\tc"],
        ["summary", "/"],
        ["summary", ""],
        ["check", "input(8, 8, 3); conv(65537, 3)"],
        ["export", "lenet5"],
        ["export", "lenet5", "--csv", "/no/such/folder/file.csv"],
        ["export", "lenet5", "--keras", "/tmp/model.h5"],
        ["export", "nothing", "--csv", "/tmp/never.csv"],
    ],
)
def test_bad_input_gives_one_line_and_exit_2(capsys, argv):
    code, out, err = run(capsys, *argv)
    assert code == 2
    assert out == ""
    assert err.startswith("cnnviz: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert len(err) < 600
    assert "Traceback" not in err


def test_files_that_hold_no_text(capsys, tmp_path):
    binary = tmp_path / "net.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    code, _, err = run(capsys, "summary", str(binary))
    assert code == 2
    assert "holds no UTF-8 text" in err
    huge = tmp_path / "huge.txt"
    huge.write_bytes(b"#" * 10_000_000)
    code, _, err = run(capsys, "summary", str(huge))
    assert code == 2
    assert "at most 16,000" in err


def test_exports_without_keras(capsys, tmp_path):
    files = {name: tmp_path / f"net.{name}" for name in ("svg", "dot", "code", "csv", "notation")}
    options = [part for name, file in files.items() for part in (f"--{name}", str(file))]
    code, _, err = run(capsys, "export", "googlenet", *options)
    assert (code, err) == (0, "")
    assert files["svg"].read_text().startswith("<svg")
    assert "digraph" in files["dot"].read_text()
    compile(files["code"].read_text(), "net.py", "exec")
    assert files["notation"].read_text() == zoo.BY_NAME["googlenet"].notation
    rows = list(csv.DictReader(files["csv"].open()))
    assert sum(int(row["params"]) for row in rows) == 6_998_552


@pytest.mark.slow
def test_exports_with_keras(capsys, tmp_path):
    picture, model = tmp_path / "net.png", tmp_path / "net.keras"
    code, _, err = run(capsys, "export", "lenet5", "--png", str(picture), "--keras", str(model))
    if code == 2 and "Graphviz" in err:
        pytest.skip(err)
    assert (code, err) == (0, "")
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")
    import keras

    assert keras.saving.load_model(model).count_params() == 61_706
