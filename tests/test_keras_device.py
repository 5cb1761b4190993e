"""How the machine's GPUs are named, from the driver's files to the words on the page; the files are made up."""

import json
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import keras_device
from cnnviz.keras_service import State, Status
from cnnviz.ui import shared
from tests.test_build_page import component_data
from tests.test_measuring_panels import RESULT, timing_script
from tests.test_timing_lab import MACHINE

H100 = """Model: \t\t NVIDIA H100 80GB HBM3
IRQ:   \t\t 214
GPU UUID: \t GPU-6d3cfc4c-0000-0000-0000-000000000000
Bus Type: \t PCIe
"""
L4 = "Model: \t\t NVIDIA L4\nIRQ:   \t\t 12\n"


@pytest.fixture
def cards(monkeypatch, tmp_path):
    """Writes the driver's folder: a card's information for each text; None for a card without any."""
    folder = tmp_path / "gpus"
    monkeypatch.setattr(keras_device, "_NVIDIA", folder)

    def write(*texts):
        for number, text in enumerate(texts):
            card = folder / f"0000:{number:02x}:00.0"
            card.mkdir(parents=True)
            if isinstance(text, bytes):
                (card / "information").write_bytes(text)
            elif text is not None:
                (card / "information").write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def machine(monkeypatch):
    """What the Keras process says of its machine, to which TensorFlow is shown no GPU, as it travels."""
    tensorflow = pytest.importorskip("tensorflow")
    monkeypatch.setattr(tensorflow.config, "list_physical_devices", lambda kind: [])
    return lambda: json.loads(json.dumps({**MACHINE, **keras_device.described()}))


def on_the_page(monkeypatch, machine):
    """What the page says of the device when a measurement comes from this machine."""

    class Done:
        state = State("ready", "")

        def status(self, errand):
            return Status("done", "", 1.0, {**RESULT, "machine": machine})

    monkeypatch.setattr(shared, "keras", Done)
    page = AppTest.from_function(timing_script).run()
    assert not page.exception
    return component_data(page, "cnnviz_timing")["device"]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([H100], "This machine's NVIDIA H100 80GB HBM3 is not used here."),
        ([H100] * 8, "This machine's 8 × NVIDIA H100 80GB HBM3 are not used here."),
        ([H100, L4], "This machine's NVIDIA H100 80GB HBM3 and NVIDIA L4 are not used here."),
        ([L4, None, H100, L4], "This machine's 2 × NVIDIA L4, NVIDIA GPU and NVIDIA H100 80GB HBM3 are not used here."),
        ([None], "This machine's NVIDIA GPU is not used here."),
        (["IRQ: 12\nModel:\n", H100], "This machine's NVIDIA GPU and NVIDIA H100 80GB HBM3 are not used here."),
        ([b"Model: NVIDIA \xff\xfe L4\n"], "This machine's NVIDIA \ufffd\ufffd L4 is not used here."),
    ],
)
def test_unused_cards_are_named_on_the_page(cards, machine, monkeypatch, texts, said):
    cards(*texts)
    shown = on_the_page(monkeypatch, machine())
    assert shown.startswith(f"{keras_device.processor()}")
    assert shown.endswith(f"float32. {said}")


def test_a_card_whose_file_must_not_be_read_hides_no_other(cards, monkeypatch):
    cards(H100, L4)
    read = keras_device.Path.read_text

    def refuse(path, **how):
        if "0000:00" in str(path):
            raise PermissionError(path)
        return read(path, **how)

    monkeypatch.setattr(keras_device.Path, "read_text", refuse)
    assert keras_device.other_graphics() == ["NVIDIA GPU", "NVIDIA L4"]


def test_without_the_drivers_folder_no_card_is_spoken_of(cards, machine, monkeypatch):
    assert keras_device.other_graphics() == []
    assert "This machine's" not in on_the_page(monkeypatch, machine())


def test_a_gpu_that_is_used_is_the_device_and_is_not_called_unused(cards, monkeypatch):
    tensorflow = pytest.importorskip("tensorflow")
    cards(H100)
    monkeypatch.setattr(tensorflow.config, "list_physical_devices", lambda kind: [SimpleNamespace(name="gpu:0")])
    details = {"device_name": "NVIDIA H100 80GB HBM3"}
    monkeypatch.setattr(tensorflow.config.experimental, "get_device_details", lambda device: details)
    found = keras_device.described()
    assert (found["device"], found["threads"], found["unused"]) == ("NVIDIA H100 80GB HBM3", 0, [])
