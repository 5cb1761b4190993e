"""The warm Keras process: what it answers, in which order, and what happens when it dies, hangs or grows."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from cnnviz import priority, zoo
from cnnviz.keras_service import Answer, KerasError, KerasService

ROOT = Path(__file__).resolve().parent.parent
STUB = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
LENET = zoo.BY_NAME["lenet5"].notation
DEEP = "input(8, 8, 3); 1000 * conv_bn(8, 3)"  # some seconds for Keras


def net(units=2, name="plain"):
    return f"input(8, 8, 3); dense({units}, name={name})"


def until(true, seconds=60):
    """Wait until `true()` holds, and say whether it did."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def stub(**settings):
    """A service on the stand-in of keras_stub.py."""
    environment = {**STUB, **settings.pop("environment", {})}
    return closing(KerasService(module="keras_stub", environment=environment, **settings))


@pytest.fixture(scope="module")
def service():
    with stub() as made:
        yield made


@pytest.fixture(scope="module")
def real():
    with closing(KerasService(memory=10**9)) as made:
        made.start()
        yield made


@pytest.fixture
def left(tmp_path, monkeypatch):
    """The folder that temporary files go to in this test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


# --- answers and their order ------------------------------------------------------------------------------------------


def test_a_check_does_not_block_and_is_answered_later(service):
    text = net(30, "sleep")
    assert service.check(text, owner="a") is None
    assert until(lambda: service.check(text, owner="a") is not None)
    answer = service.check(text, owner="b")
    assert (answer.agrees, answer.layers, answer.error) == (True, 1, "")
    assert answer.summary == "summary of 2 nodes"


def test_equal_nets_are_built_once(service):
    first = service.wait(net(3))
    assert service.wait(net(3)) is first
    assert service.wait(net(4)).parameters == first.parameters + 1


def test_the_newest_check_of_an_owner_takes_the_place_of_its_older_one():
    with stub() as service:
        service.wait(net(1))
        service.check(net(50, "sleep"), owner="other")  # keeps the process busy
        time.sleep(0.1)
        for units in (10, 11, 12):
            service.check(net(units), owner="dragging")
        service.check(net(20), owner="third")
        service.check(net(13), owner="dragging")  # late, but its turn came before the third's
        last = service.wait(net(20))
        built = service.check(net(13), owner="dragging")
        assert built is not None
        assert built.parameters == last.parameters - 1
        assert all(service.wait(net(units)).parameters > last.parameters for units in (10, 11, 12))


def test_answers_kept_are_bounded():
    with stub(most_answers=2) as service:
        first = service.wait(net(1))
        service.wait(net(2))
        service.wait(net(3))
        assert service.wait(net(1)).parameters > first.parameters


def test_a_summary_that_is_not_asked_for_is_not_made(service):
    answer = service.wait(net(5), with_summary=False)
    assert answer.summary == ""
    assert service.summary(net(5)) == "summary of 2 nodes"
    assert service.wait(net(5)).parameters == answer.parameters, "the model was kept"


def test_what_is_wrong_with_a_net_is_said_in_words(service):
    assert "there is no block cnv (did you mean conv?)" in service.wait("input(8, 8, 3); cnv(3)").error
    assert service.wait(net(2, "fail")).error == "Keras refuses this net: two lines"
    assert "at most 64,000" in service.check("x" * 64_001, owner="a").error
    with pytest.raises(KerasError, match="no block cnv"):
        service.summary("input(8, 8, 3); cnv(3)")
    with pytest.raises(KerasError, match="rankdir must be one of TB, LR"):
        service.plot_png(net(), rankdir="up")


def test_what_libraries_print_does_not_reach_the_pipe(service):
    assert service.wait(net(2, "talk")).agrees
    assert service.wait(net(3, "talk")).agrees


def test_a_file_is_handed_over_and_removed(service, left):
    assert service.plot_png(net(), dpi=50) == b"2 nodes at 50 dpi"
    assert not list(left.iterdir())


def test_a_caller_that_gives_up_leaves_nothing_behind(service, left):
    with pytest.raises(KerasError, match="no answer within 0.1 seconds"):
        service.plot_png(net(40, "sleep"), timeout=0.1)
    with pytest.raises(KerasError, match="no answer within 0.01 seconds"):
        service.wait(net(6), timeout=0.01)
    assert service.wait(net(7)).agrees
    assert not service._turns
    assert not service._results
    assert not list(left.iterdir())


# --- limits and replacement -------------------------------------------------------------------------------------------


def test_a_net_that_ends_the_process_gets_an_error_and_others_go_on(service):
    before = service.wait(net(8)) and service.pid
    assert service.wait(net(2, "die")).error == "Keras stopped (exit code 3); it is being restarted"
    assert service.wait(net(9)).agrees
    after = service.pid
    assert after != before
    assert service.check(net(2, "die"), owner="a").error, "it is not built again"
    assert service.wait(net(10)).agrees
    assert service.pid == after
    service.forget(net(2, "die"))
    assert service.check(net(2, "die"), owner="a") is None
    service.check(net(), owner="a")


def test_an_idle_process_that_dies_is_replaced(service):
    service.wait(net(11))
    old = service.pid
    psutil.Process(old).kill()
    assert until(lambda: service.pid not in (None, old) and service.state.word == "ready")
    assert service.wait(net(12)).agrees


def test_a_build_that_takes_too_long_is_stopped():
    with stub(seconds=0.5) as service:
        answer = service.wait(net(6000, "sleep"))
        assert answer.error == "Keras took over 0.5 seconds and was stopped; it is being restarted"
        assert service.wait(net()).agrees


def test_a_build_that_needs_too_much_memory_is_stopped():
    with stub(memory=300 * 10**6) as service:
        answer = service.wait(net(500, "grow"))
        assert answer.error == "Keras needed over 0.3 GB of memory and was stopped; it is being restarted"
        assert service.wait(net()).agrees


def test_keras_that_is_not_installed_is_said_at_once():
    with stub(environment={"STUB_MISSING": "1"}) as service:
        assert service.state == ("warming", "Keras is starting")
        assert service.check(net(), owner="a") is None
        assert until(lambda: service.state.word == "unavailable")
        assert service.state.reason == "TensorFlow is not installed"
        for ask in (service.wait, service.summary, service.plot_png, service.keras_file):
            with pytest.raises(KerasError, match="TensorFlow is not installed"):
                ask(net())


def test_a_process_that_does_not_start_is_given_up():
    with closing(KerasService(module="cnnviz.no_such_module")) as service:
        with pytest.raises(KerasError, match=r"does not start.*exit code 1.*no_such_module"):
            service.wait(net())
        assert service.state.word == "unavailable"


def test_the_memory_setting_must_be_a_number(monkeypatch):
    monkeypatch.setenv("CNNVIZ_KERAS_MEMORY", "lots")
    with pytest.raises(ValueError, match="number of GB such as 4 or 2.5, got 'lots'"):
        KerasService()
    monkeypatch.setenv("CNNVIZ_KERAS_MEMORY", "2.5")
    assert KerasService()._keeper.limits.memory == 2_500_000_000


# --- the end ----------------------------------------------------------------------------------------------------------


def test_closing_leaves_no_child():
    with stub() as service:
        service.wait(net())
        pid = service.pid
        service.check(net(6000, "sleep"), owner="a")
    assert not psutil.pid_exists(pid)
    assert service.state == ("unavailable", "Keras has been shut down")
    with pytest.raises(KerasError, match="shut down"):
        service.wait(net(3))
    service.close()


@pytest.mark.parametrize("block", ["plain", "sleep"])
def test_the_process_ends_with_a_server_that_is_killed(block):
    program = (
        "import sys, time; from cnnviz.keras_service import KerasService\n"
        f"service = KerasService(module='keras_stub', environment={STUB!r}); service.wait({net()!r})\n"
        f"service.check({net(6000, block)!r}, owner=1); time.sleep(0.2); print(service.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        worker = psutil.Process(int(server.stdout.readline()))
        server.kill()
    assert until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, 10)


def test_the_page_server_never_loads_keras():
    program = (
        "import sys; import cnnviz.keras_service\n"
        "print([name for name in ('keras', 'tensorflow', 'jax', 'torch', 'numpy', 'streamlit') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


# --- Keras itself -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lenet5", "mlm-residual-projection", "googlenet-aux", "resnet18"])
def test_keras_agrees(real, name):
    answer = real.wait(zoo.BY_NAME[name].notation)
    assert answer.differences == ()
    assert answer.agrees
    assert f"{answer.parameters:,}" in answer.summary
    assert 'Model: "cnnviz"' in answer.summary


def test_keras_has_low_priority_and_no_gpu(real):
    real.wait(LENET)
    process = psutil.Process(real.pid)
    assert process.environ()["CUDA_VISIBLE_DEVICES"] == "-1"
    if os.name == "posix":
        assert process.nice() >= priority.KERAS


def test_keras_draws_and_saves(real):
    png = real.plot_png(LENET, dpi=40, show_layer_activations=True, rankdir="LR")
    assert png.startswith(b"\x89PNG\r\n")
    assert real.keras_file(LENET).startswith(b"PK")
    with pytest.raises(KerasError, match=r"would hold 1\.7 GB of weights"):
        real.keras_file("input(80, 80, 1); flatten(); dense(65536)")


def test_keras_killed_in_the_middle_of_a_build(real):
    real.wait(LENET)
    assert real.check(DEEP, owner="a") is None
    time.sleep(0.3)
    psutil.Process(real.pid).kill()
    answer = real.wait(DEEP)
    assert isinstance(answer, Answer)
    assert "it is being restarted" in answer.error
    assert real.wait(zoo.BY_NAME["mlm-vgg-block"].notation).parameters == 38_720


def test_saving_a_net_that_needs_too_much_memory(real):
    with pytest.raises(KerasError, match="needed over 1.0 GB of memory"):
        real.keras_file("input(128, 64, 3); flatten(); dense(8192)")


def test_without_graphviz_everything_else_works(tmp_path):
    with closing(KerasService(environment={"PATH": str(tmp_path)})) as service:
        with pytest.raises(KerasError, match="Graphviz, which is not installed"):
            service.plot_png(LENET)
        assert service.wait(LENET).agrees


def test_the_process_lets_others_begin_first():
    with stub(head_start=0.5) as service:
        begun = time.monotonic()
        assert service.wait(net()).error == ""
        assert time.monotonic() - begun >= 0.5
    with stub(head_start=60.0) as service:
        service.start()
        assert service.state.word == "warming"
    assert service.pid is None, "closing does not wait for it"
