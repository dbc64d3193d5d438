"""What people see: text, Markdown, HTML and JSON-LD, with whatever words in them."""

import html
import html.parser
import itertools
import json
import re

import attrs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import openup
from openup import testing
from openup._html import STYLE

HURT = "He goes quiet whenever I ask what's wrong. His ex cheated on him."
QUOTE = openup.builtin_guide().quote("gary-brown-6")
RESOURCE = openup.Resource(
    name="A Line", contact="116 123", how="Call, free.", hours="Always.", kinds=(openup.RiskKind.PARTNER_VIOLENCE,),
    region="GB", source="https://example.org/", checked="2025-01-01",
)  # fmt: skip
HOSTILE = (
    """<script>alert(1)</script> "><img src=x onerror='alert(1)'> ](javascript:x) `**_# & &lt; \x00 \ud800 \u202e"""
)
VOID = {"br", "meta"}
ELEMENTS = {
    *("section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "mark", "meter", "bdi", "ol", "ul", "li"),
    *("figure", "figcaption", "cite", "a", "br", "strong"),
}
PAGE = ELEMENTS | {"html", "head", "meta", "title", "style", "body", "main"}
ATTRIBUTES = {"class", "lang", "dir", "cite", "href", "min", "max", "value", "aria-hidden", "style"}


class Page(html.parser.HTMLParser):
    """Reads HTML and fails on elements left open, closed twice or never meant."""

    def __init__(self, text, allowed=ELEMENTS):
        super().__init__()
        self.allowed = allowed
        self.open, self.found, self.words, self.styled = [], [], [], ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        assert tag in self.allowed
        assert {name for name, _ in attributes} <= ATTRIBUTES | {"charset", "name", "content"}
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def handle_data(self, data):
        if "style" in self.open:
            self.styled += data
        else:
            self.words.append((tuple(self.open), data))

    def text(self, element=None):
        return "".join(words for path, words in self.words if element is None or element in path)

    def all(self, element):
        return [attributes for tag, attributes in self.found if tag == element]


def hostile_guide():
    data = openup.builtin_guide().to_dict()

    def spoil(item, key=""):
        if isinstance(item, dict):
            return {name: spoil(value, name) for name, value in item.items()}
        if isinstance(item, list):
            return [spoil(value, key) for value in item]
        fixed = ("id", "rests_on", "url", "expert", "source", "quotes", "strategies", "schema_version")
        return item if key in fixed else HOSTILE

    spoiled = spoil(data)
    for kind in ("reasons", "strategies"):
        for item, original in zip(spoiled[kind], data[kind]):
            item["quotes"] = original["quotes"]
    spoiled["quotes"] = [{**spoil(quote), "id": quote["id"]} for quote in data["quotes"]]
    return openup.load_guide({**spoiled, "id": "hostile"})


def test_html_marks_the_evidence_in_the_persons_own_text():
    page = Page(openup.to_html(openup.recommend(HURT)))

    assert "His ex cheated on him" == page.text("mark")
    assert HURT in page.text("blockquote")
    assert ["What you wrote", "What may be in the way", "What to try", "What the experts say"] == [
        words for path, words in page.words if path[-1:] == ("h2",)
    ][:4]


def test_overlapping_evidence_is_marked_in_one_piece():
    answer = testing.fake_recommendation("abcdefghij")
    spans = [openup.Evidence(s, e, answer.text[s:e]) for s, e in [(4, 6), (1, 3), (2, 5), (8, 9)]]
    match = attrs.evolve(answer.reasons[0], evidence=tuple(spans))

    rendered = openup.to_html(attrs.evolve(answer, reasons=(match,)))

    assert "<p>a<mark>bcdef</mark>gh<mark>i</mark>j</p>" in rendered


def test_a_confidence_is_a_bar_with_its_number_beside_it():
    page = Page(openup.to_html(testing.fake_recommendation(reasons={"past-hurt": 0.82})))

    assert [{"min": "0", "max": "1", "value": "0.820", "aria-hidden": "true"}] == page.all("meter")
    assert "82% sure" in page.text("p")


@pytest.mark.parametrize("render", [openup.to_text, openup.to_markdown, openup.to_html])
@pytest.mark.parametrize(
    ("confidence", "shown"), [(0.25, "25%"), (0.994, "99%"), (0.995, "over 99%"), (0.9999, "over 99%"), (1.0, "100%")]
)
def test_only_what_the_person_has_said_is_shown_as_certain(render, confidence, shown):
    found = re.search(r"(over )?\d+%", render(testing.fake_recommendation(reasons={"past-hurt": confidence})))

    assert shown == found[0]


@pytest.mark.parametrize("options", [{}, {"document": True}, {"email": True}, {"document": True, "email": True}])
def test_a_quote_never_stands_without_its_speaker_and_source(options):
    page = Page(
        openup.to_html(openup.quotes(), **options),
        PAGE,
    )

    assert 10 == len(page.all("figure")) == len(page.all("figcaption"))
    assert {QUOTE.source.url} == {attributes["cite"] for attributes in page.all("blockquote")}
    assert {QUOTE.source.url} == {attributes["href"] for attributes in page.all("a")}
    for quote in openup.quotes():
        assert f"“{quote.text}”" in page.text("blockquote")
        assert f"— {quote.expert.name}, {quote.expert.credentials}, " in page.text("figcaption")


@pytest.mark.parametrize("render", [str, openup.to_text, openup.to_markdown, openup.to_html, openup.to_json_ld])
@pytest.mark.parametrize("quote", openup.quotes(), ids=lambda quote: quote.id)
def test_every_rendering_of_a_quote_names_who_said_it(render, quote):
    shown = " ".join(html.unescape(render(quote)).split())

    assert quote.expert.name in shown
    assert quote.source.publisher in shown


def test_html_keeps_no_address_but_of_the_web():
    evil = attrs.evolve(QUOTE, source=attrs.evolve(QUOTE.source, url="javascript:alert(1)"))

    for rendered in (openup.to_html(evil), openup.to_markdown(evil), openup.to_json_ld(evil)):
        assert "javascript" not in rendered


def test_a_page_has_one_heading_of_the_first_level_and_skips_none():
    for answer in (
        testing.fake_recommendation(questions=["past-hurt"]),
        testing.fake_recommendation(perspective="self"),
        testing.fake_recommendation(outcome="safety"),
        testing.fake_recommendation(outcome="no-match"),
    ):
        page = Page(
            openup.to_html(answer, document=True),
            PAGE,
        )
        levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch("h[1-6]", tag)]

        assert 1 == levels[0]
        assert 1 == levels.count(1)
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        assert {"lang": "en"} == page.all("html")[0]


