"""Colours and words of operations and blocks: complete, told apart, readable."""

from __future__ import annotations

from itertools import combinations

import pytest

from cnnviz import notation, zoo
from cnnviz.blocks import BLOCKS, COMPOSITES
from cnnviz.draw import labels
from cnnviz.draw.theme import PAGES, PAINTS, colour, css, ink
from cnnviz.net import walk
from cnnviz.ops import OPS

# What the three kinds of colour blindness leave of linear red, green and blue (Machado, Oliveira, Fernandes 2009,
# severity 1).
SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
MODES = tuple(PAGES)


def linear(hexadecimal: str) -> list[float]:
    parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def sumprod(weights: tuple[float, ...], values: list[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIE L*a*b* under D65."""
    r, g, b = (min(max(part, 0), 1) for part in rgb)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(first: str, second: str, sight: str) -> float:
    seen = [lab([sumprod(row, linear(one)) for row in SIGHT[sight]]) for one in (first, second)]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2."""
    lights = sorted(sumprod((0.2126, 0.7152, 0.0722), linear(one)) for one in (first, second))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_paints_cover_exactly_the_families():
    assert set(PAINTS) == {op.family for op in OPS} | {block.family for block in COMPOSITES}


def test_marks_and_legend_labels_differ():
    for part in ("mark", "label"):
        assert len({getattr(paint, part) for paint in PAINTS.values()}) == len(PAINTS)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("mode", MODES)
def test_families_are_told_apart(mode, sight):
    """A difference of 2.3 is just noticeable between large areas side by side."""
    for first, second in combinations(PAINTS, 2):
        assert difference(colour(first, mode), colour(second, mode), sight) > 9, (first, second)


@pytest.mark.parametrize("mode", MODES)
def test_colours_stand_out_from_the_page(mode):
    for family in PAINTS:
        for ground in (PAGES[mode].background, PAGES[mode].panel):
            assert contrast(colour(family, mode), ground) >= 2.8, family
            assert contrast(ink(family, mode), ground) >= 4.5, family


def test_the_sheet_names_every_family():
    for family, paint in PAINTS.items():
        assert f".list .f-{family}{{--light:{paint.light};--dark:{paint.dark};" in css(".list")


@pytest.mark.parametrize(
    ("written", "title", "detail"),
    [
        ("conv(64, 7, relu, strides=2)", "Conv 7×7", "64 filters · /2 · same · relu"),
        ("conv(8, (1, 3), use_bias=false, padding=valid)", "Conv 1×3", "8 filters · valid · no bias"),
        ("depthwise_conv(3, dilation_rate=2)", "Depthwise conv 3×3", "same · dilation 2"),
        ("maxpool(3, strides=2, padding=same)", "Max pool 3×3", "/2 · same"),
        ("maxpool((2, 3))", "Max pool 2×3", "/2×3 · valid"),
        ("gap()", "Global average pool", ""),
        ("activation(leaky_relu)", "Leaky ReLU", ""),
        ("dense(10, softmax)", "Dense", "10 units · softmax"),
        ("dropout(0.5)", "Dropout", "rate 0.5"),
        ("zeropad((1, 2, 3, 4))", "Zero padding", "1 top, 2 bottom, 3 left, 4 right"),
        ("inception(64, 96, 128, 16, 32, 32, name=inception_3a)", "Inception 3a", "64 · 96→128 · 16→32 · 32"),
        ("bottleneck(64, 3, name=stage2)", "Stage 2", "Bottleneck · 3 blocks · 64→256 filters"),
        ("conv_bn(64, 7, strides=2)", "Conv 7×7 + BN", "64 filters · /2 · same · relu"),
        ("vgg(64, convs=2)", "VGG block", "2 × 64 filters · /2 · relu"),
        ("dense_block(6, 32)", "Dense block", "6 layers · growth 32"),
        ("transition()", "Transition", "θ 0.5 · /2"),
        ("classifier(10, flatten, [120, 84])", "Classifier", "120→84→10 classes · flatten · softmax"),
        ("3 * conv(8, 3)", "3 × Conv 3×3", "8 filters · same"),
        ("2 * [conv(8, 3), bn()]", "2 × sequence", "Conv 3×3 · Batch norm"),
        ("parallel([conv(8, 1)], [])", "Parallel", "2 branches · concat"),
    ],
)
def test_words_of_items(written, title, detail):
    (item,) = notation.parse(f"input(64, 64, 16)\n{written}").items
    assert (labels.item_title(item), labels.item_detail(item)) == (title, detail)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("inception_3a", "Inception 3a"),
        ("stage2", "Stage 2"),
        ("vgg2", "VGG block 2"),
        ("dense_block10", "Dense block 10"),
        ("block12", "Block 12"),
        ("conv1_2", "Conv 1.2"),
        ("vgg1_", "VGG block 1"),
        ("a", "A"),
    ],
)
def test_names_for_people(name, title):
    assert labels.name_title(name) == title


def test_everything_has_a_title():
    for declared in (*OPS, *COMPOSITES):
        assert labels.word_title(declared.word)
        assert labels.word_family(declared.word) in PAINTS
    assert set(labels._TITLES) <= {*BLOCKS, "aux", "parallel"}


def test_lines_of_the_zoo_are_short():
    for row in zoo.BY_NAME.values():
        for _, item in walk(notation.parse(row.notation).items):
            assert 0 < len(labels.item_title(item)) <= 24
            assert len(labels.item_detail(item)) <= 64
            assert labels.item_family(item) in PAINTS
