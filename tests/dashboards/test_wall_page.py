"""The wall's page: who gets it, and that to everybody else there is none."""

from datetime import date

import pytest

from accounts.enums import Role
from accounts.models import User
from dashboards.models import IndicatorValue
from grids.services import appoint
from tests.walls import hang_wall


@pytest.fixture
def wall(town):
    return hang_wall(town)


def as_(client, town, username):
    client.force_login(town.people[username])
    return client


def test_anonymous_visitor_is_sent_to_sign_in(client, wall):
    answer = client.get("/wall/district/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/wall/district/")


def test_leader_gets_the_wall_of_the_area(client, town, wall):
    answer = as_(client, town, "leader").get("/wall/district/")
    assert answer.status_code == 200
    body = answer.content.decode()
    for attribute in (
        'data-content="/api/v1/walls/district/"',
        f'data-live-topics="wall:{wall.area_id} figures:{wall.area_id}"',
        'data-area-name="区"',
        'data-stale-after="60" data-lost-after="120"',
    ):
        assert attribute in body
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("outsider", ["dispatcher", "east", "worker", "handler", "clerk"])
def test_person_without_the_right_finds_no_wall(client, town, wall, outsider):
    assert as_(client, town, outsider).get("/wall/district/").status_code == 404


def test_leader_of_a_street_sees_the_street_and_not_the_district(client, town, wall):
    hang_wall(town, area="东街", slug="east")
    hang_wall(town, area="西街", slug="west")
    leader = User.objects.create_user("east-leader", password="town-pass-2026", name="东街领导")
    appoint(user=leader, role=Role.LEADER, starts_on=date(2026, 1, 1), area=town.areas["东街"])
    client.force_login(leader)
    statuses = {
        slug: client.get(f"/wall/{slug}/").status_code for slug in ("district", "east", "west")
    }
    assert statuses == {"district": 404, "east": 200, "west": 404}


def test_leader_of_the_district_sees_the_walls_beneath(client, town, wall):
    hang_wall(town, area="东街", slug="east")
    answer = as_(client, town, "leader").get("/wall/east/")
    assert 'data-area-name="东街"' in answer.content.decode()


def test_wall_out_of_use_and_wall_unknown_are_not_found(client, town, wall):
    wall.is_active = False
    wall.save(update_fields=["is_active"])
    as_(client, town, "leader")
    assert client.get("/wall/district/").status_code == 404
    assert client.get("/wall/nowhere/").status_code == 404


PAGES = (
    "/wall/district/",
    "/wall/district/table/",
    "/wall/district/domain-environment/",
    "/wall/district/theme-environment/",
    "/wall/district/indicators/environment-overdue/",
)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_is_for_those_with_the_right(client, town, wall, url):
    statuses = {
        username: as_(client, town, username).get(url).status_code
        for username in ("leader", "dispatcher", "west", "handler")
    }
    assert statuses == {"leader": 200, "dispatcher": 404, "west": 404, "handler": 404}


@pytest.mark.parametrize("url", ["nothing/", "indicators/nothing/", "theme-economy/"])
def test_unknown_page_is_not_found(client, town, wall, url):
    assert as_(client, town, "leader").get(f"/wall/district/{url}").status_code == 404


def test_text_says_all_that_the_screen_shows(client, town, wall):
    body = as_(client, town, "leader").get("/wall/district/table/").content.decode()
    assert "<script" not in body
    for row in IndicatorValue.objects.filter(area=wall.area, indicator__is_active=True):
        if row.indicator.domain:
            assert f'/wall/district/indicators/{row.indicator.code}/">{row.indicator.name}' in body
    for page in ("domain-environment", "theme-party-building"):
        assert f'href="/wall/district/{page}/"' in body


def test_wall_is_only_read(client, town, wall):
    assert as_(client, town, "leader").post("/wall/district/").status_code == 405


def test_page_has_no_inline_script_or_style(client, town, wall):
    body = as_(client, town, "leader").get("/wall/district/").content.decode()
    assert body.count("<script") == body.count('<script type="module" src=') == 2
    assert " style=" not in body
    assert "<style" not in body


def test_street_in_alarm_names_the_signs_that_made_it_so(town, api, wall):
    signs = IndicatorValue.objects.filter(area=town.areas["东街"])
    signs.filter(indicator__code="public-safety-overdue").update(state="red")
    signs.filter(indicator__code="economy-on-time").update(state="yellow")
    streets = api("leader").get("/api/v1/walls/district/").data["streets"]
    assert [(street["name"], street["state"], street["reasons"]) for street in streets] == [
        ("东街", "red", ["公共安全超期未结"]),
        ("西街", "normal", []),
    ]
