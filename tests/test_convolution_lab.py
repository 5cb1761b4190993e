"""The stepping page's numbers against Keras layers with the same weights, and against values worked out by hand."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import report
from cnnviz.declare import ParamError, make
from cnnviz.labs import (
    convolution,
    dropout,
    heads,
    landscape,
    link,
    normalisation,
    pooling,
    samples,
    sliding,
    stepping,
)
from cnnviz.labs.stepping import Settings
from cnnviz.ops import BatchNorm, Dropout, OpError, value

NUMBERS = st.integers(-9, 9)


@st.composite
def grids(draw, most=7, channels=3):
    height, width, depth = draw(st.tuples(st.integers(1, most), st.integers(1, most), st.integers(1, channels)))
    count = height * width * depth
    return sliding.shaped(draw(st.lists(NUMBERS, min_size=count, max_size=count)), height, width, depth)


@st.composite
def convolutions(draw):
    """A grid, a kernel for each of its channels, and how it slides."""
    grid = draw(grids())
    rows, columns = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    count = rows * columns * len(grid)
    kernel = sliding.shaped(draw(st.lists(NUMBERS, min_size=count, max_size=count)), rows, columns, len(grid))
    stride, dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)).filter(lambda pair: min(pair) == 1))
    padding = draw(st.sampled_from(["same", "valid"]))
    return grid, kernel, {"strides": (stride,) * 2, "dilation_rate": (dilation,) * 2, "padding": padding}


def as_array(grid):
    """Channels last, as Keras has it: (height, width, channels)."""
    return np.moveaxis(np.array(grid, "float32"), 0, -1)


def outputs(found):
    return np.array([float(step.output) for step in found.steps]).reshape(found.height.out, found.width.out)


def by_keras(layer, grid, weights=None):
    picture = as_array(grid)[None]
    layer.build(picture.shape)
    if weights:
        layer.set_weights(weights)
    return np.array(layer(picture))[0]


@given(convolutions(), st.integers(1, 9), st.integers(-9, 9), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_convolution_is_that_of_keras(drawn, divisor, bias, relu):
    import keras

    grid, kernel, slides = drawn
    try:
        found = convolution.convolve(grid, kernel, **slides, divisor=divisor, bias=bias, relu=relu)
    except OpError:
        with pytest.raises(ValueError, match="negative|zero|non-positive|incorrect"):
            by_keras(keras.layers.Conv2D(1, as_array(kernel).shape[:2], **slides), grid)
        return
    layer = keras.layers.Conv2D(1, as_array(kernel).shape[:2], **slides, activation="relu" if relu else None)
    weights = [as_array(kernel)[..., None] / divisor, np.array([bias], "float32")]
    wanted = by_keras(layer, grid, weights)[..., 0]
    assert outputs(found).shape == wanted.shape
    # whole numbers of this size are exact in float32
    assert outputs(found) == pytest.approx(wanted, abs=0 if divisor == 1 else 1e-4)
    assert found.parameters == layer.count_params()


@given(convolutions())
@settings(max_examples=60, deadline=None)
def test_steps_hang_together(drawn):
    """Each product is a weight times the cell under it, padding counts as 0, and the work is that of the layer."""
    grid, kernel, slides = drawn
    try:
        found = convolution.convolve(grid, kernel, **slides)
    except OpError:
        return
    assert [(s.row, s.column) for s in found.steps] == [
        (row, column) for row in range(found.height.out) for column in range(found.width.out)
    ]
    assert sum(len(step.products) for step in found.steps) == value(found.macs)
    for step in found.steps:
        under = iter(step.values)
        for channel in grid:
            for row in found.height.cells(step.row):
                for column in found.width.cells(step.column):
                    inside = 0 <= row < len(channel) and 0 <= column < len(channel[0])
                    assert next(under) == (channel[row][column] if inside else None)
        assert step.sum == sum(step.products) == step.output


@given(convolutions())
@settings(max_examples=60, deadline=None)
def test_figures_are_those_of_the_net_in_notation(drawn):
    grid, kernel, slides = drawn
    net = (
        f"input({len(grid[0])}, {len(grid[0][0])}, {len(grid)}); conv(1, ({len(kernel[0])}, {len(kernel[0][0])}), "
        f"strides={slides['strides'][0]}, dilation_rate={slides['dilation_rate'][0]}, padding={slides['padding']})"
    )
    try:
        found = convolution.convolve(grid, kernel, **slides)
    except OpError:
        return
    whole = report.of_text(net)
    assert (found.parameters, value(found.macs)) == (whole.total.parameters, whole.total.macs)
    assert whole.graph.nodes[-1].shape == (found.height.out, found.width.out, 1)


def test_an_upright_edge_by_hand():
    edge = samples.picture("edge", 6, 6, 1)
    assert edge[0][0] == (0, 0, 0, 9, 9, 9)
    found = convolution.convolve(edge, samples.kernel("vertical", 1))
    assert outputs(found).tolist() == [[0, 27, 27, 0]] * 4
    assert found.steps[1].products == (0, 0, 9, 0, 0, 9, 0, 0, 9)
    assert found.parameters == 10


@pytest.mark.parametrize("name", [*samples.PICTURES])
def test_kernels_do_what_they_are_called(name):
    picture = samples.picture(name, 7, 8, 3)
    assert all(0 <= cell <= 9 for cell in sliding.flat(picture))

    def through(kernel, channels=1, **more):
        grid = picture[:channels]
        chosen, divided = samples.kernel(kernel, channels), samples.divisor(kernel, channels)
        return convolution.convolve(grid, chosen, divisor=divided, **more)

    same = through("identity", padding="same")
    assert [step.output for step in same.steps] == [*sliding.flat(picture[:1])]
    even = sliding.shaped([5] * 75, 5, 5, 3)
    for kernel, kept in (("blur", 5), ("sharpen", 5), ("outline", 0), ("vertical", 0), ("horizontal", 0)):
        flat = convolution.convolve(even[:1], samples.kernel(kernel, 1), divisor=samples.divisor(kernel, 1))
        assert {step.output for step in flat.steps} == {kept}
    blurred = convolution.convolve(even, samples.kernel("blur", 3), divisor=samples.divisor("blur", 3))
    assert {step.output for step in blurred.steps} == {5}, "a mean over channels too"
    mixed = through("mix", 3)
    red, green, blue = (channel[2][3] for channel in picture)
    assert mixed.steps[2 * 8 + 3].output == Fraction(2 * red + 5 * green + blue, 8)


def test_uneven_padding_and_cells_that_no_window_reaches():
    uneven = convolution.convolve(
        samples.picture("edge", 6, 5, 1), samples.kernel("blur", 1), padding="same", strides=(2, 2)
    )
    assert (uneven.height.before, uneven.height.after, uneven.height.uneven) == (0, 1, True)
    assert (uneven.width.before, uneven.width.after, uneven.width.uneven) == (1, 1, False)
    assert convolution.size_formula(uneven.height, "same") == "⌈6 / 2⌉ = 3"
    assert convolution.padding_formula(uneven.height) == "max((3 − 1)·2 + 3 − 6, 0) = 1"
    left = convolution.convolve(samples.picture("edge", 6, 6, 1), samples.kernel("blur", 1), strides=(2, 2))
    assert left.height.unseen == (5,)
    assert convolution.size_formula(left.height, "valid") == "⌊(6 − 3) / 2⌋ + 1 = 2"
    holes = convolution.convolve(samples.picture("edge", 5, 5, 1), samples.kernel("blur", 1), dilation_rate=(2, 2))
    assert convolution.extent_formula(holes.width) == "(3 − 1)·2 + 1 = 5"
    assert holes.width.unseen == (1, 3)


# --- a patch of the landscape -----------------------------------------------------------------------------------------

PLACES = st.tuples(st.integers(0, 38), st.integers(0, 54))
SIDES = st.tuples(st.integers(3, 10), st.integers(3, 10))


def test_the_landscape_has_its_house_sun_and_fence_where_they_are_drawn():
    red, green, blue = planes = landscape.planes()
    assert {len(plane) for plane in planes} == {48}
    assert {len(row) for plane in planes for row in plane} == {64}
    assert {cell for plane in planes for row in plane for cell in row} == {*range(1, 10)}
    assert [plane[8][8] for plane in planes] == [9, 8, 3], "the sun is yellow"
    assert [plane[13][24] for plane in planes] == [6, 2, 2], "the roof is red"
    assert blue[3][30] > green[3][30] > red[3][30], "the sky is blue"
    assert [green[42][column] for column in range(0, 16, 4)] == [8] * 4, "a post every four cells"


@given(PLACES, SIDES, st.integers(1, 3))
def test_a_patch_is_cut_from_the_picture(place, sides, channels):
    now = make(Settings, {"picture": "patch", "patch": place, "sides": sides, "channels": channels})
    grid = stepping.grid_of(now)
    assert (len(grid), len(grid[0]), len(grid[0][0])) == (channels, *sides)
    assert len(landscape.names(channels)) == channels
    for row, line in enumerate(grid[0]):
        for column in range(len(line)):
            red, green, blue = (plane[place[0] + row][place[1] + column] for plane in landscape.planes())
            if channels == 1:
                assert abs(8 * line[column] - (2 * red + 5 * green + blue)) <= 4
            else:
                assert [plane[row][column] for plane in grid] == [red, green, blue][:channels]
    pooled = make(Settings, {"pool_picture": "patch", "pool_patch": place, "pool_sides": sides})
    assert stepping.pool_grid_of(pooled) == landscape.patch(*place, *sides, 1)


@given(PLACES, SIDES, st.integers(1, 100))
def test_the_link_holds_the_place_of_the_patch_and_the_step(place, sides, step):
    now = make(Settings, {"picture": "patch", "patch": place, "sides": sides, "step": step})
    assert link.read(Settings, link.write(now)) == (now, ())


def test_the_place_of_a_patch_in_the_link_is_row_and_column():
    now = changed(changed(Settings(), "picture", "patch"), "patch", [10, 30])
    assert link.write(now) == {"picture": "patch", "patch": "10x30"}
    assert stepping.grid_of(now)[0][0] == landscape.patch(10, 30, 1, 6, 1)[0][0]


def test_a_patch_at_the_border_makes_room_when_it_grows():
    now = changed(changed(Settings(sides=(3, 3)), "picture", "patch"), "patch", [45, 61])
    grown = changed(now, "sides", [6, 10])
    assert grown.patch == (42, 54)
    assert changed(grown, "sides", [3, 3]).patch == (42, 54)
    pooled = changed(changed(Settings(), "pool_patch", [40, 56]), "pool_sides", [10, 9])
    assert pooled.pool_patch == (38, 55)


def test_a_number_typed_into_a_patch_makes_it_the_readers_own():
    now = typed(Settings(picture="patch", channels=3), "grid", 36, 50)
    assert now.picture == "own"
    assert stepping.grid_of(now)[1][0][0] == 50
    assert stepping.grid_of(now)[::2] == landscape.patch(*now.patch, 6, 6, 3)[::2]


# --- pooling ----------------------------------------------------------------------------------------------------------


@given(grids(channels=1), st.integers(1, 4), st.integers(1, 3), st.sampled_from(["same", "valid"]))
@settings(max_examples=60, deadline=None)
def test_pooling_is_that_of_keras(grid, side, stride, padding):
    import keras

    try:
        found = pooling.pool(grid, (side, side), (stride, stride), padding)
    except OpError:
        assert padding == "valid"
        assert side > min(len(grid[0]), len(grid[0][0]))
        return
    largest = by_keras(keras.layers.MaxPooling2D(side, stride, padding), grid)[..., 0]
    means = by_keras(keras.layers.AveragePooling2D(side, stride, padding), grid)[..., 0]
    assert [step.largest for step in found.steps] == largest.ravel().tolist()
    assert [float(step.mean) for step in found.steps] == pytest.approx(means.ravel().tolist(), abs=1e-5)
    assert all(step.values[step.winner] == step.largest for step in found.steps)


def test_max_keeps_texture_and_average_the_background():
    found = pooling.pool(samples.picture("texture", 8, 8, 1), (2, 2), (2, 2), "valid")
    assert found.average.mean == found.input.mean
    assert found.max.high == found.input.high
    assert found.max.mean > 2 * found.input.mean
    assert found.average.high < found.input.high


# --- normalisation, dropout, heads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_training_and_inference_are_those_of_keras(seed):
    import keras

    chance = random.Random(seed)
    op = BatchNorm(momentum=chance.choice([0.0, 0.5, 0.9, 0.99]))
    gamma, beta, size = chance.uniform(0.5, 2), chance.uniform(-1, 1), chance.randint(2, 6)
    batches = [[chance.randint(-9, 9) for _ in range(size)] for _ in range(3)]
    steps = normalisation.train(op, batches, 7, gamma, beta)
    layer = keras.layers.BatchNormalization(momentum=op.momentum, epsilon=op.epsilon)
    layer.build((None, 1))
    layer.gamma.assign([gamma])
    layer.beta.assign([beta])
    for number, step in enumerate(steps):
        batch = np.array(batches[number % 3], "float32")[:, None]
        assert np.array(layer(batch, training=True))[:, 0] == pytest.approx(step.outputs, abs=1e-4)
        assert float(layer.moving_mean[0]) == pytest.approx(step.after.mean, abs=1e-4)
        assert float(layer.moving_variance[0]) == pytest.approx(step.after.variance, rel=1e-4, abs=1e-4)
        inferred = normalisation.normalised(op, step.batch, step.after, gamma, beta)
        assert np.array(layer(batch, training=False))[:, 0] == pytest.approx(inferred, abs=1e-3, rel=1e-4)


def test_a_batch_by_hand():
    (step,) = normalisation.train(BatchNorm(momentum=0.9, epsilon=1e-12), [(2, 4, 4, 6)], 1, 1.0, 0.0)
    assert step.batch_statistics == (4, 2)
    assert step.outputs == pytest.approx((-(2**0.5), 0, 0, 2**0.5))
    assert step.after == pytest.approx((0.4, 1.1))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_dropout_scales_the_rest_as_keras_does(rate):
    import keras

    values = np.arange(1, 201, dtype="float32")
    found = np.array(keras.layers.Dropout(rate, seed=3)(values[None], training=True))[0]
    kept = found != 0
    assert 0 < kept.sum() < 200
    assert dropout.dropped(Dropout(rate), values.tolist(), kept.tolist()) == pytest.approx(found.tolist(), rel=1e-5)
    assert np.array(keras.layers.Dropout(rate)(values[None], training=False))[0].tolist() == values.tolist()


def test_draws_come_from_the_seed_and_their_mean_settles_on_the_values():
    values = (8, -3, 5, 6)
    drawn = dropout.draws(Dropout(0.5), values, 1, 4000)
    assert drawn == dropout.draws(Dropout(0.5), values, 1, 4000)
    assert drawn[:5] != dropout.draws(Dropout(0.5), values, 2, 5)
    assert drawn[-1].means == pytest.approx(values, rel=0.1)
    assert drawn[1].means == pytest.approx(
        [(a + b) / 2 for a, b in zip(drawn[0].outputs, drawn[1].outputs, strict=True)]
    )


def test_heads_are_those_of_keras():
    import keras
    from keras import layers

    found = {head.key: head for head in heads.heads(3, 5, 7, 4)}
    built = {
        "hidden": [layers.Flatten(), layers.Dense(7), layers.Dense(7), layers.Dense(4)],
        "flatten": [layers.Flatten(), layers.Dense(4)],
        "gap": [layers.GlobalAveragePooling2D(), layers.Dense(4)],
    }
    for key, stack in built.items():
        assert found[key].parameters == keras.Sequential([keras.Input((3, 3, 5)), *stack]).count_params()


def test_the_head_of_vgg_by_hand():
    hidden, flatten, gap = heads.heads(7, 512, 4096, 1000)
    assert hidden.parameters == 123_642_856
    assert flatten.parameters == 25_089_000
    assert gap.parameters == 513_000


# --- the page's settings ----------------------------------------------------------------------------------------------


def changed(now, name, given):
    return make(Settings, {**link_values(now), **stepping.changed(now, name, given)})


def typed(now, panel, place, number):
    return make(Settings, {**link_values(now), **stepping.typed(now, panel, place, number)})


def link_values(now):
    return {name: getattr(now, name) for name in Settings.__dataclass_fields__}


def test_typing_into_a_sample_makes_it_the_readers_own():
    now = typed(Settings(), "grid", 7, -4)
    assert now.picture == "own"
    assert stepping.grid_of(now)[0][1][:3] == (0, -4, 0)
    assert stepping.grid_of(now)[0][0] == stepping.grid_of(Settings())[0][0]
    now = typed(Settings(preset="blur"), "kernel", 4, 8)
    assert stepping.kernel_of(now) == (((1, 2, 1), (2, 8, 2), (1, 2, 1)),)
    assert stepping.divisor_of(now) == 16


def test_typed_numbers_keep_their_places_when_the_sides_change():
    now = typed(Settings(), "grid", 7, -4)
    wider = changed(changed(now, "sides", [8, 9]), "channels", 2)
    assert stepping.grid_of(wider)[0][1] == (0, -4, 0, 9, 9, 9, 0, 0, 0)
    assert set(sliding.flat(stepping.grid_of(wider)[1:])) == {0}
    assert stepping.grid_of(changed(wider, "sides", [3, 3]))[0] == ((0, 0, 0), (0, -4, 0), (0, 0, 0))
    kernel = stepping.kernel_of(changed(Settings(), "kernel_sides", [1, 5]))
    assert kernel == (((-1, 0, 1, 0, 0),),)
    batches = stepping.batches_of(changed(Settings(), "batch_sides", [2, 3]))
    assert batches == ((2, 4, 4), (3, 5, 9))


def test_a_mix_brings_its_channels():
    now = changed(Settings(), "preset", "mix")
    assert (now.channels, stepping.divisor_of(now)) == (3, 8)
    assert stepping.kernel_of(now) == (((2,),), ((5,),), ((1,),))


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("sides", [2, 6], "a 3×3 window does not fit on a 2×6×1 map"),
        ("sides", [11, 6], "sides must be 1 to 10"),
        ("channels", 4, "channels must be 1 to 3"),
        ("channels", "many", "channels must be 1 to 3"),
        ("picture", "cat", "picture must be one of"),
        ("batch_sides", [6, 4], "at most 5 batches"),
        ("divisor", 0, "divisor must be 1 to 999"),
        ("kernel_sides", [6, 1], "kernel_sides must be 1 to 5"),
        ("patch", [43, 0], "patch: 6×6 cells of the 48×64 picture begin at row 0 to 42 and column 0 to 58, got 43×0"),
        ("pool_patch", [0, 57], "pool_patch: 8×8 cells of the 48×64 picture begin at row 0 to 40 and column 0 to 56"),
        ("patch", [-1, 3], "patch must be 0 to 63"),
        ("patch", [1.5, 3], "patch must be 0 to 63"),
        ("step", 0, "step must be 1 to 100"),
        ("grid", [1] * 400, "grid must be a list"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(name, given, said):
    with pytest.raises(ParamError, match=said):
        changed(Settings(), name, given)


@pytest.mark.parametrize(
    ("panel", "place", "number"),
    [("grid", 36, 1), ("grid", -1, 1), ("no", 0, 1), ("grid", 0, 100), ("grid", 0, "x"), ("grid", 0, 1.5)],
)
def test_no_cell_takes_what_is_no_number(panel, place, number):
    with pytest.raises(ParamError):
        stepping.typed(Settings(), panel, place, number)


def test_strides_and_dilation_exclude_each_other():
    with pytest.raises(ParamError, match="cannot both be over 1"):
        make(Settings, {"strides": 2, "dilation_rate": 2, "padding": "same"})


def test_the_link_holds_grid_and_kernel():
    now = typed(typed(Settings(), "grid", 0, -7), "kernel", 0, 5)
    assert link.read(Settings, link.write(now)) == (now, ())
    assert link.write(Settings()) == {}
