"""A line that is really cut in the middle of a piece: the photo comes whole all the same."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from rest_framework.test import APIClient

from tests.browser.conftest import wait_until
from tests.workorders.uploads import UPLOADS, announced, finding, picture, send
from workorders.models import Photo

GREEN = picture()
REQUEST = (
    "PATCH {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nUpload-Offset: 0\r\n"
    "Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def cut_after(live_site: str, path: str, token: str, count: int) -> None:
    """Send the head of a request and so many bytes of its body, and hang up."""
    place = urlsplit(live_site)
    head = REQUEST.format(path=path, host=place.netloc, token=token, length=len(GREEN))
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(head.encode() + GREEN[:count])


def go_on(worker: APIClient, photo: dict[str, Any]) -> bool:
    """Go on as a phone does: ask how far the photo is, and send the rest."""
    offset = int(worker.head(f"{UPLOADS}{photo['uuid']}/")["Upload-Offset"])
    answer = send(worker, photo["uuid"], GREEN[offset:], offset)
    return answer.status_code == 200 and bool(answer.data["is_attached"])


@pytest.mark.parametrize("count", [0, 1, 321, len(GREEN) - 1])
def test_photo_comes_whole_after_the_line_was_cut(live_site, town, api, count):
    worker: APIClient = api("worker")
    photo = announced(GREEN)
    worker.post("/api/v1/findings/", finding(photos=[photo]))
    token = worker._credentials["HTTP_AUTHORIZATION"]
    for _ in range(3):
        cut_after(live_site, f"{UPLOADS}{photo['uuid']}/", token, count)
    # What the server still has in hand may be kept between our question and our piece.
    wait_until(lambda: go_on(worker, photo))
    assert Photo.objects.get().file.read() == GREEN
