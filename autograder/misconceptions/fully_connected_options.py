# ruff: noqa: D101, D102, N801, NPY002, ARG002  the sentence of help says what each of them gets wrong; drawn as the course does
"""What goes wrong in the options of the network of any depth: normalization and dropout."""

import numpy as np

from autograder.misconceptions.catalog import misconception
from autograder.misconceptions.fully_connected_net import _FullyConnectedNet


@misconception(
    "FullyConnectedNet", "The batch is normalized by itself at test time: the running averages are for that."
)
class FullyConnectedNet_trains_in_test(_FullyConnectedNet):
    def statistics(self, z, layer, train):
        return super().statistics(z, layer, True)


@misconception("FullyConnectedNet", "Training runs in test mode: the mode follows from whether there are labels.")
class FullyConnectedNet_tests_in_training(_FullyConnectedNet):
    def statistics(self, z, layer, train):
        return super().statistics(z, layer, False)


@misconception("FullyConnectedNet", "All layers share one set of running averages: each layer has its own.")
class FullyConnectedNet_shares_averages(_FullyConnectedNet):
    def statistics(self, z, layer, train):
        try:
            return super().statistics(z, 1, train)
        except ValueError:  # layers of different sizes do not fit into one
            self.running = {}
            return super().statistics(z, 1, train)


@misconception("FullyConnectedNet", "The normalization comes behind relu: it stands between affine and relu.")
class FullyConnectedNet_normalizes_after_relu(_FullyConnectedNet):
    def hidden(self, x, layer, train):
        z, first = self.affine(x, layer)
        z, second = self.relu(z)
        backs = [first, second]
        if self.normalization:
            z, back = self.norm(z, layer, train)
            backs.append(back)
        z, last = self.dropout(z, train)
        return z, [*backs, last]


@misconception("FullyConnectedNet", "The shifts begin at one: gamma begins at one and beta at zero.")
class FullyConnectedNet_shifts_of_one(_FullyConnectedNet):
    def first(self, *dims, scale):
        super().first(*dims, scale=scale)
        self.params |= {name: np.ones(array.shape) for name, array in self.params.items() if name[:4] == "beta"}


@misconception("FullyConnectedNet", "The scales are penalized like weights: they are free, and so are shifts.")
class FullyConnectedNet_penalizes_scales(_FullyConnectedNet):
    def penalty(self):
        scales = {name: array for name, array in self.params.items() if name[0] == "g"}
        half, slopes = super().penalty()
        half += 0.5 * self.reg * sum(np.sum(array**2) for array in scales.values())
        return half, slopes | {name: self.reg * array for name, array in scales.items()}


@misconception("FullyConnectedNet", "Gamma and beta are made and never used: they belong to the normalization.")
class FullyConnectedNet_ignores_the_normalization(_FullyConnectedNet):
    def norm(self, z, layer, train):
        def back(dout, grads):
            grads[f"gamma{layer}"], grads[f"beta{layer}"] = np.zeros(dout.shape[1]), np.zeros(dout.shape[1])
            return dout

        return z, back


@misconception("FullyConnectedNet", "Dropout is left out: nothing is dropped in training.")
class FullyConnectedNet_ignores_dropout(_FullyConnectedNet):
    def dropout(self, x, train):
        return x, lambda dout, _: dout


@misconception("FullyConnectedNet", "Hidden numbers are dropped at test time, too: then nothing is.")
class FullyConnectedNet_drops_in_test(_FullyConnectedNet):
    def dropout(self, x, train):
        return super().dropout(x, True)


@misconception("FullyConnectedNet", "Numbers are dropped with the probability with which they are to be kept.")
class FullyConnectedNet_drops_with_p(_FullyConnectedNet):
    def mask(self, shape):
        return (np.random.rand(*shape) > self.keep) / (1 - self.keep)


@misconception("FullyConnectedNet", "What is kept is not divided by p, so that training and test see other sizes.")
class FullyConnectedNet_without_scaling(_FullyConnectedNet):
    def mask(self, shape):
        return (np.random.rand(*shape) < self.keep).astype(float)


@misconception("FullyConnectedNet", "The way back leaves dropout out: what was dropped gets a gradient all the same.")
class FullyConnectedNet_without_dropout_on_the_way_back(_FullyConnectedNet):
    def dropout(self, x, train):
        return super().dropout(x, train)[0], lambda dout, _: dout


@misconception("FullyConnectedNet", "Scores are dropped, too: dropout is for hidden numbers.")
class FullyConnectedNet_drops_scores(_FullyConnectedNet):
    def forward(self, X, train):
        scores, backs = super().forward(X, train)
        out, back = self.dropout(scores, train)
        return out, [*backs, back]
