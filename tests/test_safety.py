"""What a person in danger gets, and what does not count as danger."""

import datetime
import json
import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openup
from openup._loading import read_data
from openup._patterns import find_patterns
from openup._safety import make_notice, regions
from openup._text import read

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "data" / "safety.jsonl"
TRAINING = HERE.parent / "training" / "situations.jsonl"

# Measured on 2026-11-25 with model 2.0.0 on the 627 texts of tests/data/safety.jsonl: recall 0.63, false alarms 0.25.
# They are far from what is wanted (0.95 and 0.02), and stand here so that they cannot get worse unseen.
RECALL_FLOOR = 0.5
FALSE_ALARMS_CEILING = 0.25
TWIN_ALARMS_CEILING = 0.2  # of the harmless texts in CONTRASTS

# For each danger, texts that show nothing but it, as plainly as it can be said.
PLAIN = {
    "partner-violence": [
        "My husband hit me last night.",
        "My boyfriend punched me in the face.",
        "My wife threatened to kill me.",
    ],
    "coercive-control": [
        "My husband doesn't let me see my friends.",
        "My boyfriend won't let me leave the house.",
        "My husband checks my phone every night.",
    ],
    "self-harm": [
        "I want to kill myself.",
        "I don't want to live anymore.",
        "I'm suicidal.",
    ],
    "child-safety": [
        "My husband hits our son.",
        "My stepdad touches me at night.",
        "Her uncle touched my daughter in her private parts.",
    ],
    "harm-to-others": [
        "I'm going to stab him tonight.",
        "I'm planning to poison her.",
        "I've decided to shoot him.",
    ],
}
MESSAGES = json.loads(read_data("safety.json"))["messages"]
KINDS = [kind.value for kind in openup.RiskKind]
DANGERS = [(kind, text) for kind, texts in PLAIN.items() for text in texts]

