import json

import pytest

import openup
from openup._safety import _builtin_texts, make_notice, regions

LINE = {
    "name": "Our night line",
    "contact": "0800 000 000",
    "how": "Call free; members only.",
    "hours": "18:00 to 08:00",
    "kinds": ["self-harm"],
    "region": "GB",
    "source": "https://example.org/night-line",
    "checked": "2026-11-01",
}
OURS = {
    "schema_version": 1,
    "id": "ours",
    "version": "1",
    "extends": "openup",
    "safety": {
        "opening": "We read this and we are worried about you.",
        "messages": {"self-harm": "Words that our clinical lead has approved."},
        "resources": [LINE],
    },
}


def notice(text, region=None, guide=OURS):
    return openup.recommend(openup.Situation(text, region=region), guide=openup.load_guide(guide)).safety


def risk(kind):
    return openup.Risk(openup.RiskKind(kind), 0.9, (), "A few words.")


def test_a_product_says_it_in_its_own_words():
    ours = notice("I want to kill myself")

    assert ours.message.startswith("We read this and we are worried about you.")
    assert "Words that our clinical lead has approved." in ours.message
    assert "Words that our clinical lead has approved." in [risk.message for risk in ours.risks]


def test_what_a_product_leaves_out_the_library_says():
    text = "Last night he punched me in the face."
    ours, builtin = notice(text, "US"), openup.recommend(openup.Situation(text, region="US")).safety
    messages = {risk.kind: risk.message for risk in builtin.risks}

    assert messages[openup.RiskKind.PARTNER_VIOLENCE] in ours.message
    assert "look at your phone or computer" in ours.message
    assert builtin.resources == ours.resources


def test_a_products_services_take_the_place_of_those_for_the_same_danger_and_region():
    texts = openup.load_guide(OURS).safety

    here = make_notice([risk("self-harm")], "GB", texts).resources

    assert ["Our night line"] == [item.name for item in here if item.region == "GB"]
    assert [item for item in here if item.region == "INT"]
    assert make_notice([risk("self-harm")], "US", texts).resources == make_notice([risk("self-harm")], "US").resources


def test_nobody_is_left_without_help_by_a_product_that_names_services_for_some_dangers_only():
    texts = openup.load_guide(OURS).safety

    both = make_notice([risk("self-harm"), risk("partner-violence")], "GB", texts).resources

    assert texts.resources[0] in both
    assert set(make_notice([risk("partner-violence")], "GB").resources) <= set(both)


def test_a_product_adds_regions():
    guide = {**OURS, "safety": {"resources": [{**LINE, "region": "BR"}]}}

    ours = notice("I want to kill myself", "br", guide)

    assert "BR" == ours.resources[0].region
    assert {"BR"} == {*regions(openup.load_guide(guide).safety)} - {*regions()}
    with pytest.raises(openup.UnknownIdError, match="region 'BR'"):
        openup.recommend(openup.Situation("he hit me", region="BR"))


def test_of_two_guides_the_one_laid_over_the_other_speaks():
    other = {**OURS, "safety": {"messages": {"self-harm": "Newer words."}, "screen": "Mind who is near."}}

    merged = openup.load_guide(OURS).merge(openup.load_guide(other)).safety

    assert ("We read this and we are worried about you.", "Mind who is near.") == (merged.opening, merged.screen)
    assert ["Newer words."] == [message.text for message in merged.messages]
    assert ["Our night line"] == [item.name for item in merged.resources]
    assert openup.load_guide(OURS).safety == openup.load_guide(OURS).merge(openup.builtin_guide()).safety


def test_a_guide_with_safety_texts_survives_the_way_out_and_back():
    guide = openup.load_guide(OURS)

    assert guide == openup.Guide.from_dict(json.loads(json.dumps(guide.to_dict())))
    assert hash(guide) == hash(openup.load_guide(OURS))
    assert "safety" not in openup.builtin_guide().to_dict()


@pytest.mark.parametrize(
    ("safety", "fault"),
    [
        (3, "safety: expected an object, not 3"),
        ({"openning": "x"}, "safety: unknown field 'openning' (did you mean 'opening'?)"),
        ({"opening": " "}, "safety.opening: expected a text that is not empty, not ' '"),
        ({"messages": {"selfharm": "x"}}, "safety.messages: unknown field 'selfharm' (did you mean 'self-harm'?)"),
        ({"messages": {"self-harm": 3}}, "safety.messages.self-harm: expected a text that is not empty, not 3"),
        ({"resources": {}}, "safety.resources: expected a list, not an object"),
        (
            {"resources": [{**LINE, "kinds": ["selfharm"]}]},
            "safety.resources[0].kinds[0]: unknown danger 'selfharm' (did you mean 'self-harm'?)",
        ),
        (
            {"resources": [{**LINE, "kinds": []}]},
            "safety.resources[0].kinds: expected at least one of child-safety, coercive-control, harm-to-others, "
            "partner-violence, self-harm",
        ),
        (
            {"resources": [{**LINE, "region": "UKK"}]},
            "safety.resources[0].region: expected an ISO 3166 code such as 'GB', 'EU' or 'INT', not 'UKK'",
        ),
        (
            {"resources": [{**LINE, "source": "a colleague"}]},
            "safety.resources[0].source: expected an address that starts with https:// or http://, not 'a colleague'",
        ),
        (
            {"resources": [{**LINE, "checked": "23 November"}]},
            "safety.resources[0].checked: expected a day such as '2026-11-23', not '23 November'",
        ),
        (
            {"resources": [{key: LINE[key] for key in LINE if key != "source"}]},
            "safety.resources[0]: field 'source' is missing",
        ),
    ],
)
def test_faults_of_safety_texts_name_their_place(safety, fault):
    with pytest.raises(openup.GuideError) as error:
        openup.load_guide({**OURS, "safety": safety})

    assert (fault,) == error.value.faults


def test_the_builtin_texts_have_the_types_they_say():
    texts = _builtin_texts()

    assert texts == openup.SafetyTexts.from_dict(texts.to_dict())
