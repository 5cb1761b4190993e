"""Measurements in the Keras process, on its stand-in: their order, checks in between, what happens when it fails."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from cnnviz import keras_errands, keras_service
from cnnviz.keras_errands import Errands
from cnnviz.keras_service import Errand, KerasService
from tests.test_keras_service import net, until

ROOT = Path(__file__).resolve().parent.parent
STUB = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}


def stub(**settings):
    """A service on the stand-in of keras_stub.py."""
    environment = {**STUB, **settings.pop("environment", {})}
    return closing(KerasService(module="keras_stub", environment=environment, **settings))


def asked(*nets, repeat=1):
    return Errand("time", nets, (("repeat", repeat),))


def outcome(service, errand, owner="a"):
    """The last word on an errand."""
    service.begin(errand, owner=owner)
    assert until(lambda: service.status(errand).word in ("done", "failed"))
    return service.status(errand)


@pytest.fixture(scope="module")
def service():
    with stub() as made:
        yield made


# --- the row of errands -----------------------------------------------------------------------------------------------


def step(errands, given):
    """Take the next step and give it its outcome."""
    job = errands.next()
    errands.finish(job, given)
    return job


PROGRESS = {"progress": {"said": "half", "share": 0.5}}


def test_an_errand_goes_on_until_its_result():
    errands, one = Errands(), asked("a")
    assert errands.status(one) is None
    assert not errands.waiting
    errands.begin(one, "me")
    assert errands.status(one).word == "waiting"
    first = step(errands, PROGRESS)
    assert first.options["begin"] == {"do": "time", "texts": ("a",), "repeat": 1}
    assert errands.status(one)[:3] == ("working", "half", 0.5)
    second = step(errands, {"result": {"x": 1}})
    assert second.options == {"errand": first.options["errand"]}
    assert errands.status(one) == ("done", "", 1.0, {"x": 1})
    assert errands.next() is None


def test_equal_errands_are_done_once_and_a_new_click_does_them_again():
    errands, one = Errands(), asked("a")
    errands.begin(one, "me")
    step(errands, PROGRESS)
    errands.begin(one, "you")
    step(errands, {"result": {}})
    assert errands.next() is None
    errands.begin(one, "you")
    assert errands.status(one).word == "waiting"


def test_a_newer_errand_takes_the_place_of_the_owners_older_one():
    errands, old, new, others = Errands(), asked("a"), asked("b"), asked("c")
    errands.begin(old, "me")
    begun = errands.next()
    errands.begin(others, "you")
    errands.begin(new, "me")
    assert errands.status(old) is None
    errands.finish(begun, {"result": {}})
    assert errands.status(old) is None, "nobody waits for it any more"
    assert step(errands, {"result": {}}).options["begin"]["texts"] == ("c",)
    assert step(errands, {"result": {}}).options["begin"]["texts"] == ("b",)
    assert errands.next() is None


def test_what_is_given_up_is_let_go_of():
    errands = Errands()
    errands.begin(asked("a"), "me")
    errands.cancel("me")
    assert errands.next() is None, "it had not begun"
    errands.begin(asked("a"), "me")
    step(errands, PROGRESS)
    errands.cancel("me")
    assert errands.waiting
    assert errands.next().options == {"errand": 0}
    assert errands.next() is None


def test_an_errand_lost_for_anothers_sake_begins_again_but_not_for_ever():
    errands, one = Errands(), asked("a")
    errands.begin(one, "me")
    for _ in range(keras_errands.ATTEMPTS):
        assert "begin" in step(errands, PROGRESS).options
        assert "begin" not in step(errands, {"lost": True}).options
    assert errands.status(one).word == "failed"
    assert "restarted in the middle of it; try again" in errands.status(one).said


def test_the_row_and_the_results_are_bounded(monkeypatch):
    monkeypatch.setattr(keras_errands, "MOST_WAITING", 2)
    monkeypatch.setattr(keras_errands, "MOST_KEPT", 3)
    errands = Errands()
    for owner in range(3):
        errands.begin(asked(str(owner)), owner)
    assert "busy with other measurements" in errands.status(asked("2")).said
    errands.refuse("over")
    assert errands.status(asked("0")) == ("failed", "over", 0.0, None)
    errands.fail(asked("3"), "no")
    assert errands.status(asked("2")) is None


# --- in the service ---------------------------------------------------------------------------------------------------


def test_a_measurement_ends_with_its_result(service):
    found = outcome(service, asked(net(1), net(2)))
    assert (found.word, found.result["builds"]) == ("done", 2)
    again = outcome(service, asked(net(1), net(2)))
    assert again.result["first"] > found.result["first"], "a new click measures anew"


def test_a_check_is_answered_in_the_middle_of_a_measurement(service):
    service.wait(net(1))
    long = asked(net(2, "sleep"), repeat=10_000)
    service.begin(long, owner="timing")
    assert until(lambda: service.status(long).share > 0)
    for units in (201, 202, 203):
        assert service.wait(net(units)).agrees
        assert service.status(long).word == "working"
    service.cancel(owner="timing")
    assert service.status(long) is None
    found = outcome(service, asked(net(3)))
    assert found.result["builds"] == 1


def test_a_measurement_is_not_kept_waiting_for_ever(monkeypatch, service):
    monkeypatch.setattr(keras_service, "MOST_IN_A_ROW", 2)
    jobs = []
    with stub() as made:
        made._errands.begin(asked(net(1)), "a")
        for units in range(6):
            made._turns[units] = keras_service.Job("check", net(units + 1), {"with_summary": False})
        jobs = [made._take().do for _ in range(4)]
    assert jobs == ["check", "check", "step", "check"]


def test_what_is_wrong_with_a_measurement_is_said_in_words(service):
    assert outcome(service, asked(net(2, "fail"))).said == "Keras refuses this net: two lines"
    assert "no block cnv" in outcome(service, asked("input(8, 8, 3); cnv(3)")).said
    assert "at most 64,000" in outcome(service, asked("x" * 64_001)).said
    assert service.wait(net(21)).agrees


def test_a_measurement_that_ends_the_process_fails_and_others_go_on(service):
    assert outcome(service, asked(net(2, "die"))).said == "Keras stopped (exit code 3); it is being restarted"
    assert service.wait(net(22)).agrees
    assert outcome(service, asked(net(4))).word == "done"


def test_a_measurement_begins_again_when_another_net_ends_the_process(service):
    long = asked(net(2, "sleep"), repeat=60)
    service.begin(long, owner="timing")
    assert until(lambda: service.status(long).share > 0)
    assert "exit code 3" in service.wait(net(3, "die")).error
    assert until(lambda: service.status(long).word == "done")
    assert service.status(long).result["builds"] == 60


def test_a_step_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(keras_errands, "STEP_SECONDS", 0.5)
    with stub() as service:
        found = outcome(service, asked(net(6000, "sleep")))
        assert found.said == "Keras took over 0.5 seconds and was stopped; it is being restarted"
        assert service.wait(net()).agrees


def test_a_measurement_that_needs_too_much_memory_is_stopped():
    with stub(memory=300 * 10**6) as service:
        assert "needed over 0.3 GB of memory" in outcome(service, asked(net(500, "grow"))).said
        assert service.wait(net()).agrees


def test_without_keras_a_measurement_is_refused():
    with stub(environment={"STUB_MISSING": "1"}) as service:
        assert outcome(service, asked(net())).said == "TensorFlow is not installed"
        assert outcome(service, asked(net(2))).said == "TensorFlow is not installed"
    service.begin(asked(net(3)), owner="late")
    assert service.status(asked(net(3))).said == "Keras has been shut down"
