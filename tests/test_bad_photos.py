"""Bad photos: a clear 4xx that names the field, no 500, nothing half-written."""

import io
import struct
import zlib
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.refusals import refusal
from workorders.models import Photo


def jpeg(width=40, height=30):
    out = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def png_bomb(side=40_000):
    """A PNG of a few kilobytes that claims to be 1.6 thousand million pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 10_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


BAD_PHOTOS = {
    "executable": b"MZ\x90\x00" + b"\x00" * 4000,
    "elf": b"\x7fELF" + b"\x00" * 4000,
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "text": b"no photo",
    "jpeg-head": b"\xff\xd8\xff\xe0" + b"\x00" * 100,
    "truncated": jpeg(400, 300)[:3000],
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00;",
    "bomb": png_bomb(),
    "png-too-large": png_bomb(6_000),
    "polyglot": jpeg()[:200] + b"MZ" + b"\x00" * 1000,
}


def upload(client, number, content, name="photo.jpg", **form):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    form = {"photo": file, "stage": "report", **form}
    return client.post(f"/api/v1/orders/{number}/photos/", form, format="multipart")


@pytest.fixture
def photo_home(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", sorted(BAD_PHOTOS))
def test_what_is_no_photo_is_refused(town, api, channel_api, photo_home, kind):
    number = channel_api("hotline", town.call()).data["number"]
    assert refusal(upload(api("worker"), number, BAD_PHOTOS[kind])) == {"photo"}
    assert Photo.objects.count() == 0
    assert [path for path in photo_home.rglob("*") if path.is_file()] == []


def test_photo_of_50_mb_is_refused(town, api, channel_api, photo_home):
    number = channel_api("hotline", town.call()).data["number"]
    huge = jpeg() + b"\x00" * (50 * 1024 * 1024)
    assert refusal(upload(api("worker"), number, huge)) == {"photo"}
    assert Photo.objects.count() == 0


def test_body_above_every_limit_is_refused_unread(town, api):
    answer = api("worker").post(
        "/api/v1/orders/1/photos/", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(10**12),
    )  # fmt: skip
    assert refusal(answer, 413) == {"body"}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"photo": "no file"}, "photo"),
        ({"stage": "never"}, "stage"),
        ({"stage": ""}, "stage"),
        ({"uuid": "1"}, "uuid"),
        ({"uuid": "x" * 10_000}, "uuid"),
    ],
)
def test_each_wrong_field_of_a_photo_is_named(town, api, channel_api, photo_home, form, field):
    number = channel_api("hotline", town.call()).data["number"]
    assert refusal(upload(api("worker"), number, jpeg(), **form)) == {field}


def test_photo_keeps_nothing_of_the_senders_file_name(town, api, channel_api, photo_home):
    number = channel_api("hotline", town.call()).data["number"]
    name = "../../evil.php\x00.jpg"
    assert upload(api("worker"), number, jpeg(), name=name).status_code == 201
    files = [path for path in photo_home.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].suffix == ".jpg"
    assert "evil" not in str(files[0])


def test_same_photo_again_is_the_first_one(town, api, channel_api, photo_home):
    first, second = (channel_api("hotline", town.call(f"T-{n}")).data["number"] for n in (1, 2))
    uuid = str(uuid4())
    answers = [upload(api("worker"), first, jpeg(), uuid=uuid) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert refusal(upload(api("worker"), second, jpeg(), uuid=uuid)) == {"uuid"}
    assert Photo.objects.count() == 1