def test_the_level_of_the_headings_can_be_chosen():
    assert "<h4>What to try</h4>" in openup.to_html(testing.fake_recommendation(), level=4)
    assert "\n#### What to try\n" in openup.to_markdown(testing.fake_recommendation(), level=4)


def test_an_email_carries_its_styles_in_its_elements():
    page = Page(openup.to_html(openup.recommend(HURT), email=True))

    assert not [attributes for _, attributes in page.found if "class" in attributes]
    assert not page.all("meter")
    assert page.all("mark")[0]["style"] == "background-color:#ffe9a8;color:#1a1a1a;"


def _luminance(red, green, blue):
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, two):
    light, dark = sorted((_luminance(*one), _luminance(*two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), [((0, 0, 0), (255, 255, 255)), ((255, 255, 255), (18, 18, 18))])
def test_marked_words_are_readable_on_light_and_dark(text, ground):
    red, green, blue, alpha = re.search(r"mark \{ background: rgba\((\d+), (\d+), (\d+), ([.\d]+)\)", STYLE).groups()
    over = [
        float(alpha) * int(colour) + (1 - float(alpha)) * below for colour, below in zip((red, green, blue), ground)
    ]

    assert contrast(text, over) >= 7
    assert contrast((0x1A, 0x1A, 0x1A), (0xFF, 0xE9, 0xA8)) >= 7


def test_a_safety_notice_shows_its_message_its_services_and_the_words_it_rests_on():
    answer = openup.recommend("My wife is distant. She hit me.")
    answer = attrs.evolve(answer, safety=attrs.evolve(answer.safety, resources=(RESOURCE,)))

    page = Page(openup.to_html(answer))
    assert "She hit me" in page.text("mark")
    assert [{"href": "tel:116123"}] == page.all("a")
    assert ["Please read this first", "What this rests on"] == [w for path, w in page.words if path[-1:] == ("h2",)]
    for render in (openup.to_text, openup.to_markdown):
        shown = " ".join(render(answer).split())
        assert answer.safety.risks[0].message in shown
        assert "A Line" in shown and "116 123" in shown and "Always." in shown
        assert "She hit me" in shown


@pytest.mark.parametrize(
    ("contact", "links"),
    [
        ("https://example.org/help", ["https://example.org/help"]),
        ("findahelpline.com", ["https://findahelpline.com"]),
        ("+44 20 7946 0000", ["tel:+442079460000"]),
        ("(020) 7946 0000", ["tel:02079460000"]),
        ("988 (call or text), or chat at 988lifeline.org", ["tel:988", "https://988lifeline.org"]),
        (
            "1-800-799-7233, or text START to 88788, or chat at x.org/get-help.",
            ["tel:18007997233", "https://x.org/get-help"],
        ),
        ("112 or 999", ["tel:112", "tel:999"]),
        ("10111, or 112 from a mobile phone", ["tel:10111", "tel:112"]),
        ("999, or SMS 70999 if it is not safe to talk", ["tel:999"]),
        ("Text HOME to 741741", []),
        ("24/7 at the door, from 9 a.m. in winter, or write to ann.lee@example.org", []),
        ("your local emergency number", []),
    ],
)
def test_what_can_be_followed_in_a_contact_is_a_link(contact, links):
    answer = testing.fake_recommendation(outcome="safety")
    answer = attrs.evolve(
        answer, safety=attrs.evolve(answer.safety, resources=(attrs.evolve(RESOURCE, contact=contact),))
    )

    page = Page(openup.to_html(answer))

    assert links == [link["href"] for link in page.all("a")]
    assert contact in page.text()


@pytest.mark.parametrize("render", [openup.to_text, openup.to_markdown, openup.to_html])
def test_no_match_is_said_plainly(render):
    assert "Nothing here matches" in render(openup.recommend("How do I descale a kettle?"))


def test_guidance_without_a_reason_says_so_and_asks():
    answer = openup.recommend("my wife never shares anything")

    for render in (openup.to_text, openup.to_markdown, openup.to_html):
        shown = " ".join(html.unescape(render(answer)).split())
        assert "guessing would not help" in shown
        assert answer.questions[0].text in shown


def test_advice_to_a_person_who_holds_back_is_addressed_to_them():
    answer = testing.fake_recommendation(perspective="self", questions=["past-hurt"])

    for render in (openup.to_text, openup.to_markdown, openup.to_html):
        shown = " ".join(html.unescape(render(answer)).split())
        assert answer.strategies[0].strategy.for_self.text in shown
        assert answer.strategies[0].strategy.steps[0].text not in shown


def test_a_notebook_shows_recommendations_and_quotes():
    assert "<mark>His ex cheated on him</mark>" in openup.recommend(HURT)._repr_html_()
    assert "Dr. Gary Brown" in QUOTE._repr_html_()


def test_json_ld_is_a_quotation_with_its_creator_and_work():
    data = json.loads(openup.to_json_ld(QUOTE))

    assert {
        "@context": "https://schema.org",
        "@type": "Quotation",
        "identifier": "gary-brown-6",
        "text": "I recommend patience",
        "creator": {
            "@type": "Person",
            "name": "Dr. Gary Brown",
            "description": "a prominent couples' therapist in Los Angeles",
        },
        "isPartOf": {
            "@type": "CreativeWork",
            "name": QUOTE.source.title,
            "publisher": {"@type": "Organization", "name": "Elite Daily"},
            "url": QUOTE.source.url,
        },
    } == data


def test_json_ld_of_a_recommendation_holds_its_quotes():
    answer = testing.fake_recommendation()

    graph = json.loads(openup.to_json_ld(answer))["@graph"]

    assert [quote.id for quote in answer.quotes] == [item["identifier"] for item in graph]


@pytest.mark.parametrize("render", [openup.to_text, openup.to_markdown, openup.to_html, openup.to_json_ld])
@pytest.mark.parametrize("wrong", [3, "text", [QUOTE, 3]], ids=repr)
def test_other_things_are_a_type_error(render, wrong):
    with pytest.raises(TypeError, match=r"expected a Recommendation, a Quote or several quotes, not (int|str)"):
        render(wrong)


ANSWERS = st.from_type(openup.Recommendation) | testing.recommendations(hostile_guide())
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])


