"""What the pages of a wall read: all signs in their places, and to whom."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dashboards.enums import Reach
from dashboards.models import DutyShift, Episode, Indicator, IndicatorValue, Reading
from dashboards.services.revisions import next_revision
from tests.full_wall import STATES, hang_signs
from tests.walls import hang_bare_wall
from workorders.enums import Domain

BASE = "/api/v1/walls/district/"
WAYS = (
    BASE,
    f"{BASE}grids/",
    f"{BASE}outlines/",
    f"{BASE}themes/domain-environment/",
    f"{BASE}themes/theme-environment/",
    f"{BASE}indicators/domain-environment-3/",
    f"{BASE}indicators/domain-environment-3/rows/",
    f"{BASE}playback/?from=2026-11-22T09:00:00%2B08:00",
)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def signs(town, now):
    hang_bare_wall(town)
    return hang_signs(area=town.areas["区"], at=now)


@pytest.mark.parametrize("url", WAYS)
@pytest.mark.parametrize(
    ("username", "status"),
    [("leader", 200), ("dispatcher", 404), ("west", 404), ("worker", 404), ("handler", 404)],
)
def test_every_way_out_is_for_holders_of_the_right(town, signs, api, url, username, status):
    assert api(username).get(url).status_code == status


@pytest.mark.parametrize("url", WAYS)
def test_nobody_reads_nothing(town, signs, url):
    assert APIClient().get(url).status_code == 401


def test_all_signs_are_there_and_four_of_each_domain_are_chosen(town, signs, api):
    content = api("leader").get(BASE).data
    assert len(content["signs"]) == 84
    assert {code: len(chosen) for code, chosen in content["chosen"].items()} == {
        domain.value: 4 for domain in Domain
    }
    # The heaviest first: every third of the made-up signs weighs double.
    assert content["chosen"]["economy"] == [f"domain-economy-{n}" for n in (1, 4, 7, 10)]
    drawn = {sign["code"] for sign in content["signs"] if "series" in sign}
    assert drawn == {code for chosen in content["chosen"].values() for code in chosen}


def test_tiles_that_the_wall_names_come_first(town, signs, api):
    wall = town.areas["区"].walls.get()
    wall.tiles = ["domain-economy-14", "domain-economy-2"]
    wall.save(update_fields=["tiles"])
    chosen = api("leader").get(BASE).data["chosen"]["economy"]
    assert chosen == [f"domain-economy-{n}" for n in (14, 2, 1, 4)]


def test_sign_without_a_value_is_no_data(town, signs, api):
    IndicatorValue.objects.filter(indicator__code="domain-economy-1").delete()
    content = api("leader").get(BASE).data
    sign = next(one for one in content["signs"] if one["code"] == "domain-economy-1")
    assert (sign["state"], sign["value"], sign["since"]) == ("no_data", None, None)
    assert content["tally"]["no_data"] == [one["state"] for one in content["signs"]].count(
        "no_data"
    )


def test_index_names_its_reasons_and_its_confidence(town, signs, api):
    index = api("leader").get(BASE).data["index"]
    known = sum(
        sign.weight for place, sign in enumerate(signs) if STATES[place % len(STATES)] != "no_data"
    )
    assert [domain["code"] for domain in index["domains"]] == Domain.values
    weight = sum(sign.weight for sign in signs)
    # Domains weigh the same, and so do their signs: the mean of shares is the share of all.
    assert index["confidence"] == pytest.approx(known / weight, abs=0.02)
    assert index["reasons"] == sorted(index["reasons"], key=lambda one: -one["points"])
    assert index["reason_count"] == sum(domain["reason_count"] for domain in index["domains"])


def test_pages_count_their_states(town, signs, api):
    pages = {page["slug"]: page for page in api("leader").get(BASE).data["pages"]}
    assert len(pages) == 12
    assert sum(pages["domain-economy"]["states"].values()) == 14
    assert sum(pages["theme-environment"]["states"].values()) == 0


def test_page_has_its_own_signs_alone(town, signs, api, now):
    hang_signs(area=town.areas["区"], at=now, per_group=3, kinds=("theme",))
    page = api("leader").get(f"{BASE}themes/theme-environment/").data
    assert [sign["code"] for sign in page["signs"]] == [f"theme-environment-{n}" for n in (1, 2, 3)]
    assert (page["page"]["name"], page["score"]) == ("生态环境", None)
    domain = api("leader").get(f"{BASE}themes/domain-environment/").data
    assert len(domain["signs"]) == 14
    own = next(one for one in domain["index"]["domains"] if one["code"] == "environment")
    assert domain["score"]["score"] == own["score"]


@pytest.mark.parametrize("page", ["environment", "theme-economy", "domain-party-building"])
def test_page_that_is_none_is_not_found(town, signs, api, page):
    assert api("leader").get(f"{BASE}themes/{page}/").status_code == 404


def test_street_has_the_signs_that_reach_streets(town, signs, api, now):
    hang_bare_wall(town, area="东街", slug="east")
    Indicator.objects.filter(code="domain-economy-2").update(reach=Reach.STREET)
    content = api("leader").get("/api/v1/walls/east/").data
    assert [sign["code"] for sign in content["signs"]] == ["domain-economy-2"]


def test_limits_are_those_of_the_season(town, signs, api, now):
    month = timezone.localtime(now).month
    Indicator.objects.filter(code="domain-economy-2").update(
        thresholds=[{"months": str(month), "yellow": 7, "red": 9}, {"yellow": 1, "red": 2}]
    )
    sign = api("leader").get(f"{BASE}indicators/domain-economy-2/").data["sign"]
    assert (sign["yellow"], sign["red"]) == ({"low": None, "high": 7}, {"low": None, "high": 9})


def test_duty_is_told_and_the_street_takes_the_district_s(town, signs, api, now):
    for name, is_leader in (("leader", True), ("dispatcher", False)):
        DutyShift.objects.create(
            area=town.areas["区"], person=town.people[name], is_leader=is_leader,
            starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1),
        )  # fmt: skip
    DutyShift.objects.create(
        area=town.areas["区"], person=town.people["west"],
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1),
    )  # fmt: skip
    hang_bare_wall(town, area="东街", slug="east")
    for slug in ("district", "east"):
        duty = api("leader").get(f"/api/v1/walls/{slug}/").data["duty"]
        assert (duty["leader"], duty["officers"]) == ("leader", ["dispatcher"])


def test_week_ago_counts_until_the_same_time(town, signs, api, channel_api, now):
    channel_api("hotline", town.call())
    assert api("leader").get(BASE).data["a_week_ago"] == {
        "registered_today": 0, "accepted_today": 0, "closed_today": 0,
    }  # fmt: skip


def test_series_is_a_day_and_ends_with_now(town, signs, api):
    sign = api("leader").get(f"{BASE}themes/domain-economy/").data["signs"][0]
    assert len(sign["series"]) == 24
    assert sign["series"][-1] == sign["value"]


def test_history_keeps_gaps_and_states(town, signs, api, now):
    code = "domain-public-service-5"  # yellow
    content = api("leader").get(f"{BASE}indicators/{code}/").data
    assert [stretch["state"] for stretch in content["stretches"]] == ["normal", "yellow"]
    assert [change["state"] for change in content["changes"]] == ["yellow"]
    assert len(content["history"]["points"]) == 289
    Reading.objects.filter(indicator=Indicator.objects.get(code=code)).delete()
    points = api("leader").get(f"{BASE}indicators/{code}/").data["history"]["points"]
    assert {point["value"] for point in points[:-1]} == {None}


@pytest.mark.parametrize("query", ["hours=5", "hours=x", "hours=-1"])
def test_wrong_span_is_named(town, signs, api, query):
    answer = api("leader").get(f"{BASE}indicators/domain-economy-1/?{query}")
    assert (answer.status_code, [*answer.data["fields"]]) == (400, ["hours"])


def test_formula_is_said_in_words(town, signs, api):
    Indicator.objects.filter(code="domain-economy-2").update(
        formula='rate(resolved_on_time, resolved + overdue, category="manhole", window="week")'
    )
    content = api("leader").get(f"{BASE}indicators/domain-economy-2/").data
    assert content["formula_words"] == "按时办理完成 ÷ （办理完成＋超期未结）（近7日，井盖缺失）"


def test_open_episodes_are_told_and_ended_ones_only_until_acknowledged(town, signs, api, now):
    content = api("leader").get(BASE).data
    assert len(content["episodes"]) == Episode.objects.count()
    seen, unseen = Episode.objects.filter(red_at__isnull=False).order_by("pk")[:2]
    Episode.objects.filter(pk__in=[seen.pk, unseen.pk]).update(ended_at=now)
    Episode.objects.filter(pk=unseen.pk).update(acknowledged_at=None, acknowledged_label="")
    next_revision()  # as whatever ends an episode raises it
    told = {row["id"]: row["is_alarm"] for row in api("leader").get(BASE).data["episodes"]}
    assert seen.pk not in told
    assert told[unseen.pk] is True


def test_same_queries_for_few_signs_and_many(town, api, query_count, now):
    hang_bare_wall(town)
    client = api("leader")
    area = town.areas["区"]
    hang_signs(area=area, at=now, per_group=1)
    few = [query_count(lambda url=url: client.get(url)) for url in WAYS[:4]]
    hang_signs(area=area, at=now, per_group=9, kinds=("theme",))
    assert [query_count(lambda url=url: client.get(url)) for url in WAYS[:4]] == few


def test_outlines_that_are_known_are_not_sent_again(town, signs, api):
    first = api("leader").get(f"{BASE}outlines/")
    tag = first["ETag"]
    again = api("leader").get(f"{BASE}outlines/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    town.areas["东街"].name = "东方街道"
    town.areas["东街"].save(update_fields=["name"])
    changed = api("leader").get(f"{BASE}outlines/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "东方街道" in [one["properties"]["name"] for one in changed.data["part"]["features"]]
