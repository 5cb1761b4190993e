"""Training from the command line: `train`, `runs`, `resume`, `stop`, killed and interrupted; one line for bad input."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnviz import cli_foreground, cli_runs
from cnnviz.cli import main
from cnnviz.declare import params
from cnnviz.training import datasets, devices, folder, worker
from cnnviz.training.folder import Config, Run, State
from cnnviz.training.settings import PRESETS, Settings
from cnnviz.training.studies import STUDIES

ROOT = Path(__file__).parent.parent
NET = "input(8, 8, 1); conv(4, 3, relu); flatten(); dense(10, softmax)"


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """Runs and data of the test's own."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))


@pytest.fixture
def trained(monkeypatch):
    """Training that takes no time: what would be trained, and how it ends (the last of `end`)."""
    seen = {"runs": [], "end": State("finished", epoch=2)}

    def run(run, said, *, foreground=False):
        seen["runs"].append(run.config())
        assert foreground
        said("epoch 1/2")
        run.write_state(seen["end"])
        return 1 if seen["end"].status == "failed" else 0

    monkeypatch.setattr(worker, "run", run)
    return seen


def call(capfd, *argv):
    code = main([str(part) for part in argv])
    out, err = capfd.readouterr()
    return code, out, err


class Started:
    """A command in a process of its own, read line by line."""

    def __init__(self, *argv):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnnviz", *map(str, argv)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.lines = []

    def wait_for(self, beginning):
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith(beginning):
                return
        raise AssertionError(f"no {beginning!r} in {''.join(self.lines)}{self.process.stderr.read()}")

    def end(self):
        out, err = self.process.communicate(timeout=120)
        self.lines += out.splitlines(keepends=True)
        assert "Traceback" not in err
        return self.process.returncode, "".join(self.lines), err


def epochs_of(run):
    return [row["epoch"] for row in run.metrics()]


# --- real training ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_train_then_longer(tmp_path, capfd):
    run = Run(tmp_path / "run")
    code, out, err = Started(
        "train", "input(8, 8, 3); conv(4, 3, relu); flatten(); dense(5, softmax)",
        "--data", "digits", "--epochs", 2, "--learning-rate", "0.01", "--run-dir", run.path,
    ).end()  # fmt: skip
    assert (code, err) == (0, "")
    assert "digits: 1,438 pictures to learn from, 359 to validate" in out
    assert "input channels 3 → 1" in out
    assert "5 → 10" in out
    assert len(re.findall(r"^epoch [12]/2, ", out, re.MULTILINE)) == 2
    assert out.splitlines()[-1] == "finished"
    assert epochs_of(run) == [1, 2]
    assert run.config().settings.learning_rate == 0.01
    assert "epoch 2/2" in run.log_tail()
    assert (run.path / "model.keras").exists()

    code, out, err = call(capfd, "resume", run.path)
    assert (code, err) == (0, "")
    assert "run is finished: 2 epochs" in out
    code, out, err = Started("resume", run.path, "--epochs", 3).end()
    assert (code, err) == (0, "")
    assert "epoch 3/3, " in out
    assert "epoch 2/3, " not in out
    assert epochs_of(run) == [1, 2, 3]
    code, out, err = call(capfd, "runs", "--json", "--runs-dir", tmp_path)
    (row,) = json.loads(out)
    assert (row["id"], row["status"], row["epoch"], row["epochs"], row["params"]) == ("run", "finished", 3, 3, 2_610)
    assert row["val_accuracy"] > 0.5


