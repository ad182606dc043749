"""A phone without a line begins and ends duty by its own clock; silence alone ends no duty."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from grids.models import CheckIn, Duty, PatrolPoint, TrackPiece
from grids.services.duties import SILENT_AFTER, end_silent_duties


@pytest.fixture
def worker(api):
    return api("worker")


@pytest.fixture
def now():
    return timezone.now()


def told(now, ago, skew=timedelta()):
    """Say what a phone says: it was so long ago, and its clock is so far behind."""
    return {"device_at": (now - ago - skew).isoformat(), "sent_at": (now - skew).isoformat()}


def begin(client, **body):
    return client.post("/api/v1/duties/", {"id": str(uuid4()), **body}, format="json")


def fixes(client, duty, now, *ago):
    rows = [[(now - one).timestamp(), 118.62, 32.02, 6] for one in ago]
    body = {"id": str(uuid4()), "sent_at": now.isoformat(), "fixes": rows}
    return client.post(f"/api/v1/duties/{duty.pk}/track/", body, format="json")


def is_near(one, other):
    return abs(one - other) < timedelta(seconds=20)


@pytest.mark.parametrize("skew", [timedelta(), timedelta(days=1)])
def test_duty_begun_without_a_line_begins_when_the_phone_says(worker, now, skew):
    duty = Duty.objects.get(pk=begin(worker, **told(now, timedelta(hours=5), skew)).data["id"])
    assert is_near(duty.started_at, now - timedelta(hours=5))
    assert (is_near(duty.recorded_at, now), is_near(duty.heard_at, now)) == (True, True)
    answer = fixes(worker, duty, now, timedelta(hours=4), timedelta(hours=6))
    assert (answer.data["kept"], answer.data["dropped"]) == (1, 1)
    ended = worker.post(
        f"/api/v1/duties/{duty.pk}/end/", told(now, timedelta(hours=1), skew), format="json"
    )
    duty.refresh_from_db()
    assert ended.status_code == 200
    assert is_near(duty.ended_at, now - timedelta(hours=1))


def test_duty_never_begins_in_the_future_nor_ends_before_it_began(worker, now):
    ahead = told(now, timedelta(hours=-2))
    duty = Duty.objects.get(pk=begin(worker, **ahead).data["id"])
    assert is_near(duty.started_at, now)
    before = told(now, timedelta(hours=3))
    worker.post(f"/api/v1/duties/{duty.pk}/end/", before, format="json")
    duty.refresh_from_db()
    assert duty.ended_at == duty.started_at


def test_beginning_of_more_than_a_week_ago_is_refused(worker, now):
    answer = begin(worker, **told(now, timedelta(days=8)))
    assert (answer.status_code, list(answer.data["fields"])) == (409, ["device_at"])
    assert not Duty.objects.exists()


@pytest.mark.parametrize("name", ["device_at", "sent_at"])
def test_one_time_without_the_other_is_named(worker, now, name):
    given = told(now, timedelta())
    missing = given.pop(name)
    answer = begin(worker, **given)
    assert (answer.status_code, list(answer.data["fields"]), bool(missing)) == (400, [name], True)


def test_impossible_times_are_named(worker):
    body = {"device_at": "9999-12-30T00:00:00Z", "sent_at": "1970-01-02T00:00:00Z"}
    assert begin(worker, **body).status_code == 200
    body = {"device_at": "0001-01-02T00:00:00Z", "sent_at": "0001-01-02T00:00:00Z"}
    other = worker.post(f"/api/v1/duties/{Duty.objects.get().pk}/end/", body, format="json")
    assert (other.status_code, list(other.data["fields"])) == (400, ["sent_at"])


@pytest.fixture
def silent(worker, now):
    """A duty of 12 hours ago that the server heard of once, and ended by itself since."""
    duty = Duty.objects.get(pk=begin(worker).data["id"])
    began = now - timedelta(hours=12)
    Duty.objects.filter(pk=duty.pk).update(started_at=began, heard_at=began + timedelta(minutes=1))
    assert end_silent_duties(at=now) == 1
    duty.refresh_from_db()
    assert (duty.is_silent, duty.ended_at) == (True, duty.heard_at)
    return duty


def test_phone_that_comes_back_takes_its_silence_back(worker, silent, now):
    answer = fixes(worker, silent, now, timedelta(hours=6), timedelta(minutes=5))
    assert (answer.data["kept"], answer.data["dropped"]) == (2, 0)
    silent.refresh_from_db()
    assert (silent.is_silent, silent.ended_at) == (False, None)


def test_old_fixes_move_the_end_and_the_phone_sets_it(worker, silent, now):
    ago = SILENT_AFTER + timedelta(hours=2)
    assert fixes(worker, silent, now, ago).data["kept"] == 1
    silent.refresh_from_db()
    assert (silent.is_silent, is_near(silent.ended_at, now - ago)) == (True, True)
    end = told(now, timedelta(hours=4))
    worker.post(f"/api/v1/duties/{silent.pk}/end/", end, format="json")
    silent.refresh_from_db()
    assert (silent.is_silent, is_near(silent.ended_at, now - timedelta(hours=4))) == (False, True)
    assert fixes(worker, silent, now, timedelta(hours=3)).data["dropped"] == 1


def test_later_duty_bounds_the_silent_one(worker, silent, now):
    later = Duty.objects.get(pk=begin(worker, **told(now, timedelta(hours=2))).data["id"])
    answer = fixes(worker, silent, now, timedelta(hours=6), timedelta(hours=1))
    assert (answer.data["kept"], answer.data["dropped"]) == (1, 1)
    silent.refresh_from_db()
    assert silent.ended_at == later.started_at


def test_check_in_counts_after_a_silence(worker, silent, now, town):
    PatrolPoint.objects.create(
        code="E1", name="E1", area=town.areas["东街1社区1格"], point=Point(118.62, 32.02)
    )
    body = {"id": str(uuid4()), "code": "E1", "way": "code", **told(now, timedelta(hours=7))}
    answer = worker.post(f"/api/v1/duties/{silent.pk}/check-ins/", body, format="json")
    assert (answer.status_code, CheckIn.objects.get().way) == (200, "code")
    assert is_near(CheckIn.objects.get().at, now - timedelta(hours=7))
    assert TrackPiece.objects.count() == 0


def test_duty_is_read_by_its_person_and_those_who_watch(worker, api, now):
    path = f"/api/v1/duties/{begin(worker).data['id']}/"
    seen = {name: api(name).get(path).status_code for name in ("worker", "east", "dispatcher")}
    assert seen == {"worker": 200, "east": 200, "dispatcher": 200}
    hidden = {name: api(name).get(path).status_code for name in ("west", "west-worker", "leader")}
    assert hidden == {"west": 404, "west-worker": 404, "leader": 404}