@given(ANSWERS, st.booleans(), st.booleans())
@SLOW
def test_html_holds_no_markup_but_ours_and_all_of_the_persons_text(answer, document, email):
    allowed = PAGE if document else ELEMENTS
    rendered = openup.to_html(answer, document=document, email=email)

    page = Page(rendered, allowed)
    rendered.encode()
    if answer.outcome is not openup.Outcome.NO_MATCH:
        kept = re.sub(r"[^\w]", "", answer.text)
        assert kept in re.sub(r"[^\w]", "", page.text("blockquote"))
    schemes = {attributes.get("href", "https:").partition(":")[0] for attributes in page.all("a")}
    assert schemes <= {"https", "http", "tel"}


@given(st.text() | st.just(HOSTILE))
@example(HOSTILE)
def test_words_in_markdown_come_out_as_they_went_in(text):
    quote = attrs.evolve(QUOTE, text=text, expert=attrs.evolve(QUOTE.expert, name=text, credentials=text))

    tokens = MarkdownIt("commonmark").parse(openup.to_markdown(quote))

    inline = [token for token in tokens if token.type == "inline"]
    assert [
        "blockquote_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "blockquote_close",
    ] == [token.type for token in tokens]
    assert ["text"] == sorted({child.type for child in inline[0].children} | {"text"} - {"text_special"}) or {
        child.type for child in inline[0].children
    } <= {"text", "text_special"}
    said = "".join(child.content for child in inline[0].children)
    plain = "".join("\ufffd" if openup._render.clean(c) != c else c for c in text)
    assert f"“{' '.join(plain.split())}”" == said


