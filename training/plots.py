"""Pictures of quality as SVG, each for a light and a dark page, the same bytes every time."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix

import figures

#: For each scheme: ink, faint lines, the colour of the data, and the colours of the shading from none to all.
SCHEMES = {
    "light": ("#1f2328", "#8a9199", "#1f6f6a", ("#ffffff", "#1f6f6a")),
    "dark": ("#e3e6e8", "#767d85", "#7fc4bd", ("#131416", "#2f7f78")),
}


def save(target: pathlib.Path, pairs: Sequence[figures.Pair]) -> None:
    """Write `confusion-*.svg` and `reliability-*.svg` into a folder.

    Args:
        target: The folder; made where it does not exist.
        pairs: Labelled texts and the answers to them.
    """
    target.mkdir(parents=True, exist_ok=True)
    for scheme, (ink, faint, colour, shades) in SCHEMES.items():
        look = {
            "svg.fonttype": "path",
            "svg.hashsalt": "openup",
            "font.family": "DejaVu Sans",
            "font.size": 10,
            **dict.fromkeys(["text.color", "axes.labelcolor", "xtick.color", "ytick.color"], ink),
            "axes.edgecolor": faint,
        }
        with mpl.rc_context(look):
            shading = mpl.colors.LinearSegmentedColormap.from_list("share", shades)
            drawn: dict[str, Callable[[], Figure]] = {
                "confusion": lambda shading=shading: confusion(pairs, shading),
                "reliability": lambda colour=colour, faint=faint: reliability(pairs, colour, faint),
            }
            for name, draw in drawn.items():
                draw().savefig(
                    target / f"{name}-{scheme}.svg", transparent=True, metadata={"Date": None, "Creator": None}
                )


def confusion(pairs: Sequence[figures.Pair], shading: mpl.colors.Colormap) -> Figure:
    """Draw how often each reason, or none, was expected and what was named, shaded by the share of its row."""
    labels = [*figures.REASONS, figures.NONE, figures.NO_GUIDANCE]
    # Every text here is about what the library is made for, so that no row expects it to give no guidance.
    counts = confusion_matrix(*zip(*figures.confusions(pairs), strict=True), labels=labels)[:-1]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(7.6, 5.6), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap=shading, vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            # From here on the shading is too dark for dark ink.
            strong = {"color": "white"} if shares[row, column] > 0.75 else {}
            axes.text(column, row, count, ha="center", va="center", **strong)
    axes.set_xticks(range(len(labels)), labels, rotation=35, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels) - 1), labels[:-1])
    axes.set_xlabel("named")
    axes.set_ylabel("expected")
    _bare(axes)
    return figure


def reliability(pairs: Sequence[figures.Pair], colour: str, faint: str) -> Figure:
    """Draw, for each tenth of the confidences, the share of reasons that were right, with its 95 % interval."""
    counts, sums, hits = figures.bins(pairs)
    used = counts > 0
    n, mean, share = counts[used], (sums / np.maximum(counts, 1))[used], (hits / np.maximum(counts, 1))[used]
    intervals = [
        binomtest(int(hit), int(of)).proportion_ci(method="wilson") for hit, of in zip(hits[used], n, strict=True)
    ]
    low, high = np.array([(one.low, one.high) for one in intervals]).reshape(-1, 2).T
    figure = Figure(figsize=(5.6, 5.2), layout="constrained")
    axes, below = figure.subplots(2, sharex=True, height_ratios=[4, 1])
    axes.plot([0, 1], [0, 1], color=faint, linestyle="--", zorder=1)
    # An interval around a share of 0 or 1 may end a rounding error inside it.
    reach = np.maximum([share - low, high - share], 0)
    axes.errorbar(mean, share, yerr=reach, fmt="o-", color=colour, capsize=3, markersize=5, linewidth=1.5)
    axes.set_ylim(0, 1.04)
    axes.set_ylabel("share that was right")
    below.bar((np.arange(10) / 10 + 0.05)[used], n, width=0.09, color=colour)
    for tenth in np.flatnonzero(used):
        below.annotate(
            str(counts[tenth]),
            (tenth / 10 + 0.05, counts[tenth]),
            (0, 2),
            textcoords="offset points",
            ha="center",
            size=8,
        )
    below.margins(y=0.3)
    below.set_xlim(0, 1)
    below.set_xticks(np.arange(11) / 10)
    below.set_yticks([])
    below.set_ylabel("reasons")
    below.set_xlabel("confidence")
    _bare(axes)
    _bare(below)
    return figure


def _bare(axes: Axes) -> None:
    axes.tick_params(length=0)
    axes.spines[["top", "right"]].set_visible(False)
