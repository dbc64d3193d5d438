"""What to do if your partner never opens up to you: expert advice as typed data, and `recommend` to find it."""

from __future__ import annotations

from ._content import Expert, Guide, Passage, Quote, Reason, Source, Strategy, UnknownIdError
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
from ._render import to_text
from ._safety import Resource, Risk, RiskKind, SafetyNotice, regions
from ._text import Evidence

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
    "SafetyNotice",
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
    "to_text",
]
