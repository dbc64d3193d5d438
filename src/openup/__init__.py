"""What to do if your partner never opens up to you: expert advice as typed data, and `recommend` to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._content import (
    Expert,
    Guide,
    Passage,
    Quote,
    Reason,
    Resource,
    RiskKind,
    SafetyMessage,
    SafetyTexts,
    Source,
    Strategy,
    UnknownIdError,
)
from ._evidence import Evidence
from ._loading import GuideError, builtin_guide, experts, load_guide, quotes, reasons, sources, strategies
from ._recommend import (
    Because,
    Outcome,
    Perspective,
    Question,
    ReasonMatch,
    Recommendation,
    Situation,
    StrategyMatch,
    recommend,
)
from ._safety import Risk, SafetyNotice, regions

if TYPE_CHECKING:
    from ._html import to_html
    from ._render import to_json_ld, to_markdown, to_text

__version__ = "0.1.0"

__all__ = [
    "Because",
    "Evidence",
    "Expert",
    "Guide",
    "GuideError",
    "Outcome",
    "Passage",
    "Perspective",
    "Question",
    "Quote",
    "Reason",
    "ReasonMatch",
    "Recommendation",
    "Resource",
    "Risk",
    "RiskKind",
    "SafetyMessage",
    "SafetyNotice",
    "SafetyTexts",
    "Situation",
    "Source",
    "Strategy",
    "StrategyMatch",
    "UnknownIdError",
    "builtin_guide",
    "experts",
    "load_guide",
    "quotes",
    "reasons",
    "recommend",
    "regions",
    "sources",
    "strategies",
    "to_html",
    "to_json_ld",
    "to_markdown",
    "to_text",
]

_RENDERERS = {"to_html": "_html", "to_json_ld": "_render", "to_markdown": "_render", "to_text": "_render"}

if not TYPE_CHECKING:  # pragma: no branch  # A type checker that saw this would take any name for one of ours.

    def __getattr__(name: str) -> Any:
        """Import the rendering on first use: many programs never render."""
        if name not in _RENDERERS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        value = getattr(importlib.import_module(f".{_RENDERERS[name]}", __name__), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
