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


@keras.saving.register_keras_serializable(package="cnnviz")
class SparseConv2D(keras.layers.Layer):
    """A convolution whose filters each read only some input maps, as C3 of LeNet-5.

    `connections` holds a number for each filter, its lowest binary digit standing for the first map. The
    kernel has a window for each connection.
    """

    def __init__(
        self,
        connections,
        kernel_size,
        strides=1,
        padding="valid",
        activation="linear",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.connections = [int(maps) for maps in connections]
        self.kernel_size = (kernel_size,) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
        self.strides = (strides,) * 2 if isinstance(strides, int) else tuple(strides)
        self.padding, self.use_bias = padding, use_bias
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        channels, filters = input_shape[-1], len(self.connections)
        pairs = [(f, c) for f, maps in enumerate(self.connections) for c in range(channels) if maps >> c & 1]
        self.full_shape = (*self.kernel_size, channels, filters)
        # Where each value of a full kernel stands among the connections; the last place is a window of zeros.
        self.places = [len(pairs)] * (channels * filters)
        for place, (f, c) in enumerate(pairs):
            self.places[c * filters + f] = place

        def first_values(shape, dtype=None):
            drawn = self.kernel_initializer(self.full_shape, dtype=dtype)
            drawn = ops.reshape(drawn, (*self.kernel_size, channels * filters))
            return ops.take(drawn, [c * filters + f for f, c in pairs], axis=-1)

        shape = (*self.kernel_size, len(pairs))
        self.kernel = self.add_weight(shape=shape, initializer=first_values, name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(filters,), initializer="zeros", name="bias")

    def call(self, x):
        windows = ops.pad(self.kernel, [[0, 0], [0, 0], [0, 1]])
        kernel = ops.reshape(ops.take(windows, self.places, axis=-1), self.full_shape)
        x = ops.conv(x, kernel, self.strides, self.padding, data_format="channels_last")
        return self.activation(x + self.bias if self.use_bias else x)

    def compute_output_shape(self, input_shape):
        x = keras.KerasTensor(input_shape)
        kernel = keras.KerasTensor((*self.kernel_size, input_shape[-1], len(self.connections)))
        return ops.conv(x, kernel, self.strides, self.padding, data_format="channels_last").shape

    def get_config(self):
        own = {
            "connections": self.connections,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="cnnviz")
class RadialBasis(keras.layers.Layer):
    """Squared distances of the last axis to `units` centres of -1 and 1, which are never trained."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        def signs(shape, dtype=None):
            return ops.cast(2 * keras.random.randint(shape, 0, 2, seed=1998) - 1, dtype)

        self.centres = self.add_weight(
            shape=(self.units, input_shape[-1]), initializer=signs, trainable=False, name="centres"
        )

    def call(self, x):
        return ops.sum(ops.square(ops.expand_dims(x, -2) - self.centres), axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
