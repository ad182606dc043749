"""Quarantine with a term, files that a crash has left, and bodies that nobody may send."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from accounts.enums import AccessKind
from accounts.models import AccessLog
from datahub.models import BadRow, Load
from datahub.services import forget_bad_rows, sweep_files
from governance.checks import check_settings
from tests.datahub.loading import as_csv, ask, load, person

GIGABYTE = 2**30


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path / "loads"


@pytest.fixture
def done(hub, people):
    rows = [*(person(n) for n in range(1, 12)), person(12, 手机号="123")]
    return load(hub.people, people["reporter"], as_csv(rows))


def faults(api, load, name="reporter"):
    return api(name).get(f"/api/v1/loads/{load.uuid}/faults/")


def test_bad_rows_have_a_term(done, settings, api, client, people):
    settings.BAD_ROW_DAYS = 30
    end = done.finished_at
    assert forget_bad_rows(at=end + timedelta(days=30)) == 0
    assert forget_bad_rows(at=end + timedelta(days=30, seconds=1)) == 1
    assert BadRow.objects.count() == 0
    done.refresh_from_db()
    assert (done.rows_bad, done.faults) == (1, {"mobile:mobile": 1})
    gone = faults(api, done)
    assert (gone.status_code, gone.data["code"]) == (410, "rows_forgotten")
    client.force_login(people["reporter"])
    page = client.get(reverse("datahub:load", args=[done.uuid])).content.decode()
    assert ("已过保存期" in page, "下载问题清单" in page) == (True, False)


def test_term_must_be_above_zero(settings):
    settings.BAD_ROW_DAYS = 0
    assert "BAD_ROW_DAYS must be above zero." in [one.msg for one in check_settings()]


def test_download_of_the_error_sheet_is_on_record(done, api, people):
    sheet = faults(api, done)
    assert b"123" not in b"".join(sheet.streaming_content)
    logged = AccessLog.objects.get(kind=AccessKind.EXPORTED)
    assert (logged.user, logged.subject, logged.purpose) == (
        people["reporter"], f"load {done.uuid}", "问题清单：people（1 行）",
    )  # fmt: skip
    assert faults(api, done, "other-handler").status_code == 404
    assert AccessLog.objects.filter(kind=AccessKind.EXPORTED).count() == 1


def orphan(folder, name, *, hours):
    path = Path(folder) / name
    path.write_bytes(b"x")
    then = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))
    return path


def test_files_that_a_crash_has_left_go(done, hub, people, media):
    waiting = ask(hub.files, people["reporter"], as_csv([person(1)]))
    ended = ask(hub.people, people["reporter"], as_csv([person(1)]))
    Load.objects.filter(pk=ended.pk).update(finished_at=timezone.now(), state="done")
    old, young = orphan(media, "a" * 32, hours=25), orphan(media, "b" * 32, hours=23)
    kept = Path(waiting.file.path)
    then = timezone.now().timestamp() - 90_000
    os.utime(kept, (then, then))
    assert sweep_files(at=timezone.now()) == 2
    assert {path.name for path in media.iterdir()} == {kept.name, young.name}
    assert not old.exists()
    assert Load.objects.get(pk=ended.pk).file.name == ""
    assert sweep_files(at=timezone.now()) == 0


def test_nothing_to_sweep_is_no_fault(hub):
    assert sweep_files(at=timezone.now()) == 0


class Body:
    """A body that counts what is read of it, and has no end."""

    def __init__(self):
        self.taken = 0

    def read(self, size=-1):
        self.taken += size if size > 0 else GIGABYTE
        return b"x" * max(size, 1)

    readline = read


def send(path, *, authorization="", cookie="", size=GIGABYTE):
    """Send a form of a gigabyte to the bare application; give the status and the bytes taken."""
    body, answers = Body(), []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": body,
        "wsgi.errors": None, "wsgi.url_scheme": "http", "wsgi.version": (1, 0),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "CONTENT_TYPE": "multipart/form-data; boundary=b", "CONTENT_LENGTH": str(size),
        "HTTP_AUTHORIZATION": authorization, "HTTP_COOKIE": cookie,
    }  # fmt: skip
    answer = get_wsgi_application()(environ, lambda status, headers: answers.append(status))
    list(answer)
    answer.close()
    return int(answers[0][:3]), body.taken


def token_of(user):
    return f"Token {AuthToken.objects.create(user=user)[1]}"


LOADS = "/api/v1/resources/people/loads/"


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("Token wrong", 401), ("Token ", 401), ("Token a b", 401), ("Bearer x", 413), ("x", 413),
     ("", 413)],
)  # fmt: skip
def test_large_body_with_a_bad_token_is_not_read(hub, held_connection, authorization, status):
    assert send(LOADS, authorization=authorization) == (status, 0)


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("other-handler", LOADS, 403),
        ("handler", LOADS, 403),
        ("nobody", LOADS, 404),
        ("reporter", "/api/v1/resources/files2/loads/", 404),
        ("reporter", "/api/v1/resources/shops/loads/", 403),
        ("reporter", "/api/v1/catalogue/import/", 413),
    ],
)
def test_large_body_of_people_without_the_right_is_not_read(
    hub, people, held_connection, name, path, status
):
    assert send(path, authorization=token_of(people[name])) == (status, 0)


def test_signed_in_browser_with_a_made_up_header_sends_no_large_body(
    hub, people, client, held_connection
):
    client.force_login(people["reporter"])
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert send(LOADS, authorization="Basic eDp4", cookie=cookie) == (413, 0)


def test_body_of_those_with_the_right_is_read(hub, people, held_connection):
    status, taken = send(LOADS, authorization=token_of(people["reporter"]), size=100_000)
    assert (status, taken > 0) == (400, True)
