import json
import pathlib
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

import openup

HURT = "He goes quiet whenever I ask what's wrong. His ex cheated on him."
VAGUE = "my wife never shares anything"
ROOT = pathlib.Path(__file__).parent.parent.parent
FAILING = """
answer_all = answer


def answer(request):
    if json.loads(request)["text"] == "fail":
        raise MemoryError
    return answer_all(request)
"""


def write(page: Page, text: str, outcome: str = "guidance"):
    page.get_by_label("Your words").fill(text)
    page.wait_for_selector(f"#answer > .{outcome}")


def answer_of(page: Page):
    return json.loads(page.locator("details[data-key=json] pre").text_content())


def test_guidance_shows_reasons_strategies_and_quotes_with_their_speakers(page: Page):
    write(page, HURT)

    reason = page.locator(".reason").first
    expect(reason.get_by_role("heading")).to_contain_text("They were hurt when they opened up before")
    expect(reason.locator(".sure")).to_contain_text(re.compile(r"\d+ % sure$"))
    assert reason.locator(".bar span").bounding_box()["width"] > 20
    expect(page.locator(".strategies > li")).to_have_count(3)
    expect(page.locator("figcaption").first).to_contain_text("Dr. Gary Brown")


def test_the_evidence_is_marked_in_the_persons_own_words(page: Page):
    text = "😶‍🌫️ Oh dear 💔. " + HURT

    write(page, text)

    expect(page.locator(".words")).to_have_text(text)
    expect(page.locator(".words mark")).to_have_text("His ex cheated on him")


@pytest.mark.parametrize("text", [HURT, VAGUE, "he hit me"])
def test_the_browsers_python_answers_as_this_one_does(page: Page, text):
    r = openup.recommend(text)

    write(page, text, r.outcome.value)

    assert r.to_dict() == answer_of(page)


def test_a_question_is_answered_by_a_click_and_taken_back_by_another(page: Page):
    write(page, VAGUE)
    assert [] == answer_of(page)["reasons"]
    question = page.locator(".questions li").first
    reason = answer_of(page)["questions"][0]["reason"]

    question.get_by_role("button", name="Yes").click()

    expect(page.locator(".reason .sure")).to_have_text("you said so")
    assert [reason] == [match["reason"]["id"] for match in answer_of(page)["reasons"]]
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".reason")).to_have_count(0)


def test_a_question_denied_is_not_asked_again(page: Page):
    write(page, VAGUE)
    text = page.locator(".questions li > p:first-child").first.text_content()

    page.get_by_role("button", name=f"No: {text}").click()

    expect(page.locator(".chips")).to_contain_text("Not:")
    assert text not in page.locator(".questions li > p:first-child").all_text_contents()


def test_a_strategy_that_was_tried_gives_way(page: Page):
    write(page, HURT)
    first = page.locator(".strategies h4").first.text_content()

    page.get_by_role("button", name=f"I tried: {first}").click()

    expect(page.locator(".chips")).to_contain_text(f"Tried: {first}")
    assert first not in page.locator(".strategies h4").all_text_contents()


def test_danger_shows_a_notice_with_the_services_of_the_region_and_no_advice(page: Page):
    page.get_by_label("Help services of").select_option(label="United Kingdom")

    write(page, "he hit me", "safety")

    expect(page.locator(".notice")).to_contain_text("not your fault")
    expect(page.locator(".strategies, .reasons, figure")).to_have_count(0)
    expect(page.locator(".words mark").first).to_have_text("he hit me")
    services = openup.recommend(openup.Situation("he hit me", region="GB")).safety.resources
    assert [service.name for service in services] == page.locator(".services h4").all_text_contents()
    assert [service.contact for service in services] == page.locator(".contact").all_text_contents()


@pytest.mark.parametrize("region", ["", "US", "GB", "AU", "ZA", "IN"])
def test_help_is_a_tap_away(page: Page, region):
    page.locator("#region").select_option(region)
    write(page, "he hit me", "safety")

    links = re.findall(
        'href="([^"]*)"', openup.to_html(openup.recommend(openup.Situation("he hit me", region=region or None)))
    )

    assert links
    assert links == page.locator(".contact a").evaluate_all("links => links.map(link => link.getAttribute('href'))")


def test_a_text_about_something_else_gets_no_answer(page: Page):
    write(page, "how do I descale a kettle", "no-match")

    expect(page.locator("#answer")).to_contain_text("Nothing here matches")


def test_an_example_is_one_click(page: Page, picture):
    page.set_viewport_size({"width": 1280, "height": 860})

    page.get_by_role("button", name="An old hurt").click()

    letter = page.get_by_label("Your words").input_value()
    evidence = openup.recommend(letter).reasons[0].evidence[0]
    expect(page.locator(".words mark.tone1").first).to_contain_text(evidence.text)
    picture("playground")


