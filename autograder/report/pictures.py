"""The pictures of the class report: drawn by matplotlib, colored by the page, for wide and for narrow screens."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from autograder.core.verdict import Outcome
from autograder.report.class_report import ClassReport

# Colors that stand for those of the page, which has others by day and by night (see page.html).
INK, PAPER, BLUE = "#010101", "#fefefe", "#010102"
FILL = {Outcome.PASSED: "#010103", Outcome.FAILED: "#010104", Outcome.BLOCKED: "#010105", Outcome.BROKEN: "#010106"}
OF_PAGE = {INK: "currentColor", PAPER: "var(--paper)", BLUE: "var(--blue)"}
OF_PAGE |= {color: f"var(--{outcome})" for outcome, color in FILL.items()}
# The same input gives the same bytes, and text stays text that can be read aloud and searched.
STYLE: dict[Any, Any] = {"svg.fonttype": "none", "font.family": "sans-serif", "hatch.linewidth": 1.2}
STYLE |= dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK)
HATCH = {Outcome.PASSED: "", Outcome.FAILED: "///", Outcome.BLOCKED: "...", Outcome.BROKEN: "xxx"}
WIDE, NARROW = 10.2, 4.3  # inches
BINS = 10


def scores(report: ClassReport) -> Markup:
    """Draw how the scores are distributed, with their median."""
    return _picture(_draw_scores, report, lambda _: 2.9)


def checks(report: ClassReport) -> Markup:
    """Draw what became of each check, and what it costs a submission on average."""
    return _picture(_draw_checks, report, lambda wide: _height(report, wide))


def trend(report: ClassReport) -> Markup:
    """Draw the quartiles of each assignment."""
    return _picture(_draw_trend, report, lambda _: 2.8)


def _picture(
    draw: Callable[[Figure, ClassReport, bool], None], report: ClassReport, height: Callable[[bool], float]
) -> Markup:
    """Draw twice, for wide and for narrow screens: the page shows the one that can be read."""
    shown = []
    for name, width in (("wide", WIDE), ("narrow", NARROW)):
        salt = f"{draw.__name__} {name}"  # of the names in it: what is not shown must not lend its patterns
        with mpl.rc_context(STYLE | {"svg.hashsalt": salt, "hatch.color": PAPER}):
            figure = Figure(figsize=(width, height(name == "wide")), layout="constrained")
            draw(figure, report, name == "wide")
            shown.append(f'<div class="{name}" aria-hidden="true">{_svg(figure)}</div>')
    return Markup("".join(shown))  # noqa: S704  drawn by us, from numbers and names of checks


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=nothing, transparent=True)
    text = buffer.getvalue()
    for color, name in OF_PAGE.items():
        text = text.replace(color, name)
    return text[text.index("<svg") :]


def _draw_scores(figure: Figure, report: ClassReport, _: bool) -> None:
    axes = figure.subplots()
    best = report.max_score or 1.0
    counts = [0] * BINS
    for score in report.scores:
        counts[min(int(BINS * score / best), BINS - 1)] += 1
    lefts = [best * i / BINS for i in range(BINS)]
    bars = axes.bar(lefts, counts, width=best / BINS, align="edge", color=BLUE, edgecolor=PAPER, linewidth=1.5)
    behind = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}  # the line of the median runs through a label
    labels = axes.bar_label(bars, [str(count or "") for count in counts], padding=3, fontsize="small")
    for label, count in zip(labels, counts, strict=True):
        label.set(zorder=3, bbox=behind if count else None)
    axes.axvline(report.median, color=INK, linestyle="--", linewidth=1.2)
    left = report.median > best / 2
    axes.annotate(
        f"median {report.median:.3g}",
        (report.median, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if left else 5, 6),
        textcoords="offset points",
        ha="right" if left else "left",
        va="bottom",
        fontsize="small",
        annotation_clip=False,
    )
    axes.set(xlabel=f"score (of {best:g})", ylabel="submissions", xlim=(0, best))
    axes.margins(y=0.12)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    _plain(axes)


def _height(report: ClassReport, wide: bool) -> float:
    rows = len(report.checks)
    return 1.1 + 0.36 * rows if wide else 2.4 + 0.9 * rows


def _draw_checks(figure: Figure, report: ClassReport, wide: bool) -> None:
    shape: dict[str, Any] = {"ncols": 2, "sharey": True, "width_ratios": [3, 2]} if wide else {"nrows": 2}
    pair: Any = figure.subplots(**shape)
    outcomes, lost = pair
    names = [row.check if wide else row.check.replace("_", "_\u200b") for row in report.checks]
    _draw_outcomes(outcomes, report, names)
    lost.barh(names, [row.lost for row in report.checks], color=BLUE, height=0.7)
    lost.barh(names, [row.points for row in report.checks], fill=False, edgecolor=INK, height=0.7, linewidth=0.6)
    lost.set(xlabel="points lost on average\n(frame: points of the check)")
    lost.margins(x=0.03)
    for axes in (outcomes, lost):
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        _plain(axes)
    used = [outcome for outcome in Outcome if any(row.outcomes[outcome] for row in report.checks)]
    handles = [next(c for c in outcomes.containers if c.get_label() == str(outcome)) for outcome in used]
    figure.legend(handles=handles, loc="outside upper left", ncols=4 if wide else 2, frameon=False, fontsize="small")


def _draw_outcomes(axes: Axes, report: ClassReport, names: list[str]) -> None:
    left = [0] * len(names)
    for outcome in Outcome:
        widths = [row.outcomes[outcome] for row in report.checks]
        if any(widths):
            color, hatch = FILL[outcome], HATCH[outcome]
            axes.barh(
                names, widths, left=left, color=color, hatch=hatch, edgecolor=PAPER, height=0.7, label=str(outcome)
            )
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set(xlabel="submissions", xlim=(0, len(report.reports)))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def _draw_trend(figure: Figure, report: ClassReport, _: bool) -> None:
    axes = figure.subplots()
    places = range(len(report.trend))
    for place, one in zip(places, report.trend, strict=True):
        axes.plot([place, place], [one.lowest, one.highest], color=INK, linewidth=1)
        axes.bar(place, one.high - one.low, bottom=one.low, width=0.34, color=BLUE, edgecolor=PAPER)
    axes.plot(places, [one.middle for one in report.trend], color=INK, marker="o", markersize=5, linewidth=1.4)
    axes.set_xticks(list(places), [f"{one.assignment}\n({one.submissions})" for one in report.trend])
    axes.set(ylabel="share of the points", ylim=(-0.03, 1.06), xlim=(-0.6, len(report.trend) - 0.4))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