@given(ANSWERS)
@SLOW
def test_markdown_holds_no_markup_but_ours(answer):
    tokens = MarkdownIt("commonmark").parse(openup.to_markdown(answer))

    kinds = {child.type for token in tokens for child in token.children or ()} | {token.type for token in tokens}
    blocks = {
        f"{kind}_{end}"
        for kind in ("heading", "paragraph", "bullet_list", "list_item", "blockquote")
        for end in ("open", "close")
    }
    marks = {f"{kind}_{end}" for kind in ("link", "em", "strong") for end in ("open", "close")}
    assert kinds <= blocks | marks | {"inline", "text", "text_special"}
    links = [child.attrs["href"] for token in tokens for child in token.children or () if child.type == "link_open"]
    assert all(link.startswith("https://") for link in links)


@pytest.mark.parametrize(
    "start", ["- a", "+ a", "1. a", "12) a", "# a", "> a", "=== ", "---", "***", "    a", "| a |", "~~~", "a\n==="]
)
def test_a_question_that_looks_like_a_block_stays_a_text(start):
    answer = testing.fake_recommendation(questions=["past-hurt"])
    answer = attrs.evolve(answer, questions=(attrs.evolve(answer.questions[0], text=start),))

    tokens = MarkdownIt("commonmark").parse(openup.to_markdown(answer))

    assert " ".join(start.split()) == "".join(child.content for child in tokens[-4].children)


@given(ANSWERS)
@SLOW
def test_json_ld_may_stand_in_a_script_element(answer):
    rendered = openup.to_json_ld(answer)

    assert not set("<>&") & set(rendered)
    assert [quote.text for quote in answer.quotes] == [item["text"] for item in json.loads(rendered)["@graph"]]


@given(ANSWERS)
@SLOW
def test_plain_text_holds_every_quote_with_its_speaker(answer):
    shown = "".join(openup.to_text(answer).split())

    for quote in answer.quotes:
        assert "".join(quote.text.split()) in shown
        assert "".join(quote.expert.name.split()) in shown


def test_rendering_is_found_by_name_and_an_unknown_name_is_not():
    assert {"to_html", "to_json_ld", "to_markdown", "to_text"} <= set(dir(openup))
    with pytest.raises(AttributeError, match="module 'openup' has no attribute 'to_pdf'"):
        openup.to_pdf  # noqa: B018


def test_a_known_reason_that_the_text_does_not_mention_is_shown_without_evidence():
    answer = openup.recommend(openup.Situation("my wife never shares anything", known_reasons={"shy-or-reticent"}))
    answer = attrs.evolve(answer, reasons=(attrs.evolve(answer.reasons[0], evidence=()),))

    for render in (openup.to_text, openup.to_markdown, openup.to_html):
        assert "You wrote:" not in render(answer)
        assert answer.reasons[0].reason.title in html.unescape(render(answer))


def test_a_notice_without_services_renders_without_a_list():
    notice = attrs.evolve(openup.recommend("he hit me").safety, resources=())
    answer = attrs.evolve(openup.recommend("he hit me"), safety=notice)

    assert "\n- **" not in openup.to_markdown(answer)
