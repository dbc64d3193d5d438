"""A backend that answers with typed recommendations: `fastapi dev examples/backend.py`, then open /docs.

The classes of openup are types that FastAPI understands: requests are checked, and the OpenAPI page shows every field.
"""

from typing import Annotated

from fastapi import Body, FastAPI, HTTPException

import openup

app = FastAPI(title="Advice")


@app.post("/recommendations")
def recommend(situation: Annotated[openup.Situation, Body()]) -> openup.Recommendation:
    """Return guidance for a situation, or a safety notice."""
    try:
        return openup.recommend(situation)
    except (openup.UnknownIdError, ValueError) as error:
        # In the shape that the OpenAPI page gives for every other fault of a request.
        raise HTTPException(422, [{"loc": ["body"], "msg": str(error), "type": "value_error"}]) from error


@app.get("/quotes", responses={404: {"description": "There is no such expert"}})
def quotes(expert: str | None = None) -> list[openup.Quote]:
    """Return the experts' words, each with its speaker and source."""
    try:
        return [*openup.quotes(expert=expert)]
    except openup.UnknownIdError as error:
        raise HTTPException(404, str(error)) from error
