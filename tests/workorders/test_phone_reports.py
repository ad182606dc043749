"""What a phone's outbox delivers: once, late, by a wrong clock, by somebody who lost the post."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from grids.services import end_post
from tests.refusals import refusal
from tests.town import EAST_POINT, WEST_POINT
from tests.workorders.pages import act, send_to_grid
from tests.workorders.uploads import REPORTS, UPLOADS, announced, finding, picture, send, uploaded
from workorders.enums import Action
from workorders.models import Event, Photo, PhotoUpload, WorkOrder
from workorders.report import DeviceTime

GREEN, RED = picture(), picture(colour="red")
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT = datetime.max.replace(tzinfo=UTC)
FAR_POINT = {"lon": 118.62, "lat": 32.03}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def worker(api):
    return api("worker")


@pytest.fixture
def held(town, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    send_to_grid(town, number)
    return number


def test_same_record_again_gets_the_first_answer(worker):
    form = finding(photos=[announced(GREEN)])
    first, again = (worker.post(REPORTS, form) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert (WorkOrder.objects.count(), PhotoUpload.objects.count()) == (1, 1)


def test_record_of_another_tells_nothing(worker, api):
    form = finding()
    number = worker.post(REPORTS, form).data["number"]
    answer = api("west-worker").post(REPORTS, form)
    assert refusal(answer) == {"record_uuid"}
    assert number not in answer.content.decode()


def test_report_is_registered_before_its_photos(worker, town):
    photos = [announced(GREEN), announced(RED)]
    answer = worker.post(REPORTS, finding(photos=photos))
    order = WorkOrder.objects.get()
    assert (answer.data["number"], order.grid.name) == (order.number, "东街1社区1格")
    assert order.events.get().actor == town.people["worker"]
    assert [row["offset"] for row in answer.data["photos"]] == [0, 0]
    assert Photo.objects.count() == 0


@pytest.mark.parametrize(
    ("at", "sent_at", "corrected"),
    [
        # The clock is right: an hour without signal.
        (NOON - timedelta(hours=1), NOON, NOON - timedelta(hours=1)),
        # A day ahead, a day behind: set right by what it said when sending.
        (NOON + DAY - timedelta(hours=1), NOON + DAY, NOON - timedelta(hours=1)),
        (NOON - DAY - timedelta(hours=1), NOON - DAY, NOON - timedelta(hours=1)),
        # Set anew in between: the server's time is all that is known.
        (NOON + DAY, NOON, NOON),
        (datetime(1970, 1, 1, tzinfo=UTC), NOON, NOON),
        (NOON - timedelta(hours=1), None, NOON - timedelta(hours=1)),
        # No instant at all, but a believable distance; and not even that.
        (FIRST_INSTANT, FIRST_INSTANT + timedelta(hours=1), NOON - timedelta(hours=1)),
        (LAST_INSTANT - timedelta(hours=1), LAST_INSTANT, NOON - timedelta(hours=1)),
        (LAST_INSTANT, FIRST_INSTANT, NOON),
        (FIRST_INSTANT, LAST_INSTANT, NOON),
    ],
)
def test_device_time_is_set_right(at, sent_at, corrected):
    assert DeviceTime(at, sent_at).corrected(now=NOON) == corrected


def test_both_times_are_kept_when_the_clock_is_a_day_ahead(worker):
    ahead = timezone.now() + DAY
    form = finding(occurred_at=ahead.isoformat(), sent_at=ahead.isoformat())
    assert worker.post(REPORTS, form).status_code == 201
    order = WorkOrder.objects.get()
    assert abs(order.occurred_at - order.registered_at) < timedelta(minutes=1)
    device = order.events.get().content["device"]
    assert datetime.fromisoformat(device["at"]) == ahead
    assert round(device["skew_seconds"] / 3600) == -24


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [
        ("0001-01-02T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("9999-12-31T00:00:00Z", "0001-01-02T00:00:00Z"),
    ],
)
def test_senseless_clock_loses_no_record_and_no_act(worker, held, at, sent_at):
    form = finding(occurred_at=at, sent_at=sent_at)
    assert worker.post(REPORTS, form).status_code == 201
    signed = {"action": "sign", "device_at": at, "sent_at": sent_at}
    assert worker.post(f"/api/v1/orders/{held}/acts/", {"acts": [signed]}).status_code == 200


def test_self_handled_record_closes_with_photos_that_are_here(worker):
    photos = [announced(GREEN, "before"), announced(RED, "after")]
    form = finding(photos=photos, is_self_handled=True, result="已当场清理")
    missing = worker.post(REPORTS, form)
    assert (missing.data["code"], WorkOrder.objects.count()) == ("photos_missing", 0)
    for photo, content in zip(photos, (GREEN, RED), strict=True):
        worker.post(UPLOADS, photo)
        send(worker, photo["uuid"], content)
    answers = [worker.post(REPORTS, form) for _ in range(2)]
    assert [(row.status_code, row.data["state"]) for row in answers] == [
        (201, "closed"), (200, "closed"),
    ]  # fmt: skip
    order = WorkOrder.objects.get()
    assert sorted(photo.stage for photo in order.photos.all()) == ["after", "before"]
    assert order.events.filter(action="self_handle").count() == 1


def test_self_handling_elsewhere_keeps_its_photos_for_another_try(worker):
    photos = [announced(GREEN, "before"), announced(RED, "after")]
    for photo, content in zip(photos, (GREEN, RED), strict=True):
        worker.post(UPLOADS, photo)
        send(worker, photo["uuid"], content)
    form = finding(photos=photos, is_self_handled=True, result="x", point=WEST_POINT)
    assert refusal(worker.post(REPORTS, form), 403) == {"point"}
    assert (WorkOrder.objects.count(), Photo.objects.count()) == (0, 0)
    plain = worker.post(REPORTS, form | {"is_self_handled": False})
    assert [row["is_attached"] for row in plain.data["photos"]] == [True, True]
    assert WorkOrder.objects.get().photos.count() == 2


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"occurred_at": "2026-03-02T09:00"}, {"occurred_at"}),
        ({"sent_at": "never"}, {"sent_at"}),
        ({"category": "", "text": ""}, {"text"}),
        ({"is_self_handled": True}, {"result"}),
        ({"point": {"lon": 120, "lat": 30}}, {"point"}),
        ({"record_uuid": "1"}, {"record_uuid"}),
        ({"photos": "x"}, {"photos.non_field_errors"}),
    ],
)
def test_bad_report_names_its_field(worker, changes, fields):
    assert refusal(worker.post(REPORTS, finding(**changes))) == fields
    assert WorkOrder.objects.count() == 0


def test_thirty_photos_are_taken_and_one_more_is_not(worker):
    many = [announced(picture(colour=(n, 0, 0))) for n in range(31)]
    assert refusal(worker.post(REPORTS, finding(photos=many))) == {"photos"}
    assert len(worker.post(REPORTS, finding(photos=many[:30])).data["photos"]) == 30


@pytest.mark.parametrize("person", ["handler", "clerk", "leader"])
def test_report_needs_the_right_to_report(town, api, person):
    assert api(person).post(REPORTS, finding()).status_code == 403
    assert WorkOrder.objects.count() == 0


def test_post_that_ended_meanwhile_refuses_plainly(town, worker, held):
    end_post(post=town.people["worker"].posts.get(), ends_on=timezone.localdate() - DAY)
    answer = worker.post(REPORTS, finding())
    assert (answer.status_code, answer.data["detail"]) == (403, "您没有上报的权限。")
    sign = worker.post(f"/api/v1/orders/{held}/sign/")
    assert (sign.status_code, sign.data["code"]) == (404, "not_found")


def test_photos_of_a_taken_report_still_come_after_the_post_has_ended(town, worker):
    photo = announced(GREEN)
    worker.post(REPORTS, finding(photos=[photo]))
    end_post(post=town.people["worker"].posts.get(), ends_on=timezone.localdate() - DAY)
    assert send(worker, photo["uuid"], GREEN).data["is_attached"]


def test_page_of_one_person_never_sends_as_another(town, worker):
    own, other = (str(town.people[name].pk) for name in ("worker", "west-worker"))
    answer = worker.post(REPORTS, finding(), HTTP_YIWANG_PERSON=other)
    assert (answer.status_code, answer.data["code"]) == (409, "other_person")
    assert worker.post(REPORTS, finding(), HTTP_YIWANG_PERSON=own).status_code == 201


def test_act_keeps_the_time_of_the_phone_and_the_servers(worker, held):
    done = timezone.now() - timedelta(hours=2)
    body = {"device_at": done.isoformat(), "sent_at": timezone.now().isoformat()}
    worker.post(f"/api/v1/orders/{held}/sign/", body, HTTP_IDEMPOTENCY_KEY=str(uuid4()))
    event = Event.objects.get(action="sign")
    assert datetime.fromisoformat(event.content["device"]["at"]) == done
    assert event.at > done + timedelta(hours=1)


def arrive(worker, number, **body):
    url = f"/api/v1/orders/{number}/remark/"
    return worker.post(url, {"kind": "arrived", "text": "已到现场", **body})


def test_arrival_tells_the_distance(worker, held):
    assert arrive(worker, held, **EAST_POINT, accuracy=8).status_code == 200
    event = Event.objects.get(action="remark")
    assert (event.note, event.content["distance_m"]) == ("已到现场，距工单位置约 0 米", 0)
    assert event.content["here"] == {**EAST_POINT, "accuracy_m": 8}


@pytest.mark.parametrize(("here", "words"), [(FAR_POINT, "离工单位置"), ({}, "没有定位")])
def test_arrival_from_afar_or_nowhere_asks_for_a_reason(worker, held, here, words):
    answer = arrive(worker, held, **here)
    assert (answer.data["code"], refusal(answer)) == ("far_away", {"far_reason"})
    assert answer.data["detail"].startswith(words)
    assert arrive(worker, held, **here, far_reason="道路封闭").status_code == 200
    assert Event.objects.get(action="remark").note.endswith("：道路封闭")


def test_order_taken_away_meanwhile_is_not_resolved(town, worker, held):
    act(town, "worker", held, Action.SIGN)
    uuid = uploaded(worker, GREEN, "after")
    act(town, "worker", held, Action.SEND_BACK, reason="不在本网格")
    act(town, "dispatcher", held, Action.DISPATCH, department=town.departments["城管局"])
    body = {"result": "已更换", "photos": [uuid]}
    answer = worker.post(f"/api/v1/orders/{held}/resolve/", body)
    assert (answer.status_code, answer.data["code"]) == (409, "action_not_allowed")
    act(town, "handler", held, Action.SIGN)
    answer = worker.post(f"/api/v1/orders/{held}/resolve/", body)
    assert (answer.status_code, Photo.objects.count()) == (403, 0)
