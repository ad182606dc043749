"""Photos in pieces: cut anywhere, sent twice, damaged, another's, none at all."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.refusals import refusal
from tests.workorders.pages import act, send_to_grid
from tests.workorders.uploads import (
    PIECE,
    REPORTS,
    UPLOADS,
    announced,
    finding,
    picture,
    send,
    uploaded,
)
from workorders.enums import Action
from workorders.models import Event, Photo, PhotoUpload, UploadPiece, WorkOrder
from workorders.services.uploads import KEPT, drop_abandoned_uploads

GREEN, RED = picture(), picture(colour="red")
# The first bytes of what an iPhone saves.
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 400


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder):
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.fixture
def worker(api):
    return api("worker")


@pytest.fixture
def reported(worker):
    """Report with one announced photo; give (the order's number, the photo)."""
    photo = announced(GREEN)
    answer = worker.post(REPORTS, finding(photos=[photo]))
    assert answer.status_code == 201, answer.data
    return answer.data["number"], photo


@pytest.fixture
def held(town, channel_api):
    """Give the number of an order that the east worker has signed for."""
    number = channel_api("hotline", town.call()).data["number"]
    send_to_grid(town, number)
    act(town, "worker", number, Action.SIGN)
    return number


def test_photo_joins_its_report_when_the_last_byte_is_here(reported, worker):
    number, photo = reported
    half = send(worker, photo["uuid"], GREEN[:100])
    assert (half.data["offset"], half.data["is_complete"]) == (100, False)
    assert Photo.objects.count() == 0
    whole = send(worker, photo["uuid"], GREEN[100:], 100)
    assert (whole.data["is_complete"], whole.data["is_attached"]) == (True, True)
    kept = Photo.objects.get()
    assert (str(kept.uuid), kept.order.number, kept.stage) == (photo["uuid"], number, "report")
    assert kept.file.read() == GREEN
    assert (PhotoUpload.objects.count(), UploadPiece.objects.count()) == (0, 0)


@pytest.mark.parametrize("cut", [0, 1, 2, len(GREEN) // 2, len(GREEN) - 1])
def test_cut_at_any_byte_goes_on_where_head_says(reported, worker, cut):
    _, photo = reported
    send(worker, photo["uuid"], GREEN[:cut])
    url = f"{UPLOADS}{photo['uuid']}/"
    head = worker.head(url)
    assert (head["Upload-Offset"], head["Upload-Length"]) == (str(cut), str(len(GREEN)))
    assert worker.get(url).data["offset"] == cut
    send(worker, photo["uuid"], GREEN[cut:], cut)
    assert Photo.objects.get().file.read() == GREEN


def test_repeated_piece_is_told_where_to_go_on(reported, worker):
    _, photo = reported
    send(worker, photo["uuid"], GREEN[:100])
    again = send(worker, photo["uuid"], GREEN[:100])
    assert (again.status_code, again.data["code"], again.data["offset"]) == (
        409, "offset_differs", 100,
    )  # fmt: skip
    assert send(worker, photo["uuid"], b"x", 500).data["offset"] == 100


def test_last_piece_again_gets_the_first_answer(reported, worker):
    _, photo = reported
    first = send(worker, photo["uuid"], GREEN)
    again = send(worker, photo["uuid"], b"", len(GREEN))
    assert (again.status_code, again.data) == (200, first.data)
    assert send(worker, photo["uuid"], GREEN).data["offset"] == len(GREEN)
    assert Photo.objects.count() == 1


def test_wrong_hash_begins_anew(reported, worker):
    _, photo = reported
    damaged = GREEN[:-1] + bytes([GREEN[-1] ^ 1])
    answer = send(worker, photo["uuid"], damaged)
    assert (answer.status_code, answer.data["code"]) == (400, "wrong_hash")
    assert (PhotoUpload.objects.get().received, UploadPiece.objects.count()) == (0, 0)
    assert send(worker, photo["uuid"], GREEN).data["is_attached"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(HEIC, "heic"), (b"MZ" + b"\0" * 900, "invalid"), (GREEN[:300], "invalid")],
)
def test_what_is_no_photo_is_refused_plainly(worker, media, content, code):
    photo = announced(content)
    worker.post(REPORTS, finding(photos=[photo]))
    answer = send(worker, photo["uuid"], content)
    assert (answer.data["code"], refusal(answer)) == (code, {"photo"})
    assert (Photo.objects.count(), files_in(media)) == (0, 0)


def test_photo_taken_sideways_is_as_high_as_it_is_shown(reported, worker):
    _number, _ = reported
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"
    sideways = picture((64, 48), exif=exif + b"\x00\x00\x00\x00\x00\x00")
    photo = announced(sideways)
    worker.post(REPORTS, finding(photos=[photo]))
    send(worker, photo["uuid"], sideways)
    kept = Photo.objects.get(uuid=photo["uuid"])
    assert (kept.width, kept.height) == (48, 64)


def test_bytes_beyond_the_announced_size_are_refused(reported, worker):
    _, photo = reported
    answer = send(worker, photo["uuid"], GREEN + b"more")
    assert (answer.data["code"], refusal(answer)) == ("beyond_size", {"body"})
    assert PhotoUpload.objects.get().received == 0


def test_piece_too_large_is_refused(worker):
    photo = announced(GREEN, size=5_000_000)
    worker.post(UPLOADS, photo)
    answer = send(worker, photo["uuid"], b"x" * (1024 * 1024 + 1))
    assert (answer.data["code"], refusal(answer)) == ("piece_too_large", {"body"})


def test_photo_too_large_is_refused_before_a_byte_is_sent(worker, settings):
    settings.PHOTO_BYTES_LIMIT = 500
    photo = announced(GREEN, size=501)
    assert refusal(worker.post(UPLOADS, photo)) == {"size"}
    assert refusal(worker.post(REPORTS, finding(photos=[photo]))) == {"size"}
    assert (PhotoUpload.objects.count(), WorkOrder.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uuid": "1"}, "uuid"),
        ({"stage": "never"}, "stage"),
        ({"size": 0}, "size"),
        ({"size": 2**40}, "size"),
        ({"sha256": "F" * 64}, "sha256"),
        ({"sha256": "0"}, "sha256"),
    ],
)
def test_each_wrong_field_of_an_announcement_is_named(worker, changes, field):
    assert refusal(worker.post(UPLOADS, announced(GREEN, **changes))) == {field}
    answer = worker.post(REPORTS, finding(photos=[announced(GREEN, **changes)]))
    assert refusal(answer) == {f"photos.0.{field}"}


@pytest.mark.parametrize("offset", ["", "-1", "x", "٣", "9" * 14])
def test_hopeless_offset_is_named(reported, worker, offset):
    _, photo = reported
    url = f"{UPLOADS}{photo['uuid']}/"
    answer = worker.generic("PATCH", url, b"x", PIECE, HTTP_UPLOAD_OFFSET=offset)
    assert refusal(answer) == {"Upload-Offset"}


@pytest.mark.parametrize("person", ["west-worker", "dispatcher", "handler", "reporter"])
def test_upload_is_there_for_its_owner_only(reported, api, person):
    _, photo = reported
    other, url = api(person), f"{UPLOADS}{photo['uuid']}/"
    assert other.get(url).status_code == 404
    assert other.head(url).status_code == 404
    assert send(other, photo["uuid"], GREEN).status_code == 404
    assert PhotoUpload.objects.get().received == 0


def test_anonymous_uploads_nothing(reported, client):
    _, photo = reported
    assert client.get(f"{UPLOADS}{photo['uuid']}/").status_code == 401
    assert client.post(UPLOADS, announced(GREEN)).status_code == 401


def test_who_neither_reports_nor_handles_may_not_upload(town, api):
    assert api("clerk").post(UPLOADS, announced(GREEN)).status_code == 403
    assert api("handler").post(UPLOADS, announced(GREEN)).status_code == 200


def test_uuid_of_another_is_refused_whether_under_way_or_attached(reported, worker, api):
    _, photo = reported
    west = api("west-worker")
    assert refusal(west.post(UPLOADS, photo)) == {"uuid"}
    assert refusal(west.post(REPORTS, finding(photos=[photo]))) == {"uuid"}
    send(worker, photo["uuid"], GREEN)
    assert refusal(west.post(UPLOADS, photo)) == {"uuid"}
    assert refusal(west.post(REPORTS, finding(photos=[photo]))) == {"uuid"}
    assert WorkOrder.objects.count() == 1


def test_uuid_of_ones_own_other_report_is_refused(reported, worker):
    _, photo = reported
    assert refusal(worker.post(REPORTS, finding(photos=[photo]))) == {"uuid"}
    send(worker, photo["uuid"], GREEN)
    assert refusal(worker.post(REPORTS, finding(photos=[photo]))) == {"uuid"}
    assert WorkOrder.objects.count() == 1


def test_same_uuid_with_other_content_is_a_conflict(worker):
    photo = announced(GREEN)
    worker.post(UPLOADS, photo)
    other = announced(RED, uuid=photo["uuid"])
    assert worker.post(UPLOADS, other).data["code"] == "upload_differs"


def test_act_takes_its_photos_along_once(held, worker):
    uuid = uploaded(worker, GREEN, "after")
    body = {"result": "已更换井盖", "photos": [uuid]}
    url = f"/api/v1/orders/{held}/resolve/"
    for _ in range(2):
        answer = worker.post(url, body, HTTP_IDEMPOTENCY_KEY="once")
        assert (answer.status_code, answer.data["state"]) == (200, "resolved")
    photo = Photo.objects.get()
    assert (str(photo.uuid), photo.stage, photo.order.number) == (uuid, "after", held)
    assert Event.objects.filter(action="resolve").count() == 1


def test_act_waits_for_photos_that_are_not_here_in_full(held, worker):
    whole, half = uploaded(worker, GREEN, "after"), announced(RED, "after")
    worker.post(UPLOADS, half)
    send(worker, half["uuid"], RED[:50])
    body = {"result": "已更换井盖", "photos": [whole, half["uuid"]]}
    answer = worker.post(f"/api/v1/orders/{held}/resolve/", body)
    assert (answer.status_code, answer.data["missing"]) == (409, [half["uuid"]])
    assert (Photo.objects.count(), PhotoUpload.objects.count()) == (0, 2)


def test_refused_act_leaves_its_photos_waiting(held, worker, media):
    uuid = uploaded(worker, GREEN, "after")
    answer = worker.post(f"/api/v1/orders/{held}/resolve/", {"result": " ", "photos": [uuid]})
    assert refusal(answer) == {"result"}
    body = {"result": "已更换", "photos": [uuid], "version": 1}
    answer = worker.post(f"/api/v1/orders/{held}/resolve/", body)
    assert answer.data["code"] == "stale_version"
    assert (Photo.objects.count(), files_in(media)) == (0, 0)
    assert PhotoUpload.objects.get().is_complete


def test_photo_of_another_proves_nothing(held, worker, api):
    uuid = uploaded(api("west-worker"), GREEN, "after")
    body = {"result": "已更换", "photos": [uuid]}
    answer = worker.post(f"/api/v1/orders/{held}/resolve/", body)
    assert (answer.status_code, answer.data["missing"]) == (409, [uuid])


def test_only_what_nobody_goes_on_with_is_dropped(reported, worker):
    _, photo = reported
    send(worker, photo["uuid"], GREEN[:10])
    fresh = announced(RED, "after")
    worker.post(UPLOADS, fresh)
    now = timezone.now()
    PhotoUpload.objects.filter(uuid=photo["uuid"]).update(touched_at=now - KEPT - timedelta(1))
    assert drop_abandoned_uploads(at=now) == 1
    assert (str(PhotoUpload.objects.get().uuid), UploadPiece.objects.count()) == (fresh["uuid"], 0)


def test_dropped_photo_of_a_report_is_announced_anew_by_its_repeat(worker):
    form = finding(photos=[announced(GREEN)])
    worker.post(REPORTS, form)
    PhotoUpload.objects.all().delete()
    assert worker.post(REPORTS, form).data["photos"][0]["offset"] == 0
    send(worker, form["photos"][0]["uuid"], GREEN)
    assert Photo.objects.get().order == WorkOrder.objects.get()


def test_unknown_photo_is_not_found(worker):
    assert worker.get(f"{UPLOADS}{uuid4()}/").status_code == 404
    assert send(worker, str(uuid4()), GREEN).status_code == 404
