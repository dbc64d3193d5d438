"""Logistic regression for many heads at once, on sparse and dense inputs, hard or soft labels."""

from __future__ import annotations

import numpy as np
import scipy.optimize
import scipy.sparse as sparse


def fit(
    blocks: list[np.ndarray | sparse.csr_matrix],
    penalties: list[float],
    target: np.ndarray,
    weight: np.ndarray,
    iterations: int,
    start: tuple[list[np.ndarray], np.ndarray] | None = None,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Minimise the weighted cross-entropy plus an L2 penalty for each block.

    Args:
        blocks: Inputs, rows by features each, of 32-bit floats.
        penalties: For each block, the weight of half its squared coefficients (scikit-learn's 1 / C).
        target: Rows by heads, probabilities 0 to 1.
        weight: Rows by heads; 0 where a row does not count for a head.
        iterations: Upper limit of L-BFGS iterations.
        start: Coefficients and intercepts to start from, as returned.

    Returns:
        The coefficients of each block (features by heads) and the intercepts.
    """
    heads = target.shape[1]
    sizes = [block.shape[1] * heads for block in blocks]
    transposed = [block.T.tocsr() if sparse.issparse(block) else np.ascontiguousarray(block.T) for block in blocks]

    def split(theta: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        parts, start = [], 0
        for size in sizes:
            parts.append(theta[start : start + size].reshape(-1, heads))
            start += size
        return parts, theta[start:]

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        parts, bias = split(theta)
        logit = bias + sum(
            np.asarray(block @ part.astype(np.float32)) for block, part in zip(blocks, parts, strict=True)
        )
        value = (weight * (np.logaddexp(0, logit) - target * logit)).sum()
        slope = weight * (1 / (1 + np.exp(-logit)) - target)
        slope32 = slope.astype(np.float32)
        gradient = []
        for block, part, penalty in zip(transposed, parts, penalties, strict=True):
            value += 0.5 * penalty * (part**2).sum()
            gradient.append((np.asarray(block @ slope32) + penalty * part).ravel())
        return float(value), np.concatenate([*gradient, slope.sum(axis=0)])

    if start is None:
        rate = np.clip((weight * target).sum(axis=0) / np.maximum(weight.sum(axis=0), 1), 1e-4, 1 - 1e-4)
        begin = np.concatenate([np.zeros(sum(sizes)), np.log(rate / (1 - rate))])
    else:
        begin = np.concatenate([*(part.ravel() for part in start[0]), start[1]])
    result = scipy.optimize.minimize(
        loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 10, "ftol": 1e-7}
    )
    return split(result.x)
