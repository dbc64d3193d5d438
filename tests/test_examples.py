"""The examples run as their users would run them."""

import datetime
import email
import email.policy
import json
import pathlib
import sys

import pytest
from fastapi.testclient import TestClient

import openup

EXAMPLES = pathlib.Path(__file__).parent.parent / "examples"
OPEN = "my wife never shares anything"
HURT = "He goes quiet whenever I ask what's wrong. His ex cheated on him."


@pytest.fixture(autouse=True)
def on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))


@pytest.fixture
def client():
    import backend

    return TestClient(backend.app)


def test_the_backend_answers_with_a_recommendation(client):
    answer = client.post("/recommendations", json={"text": HURT}).json()

    assert openup.recommend(HURT) == openup.Recommendation.from_dict(answer)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": 3}, "valid string"),
        ({"text": "x", "mood": "y"}, "not permitted"),
        ({"text": "x", "tried": ["be-patent"]}, "did you mean 'be-patient'?"),
        ({"text": "x", "known_reasons": ["past-hurt"], "ruled_out": ["past-hurt"]}, "both known and ruled out"),
    ],
)
def test_the_backend_explains_what_it_cannot_answer(client, body, message):
    response = client.post("/recommendations", json=body)

    assert 422 == response.status_code
    assert message in response.json()["detail"][0]["msg"]


def test_the_backend_gives_quotes_with_their_speakers(client):
    quotes = client.get("/quotes", params={"expert": "gary-brown"}).json()

    assert [*openup.quotes(expert="gary-brown")] == [openup.Quote.from_dict(quote) for quote in quotes]
    assert 404 == client.get("/quotes", params={"expert": "x"}).status_code


def test_the_backends_openapi_page_is_typed(client):
    page = client.get("/openapi.json").json()
    post = page["paths"]["/recommendations"]["post"]
    schemas = page["components"]["schemas"]

    reference = post["responses"]["200"]["content"]["application/json"]["schema"]
    assert {"$ref": "#/components/schemas/Recommendation"} == reference
    assert ["guidance", "safety", "no-match"] == schemas["Outcome"]["enum"]
    assert "What kind of answer it is." == schemas["Recommendation"]["properties"]["outcome"]["description"]
    assert {"$ref": "#/components/schemas/Situation"} == post["requestBody"]["content"]["application/json"]["schema"]
    assert ["text"] == schemas["Situation"]["required"]


def test_the_newsletter_writes_markdown_a_mail_and_a_page(tmp_path):
    import newsletter

    newsletter.main(tmp_path, datetime.date(2025, 1, 1))

    quote = newsletter.quote_of_the_week(datetime.date(2025, 1, 1))
    message = email.message_from_bytes((tmp_path / "quote.eml").read_bytes(), policy=email.policy.default)
    page = (tmp_path / "quote.html").read_text("utf-8")
    structured = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert quote.text in message.get_body(("plain",)).get_content().replace("\n", " ")
    assert "style=" in message.get_body(("html",)).get_content()
    assert quote.expert.name in (tmp_path / "quote.md").read_text("utf-8")
    assert quote.text == json.loads(structured)["text"]


def test_the_newsletter_takes_each_quote_in_its_turn():
    import newsletter

    weeks = [datetime.date(2025, 1, 1) + datetime.timedelta(weeks=week) for week in range(10)]

    assert {*openup.quotes()} == {newsletter.quote_of_the_week(day) for day in weeks}


@pytest.mark.parametrize(("said", "known"), [("Yes.", True), ("no", False)])
def test_the_chatbot_asks_one_question_and_uses_the_answer(said, known):
    import chatbot

    asked = []
    answer = chatbot.converse(OPEN, lambda question: asked.append(question) or said)

    reason = openup.recommend(OPEN).questions[0].reason
    assert [openup.builtin_guide().reason(reason).question.text] == asked
    assert known == (reason in [match.reason.id for match in answer.reasons])


def test_the_chatbot_reads_a_longer_answer():
    import chatbot

    answer = chatbot.converse(OPEN, lambda question: "Her ex cheated on her.")

    assert "past-hurt" in [match.reason.id for match in answer.reasons]


@pytest.mark.parametrize("letter", ["he hit me", "How do I descale a kettle?"])
def test_the_chatbot_asks_nothing_where_there_is_danger_or_nothing_to_say(letter):
    import chatbot

    assert openup.recommend(letter) == chatbot.converse(letter, lambda question: pytest.fail(question))


def test_the_product_recognises_its_own_reasons():
    import own_guide

    answer = openup.recommend(
        "My husband never tells me what he feels. He is exhausted when he gets home.", guide=own_guide.GUIDE
    )

    assert 27 == len(own_guide.GUIDE.reasons)
    assert "worn-out" == answer.reasons[0].reason.id
    assert "choose-the-hour" in [match.strategy.id for match in answer.strategies]
    assert "The day leaves nothing over" in own_guide.main(answer.text)


def test_the_letter_that_the_products_program_names_is_answered():
    import own_guide

    letter = own_guide.__doc__.split('"')[1]

    assert "The day leaves nothing over" in own_guide.main(letter)


def test_each_phrase_of_the_products_guide_finds_its_own_reason():
    import own_guide

    own = [reason for reason in own_guide.GUIDE.reasons if reason.examples]
    found = 0
    for reason in own:
        for phrase in reason.examples:
            answer = openup.recommend(f"My partner never opens up to me. {phrase}.", guide=own_guide.GUIDE)
            found += reason.id in [match.reason.id for match in answer.reasons] or answer.safety is not None

    assert 20 == len(own)
    assert found >= 0.9 * sum(len(reason.examples) for reason in own)


def test_the_examples_can_be_run_as_programs(tmp_path, monkeypatch, capsys):
    import runpy

    monkeypatch.setattr(sys, "argv", ["newsletter.py", str(tmp_path)])
    runpy.run_path(str(EXAMPLES / "newsletter.py"), run_name="__main__")
    monkeypatch.setattr(sys, "argv", ["own_guide.py", HURT])
    runpy.run_path(str(EXAMPLES / "own_guide.py"), run_name="__main__")
    answers = iter([OPEN, "no"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    runpy.run_path(str(EXAMPLES / "chatbot.py"), run_name="__main__")

    assert {"quote.md", "quote.html", "quote.eml"} == {path.name for path in tmp_path.iterdir()}
    assert "WHAT TO TRY" in capsys.readouterr().out
