"""Points are visited on duty, at the place or by the plate; the plan says how often is enough."""

from datetime import timedelta
from itertools import groupby
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from grids.models import CheckIn, Duty, PatrolPlan, PatrolPoint
from grids.selectors.patrols import rounds_of, visits

METRE = 1 / 110_900  # degrees of latitude
HERE = {"lon": 118.62, "lat": 32.02}


@pytest.fixture
def points(town):
    east, west = town.areas["东街1社区1格"], town.areas["西街1社区1格"]
    made = {
        code: PatrolPoint.objects.create(code=code, name=code, area=area, point=Point(lon, 32.02))
        for code, area, lon in (("E1", east, 118.62), ("E2", east, 118.63), ("W1", west, 118.52))
    }
    today = timezone.localdate()
    for name, times, chosen in (("日常", 1, ("E1", "E2", "W1")), ("加巡", 1, ("E1",))):
        plan = PatrolPlan.objects.create(
            name=name, weekdays=[1, 2, 3, 4, 5, 6, 7], times=times, starts_on=today
        )
        plan.points.set([made[code] for code in chosen])
    return made


@pytest.fixture
def duty(api, points):
    answer = api("worker").post("/api/v1/duties/", {"id": str(uuid4())}, format="json")
    duty = Duty.objects.get(pk=answer.data["id"])
    # A duty of the whole day, whatever the hour: visits may then be set to any of its instants.
    began = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Duty.objects.filter(pk=duty.pk).update(started_at=min(began, duty.started_at))
    return duty


@pytest.fixture
def visit(api, duty):
    def visit(code="E1", way="qr", username="worker", **changes):
        now = timezone.now().isoformat()
        body = {"id": str(uuid4()), "code": code, "way": way, "device_at": now, "sent_at": now}
        url = f"/api/v1/duties/{duty.pk}/check-ins/"
        return api(username).post(url, {**body, **changes}, format="json")

    return visit


def test_plate_proves_by_itself_and_the_same_visit_counts_once(visit):
    name = str(uuid4())
    first = visit(id=name)
    assert (first.status_code, first.data["code"], first.data["metres"]) == (200, "E1", None)
    assert visit("E2", id=name).data == first.data
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize(
    ("north", "accuracy", "status"),
    [(0, 5, 200), (33, 5, 200), (37, 5, 409), (60, 40, 200), (0, 51, 409)],
)
def test_place_counts_within_its_circle(visit, north, accuracy, status):
    place = {"lon": HERE["lon"], "lat": HERE["lat"] + north * METRE, "accuracy": accuracy}
    answer = visit(way="place", **place)
    assert answer.status_code == status
    assert CheckIn.objects.count() == (status == 200)
    if status == 409:
        assert answer.data["code"] == "too_far"


def test_place_without_a_fix_is_refused(visit):
    answer = visit(way="place")
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["lon"])


@pytest.mark.parametrize("code", ["X9", "https://example.org/E1"[:20], "e1"])
def test_plate_of_another_district_is_named(visit, code):
    answer = visit(code)
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["code"])


def test_point_out_of_use_takes_nobody(visit, points):
    PatrolPoint.objects.update(is_active=False)
    assert visit().status_code == 400


def test_visit_outside_the_duty_is_refused(visit, duty):
    early = (timezone.now() - timedelta(days=2)).isoformat()
    answer = visit(device_at=early)
    assert (answer.status_code, answer.data["code"]) == (409, "off_duty")
    assert list(answer.data["fields"]) == ["device_at"]


@pytest.mark.parametrize(
    ("device_at", "sent_at", "status", "field"),
    [
        ("9999-12-30T00:00:00Z", "1970-01-02T00:00:00Z", 409, "device_at"),
        ("0001-01-02T00:00:00Z", "2090-01-02T00:00:00Z", 400, "sent_at"),
        ("0001-01-02T00:00:00Z", "2080-01-02T00:00:00Z", 409, "device_at"),
    ],
)
def test_instants_that_no_clock_shows_are_named(visit, device_at, sent_at, status, field):
    answer = visit(device_at=device_at, sent_at=sent_at)
    assert (answer.status_code, list(answer.data["fields"])) == (status, [field])


def test_wrong_clock_of_the_phone_is_put_right(visit):
    wrong = (timezone.now() + timedelta(days=1)).isoformat()
    answer = visit(device_at=wrong, sent_at=wrong)
    assert answer.status_code == 200
    assert abs((timezone.now() - CheckIn.objects.get().at).total_seconds()) < 30
    assert CheckIn.objects.get().device_at.isoformat()[:19] != answer.data["at"][:19]


@pytest.mark.parametrize("username", ["west-worker", "dispatcher", "handler"])
def test_nobody_checks_in_on_anothers_duty(visit, username):
    assert visit(username=username).status_code == 404
    assert not CheckIn.objects.exists()