# Two texts that differ in what they say and in little else: the first shows the danger, the second shows none.
CONTRASTS = {
    "partner-violence": [
        ("My husband hit me last night.", "My husband hit the snooze button again."),
        ("My husband has started to hit me.", "My husband has started to hit the gym."),
        ("My boyfriend slapped me in the face.", "My boyfriend slapped the table and laughed."),
        ("He keeps punching me in the stomach.", "He keeps punching the air when his team scores."),
        ("My wife threatened to kill me.", "My wife threatened to cancel the gym membership."),
        ("He told me he would kill me.", "He told me the frost would kill the tomatoes."),
        ("I am scared of my husband.", "I am scared of spiders."),
        ("I'm scared to go home tonight.", "I'm scared to go on stage tonight."),
        ("He put his hands around my throat.", "He put a scarf around his neck."),
        ("He grabbed me by the hair.", "He grabbed a sandwich on the way."),
        ("He dragged me down the stairs.", "He dragged the sofa down the stairs."),
        ("He forced me to have sex with him.", "He forced me to watch the whole football match."),
        ("My boyfriend pulled a knife on me.", "My boyfriend bought a new knife for the kitchen."),
        ("She threw a plate at me.", "She threw a surprise party for me."),
        ("He punched a hole in the wall.", "He drilled a hole in the wall for a shelf."),
        ("My husband smashed my phone.", "My husband smashed his personal best in the race."),
        ("He gave me a black eye.", "He gave me a black coffee."),
        ("He left bruises on my arms.", "He left crumbs on my desk."),
        ("He pushed me down the stairs.", "He pushed the pram up the ramp."),
        ("He pinned me against the wall.", "He pinned the photo to the wall."),
        ("My boyfriend spat on me.", "My boyfriend spat out the soup."),
        ("He locked me in the bedroom.", "He locked the bike in the shed."),
        ("My ex keeps following me home.", "My ex keeps following the same band."),
        ("My ex turned up at my work again.", "My ex turned down the music at the party."),
        ("My husband tried to run me over.", "My husband went for a run this morning."),
    ],
    "coercive-control": [
        ("My husband doesn't let me see my friends.", "My husband doesn't let the dog on the sofa."),
        ("He won't let me leave the house.", "He won't let the cat out of the house."),
        ("My boyfriend never lets me go out alone.", "My boyfriend never lets me win at chess."),
        ("He doesn't let me have my own money.", "He doesn't let the tea go cold."),
        ("I'm not allowed to talk to my sister.", "I'm not allowed to park in front of the library."),
        ("He checks my phone every night.", "He checks the weather every night."),
        ("He tracks me everywhere I go.", "He tracks his parcels all day long."),
        ("He put a tracker on my car.", "He put a roof rack on my car."),
        ("He takes my wages.", "He takes the bins out."),
        ("I have to ask him for permission to go out.", "I have to ask the landlord for permission to paint the hall."),
        ("He threatens to take the kids if I go.", "He promises to take the kids to the zoo."),
        ("He tells me I am worthless every day.", "He tells me about the news every day."),
        ("He cut me off from my family.", "He cut the grass for my parents."),
    ],
    "self-harm": [
        ("I want to die.", "I want to dye my hair."),
        ("I want to kill myself.", "I want to teach myself the piano."),
        ("I wish I was dead.", "I wish I was taller."),
        ("I wish I had never been born.", "I wish I had never bought that sofa."),
        ("My husband says he wants to kill himself.", "My husband says he wants to treat himself."),
        ("I feel suicidal.", "I feel sleepy."),
        ("I have suicidal thoughts.", "I have holiday plans."),
        ("I wrote a suicide note last night.", "I wrote a shopping list last night."),
        ("I don't want to live any more.", "I don't want any more soup."),
        ("I hope I never wake up.", "I hope I never miss the bus again."),
        ("I want to end my life.", "I want to end my phone contract."),
        ("There's no reason to go on living.", "There's no reason to buy a new kettle."),
        ("I'm tired of living.", "I'm tired of washing up."),
        ("I started self-harming again.", "I started baking again."),
        ("I keep cutting my arms.", "I keep cutting the hedge."),
        ("I swallowed a bottle of pills.", "I swallowed a bit of seawater."),
        ("I want to jump off a bridge.", "I want to jump on a trampoline."),
        ("Everyone would be better off without me.", "The soup would be better off without salt."),
        ("I can't keep myself safe tonight.", "I can't keep the tent dry tonight."),
    ],
    "child-safety": [
        ("My husband hits our son.", "My husband hits the ball with our son."),
        ("My boyfriend hit my daughter.", "My boyfriend met my daughter."),
        ("My stepdad touches me.", "My stepdad teaches me."),
        ("Her uncle touched my daughter in her private parts.", "Her uncle touched up the paint in the hall."),
        ("My dad hits me.", "My dad hugs me."),
        ("I hit my son.", "I miss my son."),
    ],
    "harm-to-others": [
        ("I'm going to stab him tonight.", "I'm going to call him tonight."),
        (
            "I want to kill my husband and I have bought a knife.",
            "I want to thank my husband and I have bought a cake.",
        ),
        ("I am planning to poison my ex.", "I am planning to avoid my ex."),
        ("I want to hurt her badly.", "I want to help her more."),
        ("I'm going to make him suffer.", "I'm going to make him supper."),
    ],
}
PAIRS = [(kind, *pair) for kind, pairs in CONTRASTS.items() for pair in pairs]


def kinds(text):
    """Return the dangers found in a text, having seen that each of them shows words of the text as evidence."""
    r = openup.recommend(text)

    assert (r.outcome is openup.Outcome.SAFETY) == (r.safety is not None)
    if r.safety is None:
        return []
    for risk in r.safety.risks:
        assert risk.evidence
        assert all(text[e.start : e.end] == e.text != "" for e in risk.evidence)
    return [risk.kind.value for risk in r.safety.risks]


def risk(kind):
    """Return a risk as the library words it, whatever the model finds."""
    return openup.Risk(openup.RiskKind(kind), 0.9, (openup.Evidence(0, 2, "he"),), MESSAGES[kind])


