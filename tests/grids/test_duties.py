"""Positions are taken on duty only, once each, and shown to those alone who answer for the area."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AccessLog, User
from grids.models import Duty, TrackPiece, WorkerPosition
from grids.services import end_post
from grids.services.duties import end_silent_duties, forget_tracks

WATCHERS = ("dispatcher", "east", "supervisor")
OTHERS = ("west", "handler", "west-worker", "clerk", "leader", "reporter")


@pytest.fixture
def worker(api):
    return api("worker")


@pytest.fixture
def duty(worker):
    answer = worker.post("/api/v1/duties/", {"id": str(uuid4())}, format="json")
    assert answer.status_code == 200, answer.data
    return Duty.objects.get(pk=answer.data["id"])


@pytest.fixture
def send(worker, duty):
    """Send fixes given as seconds from now; longitudes grow by the metre."""

    def send(*ahead, id=None, skew=0, client=worker, **changes):
        now = timezone.now()
        device = (now - timedelta(seconds=skew)).timestamp()
        fixes = [[device + s, 118.62 + n * 1e-5, 32.02, 6] for n, s in enumerate(ahead)]
        sent_at = now - timedelta(seconds=skew)
        body = {"id": str(id or uuid4()), "sent_at": sent_at.isoformat(), "fixes": fixes, **changes}
        return client.post(f"/api/v1/duties/{duty.pk}/track/", body, format="json")

    return send


def backdate(duty, **ago):
    Duty.objects.filter(pk=duty.pk).update(started_at=timezone.now() - timedelta(**ago))


def test_duty_begins_in_the_own_grid_and_another_phone_joins_it(worker, duty, town):
    assert (duty.worker, duty.area) == (town.people["worker"], town.areas["东街1社区1格"])
    again = worker.post("/api/v1/duties/", {"id": str(uuid4())}, format="json")
    assert again.data["id"] == str(duty.pk)
    assert Duty.objects.count() == 1


@pytest.mark.parametrize("username", ["dispatcher", "handler", "leader"])
def test_only_grid_workers_are_on_duty(api, username):
    answer = api(username).post("/api/v1/duties/", {"id": str(uuid4())}, format="json")
    assert (answer.status_code, answer.data["code"]) == (403, "forbidden")


def test_duty_in_somebody_elses_grid_is_refused(worker, town):
    body = {"id": str(uuid4()), "area": town.areas["西街1社区1格"].code}
    answer = worker.post("/api/v1/duties/", body, format="json")
    assert (answer.status_code, list(answer.data["fields"])) == (403, ["area"])
    body["area"] = "320111999"
    answer = worker.post("/api/v1/duties/", body, format="json")
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["area"])


def test_batch_is_kept_once_whatever_is_sent_again(send, duty):
    backdate(duty, hours=1)
    name = uuid4()
    first = send(-60, -50, -40, id=name)
    assert (first.data["kept"], first.data["dropped"], first.data["skew_seconds"]) == (3, 0, 0)
    again = send(-30, -20, id=name)
    assert again.data == first.data
    assert TrackPiece.objects.get().seconds == [0, 10, 20]


def test_fixes_outside_the_duty_are_counted_and_not_kept(send, duty, worker):
    backdate(duty, minutes=1)
    answer = send(-600, -10, -20, 600)
    assert (answer.data["kept"], answer.data["dropped"]) == (2, 2)
    assert TrackPiece.objects.get().seconds == [0, 10]


def test_track_of_a_finished_duty_still_comes_in_from_the_time_before(send, duty, worker):
    backdate(duty, minutes=10)
    assert worker.post(f"/api/v1/duties/{duty.pk}/end/").status_code == 200
    Duty.objects.filter(pk=duty.pk).update(ended_at=timezone.now() - timedelta(minutes=5))
    answer = send(-400, -390, -60)
    assert (answer.data["kept"], answer.data["dropped"]) == (2, 1)
    assert not WorkerPosition.objects.exists()


@pytest.mark.parametrize("skew", [86_400, -86_400, 31])
def test_wrong_clock_of_the_phone_is_put_right(send, duty, skew):
    backdate(duty, minutes=5)
    answer = send(-60, -30, skew=skew)
    assert (answer.data["kept"], answer.data["skew_seconds"]) == (2, skew)
    ended_at = WorkerPosition.objects.get().at
    assert abs((timezone.now() - ended_at).total_seconds() - 30) < 15


def test_late_batch_moves_nobody_back(send, duty):
    backdate(duty, hours=1)
    send(-20, -10)
    newest = WorkerPosition.objects.get()
    send(-900, -890, -880)
    assert WorkerPosition.objects.get().at == newest.at
    assert TrackPiece.objects.count() == 2


def test_end_of_duty_forgets_where_one_is(send, duty, worker):
    send(0)
    assert WorkerPosition.objects.count() == 1
    first = worker.post(f"/api/v1/duties/{duty.pk}/end/").data
    assert worker.post(f"/api/v1/duties/{duty.pk}/end/").data == first
    assert first["ended_at"] is not None
    assert not WorkerPosition.objects.exists()


@pytest.mark.parametrize(
    ("fixes", "message"),
    [
        (None, "没有点"),
        ([], "没有点"),
        ([[1, 2, 3]], "四个数"),
        ([[1, 2, 3, 4], [1, 2]], "四个数"),
        ([["1", "118", "32", "5"]], "四个数"),
        ([[True, True, True, True]], "四个数"),
        ([[None, 118, 32, 5]], "四个数"),
        ([[1e9, 118, 32, 5], [1e9, 181, 32, 5]], "第 2 个点的经度"),
        ([[1e9, 118, 91, 5]], "第 1 个点的纬度"),
        ([[1e9, 118, 32, -1]], "第 1 个点的精度"),
        ([[1e300, 118, 32, 5]], "第 1 个点的时间"),
        ([[10**400, 118, 32, 5]], "四个数"),
        ([[1e9, 118, 32, 5]] * 5001, "最多 5000"),
        ({"0": 1}, "没有点"),
    ],
)
def test_bad_fixes_are_named(send, fixes, message):
    answer = send(fixes=fixes)
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["fixes"])
    assert message in answer.data["fields"]["fixes"][0] or fixes is None
    assert not TrackPiece.objects.exists()


def test_others_cannot_write_into_a_duty(send, api, duty):
    for username in ("west-worker", "dispatcher"):
        assert send(0, client=api(username)).status_code == 404
        assert api(username).post(f"/api/v1/duties/{duty.pk}/end/").status_code == 404
    assert not TrackPiece.objects.exists()


def test_number_of_somebody_elses_is_refused(send, api, duty):
    other = api("west-worker")
    mine = other.post("/api/v1/duties/", {"id": str(uuid4())}, format="json").data["id"]
    assert other.post("/api/v1/duties/", {"id": str(duty.pk)}, format="json").status_code == 404
    name = uuid4()
    send(0, id=name)
    body = {"id": str(name), "sent_at": timezone.now().isoformat(), "fixes": [[1, 118.5, 32, 5]]}
    answer = other.post(f"/api/v1/duties/{mine}/track/", body, format="json")
    assert (answer.status_code, list(answer.data["fields"])) == (409, ["id"])


def test_positions_are_seen_by_those_who_answer_for_the_area(send, api, duty):
    send(0)

    def seen(username):
        client = api(username)
        return (
            len(client.get("/api/v1/positions/").data["results"]),
            len(client.get("/api/v1/positions/?lon=118.6&lat=32.0").data["results"]),
            len(client.get("/api/v1/duties/").data["results"]),
            client.get(f"/api/v1/duties/{duty.pk}/track/").status_code,
        )

    assert {name: seen(name) for name in ("worker", *WATCHERS)} == dict.fromkeys(
        ("worker", *WATCHERS), (1, 1, 1, 200)
    )
    assert {name: seen(name) for name in OTHERS} == dict.fromkeys(OTHERS, (0, 0, 0, 404))


def test_superuser_sees_everybody_on_duty(send, duty, town):
    send(0)
    client = APIClient()
    client.force_authenticate(User.objects.create_superuser("root", password="x", name="超级"))
    assert len(client.get("/api/v1/positions/").data["results"]) == 1
    assert client.get(f"/api/v1/duties/{duty.pk}/track/").status_code == 200


@pytest.mark.parametrize("sent_at", ["0001-01-02T00:00:00Z", "9999-12-30T00:00:00Z"])
def test_instant_that_no_clock_shows_is_named(send, sent_at):
    answer = send(0, sent_at=sent_at)
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["sent_at"])
    assert not TrackPiece.objects.exists()


def test_right_to_watch_ends_with_the_post(send, api, duty, town):
    send(0)
    watcher = api("east")
    post = town.people["east"].posts.get()
    end_post(post=post, ends_on=timezone.localdate() - timedelta(days=1))
    assert watcher.get("/api/v1/positions/").data["results"] == []


def test_duty_ends_with_the_post(send, duty, town):
    send(0)
    post = town.people["worker"].posts.get()
    end_post(post=post, ends_on=timezone.localdate() - timedelta(days=1))
    duty.refresh_from_db()
    assert duty.ended_at is not None
    assert not duty.is_silent
    assert not WorkerPosition.objects.exists()


def test_who_looks_at_a_way_is_on_record_but_not_its_walker(send, api, duty):
    send(0)
    api("worker").get(f"/api/v1/duties/{duty.pk}/track/")
    assert not AccessLog.objects.filter(kind="track_viewed").exists()
    api("supervisor").get(f"/api/v1/duties/{duty.pk}/track/")
    log = AccessLog.objects.get(kind="track_viewed")
    assert (log.username, log.subject) == ("supervisor", "worker")


def test_way_is_drawn_with_its_gaps(send, api, duty):
    backdate(duty, hours=1)
    send(-1000, -990, -980)
    send(-500, -490)
    track = api("worker").get(f"/api/v1/duties/{duty.pk}/track/").data
    assert [len(line["geometry"]["coordinates"]) for line in track["features"]] == [3, 2]
    assert [line["properties"]["metres"] for line in track["features"]] == [2, 1]


def test_nearest_people_come_first_with_their_distance(send, api, town):
    send(0)
    other = api("west-worker")
    mine = other.post("/api/v1/duties/", {"id": str(uuid4())}, format="json").data["id"]
    now = timezone.now()
    body = {
        "id": str(uuid4()),
        "sent_at": now.isoformat(),
        "fixes": [[now.timestamp(), 118.52, 32.02, 5]],
    }
    assert other.post(f"/api/v1/duties/{mine}/track/", body, format="json").data["kept"] == 1
    near = api("dispatcher").get("/api/v1/positions/?lon=118.52&lat=32.03").data["results"]
    assert [row["worker"]["username"] for row in near] == ["west-worker", "worker"]
    assert [1_000 < row["metres"] < 1_200 for row in near] == [True, False]
    answer = api("dispatcher").get("/api/v1/positions/?lon=118.52")
    assert (answer.status_code, list(answer.data["fields"])) == (400, ["lat"])


def test_silent_duty_ends_when_it_was_last_heard(send, duty):
    send(0)
    now = timezone.now()
    assert end_silent_duties(at=now) == 0
    assert end_silent_duties(at=now + timedelta(hours=4)) == 1
    duty.refresh_from_db()
    assert duty.ended_at == duty.heard_at
    assert not WorkerPosition.objects.exists()


def test_old_ways_are_forgotten(send, settings):
    settings.POSITION_DAYS = 30
    send(0)
    assert forget_tracks(at=timezone.now() + timedelta(days=29)) == 0
    assert forget_tracks(at=timezone.now() + timedelta(days=31)) == 1
    assert not TrackPiece.objects.exists()


def test_same_queries_for_one_and_many_people(send, api, duty, query_count):
    send(0)
    watcher = api("dispatcher")
    watcher.get("/api/v1/positions/")
    one = query_count(lambda: watcher.get("/api/v1/positions/"))
    other = api("west-worker")
    mine = other.post("/api/v1/duties/", {"id": str(uuid4())}, format="json").data["id"]
    now = timezone.now()
    fixes = [[now.timestamp(), 118.52, 32.02, 5]]
    body = {"id": str(uuid4()), "sent_at": now.isoformat(), "fixes": fixes}
    other.post(f"/api/v1/duties/{mine}/track/", body, format="json")
    assert query_count(lambda: watcher.get("/api/v1/positions/")) == one
