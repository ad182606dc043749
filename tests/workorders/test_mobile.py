"""The grid worker's phone pages."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from grids.services import appoint
from tests.town import EAST_POINT, WEST_POINT, Town
from tests.workorders.pages import act, jpeg, send_to_grid
from workorders.enums import Action
from workorders.models import Event, Photo, WorkOrder

JSON = {"HTTP_ACCEPT": "application/json"}
REPORT = "/m/report/"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def phone(town: Town) -> Callable[[str], Client]:
    """Give a browser client signed in as one of the town's people."""

    def client(username: str) -> Client:
        client = Client()
        client.force_login(
            town.people[username], backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return client


@pytest.fixture
def held(town: Town, channel_api: Any) -> str:
    """Give the number of an order that waits for the east worker's signature."""
    number = channel_api("hotline", town.call()).data["number"]
    send_to_grid(town, number)
    return number


def found(**changes: Any) -> dict[str, Any]:
    """Fill in the report form for the east street's first grid."""
    form = {
        "record_uuid": str(uuid.uuid4()),
        "category": "manhole",
        "text": "巡查发现井盖缺失",
        "lon": EAST_POINT["lon"],
        "lat": EAST_POINT["lat"],
        "mode": "submit",
    }
    return form | changes


def files_in(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def state_of(number: str) -> str:
    return WorkOrder.objects.values_list("state", flat=True).get(number=number)


@pytest.mark.parametrize("path", ["/m/", "/m/orders/20260101-000001/", REPORT, "/m/me/"])
def test_anonymous_is_sent_to_sign_in(town, client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/sign-in/?next={path}")


def test_todo_shows_own_orders_only(town, phone, held):
    assert [row.number for row, _ in phone("worker").get("/m/").context["orders"]] == [held]
    assert phone("west-worker").get("/m/").context["orders"] == []


def test_todo_leads_with_the_clock_that_ends_first(town, phone, held):
    ((_, clock),) = phone("worker").get("/m/").context["orders"]
    assert clock.kind == "signing"


def test_resolved_order_moves_to_the_waiting_list(town, phone, held):
    act(town, "worker", held, Action.SIGN)
    act(town, "worker", held, Action.RESOLVE, result="已更换", proof="维修单")
    worker = phone("worker")
    assert worker.get("/m/").context["totals"] == {"todo": 0, "waiting": 1}
    assert [row.number for row, _ in worker.get("/m/?view=waiting").context["orders"]] == [held]


def test_unknown_view_is_not_found(town, phone):
    assert phone("worker").get("/m/?view=all").status_code == 404


def test_outsider_neither_reads_nor_acts(town, phone, held):
    west = phone("west-worker")
    assert west.get(f"/m/orders/{held}/").status_code == 404
    assert west.post(f"/m/orders/{held}/call/").status_code == 404
    for verb in ("sign", "resolve", "remark", "send_back"):
        form = {"result": "x", "reason": "x", "text": "x", "kind": "internal"}
        assert west.post(f"/m/orders/{held}/{verb}/", form).status_code == 404
    assert state_of(held) == "dispatched"
    assert AccessLog.objects.filter(kind="personal_viewed").count() == 0


def test_page_shows_no_telephone_number(town, phone, held):
    page = phone("worker").get(f"/m/orders/{held}/").content.decode()
    assert ("13900000000" in page, "139******00" in page) == (False, True)


def test_call_shows_the_number_and_is_on_record(town, phone, held):
    page = phone("worker").post(f"/m/orders/{held}/call/").content.decode()
    assert 'href="tel:13900000000"' in page
    log = AccessLog.objects.get(kind="personal_viewed")
    assert (log.username, log.subject, log.purpose) == ("worker", held, "现场联系")


def test_sign_and_resolve_with_photo(town, phone, held):
    worker = phone("worker")
    answer = worker.post(f"/m/orders/{held}/sign/", {"version": 3, "key": "a"})
    assert (answer.status_code, answer.url) == (302, f"/m/orders/{held}/")
    form = {"version": 4, "key": "b", "result": "已更换井盖", "after": jpeg()}
    answer = worker.post(f"/m/orders/{held}/resolve/", form)
    assert (answer.status_code, answer.url) == (302, "/m/")
    order = WorkOrder.objects.get(number=held)
    assert (order.state, order.result) == ("resolved", "已更换井盖")
    photo = order.photos.get()
    assert (photo.stage, photo.uploaded_by) == ("after", town.people["worker"])


def test_contacted_remark_meets_the_first_contact_clock(town, phone, held):
    form = {"kind": "contacted", "text": "已电话联系", "key": "a"}
    assert phone("worker").post(f"/m/orders/{held}/remark/", form).status_code == 302
    clock = WorkOrder.objects.get(number=held).clocks.get(kind="first_contact")
    assert clock.met_at is not None


def test_double_tap_acts_and_stores_once(town, phone, held):
    act(town, "worker", held, Action.SIGN)
    worker = phone("worker")
    for _ in range(2):
        form = {"result": "已更换", "key": "same", "after": jpeg()}
        assert worker.post(f"/m/orders/{held}/resolve/", form).status_code == 302
    assert Event.objects.filter(action="resolve").count() == 1
    assert Photo.objects.count() == 1


def test_double_tap_on_send_back_is_no_error(town, phone, held):
    worker = phone("worker")
    for _ in range(2):
        form = {"reason": "不在本网格", "key": "same"}
        assert worker.post(f"/m/orders/{held}/send_back/", form).status_code == 302
    assert state_of(held) == "accepted"


def test_stale_version_keeps_the_words_and_tells(town, phone, held):
    act(town, "worker", held, Action.SIGN)
    form = {"version": 3, "result": "写了很久的结果", "key": "a", "after": jpeg()}
    worker = phone("worker")
    page = worker.post(f"/m/orders/{held}/resolve/", form)
    assert page.status_code == 409
    assert "写了很久的结果" in page.content.decode()
    form["after"] = jpeg()
    answer = worker.post(f"/m/orders/{held}/resolve/", form, **JSON).json()
    assert (answer["code"], answer["version"]) == ("stale_version", 4)


def test_refused_act_leaves_no_photo_behind(town, phone, held, media):
    form = {"result": "没有签收就办结", "after": jpeg()}
    answer = phone("worker").post(f"/m/orders/{held}/resolve/", form, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "action_not_allowed")
    assert (Photo.objects.count(), files_in(media)) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"MZ" + b"\0" * 3000),
        ("half.jpg", jpeg().read()[:400]),
        ("empty.jpg", b" "),
        ("page.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
    ],
)
def test_what_is_no_photo_is_refused_whole(town, phone, held, media, name, content):
    act(town, "worker", held, Action.SIGN)
    bad = SimpleUploadedFile(name, content, "image/jpeg")
    form = {"result": "已更换", "after": [jpeg(), bad]}
    answer = phone("worker").post(f"/m/orders/{held}/resolve/", form, **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["after"])
    assert (state_of(held), Photo.objects.count(), files_in(media)) == ("handling", 0, 0)


def test_too_large_photo_is_named(town, phone, held, settings):
    settings.PHOTO_BYTES_LIMIT = 500
    act(town, "worker", held, Action.SIGN)
    form = {"result": "已更换", "after": jpeg("big.jpg")}
    answer = phone("worker").post(f"/m/orders/{held}/resolve/", form, **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["after"])


def test_empty_result_is_named_at_its_field(town, phone, held):
    act(town, "worker", held, Action.SIGN)
    answer = phone("worker").post(f"/m/orders/{held}/resolve/", {"result": " "}, **JSON)
    assert (answer.status_code, answer.json()["fields"]) == (400, {"result": ["请填写"]})


def test_unknown_act_is_not_found(town, phone, held):
    assert phone("worker").post(f"/m/orders/{held}/cancel/", {"reason": "x"}).status_code == 404


def test_report_lands_in_its_grid_with_photo_and_author(town, phone):
    answer = phone("worker").post(REPORT, found(photos=jpeg()))
    assert (answer.status_code, answer.url) == (302, REPORT)
    order = WorkOrder.objects.get()
    assert (order.channel.code, order.state, order.grid.name) == (
        "patrol", "registered", "东街1社区1格",
    )  # fmt: skip
    assert [photo.stage for photo in order.photos.all()] == ["report"]
    assert order.events.get().actor == town.people["worker"]


def test_report_twice_is_one_order(town, phone):
    form = found()
    for _ in range(2):
        assert phone("worker").post(REPORT, form | {"photos": jpeg()}).status_code == 302
    assert (WorkOrder.objects.count(), Photo.objects.count()) == (1, 1)


def test_report_by_category_alone_needs_no_words(town, phone):
    phone("worker").post(REPORT, found(text=""))
    assert WorkOrder.objects.get().text == "现场发现：井盖缺失"


def test_report_without_position_takes_the_chosen_grid(town, phone):
    grid = town.areas["东街1社区1格"]
    phone("worker").post(REPORT, found(lon="", lat="", grid=grid.code))
    order = WorkOrder.objects.get()
    assert (order.grid, order.community, order.point) == (grid, grid.parent, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lon": "120.0", "lat": "30.0"}, "point"),
        ({"lon": "nan", "lat": "32"}, "point.lon"),
        ({"lon": "", "lat": "", "grid": "no-such-grid"}, "grid"),
        ({"category": "no-such"}, "category"),
        ({"category": "", "text": ""}, "text"),
        ({"text": "长" * 10_001}, "text"),
        ({"address": "长" * 201}, "address"),
        ({"record_uuid": "once"}, "record_uuid"),
    ],
)
def test_bad_report_names_its_field(town, phone, changes, field):
    answer = phone("worker").post(REPORT, found(**changes), **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert WorkOrder.objects.count() == 0


def test_refused_report_keeps_the_words_without_javascript(town, phone):
    page = phone("worker").post(REPORT, found(text="写好的说明", lon="120", lat="30"))
    assert page.status_code == 400
    assert "写好的说明" in page.content.decode()


def test_self_handled_report_is_closed_with_both_photos(town, phone):
    form = found(mode="self_handle", result="已当场清理", photos=jpeg(), after=jpeg())
    assert phone("worker").post(REPORT, form).status_code == 302
    order = WorkOrder.objects.get()
    assert (order.state, order.result) == ("closed", "已当场清理")
    assert sorted(photo.stage for photo in order.photos.all()) == ["after", "before"]


@pytest.mark.parametrize("missing", ["photos", "after"])
def test_self_handling_needs_both_photos(town, phone, media, missing):
    form = found(mode="self_handle", result="已当场清理", photos=jpeg(), after=jpeg())
    del form[missing]
    answer = phone("worker").post(REPORT, form, **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["photos"])
    assert (WorkOrder.objects.count(), Photo.objects.count(), files_in(media)) == (0, 0, 0)


def test_self_handling_elsewhere_is_refused_and_writes_nothing(town, phone, media):
    form = found(mode="self_handle", result="x", photos=jpeg(), after=jpeg(), **WEST_POINT)
    answer = phone("worker").post(REPORT, form, **JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (403, ["point"])
    assert (WorkOrder.objects.count(), files_in(media)) == (0, 0)


def test_report_elsewhere_in_the_district_is_taken(town, phone):
    phone("worker").post(REPORT, found(**WEST_POINT))
    assert WorkOrder.objects.get().grid.name == "西街1社区1格"


def test_report_needs_the_right_to_report(town, phone):
    assert phone("handler").get(REPORT).status_code == 403
    assert phone("handler").post(REPORT, found()).status_code == 403
    assert WorkOrder.objects.count() == 0


def test_report_through_a_closed_channel_says_so(town, phone):
    town.channels["patrol"].is_active = False
    town.channels["patrol"].save()
    answer = phone("worker").post(REPORT, found(), **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "channel_closed")


def test_me_counts_own_acts_of_today(town, phone, held):
    worker = phone("worker")
    worker.post(f"/m/orders/{held}/sign/", {"key": "a"})
    worker.post(REPORT, found())
    context = worker.get("/m/me/").context
    assert dict(context["day"]) == {"上报": 1, "签收": 1, "办结上报": 0, "自行处置": 0}
    assert [row.number for row in context["reports"]] == [
        WorkOrder.objects.get(channel__code="patrol").number
    ]
    assert [post.area.name for post in context["posts"]] == ["东街1社区1格"]


def test_usual_categories_come_first(town, phone):
    worker = phone("worker")
    names = [row.name for row in worker.get(REPORT).context["usual"]]
    assert names == ["井盖缺失", "噪声扰民"]
    worker.post(REPORT, found(category="noise"))
    assert [row.name for row in worker.get(REPORT).context["usual"]] == ["噪声扰民", "井盖缺失"]


def test_worker_of_several_grids_sees_the_orders_of_all(town, phone, channel_api, held):
    grid = town.areas["东街1社区2格"]
    appoint(
        user=town.people["worker"], role="grid_worker", area=grid,
        starts_on=town.people["worker"].posts.get().starts_on,
    )  # fmt: skip
    point = {"lon": 118.67, "lat": 32.02}
    second = channel_api("hotline", town.call("T-2", point=point)).data["number"]
    send_to_grid(town, second, grid.name)
    numbers = {row.number for row, _ in phone("worker").get("/m/").context["orders"]}
    assert numbers == {held, second}


def queries(client: Client, path: str) -> int:
    """Count the queries of a page read for the second time, when caches are warm."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_the_orders(town, phone, channel_api, held):
    worker = phone("worker")
    paths = ["/m/", "/m/me/", REPORT, f"/m/orders/{held}/"]
    worker.post(REPORT, found())
    before = [queries(worker, path) for path in paths]
    for number in ("T-2", "T-3"):
        send_to_grid(town, channel_api("hotline", town.call(number)).data["number"])
        worker.post(REPORT, found())
    assert [queries(worker, path) for path in paths] == before


def test_repeat_as_self_handled_does_not_claim_a_close(town, phone):
    form = found()
    worker = phone("worker")
    worker.post(REPORT, form)
    both = {"photos": jpeg(), "after": jpeg()}
    page = worker.post(REPORT, form | both | {"mode": "self_handle", "result": "x"}, follow=True)
    order = WorkOrder.objects.get()
    assert (order.state, order.photos.count()) == ("registered", 0)
    assert f"这一条先前已经收到，编号 {order.number}" in page.content.decode()


def test_handler_sees_no_tab_that_refuses_them(town, phone):
    page = phone("handler").get("/m/").content.decode()
    assert (REPORT in page, "/m/me/" in page) == (False, True)


@pytest.mark.parametrize("number", ["%00", "20260101-000001", "%E5%8F%B7", "x" * 300])
def test_strange_number_is_not_found(town, phone, number):
    worker = phone("worker")
    assert worker.get(f"/m/orders/{number}/").status_code == 404
    assert worker.post(f"/m/orders/{number}/sign/", {"key": "\x00"}).status_code == 404
    assert worker.post(f"/m/orders/{number}/call/").status_code == 404