# What is danger, and what is not


@pytest.mark.parametrize(("kind", "text"), DANGERS)
def test_danger_said_plainly_is_found(kind, text):
    assert kind in kinds(text)


@pytest.mark.parametrize(("kind", "text"), [(kind, danger) for kind, danger, _ in PAIRS])
def test_danger_is_found_however_like_a_harmless_text_it_looks(kind, text):
    assert kind in kinds(text)


@pytest.mark.parametrize("text", [calm for _, _, calm in PAIRS])
def test_no_pattern_takes_a_text_for_the_dangerous_one_that_it_looks_like(text):
    assert [] == list(find_patterns(read(text)))


def test_texts_that_only_look_like_dangerous_ones_seldom_raise_an_alarm():
    alarms = {calm: kinds(calm) for _, _, calm in PAIRS}

    assert sum(map(bool, alarms.values())) / len(alarms) <= TWIN_ALARMS_CEILING, alarms


@pytest.mark.parametrize(
    "text",
    [
        "He'd rather die than talk about his feelings.",
        "My boyfriend never tells me anything, I could kill him lol",
        "She shot me down in flames when I asked her to talk.",
        "Her first husband used to hit her, twenty years ago. With me she is safe, but she never opens up.",
        "We watched a film where a husband strangles his wife. Mine fell asleep on the sofa.",
        "My team got murdered on Saturday and now my husband won't speak.",
        pytest.param(
            "He has never hit me or threatened me. He just goes quiet.",
            marks=pytest.mark.xfail(strict=True, reason="a denial of violence is still taken for violence"),
        ),
        "We argue about the dishes and then he sulks.",
    ],
)
def test_figures_of_speech_films_games_the_past_and_denials_are_no_danger(text):
    assert [] == kinds(text)


# The notice


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_speaks_to_the_danger_and_names_who_helps(kind):
    found = risk(kind)

    notice = make_notice([found], "GB")

    assert (found,) == notice.risks
    assert found.message in notice.message
    assert notice.resources
    assert all(found.kind in resource.kinds for resource in notice.resources)


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_neither_orders_nor_blames_nor_diagnoses(kind):
    message = make_notice([risk(kind)], None).message.lower()

    for never in (
        "you should", "you must", "you need to", "have to leave", "leave him", "leave her", "confront", "be patient",
        "why did you", "your own fault", "overreact", "disorder", "diagnos", "depress", "abuser", "victim", "symptom",
    ):  # fmt: skip
        assert never not in message


def test_a_notice_for_several_dangers_speaks_to_each_and_names_every_service_once():
    risks = [risk(kind) for kind in KINDS]

    notice = make_notice(risks, "IE")

    assert all(risk.message in notice.message for risk in risks)
    assert len(set(notice.resources)) == len(notice.resources)
    assert {resource for risk in risks for resource in make_notice([risk], "IE").resources} == set(notice.resources)


@pytest.mark.parametrize(
    ("kind", "warned"),
    [
        ("partner-violence", True),
        ("coercive-control", True),
        ("self-harm", False),
        ("child-safety", False),
        ("harm-to-others", False),
    ],
)
def test_those_whom_a_partner_hurts_or_rules_are_told_to_mind_who_can_see_their_screen(kind, warned):
    message = make_notice([risk(kind)], None).message

    assert warned == ("look at your phone or computer" in message)


def test_a_danger_found_is_told_in_the_words_for_it():
    risks = openup.recommend("I want to kill myself").safety.risks

    assert MESSAGES["self-harm"] in [risk.message for risk in risks]
    assert all(MESSAGES[risk.kind.value] == risk.message for risk in risks)


def test_the_most_certain_danger_comes_first():
    notice = openup.recommend("My husband punched me in the face. I want to kill myself.").safety

    confidences = [risk.confidence for risk in notice.risks]
    assert {"partner-violence", "self-harm"} <= {risk.kind.value for risk in notice.risks}
    assert sorted(confidences, reverse=True) == confidences
    assert all(0 < confidence <= 1 for confidence in confidences)


