"""Bad input: a clear 4xx that names the field, no 500, nothing half-written."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from tests.refusals import (
    FUZZ,
    check_answer,
    deliver,
    json_values,
    payload_of,
    refusal,
    row_counts,
)
from tests.town import EAST_POINT
from workorders.intake import ADAPTERS
from workorders.models import WorkOrder


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
