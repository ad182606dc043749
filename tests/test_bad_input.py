"""Bad input: a clear 4xx that names the field, no 500, nothing half-written."""

import base64
import io
import json
import struct
import zlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import User
from tests.town import EAST_POINT
from workorders.enums import Action
from workorders.forms import ACT_FORMS
from workorders.intake import ADAPTERS
from workorders.models import Photo, WorkOrder
from workorders.workflow import TABLE

SHAPE = {"detail", "code", "fields"}
COUNTED = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("workorders", "grids", "accounts", "knox")
]


def row_counts():
    return {model._meta.label: model.objects.count() for model in COUNTED}


def payload_of(channel, **changes):
    """Make a payload that the channel accepts, with every optional field filled."""
    person = {"name": "演示居民", "phone": "13900000000", "id_number": "320111199001011234"}
    common = {
        "occurred_at": "2026-03-02T09:00:00+08:00", "text": "东街一号门口井盖缺失。",
        "address": "东街一号", "point": {**EAST_POINT, "crs": "wgs84"}, "category": "manhole",
        "urgency": "normal", "is_demo": True,
    }  # fmt: skip
    own = {
        "hotline": {"ticket_number": "T-1", "title": "井盖", "nature": "help", "caller": person,
                    "is_confidential": False},
        "patrol": {"record_uuid": str(uuid4())},
        "police": {"incident_number": "P-1", "police_station": "一所", "caller": person},
        "petition": {"petition_number": "X-1", "title": "来信", "petitioner": person,
                     "people_count": 2},
        "public": {"record_uuid": str(uuid4()), "resident": person},
    }[channel]  # fmt: skip
    return {**common, **own, **changes}


def deliver(town, body, *, channel="hotline", token=None, content_type="application/json"):
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    header = f"Bearer {town.tokens[channel] if token is None else token}"
    return Client().post(
        f"/api/v1/intake/{channel}/", raw, content_type=content_type, HTTP_AUTHORIZATION=header
    )


def refusal(answer, status=400, code=None):
    """Check the shape of a refusal and give the names of its fields."""
    content = answer.json()
    assert answer.status_code == status, content
    assert set(content) >= SHAPE
    assert content["detail"]
    if code:
        assert content["code"] == code
    return set(content["fields"])


def nested(depth):
    return b'{"text":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    "raw",
    [
        b" ",
        b"{",
        b"{'text': 1}",
        b'{"text": "a"} trailing',
        b"[]",
        b"[1, 2]",
        b'"text"',
        b"1",
        b"null",
        b"true",
        b'{"point": {"lon": NaN, "lat": 32}}',
        b'{"point": {"lon": Infinity, "lat": 32}}',
        b'{"text": "\xff\xfe"}',
        b'{"text": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"text": "a\x00b"}',
        b'{"people_count": ' + b"9" * 5000 + b"}",
        nested(100_000),
        b'{"text": "' + "长".encode() * 800_000 + b'"}',
    ],
)
def test_what_is_no_json_object_is_refused(town, raw):
    before = row_counts()
    answer = deliver(town, raw)
    fields = refusal(answer, 413 if len(raw) > 2 * 1024 * 1024 else 400)
    assert fields == {"body"}
    assert row_counts() == before


def test_json_with_a_byte_order_mark_is_read(town):
    raw = b"\xef\xbb\xbf" + json.dumps(payload_of("hotline")).encode()
    assert deliver(town, raw).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded",
     "nonsense", "application/json2"],
)  # fmt: skip
def test_other_content_types_are_refused(town, content_type):
    refusal(deliver(town, payload_of("hotline"), content_type=content_type), 415)


def test_unknown_channel_is_not_found(town):
    answer = Client().post("/api/v1/intake/telegram/", "{}", content_type="application/json")
    refusal(answer, 404, "unknown_channel")


@pytest.mark.parametrize("token", ["", "wrong", "令牌", "x" * 5000, "a\x00b"])
def test_missing_or_wrong_token_is_refused_before_the_body_is_read(town, token):
    token = token.encode().decode("latin-1")
    assert refusal(deliver(town, b"{", token=token), 401, "channel_token") == {"authorization"}


