"""Correct uses that the type checkers must accept, and wrong ones that they must reject."""

from __future__ import annotations

from hypothesis import strategies as st

import openup
from openup import testing

recommendation: openup.Recommendation = openup.recommend("My wife keeps everything in.")
outcome: openup.Outcome = recommendation.outcome
perspective: openup.Perspective | None = recommendation.perspective
for match in recommendation.reasons:
    id: str = match.reason.id
    confidence: float = match.confidence
    start: int = match.evidence[0].start
for item in recommendation.strategies:
    title: str = item.strategy.title
    kinds: list[str] = [because.kind for because in item.because]
for quote in recommendation.quotes:
    name: str = quote.expert.name
if recommendation.safety is not None:
    kind: openup.RiskKind = recommendation.safety.risks[0].kind
    contacts: list[str] = [resource.contact for resource in recommendation.safety.resources]
data: dict[str, object] = recommendation.to_dict()
restored: openup.Recommendation = openup.Recommendation.from_dict(data)

openup.recommend(openup.Situation("…", known_reasons={"past-hurt"}, tried=["be-patient"], region="GB"))
guide: openup.Guide = openup.load_guide({"schema_version": 1, "id": "ours", "version": "1"})
openup.recommend("…", guide=guide)
quotes: tuple[openup.Quote, ...] = openup.quotes(expert="gary-brown", strategy="be-patient")

text: str = openup.to_text(recommendation) + openup.to_markdown(quotes, level=3) + openup.to_json_ld(quotes[0])
page: str = openup.to_html(recommendation, document=True, email=True)
same: openup.Guide = openup.Guide.from_dict(guide.merge(guide).to_dict())
fake: openup.Recommendation = testing.fake_recommendation("…", outcome="safety", risks=[openup.RiskKind.SELF_HARM])
drawn: st.SearchStrategy[openup.Recommendation] = testing.recommendations(guide)
reason: openup.Reason = openup.builtin_guide().reason("past-hurt")

openup.recommend(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
openup.recommend("…", "guide")  # type: ignore[call-arg,arg-type]  # pyright: ignore[reportCallIssue]
openup.quotes("gary-brown")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
recommendation.outcome = openup.Outcome.SAFETY  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
openup.Situation(text=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
openup.to_html("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
openup.to_pdf(quotes)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
