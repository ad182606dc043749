"""The residents' pages: report without an account, follow by number and code, say "not solved"."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.town import EAST_POINT
from tests.workorders.pages import act, bring_to_follow_up, jpeg, send_to_grid
from workorders.enums import Action
from workorders.models import Photo, WorkOrder
from workorders.views import public

JSON = {"HTTP_ACCEPT": "application/json"}
NOT_FOUND = "没有查到。请核对编号和查询码，两样都要一致。"


@pytest.fixture(autouse=True)
def quiet_site(settings: Any, tmp_path: Path) -> Path:
    """Keep photos apart, count from nothing, and let a test fill in the form at once."""
    settings.MEDIA_ROOT = tmp_path
    settings.PUBLIC_FORM_SECONDS = 0
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    return tmp_path


def asked(**changes: Any) -> dict[str, Any]:
    """Fill in the public form for the east street's first grid."""
    form = {
        "record_uuid": str(uuid.uuid4()),
        "started": public.stamp(),
        "text": "小区门口井盖缺失，晚上很危险。",
        "address": "演示路一号",
        "lon": EAST_POINT["lon"],
        "lat": EAST_POINT["lat"],
    }
    return form | changes


def submitted(client: Client, **changes: Any) -> WorkOrder:
    answer = client.post("/", asked(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return WorkOrder.objects.get(channel__code="public")


def link(order: WorkOrder) -> str:
    return f"/track/{order.number}/{order.tracking_code}/"


def test_report_is_registered_and_answered_with_number_and_code(town, client):
    answer = client.post("/", asked(photos=jpeg()))
    order = WorkOrder.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{link(order)}?received=1")
    assert (order.channel.code, order.grid.name) == ("public", "东街1社区1格")
    assert [photo.stage for photo in order.photos.all()] == ["report"]
    page = client.get(answer.url).content.decode()
    assert (order.number in page, order.tracking_code in page) == (True, True)


def test_double_click_is_one_order(town, client):
    form = asked()
    places = {client.post("/", form | {"photos": jpeg()}).url for _ in range(2)}
    assert (len(places), WorkOrder.objects.count(), Photo.objects.count()) == (1, 1, 1)


def test_module_gets_the_place_to_go(town, client):
    answer = client.post("/", asked(), **JSON)
    assert answer.json() == {"location": f"{link(WorkOrder.objects.get())}?received=1"}


def test_report_without_any_place_is_not_lost(town, client):
    order = submitted(client, lon="", lat="", address="")
    assert (order.place_source, order.street) == ("unknown", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "短"}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"address": "长" * 201}, "address"),
        ({"lon": "120", "lat": "30"}, "point"),
        ({"lon": "east", "lat": "32"}, "point.lon"),
        ({"phone": "13900000000"}, "consent"),
        ({"phone": "<script>", "consent": "1"}, "resident.phone"),
        ({"name": "长" * 31, "consent": "1"}, "resident.name"),
        ({"record_uuid": "x"}, "record_uuid"),
        ({"photos": SimpleUploadedFile("a.jpg", b"MZ" + b"\0" * 900)}, "photos"),
    ],
)
def test_bad_report_names_its_field_and_writes_nothing(town, client, changes, field):
    answer = client.post("/", asked(**changes), **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert (WorkOrder.objects.count(), Photo.objects.count()) == (0, 0)


def test_refused_report_keeps_the_words_without_javascript(town, client):
    page = client.post("/", asked(text="写好的内容，但是位置不对", lon="120", lat="30"))
    assert page.status_code == 400
    assert "写好的内容，但是位置不对" in page.content.decode()


def test_script_and_control_characters_stay_text(town, client):
    order = submitted(client, text="<script>alert(1)</script>\x00\x07'; DROP TABLE x; 😀")
    assert order.text == "<script>alert(1)</script>'; DROP TABLE x; 😀"
    page = client.get(link(order)).content.decode()
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


def test_reporter_is_kept_only_with_consent_and_shown_masked_nowhere(town, client):
    order = submitted(client, name="演示居民", phone="139 0000 0000", consent="1")
    assert order.reporter.phone_masked == "139******00"
    page = client.get(link(order)).content.decode()
    assert ("演示居民" in page, "1390000" in page, "139***" in page) == (False, False, False)


def test_hidden_field_and_haste_are_for_programs(town, client, settings):
    assert client.post("/", asked(website="x"), **JSON).json()["code"] == "not_a_person"
    assert client.post("/", asked(started="forged:1:x"), **JSON).json()["code"] == "form_expired"
    settings.PUBLIC_FORM_SECONDS = 60
    assert client.post("/", asked(), **JSON).json()["code"] == "too_quick"
    assert WorkOrder.objects.count() == 0


def test_expired_form_gets_a_new_stamp(town, client, settings):
    settings.PUBLIC_FORM_HOURS = -1
    answer = client.post("/", asked(), **JSON).json()
    assert (answer["code"], answer["started"].startswith("form:")) == ("form_expired", True)


def test_reports_of_one_address_are_limited(town, client, settings):
    settings.PUBLIC_REPORTS_PER_HOUR = 2
    codes = [client.post("/", asked()).status_code for _ in range(3)]
    assert (codes, WorkOrder.objects.count()) == ([302, 302, 429], 2)


def test_reports_are_taken_while_redis_is_away(town, client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    order = submitted(client)
    assert client.get(link(order)).status_code == 200
    assert client.get(f"/track/{order.number}/WRONG/").status_code == 404


def test_closed_channel_names_the_hotline(town, client):
    town.channels["public"].is_active = False
    town.channels["public"].save()
    answer = client.post("/", asked(), **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "channel_closed")


def test_link_opens_with_number_and_code_together_only(town, client):
    order = submitted(client)
    assert client.get(link(order)).status_code == 200
    for number, code in (
        (order.number, "BCDFGHJKMN"),
        ("20200101-000001", order.tracking_code),
        ("20200101-000001", "BCDFGHJKMN"),
        ("%00", "%00"),
        ("号" * 300, "码" * 300),
    ):
        page = client.get(f"/track/{number}/{code}/")
        assert page.status_code == 404
        assert NOT_FOUND in page.content.decode()
        form = client.post("/track/", {"number": number, "code": code})
        assert form.status_code == 404
        assert NOT_FOUND in form.content.decode()


def test_form_opens_the_order_for_a_code_typed_in_small_letters(town, client):
    order = submitted(client)
    form = {"number": f" {order.number} ", "code": order.tracking_code.lower()}
    assert client.post("/track/", form).url == link(order)


def test_guessing_is_stopped_even_for_the_right_code(town, client, settings):
    settings.PUBLIC_GUESSES_PER_HOUR = 2
    order = submitted(client)
    codes = [client.get(f"/track/{order.number}/WRONG{n}/").status_code for n in range(3)]
    assert codes == [404, 404, 429]
    assert client.get(link(order)).status_code == 429


def test_progress_follows_the_order_in_plain_words(town, client):
    order = submitted(client)
    words = [client.get(link(order)).context["progress"].words]
    send_to_grid(town, order.number)
    words.append(client.get(link(order)).context["progress"].words)
    act(town, "worker", order.number, Action.SIGN)
    words.append(client.get(link(order)).context["progress"].words)
    assert words == ["已收到，等待受理", "已交给承办单位", "承办单位正在办理"]
    steps = client.get(link(order)).context["progress"].steps
    assert [stand for _, stand in steps] == ["done", "done", "current", "ahead", "ahead"]


def test_page_tells_no_names_and_no_internal_notes(town, client):
    order = submitted(client)
    act(town, "dispatcher", order.number, Action.REMARK, kind="internal", text="内部意见甲")
    act(
        town,
        "dispatcher",
        order.number,
        Action.REMARK,
        kind="progress",
        text="已安排，电话13911112222",
    )
    send_to_grid(town, order.number)
    page = client.get(link(order)).content.decode()
    assert "已安排，电话139******22" in page
    for hidden in ("内部意见甲", "dispatcher", "13911112222", "worker"):
        assert hidden not in page


def test_result_is_shown_once_it_was_checked(town, client):
    order = submitted(client)
    send_to_grid(town, order.number)
    act(town, "worker", order.number, Action.SIGN)
    act(town, "worker", order.number, Action.RESOLVE, result="已更换井盖", proof="维修单")
    assert client.get(link(order)).context["progress"].result == ""
    act(town, "supervisor", order.number, Action.PASS_CHECK)
    assert client.get(link(order)).context["progress"].result == "已更换井盖"


def test_resident_is_asked_only_in_follow_up(town, client):
    order = submitted(client)
    assert client.get(link(order)).context["progress"].is_asked is False
    bring_to_follow_up(town, order.number)
    assert client.get(link(order)).context["progress"].is_asked is True


def test_yes_closes_the_order_with_the_satisfaction(town, client):
    order = submitted(client)
    bring_to_follow_up(town, order.number)
    form = {"is_solved": "yes", "satisfaction": "basically_satisfied"}
    assert client.post(f"{link(order)}answer/", form).url == link(order)
    order.refresh_from_db()
    assert (order.state, order.is_solved, order.satisfaction) == (
        "closed", True, "basically_satisfied",
    )  # fmt: skip


def test_no_returns_the_order_to_be_handled(town, client):
    order = submitted(client)
    bring_to_follow_up(town, order.number)
    form = {"is_solved": "no", "note": "盖子还是松的"}
    assert client.post(f"{link(order)}answer/", form).status_code == 302
    order.refresh_from_db()
    event = order.events.get(action="follow_up")
    assert (order.state, order.is_solved) == ("handling", False)
    assert (event.actor_kind, event.note, event.actor) == ("resident", "盖子还是松的", None)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "is_solved"),
        ({"is_solved": "perhaps"}, "is_solved"),
        ({"is_solved": "no", "note": " "}, "note"),
        ({"is_solved": "yes"}, "satisfaction"),
        ({"is_solved": "yes", "satisfaction": "delighted"}, "satisfaction"),
    ],
)
def test_incomplete_answer_is_named_at_its_field(town, client, form, field):
    order = submitted(client)
    bring_to_follow_up(town, order.number)
    page = client.post(f"{link(order)}answer/", form)
    assert (page.status_code, list(page.context["problem"].fields)) == (400, [field])
    order.refresh_from_db()
    assert order.state == "follow_up"