@pytest.mark.slow
def test_killed_stopped_and_interrupted(tmp_path, capfd):
    run = Run(tmp_path / "run")
    started = Started("train", NET, "--epochs", 1000, "--run-dir", run.path)
    started.wait_for("epoch 2/1000")
    started.process.kill()
    started.process.communicate()
    assert run.status() == "died"
    kept = epochs_of(run)
    assert kept == list(range(1, len(kept) + 1))

    started = Started("resume", run.path)
    started.wait_for("epoch")
    again = int(re.match(r"epoch (\d+)", started.lines[-1])[1])
    assert again in (kept[-1], kept[-1] + 1)
    code, _, err = call(capfd, "resume", run.path)
    assert code == 2
    assert "cannot be resumed: it is running" in err
    code, out, err = call(capfd, "stop", run.path)  # from another process
    assert (code, err) == (0, "")
    assert re.search(r"run: stopped after \d+ epochs", out)
    code, out, err = started.end()
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("stopped with ")
    assert run.status() == "stopped"

    stopped_at = epochs_of(run)[-1]
    started = Started("resume", run.path)
    started.wait_for("epoch")
    assert started.lines[-1].startswith(f"epoch {stopped_at + 1}/1000")
    started.process.send_signal(signal.SIGINT)
    code, out, err = started.end()
    assert (code, err) == (130, "")
    assert run.status() == "stopped"
    assert epochs_of(run) == list(range(1, run.state().epoch + 1))
    assert "go on with: python -m cnnviz resume" in out


