"""Made-up run folders, valid and of every kind: for tests of the pages, for screenshots, for measurements.

`python -m tests.made_up_runs FOLDER` writes twenty of them.
"""

from __future__ import annotations

import base64
import io
import json
import math
import random
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image

from cnnviz import notation, zoo
from cnnviz.training import folder, settings
from cnnviz.training.folder import Config, Run, State

DIGITS = tuple("0123456789")
CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HUNDRED = tuple(f"{word} of the kind number {number}" for number in range(1, 11) for word in CIFAR)
ENVIRONMENT = {
    "device": "Made-up processor", "kind": "cpu", "backend": "TensorFlow 2.21.0", "keras": "3.15.1",
    "python": "3.11.7", "system": "Linux x86_64", "threads": 2, "baseline_memory": 640_000_000, "peak_flops": 2.0e11,
}  # fmt: skip


def make(
    place: Path,
    net: str = "tfnotes-baseline",
    *,
    status: str = "finished",
    epochs: int = 10,
    done: int | None = None,
    top: float = 0.95,
    seed: int = 1,
    title: str = "",
    classes: tuple[str, ...] = DIGITS,
    message: str = "",
    study: str = "",
    owner: str = "",
    age: float = 0.0,
    changes: tuple[str, ...] = (),
    nan_from: int = 0,
    vanishing: bool = False,
    **asked: Any,
) -> Run:
    """One run folder. `done` epochs of `epochs` are measured; from epoch `nan_from` on the loss is no number."""
    done = epochs if done is None else done
    row = zoo.BY_NAME.get(net)
    text = row.notation if row else net
    made = settings.make({"data": "digits", "epochs": epochs, "backend": "tensorflow", **asked})
    began = time.time() - age - 3 * done
    config = Config(text, title or (row.title if row else "A net"), made, changes, study, owner, began)
    state = State(status, done, 12 if status == "running" else 0, 45, 0, message, 3.0 * done, began + 3 * done)
    run = folder.create(config, place, state=state)
    numbers = random.Random(seed)
    blocks = blocks_of(text)
    with (place / folder.METRICS).open("w") as file:
        for number in range(1, done + 1):
            line = epoch_line(number, epochs, top, numbers, blocks, began, vanishing)
            if nan_from and number >= nan_from:
                line |= {"loss": None, "val_loss": None, "accuracy": 0.1, "val_accuracy": 0.1}
                line["gradient_norms"] = dict.fromkeys(blocks)
            file.write(json.dumps(line) + "\n")
    with (place / folder.STEPS).open("w") as file:
        for number in range(1, done + 1 + (status == "running")):
            for step in range(5, 46, 10):
                file.write(json.dumps(step_line(number, step, epochs, top, numbers, began)) + "\n")
    folder.write_json(place / folder.ENVIRONMENT, ENVIRONMENT)
    (place / folder.LOG).write_text("Data: 1,437 pictures to learn from, 360 to check with\n" + f"{message}\n" * 3)
    if status == "finished":
        folder.write_json(place / folder.RESULTS, results(classes, top, numbers, epochs))
        (place / folder.MODEL).write_bytes(b"not really a model")
    return run


def blocks_of(text: str) -> list[str]:
    """Paths of the blocks of a net that have weights."""
    graph = notation.load(text).graph
    return [*dict.fromkeys(node.id.rsplit("/", 1)[0] for node in graph.nodes if node.parameters)]


def epoch_line(
    epoch: int, epochs: int, top: float, numbers: random.Random, blocks: list[str], began: float, vanishing: bool
) -> dict[str, Any]:
    """A line of metrics.jsonl."""
    grown = 1 - math.exp(-3.2 * epoch / max(epochs, 1))
    wobble = numbers.gauss(0, 0.012)
    depth = len(blocks)
    return {
        "epoch": epoch,
        "loss": max(0.004, 2.3 * (1 - grown) + 0.05),
        "accuracy": min(1.0, 0.1 + (top - 0.07) * grown + wobble / 3),
        "val_loss": max(0.02, 2.3 * (1 - 0.95 * grown) + 0.1 + abs(wobble) * 4),
        "val_accuracy": min(0.999, max(0.0, 0.1 + (top - 0.1) * grown + wobble)),
        "learning_rate": 0.0005 * (1 + math.cos(math.pi * epoch / epochs)),
        "seconds": 2.9 + numbers.random() / 5,
        "images_per_second": 480 + numbers.gauss(0, 12),
        "flops_per_second": 3.1e9 + numbers.gauss(0, 1e8),
        "peak_memory": 102_000_000,
        "gradient_norms": {
            block: (10 ** (-0.35 * (depth - at)) if vanishing else 0.8) * math.exp(numbers.gauss(0, 0.2) - grown)
            for at, block in enumerate(blocks)
        },
        "time": began + 3 * epoch,
    }


