"""How long the layers may take, as a multiple of PyTorch and of a matrix product."""

import statistics
from dataclasses import dataclass

DTYPES = ("float64", "float32")
LARGE = ("B", "C", "64 channels")


@dataclass(frozen=True)
class Target:
    """How long a pass may take at most, as a multiple of a yardstick."""

    name: str
    layers: tuple[str, ...]
    direction: str
    limits: tuple[float, float]  # for float64 and float32
    yardstick: str = "torch_ms"
    sizes: tuple[str, ...] = ()
    why: str = ""  # it is missed where it is

    def limit(self, dtype):
        """Return the limit for a dtype."""
        return self.limits[DTYPES.index(dtype)]

    def mean(self, rows, dtype):
        """Return the geometric mean of the ratios, or None without the yardstick."""
        chosen = [
            ratio(row, self.yardstick)
            for row in rows
            if (row.layer in self.layers and row.direction == self.direction and row.dtype == dtype)
            and (not self.sizes or row.size in self.sizes)
        ]
        return None if None in chosen else statistics.geometric_mean(chosen)


FEW_CHANNELS = (
    "A and C have three channels: the products of their gradients have 9 and 21 rows, for which BLAS spends as long "
    "on packing as on multiplying. With 1x1 filters, PyTorch is a plain matrix product, too."
)
TARGETS = (
    Target(
        "conv forward",
        ("conv",),
        "forward",
        (0.35, 1.25),
        why="With 1x1 filters, PyTorch multiplies matrices without lowering, as we do. At the other sizes what is "
        "left is the product itself: with 25 or 32 filters it takes 1.3 to 1.7 times as long as a large one.",
    ),
    Target("conv backward", ("conv",), "backward", (0.60, 0.95), why=FEW_CHANNELS),
    Target(
        "conv forward at B, C, 64 channels, to the product",
        ("conv",),
        "forward",
        (1.7, 1.7),
        "gemm_ms",
        LARGE,
        "With 32 filters the products alone take 1.3 to 1.45 times that, before anything is copied.",
    ),
    Target(
        "conv backward at B, C, 64 channels, to the product",
        ("conv",),
        "backward",
        (2.2, 2.2),
        "gemm_ms",
        LARGE,
        FEW_CHANNELS,
    ),
    Target(
        "max and average pooling forward",
        ("max_pool", "avg_pool"),
        "forward",
        (0.35, 0.6),
        why="Average pooling in float64 is bound by memory, and PyTorch reads the images as often as we do.",
    ),
    Target(
        "max pooling backward",
        ("max_pool",),
        "backward",
        (4, 4),
        why="PyTorch keeps the places of the winners; here they are found again, and forward need not look for them.",
    ),
    Target("batch norm forward", ("batchnorm",), "forward", (2.2, 2.2)),
    Target("batch norm backward", ("batchnorm",), "backward", (1.8, 1.8)),
    Target("spatial batch norm forward", ("spatial_batchnorm",), "forward", (1.5, 1.5)),
    Target(
        "spatial batch norm backward",
        ("spatial_batchnorm",),
        "backward",
        (1.8, 1.8),
        why="PyTorch makes one pass over the images for the sums and one for the gradient; in NumPy each of the six "
        "operations is a pass, if through the cache.",
    ),
    Target("affine forward", ("affine",), "forward", (1.1, 1.1)),
    Target("affine backward", ("affine",), "backward", (1.1, 1.1)),
)


def ratio(row, yardstick):
    """Return our time as a multiple of another."""
    other = getattr(row, yardstick)
    return row.ours_ms / other if other else None
