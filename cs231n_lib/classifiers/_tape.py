"""The chain rule as a list: what was applied forward is gone through backward."""


class Tape:
    """Apply layers to parameters, remember them, and give the gradients of all the parameters in the end.

    Parameters
    ----------
    params : dict of str to ndarray
    """

    def __init__(self, params):
        self.params = params
        self.steps = []

    def apply(self, layer, x, names=(), *extra):
        """Return the output of a layer, a pair of forward and backward, for the parameters of these names."""
        forward, backward = layer
        out, cache = forward(x, *(self.params[name] for name in names), *extra)
        self.steps.append((backward, cache, names))
        return out

    @property
    def cache(self):
        """What the last layer has kept for its way back."""
        return self.steps[-1][1]

    def gradients(self, dout):
        """Return a gradient for each name, given that of the last output."""
        grads = {}
        for backward, cache, names in reversed(self.steps):
            slopes = backward(dout, cache)
            dout, *of_params = slopes if isinstance(slopes, tuple) else (slopes,)
            grads.update(zip(names, of_params, strict=True))
        return grads