# Where help is


def test_the_countries_and_places_promised_are_known():
    promised = {"US", "GB", "IE", "CA", "AU", "NZ", "IN", "ZA", "NG", "SG", "EU"}

    assert promised <= set(regions())


@pytest.mark.parametrize("region", regions())
def test_every_region_has_its_own_help_for_every_danger_and_that_which_serves_everywhere(region):
    for kind in KINDS:
        places = {resource.region for resource in make_notice([risk(kind)], region).resources}

        assert places & {region, "EU"}
        assert "INT" in places
        assert places <= {region, "EU", "INT"}


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_region_only_what_serves_everywhere_is_named(kind):
    notice = make_notice([risk(kind)], None)

    assert {"INT"} == {resource.region for resource in notice.resources}


def test_what_is_near_stands_before_what_serves_everywhere():
    regions_in_order = [resource.region for resource in make_notice([risk("self-harm")], "NZ").resources]

    assert sorted(regions_in_order, key="INT".__eq__) == regions_in_order


def test_a_region_may_be_written_in_small_letters():
    small, capital = (openup.recommend(openup.Situation("he hit me", region=region)) for region in ("gb", "GB"))

    assert small == capital


@pytest.mark.parametrize("text", ["he hit me", "how do I descale a kettle"])
@pytest.mark.parametrize("region", ["XX", "UK", "United Kingdom", ""])
def test_a_region_that_is_not_known_is_an_error_that_lists_those_that_are(text, region):
    with pytest.raises(openup.UnknownIdError) as error:
        openup.recommend(openup.Situation(text, region=region))

    assert regions() == error.value.known
    assert f"unknown region {region!r}" in str(error.value)
    assert [] == [known for known in regions() if not re.search(rf"\b{known}\b", str(error.value))]


def resources():
    """Return every service that any notice can name."""
    risks = [risk(kind) for kind in KINDS]
    return sorted({item for region in (None, *regions()) for item in make_notice(risks, region).resources}, key=repr)


def test_every_service_says_where_and_when_it_was_checked():
    for resource in resources():
        assert re.fullmatch(r"https?://[^/\s]+\.\S+", resource.source), resource
        assert datetime.date.fromisoformat(resource.checked).isoformat() == resource.checked


def test_every_service_has_a_name_a_way_to_reach_it_and_somebody_to_reach_it_for():
    for resource in resources():
        assert resource.name.strip()
        assert resource.contact.strip()
        assert resource.how.strip().endswith(".")
        assert resource.kinds


# What must not change the answer

QUOTES = "'’‘ʼ`´′"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
PLEASANTRIES = [
    "Hi everyone!",
    "Hello there.",
    "Good morning, hope you are all well.",
    "Thanks for reading.",
    "Thank you so much in advance!",
    "Sorry for the long post.",
    "Have a lovely day.",
    "Kind regards, Sam",
    "xx",
]
HARMLESS = [
    "We live in a small town by the sea.",
    "The garden is full of roses this year.",
    "On Sundays there is a market with good bread.",
    "The kitchen was painted yellow last spring.",
    "It rained for most of the week.",
    "The bus takes about half an hour to the station.",
    "There is a nice bakery around the corner.",
]

dangers = st.sampled_from(DANGERS)
paragraphs = st.lists(st.sampled_from(HARMLESS), min_size=1, max_size=5, unique=True).map(" ".join)


@st.composite
def misspelt(draw, sentences):
    """Draw a harmless sentence with a letter left out, doubled or swapped in some of its words."""

    def slip(word):
        if len(word) < 4 or not draw(st.booleans()):
            return word
        place = draw(st.integers(1, len(word) - 2))
        before, letter, after = word[:place], word[place], word[place + 1 :]
        return draw(
            st.sampled_from([before + after, before + 2 * letter + after, before + after[0] + letter + after[1:]])
        )

    return re.sub(r"[a-zA-Z]+", lambda match: slip(match[0]), draw(sentences))


