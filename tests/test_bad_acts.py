"""Bad acts, filters and numbers: a clear 4xx that names the field, no 500, nothing half-written."""

import base64
import json

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from tests.refusals import FUZZ, check_answer, json_values, refusal, row_counts
from workorders.enums import Action
from workorders.forms import ACT_FORMS
from workorders.models import WorkOrder
from workorders.workflow import TABLE


@pytest.fixture
def root_api(town):
    client = APIClient()
    client.force_authenticate(User.objects.create_superuser("root", password=None, name="超级"))
    return client


def order_in(town, channel_api, state):
    number = channel_api("hotline", town.call()).data["number"]
    holder = {"department": town.departments["城管局"], "holder_area": town.areas["东街1社区1格"]}
    changes = {"state": state, **holder}
    if state == "merged":
        other = channel_api("hotline", town.call("T-other")).data["number"]
        changes["merged_into"] = WorkOrder.objects.get(number=other)
    WorkOrder.objects.filter(number=number).update(**changes)
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
        ("registered", "merge", {}, "into"),
        ("registered", "merge", {"into": " "}, "into"),
        ("registered", "merge", {"into": "9" * 21}, "into"),
        ("registered", "merge", {"into": ["x"]}, "into"),
        ("merged", "unmerge", {}, "reason"),
        ("handling", "split", {}, "parts"),
        ("handling", "split", {"parts": []}, "parts"),
        ("handling", "split", {"parts": [{"text": "清扫"}]}, "parts.0.department"),
        ("handling", "split", {"parts": [{"department": "D2"}]}, "parts.0.text"),
        ("handling", "split", {"parts": ["x"]}, "parts.0.non_field_errors"),
        ("handling", "assist", {"text": "帮忙"}, "departments"),
        ("handling", "assist", {"departments": ["no-such"], "text": "帮忙"}, "departments.0"),
        ("handling", "assist", {"departments": ["D3"]}, "text"),
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
    assert WorkOrder.objects.get(number=number).state == state


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