def test_token_of_another_channel_is_refused(town):
    answer = deliver(town, payload_of("hotline"), token=town.tokens["patrol"])
    assert refusal(answer, 401) == {"authorization"}
    town.channels["hotline"].is_active = False
    town.channels["hotline"].save()
    assert refusal(deliver(town, payload_of("hotline")), 401) == {"authorization"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"point": {"lon": 100.0, "lat": 30.0}}, "point"),
        ({"point": {"lon": 32.02, "lat": 118.62}}, "point.lat"),
        ({"point": {"lon": "nan", "lat": 32.0}}, "point.lon"),
        ({"point": {"lon": "-Infinity", "lat": 32.0}}, "point.lon"),
        ({"point": {"lon": 1e308, "lat": 32.0}}, "point.lon"),
        ({"point": {"lon": 118.62}}, "point.lat"),
        ({"point": {"lon": True, "lat": 32.0}}, "point.lon"),
        ({"point": {**EAST_POINT, "crs": "mars"}}, "point.crs"),
        ({"point": [118.62, 32.02]}, "point.non_field_errors"),
        ({"occurred_at": "2999-01-01T00:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59+14:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "1990-01-01T00:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": "2026-03-02T09:00:00"}, "occurred_at"),
        ({"occurred_at": "2026-03-02"}, "occurred_at"),
        ({"occurred_at": "2026-02-30T09:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": 1772413200}, "occurred_at"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"text": ""}, "text"),
        ({"text": " \n\t　"}, "text"),
        ({"text": "\x00\x01\x02"}, "text"),
        ({"text": "长" * 10_001}, "text"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"text": None}, "text"),
        ({"text": {"a": 1}}, "text"),
        ({"text": ["a"]}, "text"),
        ({"address": "x" * 201}, "address"),
        ({"title": "x" * 121}, "title"),
        ({"ticket_number": ""}, "ticket_number"),
        ({"ticket_number": "x" * 81}, "ticket_number"),
        ({"ticket_number": "\x00"}, "ticket_number"),
        ({"category": "no-such"}, "category"),
        ({"category": "'; DROP TABLE--"}, "category"),
        ({"category": "x" * 21}, "category"),
        ({"category": "a\x00"}, "category"),
        ({"urgency": "panic"}, "urgency"),
        ({"urgency": ["normal"]}, "urgency"),
        ({"nature": "gossip"}, "nature"),
        ({"is_confidential": "perhaps"}, "is_confidential"),
        ({"is_confidential": []}, "is_confidential"),
        ({"caller": "somebody"}, "caller.non_field_errors"),
        ({"caller": {"name": "x" * 31}}, "caller.name"),
        ({"caller": {"phone": "call me"}}, "caller.phone"),
        ({"caller": {"phone": "1" * 21}}, "caller.phone"),
        ({"caller": {"phone": 10**40}}, "caller.phone"),
        ({"caller": {"id_number": "123"}}, "caller.id_number"),
        ({"caller": {"id_number": "３２０１１１１９９００１０１１２３４"}}, "caller.id_number"),
        ({"caller": {"name": {"$gt": ""}}}, "caller.name"),
    ],
)
def test_each_wrong_field_is_named(town, changes, field):
    before = row_counts()
    assert refusal(deliver(town, payload_of("hotline", **changes))) == {field}
    assert row_counts() == before


@pytest.mark.parametrize(
    ("channel", "changes", "field"),
    [
        ("patrol", {"record_uuid": "1"}, "record_uuid"),
        ("patrol", {"record_uuid": 10**60}, "record_uuid"),
        ("public", {"record_uuid": ["a"]}, "record_uuid"),
        ("petition", {"people_count": 10**30}, "people_count"),
        ("petition", {"people_count": 0}, "people_count"),
        ("petition", {"people_count": 1.5}, "people_count"),
        ("petition", {"people_count": "many"}, "people_count"),
        ("police", {"police_station": "x" * 61}, "police_station"),
    ],
)
def test_each_wrong_field_of_the_other_channels_is_named(town, channel, changes, field):
    assert refusal(deliver(town, payload_of(channel, **changes), channel=channel)) == {field}


def test_one_e_999_is_no_place(town):
    raw = json.dumps(payload_of("hotline")).replace("118.62", "1e999")
    assert refusal(deliver(town, raw)) == {"point.lon"}


def leaves(value, path=()):
    """List the paths of all single values in a payload."""
    if not isinstance(value, dict):
        return [path]
    return [path] + [leaf for name, part in value.items() for leaf in leaves(part, (*path, name))]


def put(value, path, new):
    if not path:
        return new
    return {**value, path[0]: put(value[path[0]], path[1:], new)}