def test_answer_needs_the_code_and_the_question(town, client):
    order = submitted(client)
    form = {"is_solved": "no", "note": "没有"}
    assert client.post(f"{link(order)}answer/", form).status_code == 409
    bring_to_follow_up(town, order.number)
    assert client.post(f"/track/{order.number}/WRONG/answer/", form).status_code == 404
    order.refresh_from_db()
    assert order.state == "follow_up"


def test_staff_sign_in_is_one_link_away(town, client):
    page = client.get("/").content.decode()
    assert ('href="/sign-in/"' in page, "区" in page) == (True, True)


def test_form_without_its_token_gets_words_not_a_blank_page(town):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/", asked(), **JSON).json()["code"] == "csrf_failed"
    page = strict.post("/", asked())
    assert (page.status_code, "请刷新页面后再提交" in page.content.decode()) == (403, True)


def test_too_large_upload_gets_a_page_or_json(town, client, settings):
    settings.UPLOAD_BYTES_LIMIT = 1000
    refused = client.post("/", {"photos": SimpleUploadedFile("a.jpg", b"x" * 2000)}, **JSON)
    assert refused.json()["code"] == "too_large"
    page = client.post("/", {"photos": SimpleUploadedFile("a.jpg", b"x" * 2000)})
    assert (page.status_code, page["Content-Type"]) == (413, "text/html; charset=utf-8")


def test_map_of_the_page_shows_streets_and_nothing_of_anybody(town, client, number):
    answer = client.get("/areas/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
    features = answer.json()["features"]
    assert [set(one["properties"]) for one in features] == [{"code", "name", "label"}] * 2
    assert [one["properties"]["name"] for one in features] == ["东街", "西街"]
    assert number not in answer.content.decode()
    again = client.get("/areas/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    town.areas["东街"].name = "新街"
    town.areas["东街"].save(update_fields=["name"])
    assert (
        "新街" in client.get("/areas/", headers={"If-None-Match": answer["ETag"]}).content.decode()
    )
    assert client.post("/areas/").status_code == 405