def test_on_a_narrow_screen_the_answer_comes_into_view(page: Page, picture):
    page.set_viewport_size({"width": 375, "height": 812})
    page.emulate_media(color_scheme="dark")

    page.get_by_role("button", name="No reason given").click()

    expect(page.locator(".questions")).to_be_in_viewport()
    picture("playground-dark")


def test_markup_in_the_text_is_text(page: Page):
    text = "<img src=x onerror=alert(1)> " + HURT

    write(page, text)

    expect(page.locator(".words")).to_have_text(text)
    expect(page.locator("#answer img")).to_have_count(0)


def test_it_is_used_by_keyboard_alone(page: Page):
    page.get_by_label("Your words").focus()
    page.keyboard.type(VAGUE)
    page.wait_for_selector(".questions")

    for _ in range(40):
        page.keyboard.press("Tab")
        if "Yes" in (page.locator(":focus").text_content() or ""):
            break
    page.keyboard.press("Enter")

    expect(page.locator(".reason .sure")).to_have_text("you said so")
    assert page.evaluate("document.querySelector('#answer').contains(document.activeElement)"), "the place is lost"


def test_what_is_open_stays_open_while_typing(page: Page):
    write(page, HURT)
    page.locator("details[data-key=json] summary").click()

    page.get_by_label("Your words").press_sequentially(" What can I do?")
    expect(page.locator(".words")).to_contain_text("What can I do?")

    assert page.locator("details[data-key=json]").evaluate("details => details.open")


def test_a_screen_reader_finds_landmarks_and_is_told_the_result(page: Page):
    write(page, HURT)

    for role in ("banner", "main", "contentinfo", "navigation"):
        expect(page.get_by_role(role)).to_have_count(1)
    for name in ("When a partner never opens up", "The answer"):
        expect(page.get_by_role("region", name=name)).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^Guidance: .* 3 strategies\.$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (HURT + " She is shy, and we've only been dating for six weeks.", "guidance"),
        (VAGUE, "guidance"),
        ("he hit me", "safety"),
    ],
    ids=["reasons", "questions", "danger"],
)
def test_it_is_accessible_and_fits_the_screen(page: Page, picture, text, outcome, width, scheme):
    page.set_viewport_size({"width": width, "height": 900 if width == 1280 else 812})
    page.emulate_media(color_scheme=scheme)

    write(page, text, outcome)
    page.wait_for_timeout(800)  # The status line speaks after a pause.

    name = "questions" if text == VAGUE else outcome
    picture(f"{name}-{width}-{scheme}", full_page=True)
    assert [] == [(found["id"], len(found["nodes"])) for found in Axe().run(page).response["violations"]]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_is_sent_anywhere(loaded, page: Page, address):
    _, requests, complaints = loaded
    assert all(url.startswith((address, "data:")) for url in requests), requests
    before = len(requests)

    write(page, HURT)
    write(page, "he hit me", "safety")

    assert [] == requests[before:]
    assert [] == complaints


def test_loading_shows_how_far_it_is(context: BrowserContext, address):
    page = context.new_page()
    page.add_init_script(
        "window.seen = []; setInterval(() => { const bar = document.getElementById('progress');"
        " if (bar) seen.push(bar.value); }, 5)"
    )

    page.goto(address)
    page.wait_for_selector("body[data-state=ready]")

    seen = page.evaluate("seen")
    assert sorted(seen) == seen
    assert any(0 < value < 100 for value in seen)
    expect(page.locator("#loading")).to_have_count(0)
    page.close()


def test_a_python_that_does_not_start_is_told(context: BrowserContext, address):
    page = context.new_page()
    context.route("**/answer.py", lambda route: route.fulfill(body="raise ImportError('no such thing')"))

    page.goto(address)

    expect(page.get_by_role("alert")).to_contain_text("could not be started in this browser", timeout=60_000)
    context.unroute("**/answer.py")
    page.close()


def test_a_failure_is_told_and_the_next_text_is_answered(context: BrowserContext, address):
    broken = (ROOT / "docs" / "playground" / "answer.py").read_text() + FAILING
    page = context.new_page()
    context.route("**/answer.py", lambda route: route.fulfill(body=broken))
    page.goto(address)
    page.wait_for_selector("body[data-state=ready]")

    page.get_by_label("Your words").fill("fail")
    expect(page.get_by_role("alert")).to_contain_text("could not answer this")
    write(page, HURT)

    expect(page.get_by_role("alert")).to_have_count(0)
    context.unroute("**/answer.py")
    page.close()