@pytest.mark.parametrize("channel", sorted(ADAPTERS))
def test_wrong_types_in_every_field_are_refused_with_its_name(town, channel):
    payload = payload_of(channel)
    before = row_counts()
    for path in leaves(payload)[1:]:
        for wrong in ([], [[]], {"a": {}}, {"": None}):
            if isinstance(wrong, dict) and path in {("caller",), ("petitioner",), ("resident",)}:
                continue  # a person of whom nothing is known
            fields = refusal(deliver(town, put(payload, path, wrong), channel=channel))
            assert {name.split(".")[0] for name in fields} == {path[0]}, (path, wrong)
    assert row_counts() == before


NASTY = [
    "'; DROP TABLE workorders_workorder; --",
    '"><script>alert(1)</script>',
    "{{ 7*7 }}{% load x %}",
    "%s %(x)s {0} \\",
    "👷🏽‍♀️🚧 e\u0301 ß",
]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_is_kept_as_it_is_and_leaves_escaped(town, api, client, text):
    changes = {"text": text, "title": text, "address": text, "ticket_number": text}
    answer = deliver(town, payload_of("hotline", **changes, caller={"name": text[:30]}))
    assert answer.status_code == 201
    order = WorkOrder.objects.get()
    kept = (order.text, order.title, order.address, order.external_number)
    assert kept == (text, text, text, text)
    detail = api("dispatcher").get(f"/api/v1/orders/{order.number}/")
    assert (detail.data["text"], detail.data["title"]) == (text, text)
    root = User.objects.create_superuser("root", password="root-pass-2026", name="超级")
    client.force_login(root)
    page = client.get("/admin/workorders/workorder/").content.decode()
    assert "<script>alert" not in page


def test_control_characters_and_overrides_are_dropped(town):
    text = "a\x00\x07\x1b[31m\x7f\x85\u202eb\u2066c\ufffe\r\nd\re\tf"
    assert deliver(town, payload_of("hotline", text=text)).status_code == 201
    assert WorkOrder.objects.get().text == "a[31mbc\nd\ne\tf"


def test_naked_numbers_in_texts_leave_masked(town, api, channel_api):
    text = "请打 13912345678，身份证 320111199001011234"
    number = channel_api("hotline", town.call(text=text)).data["number"]
    client = api("dispatcher")
    url = f"/api/v1/orders/{number}/"
    client.post(f"{url}accept/", {"category": "noise"})
    client.post(f"{url}dispatch/", {"department": "D2", "note": text})
    api("handler").post(f"{url}sign/")
    api("handler").post(f"{url}resolve/", {"result": text, "proof": text})
    answer = client.get(url).content.decode()
    assert "13912345678" not in answer
    assert "320111199001011234" not in answer
    for words in ("13912345678", "39123456", "1990010112"):
        assert client.get("/api/v1/orders/count/", {"q": words}).data["count"] == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FUZZ = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check_answer(answer):
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert set(answer.json()) >= SHAPE


@pytest.mark.parametrize("channel", sorted(ADAPTERS))
def test_no_payload_breaks_an_adapter(town, channel):
    payload = payload_of(channel)
    paths = leaves(payload)

    @FUZZ
    @given(st.sampled_from(paths), json_values)
    def fuzz(path, value):
        before = row_counts()
        with transaction.atomic():
            answer = deliver(town, put(payload, path, value), channel=channel)
            check_answer(answer)
            if answer.status_code >= 400:
                assert row_counts() == before
            transaction.set_rollback(True)

    fuzz()


@pytest.fixture
def root_api(town):
    client = APIClient()
    client.force_authenticate(User.objects.create_superuser("root", password=None, name="超级"))
    return client


def order_in(town, channel_api, state):
    number = channel_api("hotline", town.call()).data["number"]
    holder = {"department": town.departments["城管局"], "holder_area": town.areas["东街1社区1格"]}
    WorkOrder.objects.filter(number=number).update(state=state, **holder)
    return number


@pytest.mark.parametrize("action", sorted(ACT_FORMS))
def test_no_body_breaks_an_act(town, root_api, channel_api, action):
    state = next(source for source, name in TABLE if name == action)
    number = order_in(town, channel_api, state)
    url = f"/api/v1/orders/{number}/{Action(action).value}/"
    names = sorted(ACT_FORMS[Action(action)]().fields)

    @FUZZ
    @given(st.dictionaries(st.sampled_from(names), json_values) | json_values)
    def fuzz(body):
        before = row_counts()
        with transaction.atomic():
            answer = root_api.post(url, json.dumps(body), content_type="application/json")
            check_answer(answer)
            if answer.status_code >= 400:
                assert row_counts() == before
            transaction.set_rollback(True)

    fuzz()