def test_looking_at_runs_and_stopping_them_loads_no_keras(tmp_path):
    run = folder.create(Config(NET, "tiny", Settings()), tmp_path / "runs" / "tiny-1")
    code = (
        "import sys\nfrom cnnviz.cli import main\n"
        f"assert main(['runs']) == main(['runs', '--json']) == main(['stop', {run.id!r}]) == 0\n"
        "print(sorted({'keras', 'tensorflow', 'sklearn', 'streamlit', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout.splitlines()[-1].replace("'", '"'))) <= {"numpy"}
    assert run.status() == "stopped"


# --- what is asked, and how it ends -----------------------------------------------------------------------------------


def test_every_setting_is_an_option(capfd):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    shown = capfd.readouterr().out
    for param in params(Settings):
        assert f"--{param.name.replace('_', '-')}" in shown
    assert "--preset" in shown


def test_options_preset_and_defaults_go_together(capfd, trained):
    argv = ["train", NET, "--preset", "resnet", "--epochs", 3, "--no-flip", "--momentum", "0.5", "--device", "cpu"]
    code, _, err = call(capfd, *argv)
    assert (code, err) == (0, "")
    (config,) = trained["runs"]
    preset = PRESETS["resnet"].values
    assert config.settings == Settings(**{**preset, "epochs": 3, "flip": False, "momentum": 0.5, "device": "cpu"})
    assert config.created == pytest.approx(time.time(), abs=60)


def test_a_preset_of_the_zoo_is_fitted_and_named(capfd, trained, tmp_path):
    code, out, _ = call(capfd, "train", "tfnotes-lenet5")
    assert code == 0
    (config,) = trained["runs"]
    assert config.title == "tfnotes-lenet5"
    assert config.net.startswith("input(32, 32, 1)")  # the digits are scaled up to it
    assert config.changes
    assert all(line in out for line in config.changes)
    (run,) = folder.listed(tmp_path / "runs")
    assert run.id.startswith("tfnotes-lenet5-")
    assert f"run folder: {run.path}" in out


def test_the_operators_bounds_hold_and_are_said(capfd, trained, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUN_EPOCHS", "4")
    code, out, _ = call(capfd, "train", NET, "--epochs", 9)
    assert code == 0
    assert "epochs lowered from 9 to 4" in out
    assert trained["runs"][0].settings.epochs == 4


def test_a_failed_training_exits_1_with_its_cause_in_one_line(capfd, trained, tmp_path):
    trained["end"] = State("failed", message="there was not enough memory: try a smaller batch size")
    code, _, err = call(capfd, "train", NET, "--run-dir", tmp_path / "run")
    assert code == 1
    assert err == "cnnviz: training failed: there was not enough memory: try a smaller batch size\n"


def test_what_nobody_foresaw_is_one_line_and_the_log_has_the_rest(capfd, monkeypatch, tmp_path):
    def run(*_, **__):
        os.write(2, b"a library's chatter\n")
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(worker, "run", run)
    code, _, err = call(capfd, "train", NET, "--run-dir", tmp_path / "run")
    assert (code, err) == (1, "cnnviz: training failed: ZeroDivisionError: division\n")
    assert Run(tmp_path / "run").status() == "failed"
    log = Run(tmp_path / "run").log_tail()
    assert "a library's chatter" in log
    assert "Traceback" in log


def test_a_run_that_another_process_trains_is_left_alone(capfd, monkeypatch, tmp_path):
    def run(run, said, *, foreground):
        said("run is being trained by another process")
        return 2

    monkeypatch.setattr(worker, "run", run)
    code, _, err = call(capfd, "train", NET, "--run-dir", tmp_path / "run")
    assert (code, err) == (2, "cnnviz: run is being trained by another process\n")


@pytest.mark.parametrize("moment", ["importing", "training"])
def test_ctrl_c_keeps_the_run_and_exits_130(capfd, monkeypatch, tmp_path, moment):
    def run(run, said, *, foreground):
        if moment == "importing":
            raise KeyboardInterrupt
        before = signal.signal(signal.SIGINT, lambda *_: None)  # as the worker does
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        signal.signal(signal.SIGINT, before)
        run.write_state(State("stopped", epoch=3))
        return 0

    monkeypatch.setattr(worker, "run", run)
    code, out, err = call(capfd, "train", NET, "--run-dir", tmp_path / "run")
    assert (code, err) == (130, "")
    assert Run(tmp_path / "run").status() == "stopped"
    assert "resume" in out


def test_nobody_reading_does_not_end_training(trained, tmp_path, monkeypatch):
    broken = open(os.devnull)  # noqa: SIM115 (cannot be written to)
    monkeypatch.setattr(sys, "stdout", broken)
    assert main(["train", NET, "--run-dir", str(tmp_path / "run")]) == 0
    assert Run(tmp_path / "run").status() == "finished"
    broken.close()


def test_a_run_is_found_by_folder_or_name(capfd, trained, tmp_path, monkeypatch):
    call(capfd, "train", NET)
    (run,) = folder.listed(tmp_path / "runs")
    monkeypatch.chdir(run.path)
    for text in (run.id, run.path, ".", f"../{run.id}"):
        code, out, _ = call(capfd, "stop", text)
        assert code == 0
        assert "is not being trained: finished" in out


def test_runs_for_people(capfd, trained, tmp_path):
    code, out, _ = call(capfd, "runs")
    assert (code, "no runs in" in out) == (0, True)
    call(capfd, "train", NET)
    (run,) = folder.listed(tmp_path / "runs")
    folder.create(Config("broken(", "broken", Settings()), tmp_path / "runs" / "broken")
    (tmp_path / "runs" / "unreadable").mkdir()
    (tmp_path / "runs" / "unreadable" / "run.json").write_text("{")
    code, out, err = call(capfd, "runs")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == list(cli_runs.HEADS)
    assert len(out.splitlines()) == 3
    assert run.id in out


def test_a_study_trains_its_nets_one_after_the_other(capfd, monkeypatch, tmp_path):
    seen = []

    def beside(run):
        seen.append(run.config())
        assert run.status() == "stopped"  # no page server takes it from the queue
        run.write_state(State("failed" if len(seen) == 2 else "finished", epoch=1))
        return int(len(seen) == 2)

    monkeypatch.setattr(cli_foreground, "train_beside", beside)
    code, out, err = call(capfd, "train", "--study", "course", "--size", 100, "--run-dir", tmp_path / "study")
    assert [config.title for config in seen] == list(STUDIES["course"].nets)
    assert all(config.settings.data == "shapes" and config.settings.size == 100 for config in seen)
    assert (tmp_path / "study" / "tfnotes-vgg16" / "run.json").exists()
    assert (code, err) == (1, "cnnviz: training failed: tfnotes-lenet5\n")
    assert len([line for line in out.splitlines() if " shapes " in line]) == 6


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["train"], "say which NET"),
        (["train", "resnet5"], "did you mean"),
        (["train", "input(8, 8, 3)"], ""),
        (["train", NET, "--data", "imagenet"], "data must be one of digits"),
        (["train", NET, "--data", "cifar"], "did you mean cifar10"),
        (["train", NET, "--epochs", "0"], "epochs must be 1 to 1,000, got 0"),
        (["train", NET, "--epochs", "two"], "epochs must be 1 to 1,000, got two"),
        (["train", NET, "--learning-rate", "nan"], "learning_rate must be a number from"),
        (["train", NET, "--batch-size", "1e3"], "batch_size must be 1 to 8,192"),
        (["train", NET, "--device", "tpu"], "device must be one of auto, cpu, gpu"),
        (["train", NET, "--preset", "best"], "invalid choice"),
        (["train", NET, "--data", "pictures"], "data=pictures needs pictures"),
        (["train", NET, "--data", "pictures", "--pictures", "nowhere"], "no pictures nowhere"),
        (["train", NET, "--pictures", "tests"], ""),
        (["train", NET, "--xla", "on", "--backend", "torch"], "no XLA"),
        (["train", NET, "--wrong"], "unrecognized arguments"),
        (["train", NET, "--study", "course"], "either NET or --study"),
        (["train", "--study", "everything"], "there are course, degradation"),
        (["train", "input(2, 2, 1); conv(4, 3, padding=valid)"], ""),
        (["train", NET, "--run-dir", "tests"], "is not empty"),
        (["train", NET, "--run-dir", "README.md"], "is not empty"),
        (["train", NET, "--run-dir", "/proc/none/run"], "cannot make the run folder"),
        (["train", NET, "--run-dir", "a\x00b"], ""),
        (["runs", "--runs-dir", "no-such-folder"], "there is no folder"),
        (["resume", "no-such-run"], "there is no run no-such-run"),
        (["resume", "tests"], "there is no run tests"),
        (["resume", "."], "holds no run"),
        (["resume", "README.md"], "holds no run"),
        (["resume", "x" * 5_000], "there is no run"),
        (["resume", "a\x00b"], "there is no run"),
        (["stop", "../.."], "holds no run"),
        (["stop"], "required"),
    ],
)
def test_bad_input_gives_one_line_and_exit_2(capfd, trained, monkeypatch, tmp_path, argv, said):
    monkeypatch.chdir(ROOT)
    code, _, err = call(capfd, *argv)
    assert code == 2
    assert said in err
    assert err.startswith("cnnviz: ")
    assert err.count("\n") == 1
    assert len(err) < 600
    assert trained["runs"] == []
    assert not (tmp_path / "runs").exists()