def test_day_shows_what_is_left_in_ones_own_grids(visit, api):
    visit("E1")
    visit("E1")  # within half an hour: the same visit
    rows = api("worker").get("/api/v1/patrols/").data["results"]
    seen = [(row["code"], row["planned"], row["done"], len(row["visits"])) for row in rows]
    assert seen == [("E1", 2, 1, 1), ("E2", 1, 0, 0)]
    assert [row["code"] for row in api("west-worker").get("/api/v1/patrols/").data["results"]] == [
        "W1"
    ]
    assert api("dispatcher").get("/api/v1/patrols/").data["results"] == []


def test_points_come_grid_by_grid(points, town):
    west = town.areas["西街1社区1格"]
    between = PatrolPoint.objects.create(
        code="E1a", name="E1a", area=west, point=Point(118.52, 32.02)
    )
    PatrolPlan.objects.get(name="日常").points.add(between)
    grids = [points["E1"].area_id, west.pk]
    rows = rounds_of(grids=grids, day=timezone.localdate())
    assert len(rows) == 4
    assert len(list(groupby(rows, key=lambda row: row.point.area_id))) == 2


def test_plan_holds_on_its_weekdays_and_between_its_days(api, points):
    today = timezone.localdate()
    PatrolPlan.objects.filter(name="加巡").update(weekdays=[today.isoweekday() % 7 + 1])
    PatrolPlan.objects.filter(name="日常").update(ends_on=today)

    def planned(day):
        rows = api("worker").get(f"/api/v1/patrols/?day={day}").data["results"]
        return [(row["code"], row["planned"]) for row in rows]

    assert planned(today) == [("E1", 1), ("E2", 1)]
    assert planned(today + timedelta(days=1)) == [("E1", 1)]
    assert planned(today - timedelta(days=6)) == []


def test_coverage_is_seen_by_grid_in_ones_own_areas(visit, api):
    visit("E1")

    def seen(username):
        rows = api(username).get("/api/v1/patrols/coverage/").data["results"]
        return [(row["name"], row["points"], row["planned"], row["done"]) for row in rows]

    east, west = ("东街1社区1格", 2, 3, 1), ("西街1社区1格", 1, 1, 0)
    for username in ("dispatcher", "supervisor", "leader"):
        assert seen(username) == [east, west]
    assert seen("east") == seen("worker") == [east]
    assert seen("west") == [west]
    assert seen("handler") == []


def test_bad_day_is_named(api):
    answer = api("worker").get("/api/v1/patrols/?day=2026-13-01")
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["day"])


def test_same_queries_for_one_and_many_points(api, points, town, query_count):
    client = api("dispatcher")
    client.get("/api/v1/patrols/coverage/")
    few = query_count(lambda: client.get("/api/v1/patrols/coverage/"))
    plan = PatrolPlan.objects.get(name="日常")
    for number, name in enumerate(("东街1社区2格", "东街2社区1格", "西街2社区1格")):
        plan.points.add(
            PatrolPoint.objects.create(
                code=f"N{number}", name=name, area=town.areas[name], point=Point(118.6, 32.02)
            )
        )
    assert query_count(lambda: client.get("/api/v1/patrols/coverage/")) == few


def test_visits_half_an_hour_apart_are_two():
    noon = timezone.now()
    minutes = (0, 10, 29, 30, 59, 61)
    kept = visits(noon + timedelta(minutes=after) for after in minutes)
    assert [(at - noon) // timedelta(minutes=1) for at in kept] == [0, 30, 61]


def test_plates_are_printed_by_the_admin(client, points):
    client.force_login(User.objects.create_superuser("root", password="x", name="超级"))
    chosen = {"action": "print_plates", "_selected_action": [points["E1"].pk, points["W1"].pk]}
    answer = client.post(reverse("admin:grids_patrolpoint_changelist"), chosen)
    page = answer.content.decode()
    assert (answer.status_code, page.count("data:image/svg+xml")) == (200, 2)
    assert "<code>E1</code>" in page


def test_plan_is_entered_with_its_weekdays(client, points):
    client.force_login(User.objects.create_superuser("root", password="x", name="超级"))
    entered = {
        "name": "周末", "points": [points["E1"].pk], "weekdays": ["6", "7"], "times": "2",
        "starts_on": "2026-11-23", "ends_on": "",
    }  # fmt: skip
    answer = client.post(reverse("admin:grids_patrolplan_add"), entered)
    assert answer.status_code == 302, answer.context["errors"]
    assert PatrolPlan.objects.get(name="周末").weekdays == [6, 7]
    del entered["weekdays"]
    answer = client.post(reverse("admin:grids_patrolplan_add"), entered)
    assert "weekdays" in answer.context["adminform"].form.errors