@FUZZ
@given(body=json_values)
@pytest.mark.django_db
def test_no_body_breaks_the_token_endpoint(body):
    raw = json.dumps(body)
    check_answer(Client().post("/api/v1/token/", raw, content_type="application/json"))


@pytest.mark.parametrize(
    ("state", "action", "body", "field"),
    [
        ("registered", "accept", {"category": "no-such"}, "category"),
        ("registered", "accept", {"category": ["manhole"]}, "category"),
        ("registered", "accept", {"category": 1}, "category"),
        ("registered", "accept", {"area": "a\x00b"}, "area"),
        ("registered", "accept", {"version": 0}, "version"),
        ("registered", "accept", {"version": "one"}, "version"),
        ("registered", "accept", {"version": [1]}, "version"),
        ("registered", "accept", [], "body"),
        ("registered", "accept", "accept", "body"),
        ("registered", "reject", {}, "reason"),
        ("registered", "reject", {"reason": "tired"}, "reason"),
        ("registered", "answer", {"answer": " "}, "answer"),
        ("registered", "self_handle", {"result": "好了"}, "photos"),
        ("accepted", "dispatch", {}, "department"),
        ("accepted", "dispatch", {"department": "no-such"}, "department"),
        ("accepted", "dispatch", {"grid": "320111001"}, "grid"),
        ("dispatched", "send_back", {}, "reason"),
        ("handling", "resolve", {"result": "x" * 4001}, "result"),
        ("handling", "resolve", {"result": "完成"}, "proof"),
        ("resolved", "rework", {"finding": None}, "finding"),
        ("follow_up", "follow_up", {}, "is_reached"),
        ("follow_up", "follow_up", {"is_reached": True}, "is_solved"),
        ("follow_up", "follow_up", {"is_reached": True, "is_solved": True}, "satisfaction"),
        ("follow_up", "follow_up", {"is_reached": "maybe"}, "is_reached"),
        ("closed", "reopen", {}, "reason"),
        ("handling", "cancel", {"reason": {}}, "reason"),
        ("handling", "remark", {"kind": "gossip", "text": "x"}, "kind"),
        ("registered", "acts", {}, "acts"),
        ("registered", "acts", {"acts": []}, "acts"),
        ("registered", "acts", {"acts": [{"action": "fly"}]}, "acts.0.action"),
    ],
)
def test_each_wrong_field_of_an_act_is_named(
    town, root_api, channel_api, state, action, body, field
):
    number = order_in(town, channel_api, state)
    before = row_counts()
    answer = root_api.post(f"/api/v1/orders/{number}/{action}/", body, format="json")
    assert refusal(answer) == {field}
    assert row_counts() == before
    assert WorkOrder.objects.get().state == state


@pytest.mark.parametrize("key", ["x" * 81, "a\tb", "é"])
def test_hopeless_idempotency_key_is_named(town, api, channel_api, key):
    number = channel_api("hotline", town.call()).data["number"]
    answer = api("dispatcher").post(
        f"/api/v1/orders/{number}/accept/", {}, HTTP_IDEMPOTENCY_KEY=key
    )  # fmt: skip
    assert refusal(answer) == {"Idempotency-Key"}


def test_key_acts_once_and_for_one_act_only(town, api, channel_api):
    first, second = (channel_api("hotline", town.call(f"T-{n}")).data["number"] for n in (1, 2))
    client = api("dispatcher")

    def act(number, action, **body):
        url = f"/api/v1/orders/{number}/{action}/"
        return client.post(url, body, HTTP_IDEMPOTENCY_KEY="k1")

    assert act(first, "accept").data["version"] == 2
    assert act(first, "accept").data["version"] == 2
    assert refusal(act(second, "accept"), 409, "key_reused") == {"Idempotency-Key"}
    assert refusal(act(first, "dispatch", department="D2"), 409, "key_reused")
    assert WorkOrder.objects.get(number=second).state == "registered"


