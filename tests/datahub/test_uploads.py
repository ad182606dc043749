"""Files of loads in pieces: resumed where they were cut, exactly one load, nothing for others."""

import errno
import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from datahub.enums import LoadState
from datahub.models import Load, LoadUpload, Resource
from datahub.services import drop_abandoned_files, sweep_files, uploads, work_loads
from governance.lib.uploads import PIECE_BYTES_LIMIT
from grids.models import Post
from grids.services import end_post
from tests.datahub.loading import as_csv, person, rows_of
from tests.workorders.uploads import PIECE

LIST, ONE = "/api/v1/resources/people/uploads/", "/api/v1/load-uploads/{}/"
CONTENT = as_csv([person(1), person(2), person(3)])


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path / "loads"


@pytest.fixture
def sender(hub, people, api):
    return api("reporter")


def announced(content=CONTENT, **changes):
    given = {"uuid": str(uuid4()), "file_name": "a.csv", "size": len(content), "mode": "full"}
    return given | changes


def send(client, uuid, content, offset=0):
    path = ONE.format(uuid)
    return client.generic("PATCH", path, content, PIECE, HTTP_UPLOAD_OFFSET=str(offset))


def told(answer):
    return answer.status_code, answer.data["code"]


def test_pieces_become_one_load(sender, hub, media):
    file = announced(sha256=hashlib.sha256(CONTENT).hexdigest(), mark="x|1")
    assert sender.post(LIST, file).data["offset"] == 0
    assert send(sender, file["uuid"], CONTENT[:50]).data["offset"] == 50
    assert sender.post(LIST, file).data["offset"] == 50  # after a reload of the page
    (known,) = sender.get(LIST).data["results"]
    assert (known["mark"], known["offset"]) == ("x|1", 50)
    head = sender.head(ONE.format(file["uuid"]))
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("50", str(len(CONTENT)))
    last = send(sender, file["uuid"], CONTENT[50:], 50)
    assert (last.data["is_complete"], last.data["is_loaded"]) == (True, True)
    # The answer was lost, and everything is asked again.
    assert send(sender, file["uuid"], b"", len(CONTENT)).data["is_loaded"]
    assert sender.post(LIST, file).data["is_loaded"]
    assert sender.get(ONE.format(file["uuid"])).data["is_loaded"]
    load = Load.objects.get()
    assert (str(load.uuid), load.digest) == (file["uuid"], file["sha256"])
    work_loads()
    load.refresh_from_db()
    assert (load.state, len(rows_of(hub.people))) == (LoadState.DONE, 3)
    assert (list(media.iterdir()), LoadUpload.objects.count()) == ([], 0)


def test_wrong_offset_tells_the_right_one(sender):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])
    for offset in (0, 49, 51):
        answer = send(sender, file["uuid"], b"x", offset)
        assert (told(answer), answer.data["offset"]) == ((409, "offset_differs"), 50)
    assert send(sender, file["uuid"], b"x", "-1").status_code == 400


def test_wrong_hash_begins_anew(sender):
    file = announced(sha256="0" * 64)
    sender.post(LIST, file)
    assert told(send(sender, file["uuid"], CONTENT)) == (400, "wrong_hash")
    assert sender.get(ONE.format(file["uuid"])).data["offset"] == 0
    assert Load.objects.count() == 0


@pytest.mark.parametrize(
    "changes", [{"size": 7}, {"file_name": "b.csv"}, {"mark": "y"}, {"mode": "append"},
                {"sha256": "1" * 64}],
)  # fmt: skip
def test_another_file_under_the_same_uuid_is_refused(sender, changes):
    file = announced()
    sender.post(LIST, file)
    assert told(sender.post(LIST, file | changes)) == (409, "upload_differs")


def test_too_much_is_refused(sender, hub, settings):
    file = announced()
    sender.post(LIST, file)
    assert told(send(sender, file["uuid"], CONTENT + b"x")) == (400, "beyond_size")
    big = announced(size=PIECE_BYTES_LIMIT + 1)
    sender.post(LIST, big)
    content = b"x" * (PIECE_BYTES_LIMIT + 1)
    assert told(send(sender, big["uuid"], content)) == (400, "piece_too_large")
    settings.LOAD_BYTES_LIMIT = 2 * 1024 * 1024
    assert told(sender.post(LIST, announced(size=2 * 1024 * 1024 + 1))) == (400, "too_large")
    Resource.objects.update(load_megabytes=3)  # its own limit goes before
    assert sender.post(LIST, announced(size=3 * 1024 * 1024)).status_code == 200
    for _ in range(uploads.OPEN_LIMIT - 3):
        assert sender.post(LIST, announced()).status_code == 200
    assert told(sender.post(LIST, announced())) == (409, "too_many_uploads")