@given(dangers, st.data())
def test_capitals_never_hide_a_risk(danger, data):
    kind, text = danger
    capital = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))

    assert kind in kinds("".join(c.upper() if up else c.lower() for c, up in zip(text, capital, strict=True)))


@given(dangers, st.sampled_from(QUOTES))
def test_the_shape_of_an_apostrophe_never_hides_a_risk(danger, quote):
    kind, text = danger

    assert kind in kinds(text.replace("'", quote))


@given(dangers, st.data())
def test_characters_that_nobody_sees_never_hide_a_risk(danger, data):
    kind, text = danger
    places = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.sampled_from(INVISIBLE)), max_size=6))
    for place, character in places:
        text = text[:place] + character + text[place:]

    assert kind in kinds(text)


@given(dangers, misspelt(st.sampled_from(HARMLESS)), st.booleans())
def test_typos_in_other_words_never_hide_a_risk(danger, sentence, first):
    kind, text = danger

    assert kind in kinds(f"{sentence} {text}" if first else f"{text} {sentence}")


@given(
    dangers, st.lists(st.sampled_from(PLEASANTRIES), max_size=2), st.lists(st.sampled_from(PLEASANTRIES), max_size=2)
)
def test_pleasantries_never_hide_a_risk(danger, before, after):
    kind, text = danger

    assert kind in kinds("\n".join([*before, text, *after]))


@given(dangers, st.data())
def test_the_place_of_a_sentence_never_hides_a_risk(danger, data):
    kind, text = danger
    sentences = data.draw(st.permutations([text, *HARMLESS[:4]]))

    assert kind in kinds(" ".join(sentences))


@given(dangers, st.none() | paragraphs, st.none() | paragraphs)
def test_a_harmless_paragraph_before_or_after_never_hides_a_risk(danger, before, after):
    kind, text = danger

    assert kind in kinds("\n\n".join(filter(None, [before, text, after])))


@given(dangers, dangers)
def test_one_risk_never_hides_another(one, other):
    assert {one[0], other[0]} <= set(kinds(f"{one[1]}\n\n{other[1]}"))


# How often it is right


@pytest.fixture(scope="module")
def corpus():
    with CORPUS.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def plain_words(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def runs(text):
    """Return every run of eight words; of a shorter text, all of it."""
    words = re.findall(r"[\w']+", text.lower())
    return {tuple(words[start : start + 8]) for start in range(max(1, len(words) - 7))}


def test_about_half_of_the_corpus_are_traps_and_every_danger_is_in_it(corpus):
    assert 600 <= len({plain_words(row["text"]) for row in corpus}) == len(corpus)
    assert 0.45 <= sum(not row["safety"] for row in corpus) / len(corpus) <= 0.55
    assert set(KINDS) == {kind for row in corpus for kind in row["safety"]}


def test_every_label_of_the_corpus_points_at_its_words(corpus):
    for row in corpus:
        assert set(row["safety"]) == set(row["evidence"])
        assert all(words in row["text"] for spans in row["evidence"].values() for words in spans)


@pytest.mark.skipif(not TRAINING.exists(), reason="the texts that the weights were learned from are not here")
def test_no_eight_words_of_the_corpus_were_learned_from(corpus):
    with TRAINING.open(encoding="utf-8") as file:
        learned = {run for line in file for run in runs(json.loads(line)["text"])}

    assert [] == [row["id"] for row in corpus if not learned.isdisjoint(runs(row["text"]))]


def test_danger_is_found_at_least_as_often_as_when_last_measured(corpus):
    found = [bool(kinds(row["text"])) for row in corpus if row["safety"]]

    assert RECALL_FLOOR <= sum(found) / len(found)


def test_a_false_alarm_is_no_more_frequent_than_when_last_measured(corpus):
    alarms = [bool(kinds(row["text"])) for row in corpus if not row["safety"]]

    assert sum(alarms) / len(alarms) <= FALSE_ALARMS_CEILING