def test_repeat_is_answered_after_the_order_left_ones_sight(town, api, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    api("dispatcher").post(f"/api/v1/orders/{number}/accept/", {"category": "noise"})
    api("dispatcher").post(f"/api/v1/orders/{number}/dispatch/", {"department": "D2"})
    body, key = {"reason": "不属本单位"}, {"HTTP_IDEMPOTENCY_KEY": "back"}
    url = f"/api/v1/orders/{number}/send_back/"
    assert [api("handler").post(url, body, **key).status_code for _ in range(2)] == [200, 200]
    assert WorkOrder.objects.get().events.filter(action="send_back").count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "rubbish"}, "cursor"),
        ({"cursor": "W10="}, "cursor"),
        ({"cursor": "eyJhIjoxLCJiIjoyfQ=="}, "cursor"),
        ({"cursor": "W1sxXSwgMV0="}, "cursor"),
        ({"cursor": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgMWU5OTld"}, "cursor"),
        ({"cursor": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwgMV0="}, "cursor"),
        ({"cursor": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ=="},
         "cursor"),
        ({"size": "0"}, "size"),
        ({"size": "-1"}, "size"),
        ({"size": "201"}, "size"),
        ({"size": "²"}, "size"),
        ({"size": "9" * 50}, "size"),
        ({"ordering": "text"}, "ordering"),
        ({"state": "happy"}, "state"),
        ({"channel": "telegram"}, "channel"),
        ({"channel": "a\x00b"}, "channel"),
        ({"category": "'"}, "category"),
        ({"nature": "gossip"}, "nature"),
        ({"urgency": "panic"}, "urgency"),
        ({"due_before": "tomorrow"}, "due_before"),
        ({"registered_after": "2026-13-01T00:00:00Z"}, "registered_after"),
        ({"department": "a\x00b"}, "department"),
        ({"street": "x" * 200}, "street"),
        ({"grid": "\x00"}, "grid"),
        ({"q": "词" * 201}, "q"),
        ({"q": "a\x00b"}, "q"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("url", ["/api/v1/orders/", "/api/v1/orders/count/"])
def test_each_wrong_filter_is_named(town, api, url, query, field):
    if "count" in url and field in ("cursor", "size", "ordering"):
        return
    assert refusal(api("dispatcher").get(url, query)) == {field}


@pytest.mark.parametrize(
    "query",
    [
        {"registered_after": "0001-01-01T00:00:00+14:00"},
        {"registered_before": "9999-12-31T23:59:59-14:00"},
        {"due_before": "0001-01-01"},
        {"q": "%_\\' \" ( ) * & | ! :"},
        {"q": " "},
        {"q": "👷🏽‍♀️"},
        {"department": "'; DROP TABLE--"},
        {"is_open": "perhaps"},
        {"cursor": ""},
        {"unknown": "x"},
    ],
)
def test_odd_filters_are_answered(town, api, channel_api, query):
    channel_api("hotline", town.call())
    assert api("dispatcher").get("/api/v1/orders/", query).status_code in (200, 400)


def test_deep_cursor_is_refused(town, api):
    cursor = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    assert refusal(api("dispatcher").get("/api/v1/orders/", {"cursor": cursor})) == {"cursor"}


@pytest.mark.parametrize(
    "number", ["1", "9" * 20, "9" * 21, "%00", "..%2f..", "20260101-000001'", "--", "令"]
)
def test_number_that_cannot_be_is_not_found(town, api, number):
    for method, tail in (
        ("get", ""),
        ("post", "accept/"),
        ("post", "reveal/"),
        ("post", "photos/"),
    ):
        answer = getattr(api("dispatcher"), method)(f"/api/v1/orders/{number}/{tail}", {})
        refusal(answer, 404)


def test_wrong_method_has_the_common_shape(town, api):
    refusal(api("dispatcher").delete("/api/v1/orders/"), 405)
    refusal(api("dispatcher").get("/api/v1/token/"), 405)
    refusal(api("dispatcher").get("/api/v1/nothing/"), 404)


# Photos


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


def test_future_time_within_the_clocks_skew_is_taken(town):
    soon = (timezone.now() + timedelta(minutes=5)).isoformat()
    assert deliver(town, payload_of("hotline", occurred_at=soon)).status_code == 201


def test_order_before_any_boundary_is_loaded_is_told_so(db, town, settings):
    settings.DISTRICT_CODE = "999999"
    before = row_counts()
    payload = payload_of("hotline")
    del payload["point"], payload["address"]
    refusal(deliver(town, payload), 503, "no_district")
    assert row_counts() == before