def test_no_such_device(capfd, trained, monkeypatch):
    cpu = devices.Device("cpu", "a processor", 8_000_000_000, 8_000_000_000, 2)
    monkeypatch.setattr(devices, "found", lambda: (cpu,))
    code, _, err = call(capfd, "train", NET, "--device", "gpu")
    assert (code, err) == (2, "cnnviz: no GPU was found; device=auto or device=cpu trains on the CPU\n")
    assert trained["runs"] == []


def test_an_operators_mistake_is_one_line(capfd, monkeypatch):
    monkeypatch.setenv("CNNVIZ_RUN_SECONDS", "long")
    for argv in (["train", NET], ["runs"], ["resume", "x"], ["stop", "x"]):
        code, _, err = call(capfd, *argv)
        assert (code, err) == (2, "cnnviz: CNNVIZ_RUN_SECONDS must be 0 to 604,800, got long\n")


def test_a_download_that_fails_is_one_line(capfd, trained, monkeypatch, tmp_path):
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 2, "", "MNIST: no connection\n")
    )
    code, out, err = call(capfd, "train", NET, "--data", "mnist")
    assert (code, err) == (2, "cnnviz: MNIST could not be downloaded: MNIST: no connection\n")
    assert "downloading MNIST, 11 MB" in out
    assert datasets.DATASETS["mnist"].download


def test_resuming_what_is_broken(capfd, trained, tmp_path):
    run = folder.create(Config(NET, "tiny", Settings()), tmp_path / "runs" / "tiny")
    (run.path / "run.json").write_text('{"version": 1, "settings": {"epochs": "many"}}')
    code, _, err = call(capfd, "resume", "tiny")
    assert code == 2
    assert "epochs must be 1 to 1,000, got many" in err
    (run.path / "run.json").write_text('{"version": 99}')
    assert "written by another version" in call(capfd, "resume", "tiny")[2]
    assert "epochs must be 1 to 1,000, got x" in call(capfd, "resume", "tiny", "--epochs", "x")[2]
