"""Layers that Keras has none for. Generated code prints the classes it needs, so each stands on its own."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="cnnviz")
class LocalResponseNormalization(keras.layers.Layer):
    """x / (bias + alpha * sum of x² over `size` neighbouring channels) ** beta, as in AlexNet."""

    def __init__(self, size=5, bias=2.0, alpha=1e-4, beta=0.75, **kwargs):
        super().__init__(**kwargs)
        self.size, self.bias, self.alpha, self.beta = size, bias, alpha, beta

    def call(self, x):
        half, channels = self.size // 2, x.shape[-1]
        squares = ops.pad(ops.square(x), [[0, 0]] * 3 + [[half, half]])
        total = sum(squares[..., i : i + channels] for i in range(self.size))
        return x / ops.power(self.bias + self.alpha * total, self.beta)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        own = {"size": self.size, "bias": self.bias, "alpha": self.alpha, "beta": self.beta}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="cnnviz")
class PerChannelScale(keras.layers.Layer):
    """gamma * x + beta with one gamma, and with `center` one beta, learned for each channel."""

    def __init__(self, center=True, initial=1.0, **kwargs):
        super().__init__(**kwargs)
        self.center, self.initial = center, initial

    def build(self, input_shape):
        first = keras.initializers.Constant(self.initial)
        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer=first, name="gamma")
        if self.center:
            self.beta = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        return x * self.gamma + self.beta if self.center else x * self.gamma

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "center": self.center, "initial": self.initial}


@keras.saving.register_keras_serializable(package="cnnviz")
class ConstantScale(keras.layers.Layer):
    """Every value times one fixed number."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@keras.saving.register_keras_serializable(package="cnnviz")
class ChannelPadding(keras.layers.Layer):
    """Zero channels after the last one, up to `filters` channels in all."""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def call(self, x):
        return ops.pad(x, [[0, 0]] * 3 + [[0, self.filters - x.shape[-1]]])

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@keras.saving.register_keras_serializable(package="cnnviz")
class StochasticDepth(keras.layers.Layer):
    """Training drops the whole branch of a sample with probability `rate` and scales the others up."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, x, training=False):
        if not training or self.rate == 0:
            return x
        one_a_sample = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        kept = keras.random.uniform(one_a_sample, seed=self.seed_generator) >= self.rate
        return x * ops.cast(kept, x.dtype) / (1 - self.rate)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}
