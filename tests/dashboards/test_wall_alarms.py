"""Who may acknowledge an alarm, and that it is kept who did and when."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dashboards.models import DutyShift, Episode
from tests.full_wall import hang_signs
from tests.walls import hang_bare_wall


@pytest.fixture
def alarm(town):
    hang_signs(area=town.areas["区"], at=timezone.now())
    hang_bare_wall(town)
    Episode.objects.update(acknowledged_at=None, acknowledged_label="")
    return Episode.objects.filter(red_at__isnull=False).order_by("pk").first()


def url_of(episode):
    return f"/api/v1/episodes/{episode.pk}/acknowledge/"


def put_on_duty(town, username, *, hours=(-1, 1), area="区"):
    now = timezone.now()
    start, end = (now + timedelta(hours=hour) for hour in hours)
    DutyShift.objects.create(
        area=town.areas[area], person=town.people[username], is_leader=False,
        starts_at=start, ends_at=end,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("leader", 200), ("dispatcher", 403), ("supervisor", 403), ("clerk", 403), ("east", 404),
        ("west", 404), ("worker", 404), ("handler", 404),
    ],
)  # fmt: skip
def test_leaders_acknowledge_and_outsiders_find_nothing(town, alarm, api, username, status):
    assert api(username).post(url_of(alarm)).status_code == status
    alarm.refresh_from_db()
    assert alarm.acknowledged_label == ("leader" if status == 200 else "")


def test_nobody_is_asked_to_sign_in(alarm):
    assert APIClient().post(url_of(alarm)).status_code == 401


@pytest.mark.parametrize(
    ("hours", "area", "status"),
    [((-1, 1), "区", 200), ((-3, -1), "区", 403), ((1, 2), "区", 403), ((-1, 1), "东街", 403)],
)
def test_who_is_on_duty_there_now_acknowledges(town, alarm, api, hours, area, status):
    put_on_duty(town, "dispatcher", hours=hours, area=area)
    assert api("dispatcher").post(url_of(alarm)).status_code == status


def test_duty_lets_in_even_who_sees_nothing_else_of_it(town, alarm, api):
    put_on_duty(town, "west")
    assert api("west").post(url_of(alarm)).status_code == 200


def test_same_person_may_say_so_again_and_the_first_time_is_kept(alarm, api):
    first = api("leader").post(url_of(alarm)).data
    again = api("leader").post(url_of(alarm)).data
    assert again == first
    assert (first["is_alarm"], first["acknowledged_by"]) == (False, "leader")


def test_second_person_hears_who_was_first(town, alarm, api):
    put_on_duty(town, "dispatcher")
    api("dispatcher").post(url_of(alarm))
    answer = api("leader").post(url_of(alarm))
    assert (answer.status_code, answer.data["code"]) == (409, "already_acknowledged")
    assert answer.data["acknowledged_by"] == "dispatcher"
    alarm.refresh_from_db()
    assert answer.data["acknowledged_at"] == alarm.acknowledged_at


def test_yellow_asks_for_nobody(town, alarm, api):
    yellow = Episode.objects.filter(red_at__isnull=True).first()
    answer = api("leader").post(url_of(yellow))
    assert (answer.status_code, answer.data["code"]) == (409, "never_red")


def test_unknown_alarm_is_not_found(alarm, api):
    assert api("leader").post("/api/v1/episodes/99999999/acknowledge/").status_code == 404


def test_acknowledgement_is_to_be_told_with_a_new_revision(alarm, api):
    before = alarm.revision
    api("leader").post(url_of(alarm))
    alarm.refresh_from_db()
    assert alarm.revision > before
