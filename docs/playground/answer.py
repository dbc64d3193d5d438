"""What the playground asks of Python: one JSON text in, one JSON text out."""

from __future__ import annotations

import json
import platform

import openup


def about() -> str:
    """Return the versions and the regions to choose from."""
    guide = openup.builtin_guide()
    return json.dumps(
        {
            "openup": openup.__version__,
            "python": platform.python_version(),
            "regions": list(openup.regions()),
            "reasons": {reason.id: reason.title for reason in guide.reasons},
            "strategies": {strategy.id: strategy.title for strategy in guide.strategies},
        }
    )


def answer(request: str) -> str:
    """Return the recommendation for a situation, both as JSON."""
    return json.dumps(openup.recommend(openup.Situation.from_dict(json.loads(request))).to_dict())