def step_line(epoch: int, step: int, epochs: int, top: float, numbers: random.Random, began: float) -> dict[str, Any]:
    """A line of steps.jsonl."""
    grown = 1 - math.exp(-3.2 * (epoch - 1 + step / 45) / epochs)
    return {
        "epoch": epoch, "step": step, "steps": 45, "loss": 2.3 * (1 - grown) + 0.1 + numbers.random() / 20,
        "accuracy": min(1.0, 0.1 + (top - 0.1) * grown), "learning_rate": 0.001,
        "images_per_second": 480 + numbers.gauss(0, 12), "time": began + 3 * (epoch - 1 + step / 45),
    }  # fmt: skip


def results(classes: tuple[str, ...], top: float, numbers: random.Random, epoch: int, each: int = 40) -> dict[str, Any]:
    """What results.json holds."""
    count = len(classes)
    confusion = [[0] * count for _ in classes]
    for true in range(count):
        for _ in range(each):
            right = numbers.random() < top
            confusion[true][true if right else (true + numbers.choice((1, 1, 2, 5))) % count] += 1
    mistakes = [
        {"index": 7 * n, "true": n % count, "predicted": (n + 3) % count, "confidence": 0.999 - n / 50,
         "picture": picture(n)}
        for n in range(12)
    ]  # fmt: skip
    accuracy = sum(confusion[at][at] for at in range(count)) / (count * each)
    return {"epoch": epoch, "classes": [*classes], "confusion": confusion, "mistakes": mistakes, "accuracy": accuracy,
            "val_pictures": count * each}  # fmt: skip


def picture(seed: int) -> str:
    """A small picture, as results.json holds it."""
    numbers = random.Random(seed)
    image = Image.frombytes("L", (8, 8), bytes(numbers.randrange(256) for _ in range(64)))
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


LONG = "A network whose title somebody wrote without ever thinking of those who must read it in a narrow table " * 2
STUDY = (
    ("tfnotes-baseline", 0.87), ("tfnotes-lenet5", 0.79), ("tfnotes-alexnet8", 0.92), ("tfnotes-vgg16", 0.95),
    ("tfnotes-inception10-per-block", 0.94), ("tfnotes-resnet18", 0.97),
)  # fmt: skip
DEGRADATION = (("cifar-plain20", 0.85), ("cifar-plain56", 0.71), ("cifar-resnet20", 0.88), ("cifar-resnet56", 0.9))


def append(run: Run, *lines: dict[str, Any]) -> None:
    """More measured epochs."""
    with (run.path / folder.METRICS).open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def twenty(runs: Path) -> list[Run]:
    """Twenty runs: two studies, every status, and what is hard to show."""
    made = [
        make(runs / f"six-{n}", net, top=top, seed=n, study="The course's six networks", data="shapes", classes=CIFAR,
             age=9_000 - 600 * n)
        for n, (net, top) in enumerate(STUDY)
    ]  # fmt: skip
    made += [
        make(runs / f"degradation-{n}", net, top=top, seed=n, study="Degradation", data="cifar10", epochs=60,
             classes=CIFAR, age=90_000 - 600 * n, vanishing="plain" in net, optimizer="sgd", learning_rate=0.1)
        for n, (net, top) in enumerate(DEGRADATION)
    ]  # fmt: skip
    made += [
        make(runs / "queued", status="queued", done=0, age=9),
        make(runs / "running", "tfnotes-resnet18", status="running", done=4, data="shapes", age=10),
        make(runs / "stopped", "lenet5", status="stopped", done=3, message="stopped", age=20),
        make(runs / "failed", "tfnotes-vgg16", status="failed", done=0, batch_size=4096, age=100,
             message="out of memory: 4,096 pictures at once need 9.1 GiB; try batches of 256"),
        make(runs / "no-number", nan_from=4, learning_rate=5.0, optimizer="sgd", age=150),
        make(runs / "one-epoch", epochs=1, age=200),
        make(runs / "thousand", epochs=1000, top=0.98, age=400),
        make(runs / "hundred-classes", "cifar-resnet20", classes=HUNDRED, top=0.6, data="cifar100", age=300),
        make(runs / "long-title", title=LONG[:200], classes=("a class of a name that is much longer than any axis",
             "another"), data="pictures", pictures="abc", age=500),
        make(runs / "with-changes", "vgg16", done=2, status="stopped", age=700, shift=2, flip=True, epochs=30,
             changes=("input: 224×224×3 became 32×32×1", "dense1: 1,000 units became 10")),
    ]  # fmt: skip
    return made


if __name__ == "__main__":
    for one in twenty(Path(sys.argv[1]).absolute()):
        print(one.id, one.status())
