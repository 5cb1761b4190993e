"""From pictures to batches: sizes and channels, normalising, augmentation, the order of each epoch."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cnnviz.training import augment, data, prepare, settings
from cnnviz.training.augment import Augment
from cnnviz.training.data import Data
from cnnviz.training.datasets import DataError


def make(**given):
    return settings.make(given)


def random_pictures(count=6, side=8, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), np.uint8)


# --- how pictures become input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "wanted"), [(8, 32), (32, 8), (30, 7), (9, 10), (16, 16), (1, 4), (5, 1)])
def test_resizing_is_that_of_pillow(given, wanted):
    pictures = random_pictures(3, given)
    ours = prepare.resized(pictures, wanted, wanted + 3)
    theirs = [Image.fromarray(one).resize((wanted + 3, wanted), Image.Resampling.BILINEAR) for one in pictures]
    assert ours.shape == (3, wanted, wanted + 3, 3)
    assert np.abs(ours.astype(int) - np.stack([np.asarray(one) for one in theirs])).max() <= 2


def test_resizing_keeps_plain_pictures_plain():
    assert (prepare.resized(np.full((2, 9, 9, 1), 255, np.uint8), 31, 4) == 255).all()
    assert np.allclose(prepare.weights(7, 50).sum(axis=1), 1)


def test_resizing_in_parts_is_resizing_at_once(monkeypatch):
    pictures = random_pictures(7)
    whole = prepare.resized(pictures, 13, 5)
    monkeypatch.setattr(prepare, "AT_A_TIME", 1)
    assert np.array_equal(prepare.resized(pictures, 13, 5), whole)


def test_what_a_net_sees_is_about_zero(tmp_path):
    loaded = data.load(make(data="shapes", size=200), tmp_path)
    seen = prepare.of(loaded, (32, 32, 3))(loaded.x_train)
    assert seen.dtype == np.float32
    assert np.allclose(seen.mean(axis=(0, 1, 2)), 0, atol=1e-4)
    assert np.allclose(seen.std(axis=(0, 1, 2)), 1, atol=1e-4)
    expected = (loaded.x_train - np.array(loaded.mean)) / np.array(loaded.std)
    assert np.allclose(seen, expected, atol=1e-4)


@pytest.mark.parametrize(("given", "shape"), [("digits", (12, 16, 3)), ("shapes", (16, 16, 1)), ("digits", (8, 8, 5))])
def test_channels_are_adapted(given, shape, tmp_path):
    loaded = data.load(make(data=given, size=100), tmp_path)
    made = prepare.of(loaded, shape)
    seen = made(loaded.x_train)
    assert seen.shape == (len(loaded.x_train), *shape)
    assert np.abs(seen.mean()) < 0.05
    if given == "digits":
        assert (seen == seen[..., :1]).all()
    assert prepare.read(made.as_dict()) == made


def test_grey_is_how_bright_a_colour_looks():
    colours = np.array([[[[255, 0, 0]], [[0, 255, 0]], [[255, 255, 255]]]], np.uint8)
    assert prepare.with_channels(colours, 1).ravel().tolist() == [76, 150, 255]


def test_channels_that_do_not_fit_are_refused(tmp_path):
    loaded = data.load(make(data="shapes", size=100), tmp_path)
    with pytest.raises(DataError, match="takes 4 channels and the pictures have 3"):
        prepare.of(loaded, (32, 32, 4))


@pytest.mark.parametrize("given", [{}, {"shape": [1, 1, 1], "mean": [0], "std": [0]}, {"shape": "abc"}, {"shape": 3}])
def test_what_is_read_back_is_checked(given):
    with pytest.raises(DataError):
        prepare.read(given)


# --- augmentation -----------------------------------------------------------------------------------------------------

BLANK = np.array([1, 2, 3], np.uint8)


def changed(pictures, seed=0, **what):
    return Augment(**what)(pictures, BLANK, np.random.default_rng(seed))


def test_flips_mirror_about_half():
    pictures = random_pictures(200)
    made = changed(pictures, flip=True)
    flipped = [np.array_equal(one, was[:, ::-1]) for one, was in zip(made, pictures, strict=True)]
    kept = [np.array_equal(one, was) for one, was in zip(made, pictures, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 70 < sum(flipped) < 130


@pytest.mark.parametrize("what", [{"shift": 2}, {"shift": 2, "flip": True}, {"shift": 20}])
def test_shifts_are_crops_of_the_padded_picture(what):
    pictures = random_pictures(30)
    shift, seen = what["shift"], set()
    for was, one in zip(pictures, changed(pictures, **what), strict=True):
        padded = np.empty((8 + 2 * shift, 8 + 2 * shift, 3), np.uint8)
        padded[:] = BLANK
        padded[shift:-shift, shift:-shift] = was
        found = {
            (y, x, step)
            for y in range(2 * shift + 1)
            for x in range(2 * shift + 1)
            for step in (1, -1)
            if np.array_equal(one, padded[y : y + 8, x : x + 8][:, ::step])
        }
        assert found
        seen |= found
    assert len({y for y, _, _ in seen}) > 3
    assert len({x for _, x, _ in seen}) > 3


@pytest.mark.parametrize("side", [7, 8])
def test_look_ups_between_pixels(side):
    pictures = random_pictures(4, side)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)[:, None].repeat(4, axis=1)
    assert np.array_equal(augment._looked_up(pictures, y, x, BLANK), pictures)
    quarter = augment._looked_up(pictures, x, side - 1 - y, BLANK)
    assert np.array_equal(quarter, np.rot90(pictures, axes=(1, 2)))
    outside = augment._looked_up(pictures, y + side + 3, x, BLANK)
    assert (outside == BLANK).all()
    between = augment._looked_up(pictures, y, np.minimum(x + 0.5, side - 1), BLANK)[:, :, : side - 1]
    mean = (pictures[:, :, :-1].astype(int) + pictures[:, :, 1:]) / 2
    assert np.abs(between - mean).max() <= 1


def test_a_turned_picture_keeps_its_middle_and_its_disc():
    line = np.arange(33) - 16
    disc = (np.hypot(line[:, None], line) < 10)[None, ..., None] * np.full(3, 200, np.uint8)
    turned = changed(np.repeat(disc.astype(np.uint8), 8, axis=0), rotation=180)
    near = (np.hypot(line[:, None], line) < 8)[None, ..., None]
    assert np.abs(np.where(near, turned.astype(int) - 200, 0)).max() <= 1
    larger = changed(np.repeat(disc.astype(np.uint8), 40, axis=0), zoom=0.5)
    areas = (larger[..., 0] > 100).sum(axis=(1, 2))
    assert areas.min() < 0.7 * (disc[..., 0] > 0).sum()
    assert areas.max() > 1.5 * (disc[..., 0] > 0).sum()


def test_cutout_blanks_a_square():
    pictures = np.full((60, 16, 16, 3), 200, np.uint8)
    made = changed(pictures, cutout=6)
    areas = (made == BLANK).all(axis=-1).sum(axis=(1, 2))
    assert areas.max() == 36
    assert areas.min() >= 9  # a corner of it
    assert (pictures == 200).all()


@pytest.mark.parametrize(
    "what", [{"flip": True}, {"shift": 3}, {"rotation": 20}, {"zoom": 0.2}, {"cutout": 3}, {"shift": 2, "zoom": 0.1}]
)
@pytest.mark.parametrize("channels", [1, 3])
def test_augmentation_follows_from_its_random_numbers(what, channels):
    pictures = random_pictures(20, 8, channels)
    kept = pictures.copy()
    blank = np.zeros(channels, np.uint8)
    one, same, other = (Augment(**what)(pictures, blank, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.array_equal(pictures, kept)
    assert one.shape == pictures.shape
    assert one.dtype == np.uint8


def test_settings_ask_for_augmentation():
    assert not augment.of(make())
    assert augment.of(make(flip=True, shift=4, rotation=5, zoom=0.1, cutout=8)) == Augment(True, 4, 5, 0.1, 8)


# --- batches ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batches():
    from cnnviz.training import batches

    return batches


@pytest.fixture
def few():
    """Twenty-three pictures, each of one shade, so that each is known again."""
    x = np.arange(23, dtype=np.uint8)[:, None, None, None].repeat(4, 1).repeat(4, 2)
    y = np.arange(23) % 3
    return Data(x, y, x[:7], y[:7], ("a", "b", "c"), (0.0,), (1.0,))


def epoch_of(part, epoch):
    part.epoch = epoch
    return [part[i] for i in range(len(part))]


def shades(part, epoch):
    return np.concatenate([x[:, 0, 0, 0] for x, _ in epoch_of(part, epoch)])


def test_batches_show_each_picture_once_in_an_order_of_the_epoch(batches, few):
    one, same = (batches.training(few, make(batch_size=5, seed=4), (4, 4, 1)) for _ in range(2))
    other = batches.training(few, make(batch_size=5, seed=5), (4, 4, 1))
    assert [len(x) for x, _ in epoch_of(one, 0)] == [5, 5, 5, 5, 3]
    assert sorted(shades(one, 0)) == list(range(23))
    late = shades(same, 3)  # without the epochs before, as after a resume
    assert [list(shades(one, epoch)) for epoch in (0, 1, 2, 3)][3] == list(late)
    assert list(shades(one, 0)) != list(shades(one, 1))
    assert list(shades(one, 0)) != list(shades(other, 0))


def test_labels_stay_with_their_pictures_for_every_head(batches, few):
    part = batches.training(few, make(batch_size=4), (4, 4, 1), heads=3)
    for x, labels in epoch_of(part, 1):
        assert len(labels) == 3
        for one_hot in labels:
            assert one_hot.dtype == np.float32
            assert np.array_equal(one_hot.sum(axis=1), np.ones(len(x)))
            assert np.array_equal(one_hot.argmax(axis=1), x[:, 0, 0, 0] % 3)


def test_validation_is_in_order_and_unchanged(batches, few):
    part = batches.validation(few, make(batch_size=4, flip=True, shift=2, seed=9), (4, 4, 1))
    assert list(shades(part, 0)) == list(shades(part, 5)) == list(range(7))


@pytest.mark.parametrize("what", [{}, {"flip": True, "shift": 2}, {"rotation": 15, "zoom": 0.1}])
@pytest.mark.parametrize("shape", [(32, 32, 3), (20, 24, 3), (40, 40, 1)])
def test_batches_made_ahead_or_resized_one_by_one_are_the_same(batches, what, shape, monkeypatch, tmp_path):
    asked = make(data="shapes", size=100, batch_size=16, seed=2, **what)
    loaded = data.load(asked, tmp_path)
    plain = batches.training(loaded, asked, shape)
    plain._ahead = None
    monkeypatch.setattr(batches, "WHOLE", 0)
    ahead = batches.training(loaded, asked, shape)
    assert ahead._ahead is not None
    for epoch in (0, 2):
        for (x, y), (x_too, y_too) in zip(epoch_of(plain, epoch), epoch_of(ahead, epoch), strict=True):
            assert x.shape[1:] == shape
            assert np.array_equal(x, x_too)
            assert np.array_equal(y, y_too)
    assert np.array_equal(ahead[3][0], ahead[3][0])  # asked for twice, or out of turn


def test_augmentation_changes_from_epoch_to_epoch(batches, tmp_path):
    asked = make(data="shapes", size=100, batch_size=80, shift=4)
    part = batches.training(data.load(asked, tmp_path), asked, (32, 32, 3))

    def in_order(epoch):
        part.epoch = epoch
        return part[0][0][np.argsort(part._rows(epoch))]

    assert np.array_equal(in_order(1), in_order(1))
    assert not np.array_equal(in_order(1), in_order(2))


def test_an_error_in_a_thread_reaches_the_one_who_asks():
    from cnnviz.training.ahead import Ahead

    def broken(epoch, index):
        raise DataError("the disk is gone")

    with pytest.raises(DataError, match="the disk is gone"):
        Ahead(broken, 5, 100).get(0, 0)


def test_keras_trains_on_batches_in_the_order_of_each_epoch(batches, few):
    import keras

    part = batches.training(few, make(batch_size=5, seed=4), (4, 4, 1), heads=2)
    first = keras.Input((4, 4, 1))
    flat = keras.layers.Flatten()(first)
    model = keras.Model(first, [keras.layers.Dense(3, activation="softmax")(flat) for _ in range(2)])
    model.compile("sgd", loss=["categorical_crossentropy"] * 2, loss_weights=[1, 0.3])
    asked = []
    made = part._made
    part._made = lambda epoch, index: asked.append((epoch, index)) or made(epoch, index)
    validation = batches.validation(few, make(batch_size=5), (4, 4, 1), heads=2)
    follow = batches.Follow(part)
    model.fit(part, validation_data=validation, initial_epoch=2, epochs=4, shuffle=False, verbose=0, callbacks=[follow])
    trained = [place for place in asked if place[0] >= 2]
    assert trained == [(epoch, index) for epoch in (2, 3) for index in range(5)]
