"""The picture of `layers.py`."""

import statistics
from pathlib import Path

import matplotlib as mpl
from layer_targets import TARGETS, ratio

mpl.use("Agg")
import matplotlib.pyplot as plt


def draw_picture(rows, path: Path) -> None:
    """Draw the ratio to PyTorch of each size, their geometric means, and the targets."""
    kinds = list(dict.fromkeys((row.layer, row.direction) for row in rows))
    figure, axes = plt.subplots(figsize=(8.5, 6), layout="constrained")
    looks = {"float64": ("#0072B2", "o", -0.16), "float32": ("#D55E00", "^", 0.16)}  # Okabe and Ito
    for dtype, (color, marker, shift) in looks.items():
        for place, kind in enumerate(kinds):
            ratios = [ratio(r, "torch_ms") for r in rows if (r.layer, r.direction) == kind and r.dtype == dtype]
            heights = [place + shift] * len(ratios)
            axes.plot(ratios, heights, marker, color=color, markersize=4, alpha=0.45, markeredgewidth=0)
            mean = statistics.geometric_mean(ratios)
            axes.plot(
                mean, place + shift, marker, color=color, markersize=9, label=f"{dtype}, mean" if not place else None
            )
            for limit in (t.limit(dtype) for t in TARGETS if t.yardstick == "torch_ms" and covers(t, kind)):
                label = "target, at most" if (dtype, place) == ("float32", 0) else None
                axes.plot(limit, place + shift, "|", color="black", markersize=13, markeredgewidth=1.5, label=label)
    axes.axvline(1, color="0.5", linewidth=1)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks(range(len(kinds)), [f"{layer.replace('_', ' ')} {direction}" for layer, direction in kinds])
    axes.invert_yaxis()
    axes.set_xlabel("CPU time as a multiple of PyTorch's (log scale; left of 1 is faster)")
    axes.set_title("Fast layers in NumPy beside PyTorch, one thread")
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.legend(loc="lower left")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def covers(target, kind):
    """Return whether a target is about this layer and direction."""
    layer, direction = kind
    return layer in target.layers and direction == target.direction
