"""An alarm of a street: on its own wall and its district's, for those who answer there."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from dashboards.models import Episode
from dashboards.selectors.standing import standing_of
from grids.services import appoint
from tests.dashboards.test_wall_alarms import put_on_duty, url_of
from tests.full_wall import hang_signs, stand
from tests.walls import hang_bare_wall

WALLS = {"区": "district", "东街": "east", "西街": "west"}


@pytest.fixture
def alarm(town):
    """Let every sign of 东街 stand as those of the district do; one of its reds is unseen."""
    now = timezone.now()
    signs = hang_signs(area=town.areas["区"], at=now)
    stand(area=town.areas["东街"], signs=signs, at=now)
    for area, slug in WALLS.items():
        hang_bare_wall(town, area=area, slug=slug)
    for name, area in (("east-leader", "东街"), ("west-leader", "西街")):
        user = User.objects.create(username=name, name=name)
        appoint(user=user, role=Role.LEADER, starts_on=date(2026, 1, 1), area=town.areas[area])
        town.people[name] = user
    east = Episode.objects.filter(area=town.areas["东街"], red_at__isnull=False).order_by("pk")
    Episode.objects.filter(pk=east[0].pk).update(acknowledged_at=None, acknowledged_label="")
    return east[0]


def alarms(client, slug):
    """List the unacknowledged alarms that a wall tells; None to whom there is no wall."""
    answer = client.get(f"/api/v1/walls/{slug}/")
    if answer.status_code == 404:
        return None
    found = [row for row in answer.data["episodes"] if row["is_alarm"]]
    return [(row["id"], row["area"]["code"]) for row in found]


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("leader", {"district", "east"}), ("east-leader", {"east"}), ("west-leader", set()),
        ("worker", set()), ("handler", set()),
    ],
)  # fmt: skip
def test_walls_of_street_and_district_show_it_to_their_own(town, alarm, api, username, seen):
    told = {slug: alarms(api(username), slug) for slug in WALLS.values()}
    assert {slug for slug, found in told.items() if found} == seen
    assert all(found == [(alarm.pk, alarm.area.code)] for found in told.values() if found)


@pytest.mark.parametrize(
    ("username", "duty", "status"),
    [
        ("leader", None, 200), ("east-leader", None, 200), ("west-leader", None, 404),
        ("west", None, 404), ("handler", None, 404), ("dispatcher", None, 403),
        ("dispatcher", "区", 200), ("east", "东街", 200), ("east", "西街", 403),
        ("west", "西街", 404), ("west", "区", 200),
    ],
)  # fmt: skip
def test_who_answers_there_acknowledges(town, alarm, api, username, duty, status):
    if duty:
        put_on_duty(town, username, area=duty)
    assert api(username).post(url_of(alarm)).status_code == status
    alarm.refresh_from_db()
    assert alarm.acknowledged_label == (username if status == 200 else "")
    assert alarms(api("leader"), "district") == (
        [] if status == 200 else [(alarm.pk, alarm.area.code)]
    )


def test_district_sees_a_streets_alarms_and_not_its_yellows(town, alarm, api):
    rows = api("leader").get("/api/v1/walls/district/").data["episodes"]
    street = [row["id"] for row in rows if row["area"]["code"] == alarm.area.code]
    snapshot = standing_of(area_id=town.areas["区"].pk)["alarms"]
    assert street == [alarm.pk]
    assert [row["id"] for row in snapshot if row["area"]["code"] == alarm.area.code] == [alarm.pk]
    assert {row["area"]["code"] for row in standing_of(area_id=alarm.area_id)["alarms"]} == {
        alarm.area.code
    }


def test_alarm_that_ended_unseen_is_remembered_above_for_hours(town, alarm, api):
    now = timezone.now()
    Episode.objects.filter(pk=alarm.pk).update(ended_at=now - timedelta(hours=11))
    assert alarms(api("leader"), "district") == [(alarm.pk, alarm.area.code)]
    Episode.objects.filter(pk=alarm.pk).update(ended_at=now - timedelta(hours=13), revision=9)
    Episode.objects.exclude(pk=alarm.pk).update(revision=9)
    assert [row for row in standing_of(area_id=town.areas["区"].pk)["alarms"]
            if row["area"]["code"] == alarm.area.code] == []  # fmt: skip


def test_text_twin_names_the_street(town, alarm, client):
    client.force_login(town.people["leader"], backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/wall/district/table/").content.decode()
    line = text[text.index("告警待确认 1 项，1 个指标") :].partition("</tbody>")[0]
    assert alarm.indicator.name in line
    assert f"<td>{alarm.area.name}</td>" in line