@pytest.mark.parametrize("field", ["uuid", "size", "mode", "sha256", "crs"])
def test_bad_announcement_names_its_field(sender, field):
    answer = sender.post(LIST, announced(**{field: "\x00?"}))
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])


def test_full_disk_is_told_and_nothing_is_lost(sender, monkeypatch):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(uploads.os, "fdatasync", full)
        assert told(send(sender, file["uuid"], CONTENT[50:], 50)) == (507, "disk_full")
    assert sender.get(ONE.format(file["uuid"])).data["offset"] == 50
    assert send(sender, file["uuid"], CONTENT[50:], 50).data["is_loaded"]
    usage = uploads.shutil.disk_usage("/")
    monkeypatch.setattr(uploads, "SPARE", usage.total)
    assert told(sender.post(LIST, announced())) == (507, "disk_full")


def test_file_that_has_gone_missing_begins_anew(sender, media):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])
    (path,) = media.iterdir()
    path.unlink()
    answer = send(sender, file["uuid"], CONTENT[50:], 50)
    assert (told(answer), answer.data["offset"]) == ((409, "offset_differs"), 0)
    assert send(sender, file["uuid"], CONTENT).data["is_loaded"]


def test_bytes_of_a_request_that_died_are_written_over(sender, media):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])
    (path,) = media.iterdir()
    with path.open("ab") as late:
        late.write(b"?" * 5000)  # written, but never committed
    send(sender, file["uuid"], CONTENT[50:], 50)
    assert Load.objects.get().digest == hashlib.sha256(CONTENT).hexdigest()


def test_unfinished_files_expire(sender, media):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])
    at = timezone.now()
    late = at + timedelta(days=3)
    assert (drop_abandoned_files(at=late), sweep_files(at=late)) == (0, 0)  # still wanted
    assert len(list(media.iterdir())) == 1
    assert drop_abandoned_files(at=at + timedelta(days=7, hours=1)) == 1
    assert (list(media.iterdir()), LoadUpload.objects.count()) == ([], 0)
    assert told(send(sender, file["uuid"], b"x", 50)) == (404, "no_upload")


def test_file_is_given_up(sender, media, client, people):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])
    client.force_login(people["reporter"])
    page = client.get(reverse("datahub:resource", args=["people"])).content.decode()
    assert "重新选择同一文件即从断处继续" in page
    assert sender.delete(ONE.format(file["uuid"])).status_code == 204
    assert (list(media.iterdir()), sender.get(LIST).data["results"]) == ([], [])
    other = announced()
    sender.post(LIST, other)
    assert client.post(reverse("datahub:give-up", args=[other["uuid"]])).status_code == 302
    assert LoadUpload.objects.count() == 0


@pytest.mark.parametrize("name", ["handler", "other-reporter", "administrator", "granted", "root"])
def test_others_see_nothing_and_touch_nothing(sender, api, people, name):
    file = announced()
    sender.post(LIST, file)
    other = api(name)
    path = ONE.format(file["uuid"])
    seen = [other.get(path), other.head(path), send(other, file["uuid"], CONTENT),
            other.delete(path)]  # fmt: skip
    assert [answer.status_code for answer in seen] == [404] * 4
    mine = other.get(LIST)
    assert mine.status_code == 404 or mine.data["results"] == []
    codes = {403, 404} if name != "root" else {400}  # who loads here is told that it is taken
    assert other.post(LIST, file).status_code in codes
    browser = Client()
    browser.force_login(people[name])
    assert browser.post(reverse("datahub:give-up", args=[file["uuid"]])).status_code == 404
    assert LoadUpload.objects.get().received == 0


def test_right_that_ends_in_between_ends_the_upload(sender, town, people):
    file = announced()
    sender.post(LIST, file)
    send(sender, file["uuid"], CONTENT[:50])
    for post in Post.objects.filter(user=people["reporter"]):
        end_post(post=post, ends_on=timezone.localdate() - timedelta(days=1))
    assert send(sender, file["uuid"], CONTENT[50:], 50).status_code == 404
    assert Load.objects.count() == 0
