"""The console through HTTP: who sees what, in which views, pages and search boxes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from tests.workorders.console_page import act, pane_of
from workorders.models import Event, WorkOrder

ADDRESSES = [
    "/console/",
    "/console/queue/",
    "/console/rows/?numbers=1",
    "/console/views/",
    "/console/pick/holders/",
    "/console/orders/20260101-000001/",
    "/home/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_stranger_is_sent_to_sign_in(db, address):
    assertRedirects(
        Client().get(address),
        f"/sign-in/?next={address.replace('?', '%3F').replace('=', '%3D')}",
        fetch_redirect_response=False,
    )


@pytest.mark.parametrize("action", ["accept", "reveal"])
def test_stranger_acts_on_nothing(number, action):
    answer = Client().post(f"/console/orders/{number}/{action}/", {"purpose": "x"})
    assert answer.status_code == 302
    assert WorkOrder.objects.get().state == "registered"


def test_outsider_sees_nothing(desk, number):
    west = desk("west")
    page = west.get(f"/console/?order={number}")
    assertNotContains(page, "安全隐患")
    assert page.context["queue"].rows == []
    assert [counter.count for counter in page.context["counters"]] == [0] * 8
    assert west.get(f"/console/rows/?numbers={number}").context["rows"] == []
    assertNotContains(pane_of(west, number, 404), "安全隐患", status_code=404)
    for action in ("accept", "remark", "cancel"):
        assert act(west, number, action, text="x", reason="x").status_code == 404
    assert west.post(f"/console/orders/{number}/reveal/", {"purpose": "x"}).status_code == 404
    assert Event.objects.count() == 1


def test_person_without_posts_gets_a_friendly_page(town, db):
    client = Client()
    client.force_login(User.objects.create_user("newcomer", password="x", name="新人"))
    assertContains(client.get("/console/"), "您暂无查看工单的岗位", status_code=403)
    assert client.get("/console/queue/").status_code == 404


DUE = ["soon", "late"]
WATCHED = ["unanswered", "returned", "reopened"]
VIEWS = {
    "dispatcher": ["registered", "verifying", "accepted", *DUE, "unplaced", "open", "ended"],
    "handler": ["mine", "suspended", *WATCHED, *DUE, "open", "ended"],
    "worker": ["verifying", "mine", "suspended", *WATCHED, *DUE, "open", "ended"],
    "supervisor": ["asked_for", "suspended", "resolved", *WATCHED, *DUE, "open", "ended"],
    "clerk": ["follow_up", "merged", *DUE, "open", "ended"],
    "leader": [*DUE, "open", "ended"],
}


@pytest.mark.parametrize("username", VIEWS)
def test_views_follow_the_rights_held(desk, username):
    page = desk(username).get("/console/")
    assert [counter.view.key for counter in page.context["counters"]] == VIEWS[username]


@pytest.mark.parametrize("sort", ["due", "new"])
def test_queue_pages_show_every_order_once(desk, town, channel_api, sort, monkeypatch):
    monkeypatch.setattr("workorders.views.console_queue.ROWS", 2)
    wanted = {channel_api("hotline", town.call(f"T-{index}")).data["number"] for index in range(5)}
    client, cursor, seen = desk("dispatcher"), "", []
    while True:
        answer = client.get("/console/queue/", {"view": "open", "sort": sort, "cursor": cursor})
        queue = answer.context["queue"]
        seen += [row.order.number for row in queue.rows]
        cursor = queue.next_cursor
        if not cursor:
            break
    assert (len(seen), set(seen)) == (5, wanted)


def test_queue_pages_keep_orders_without_a_deadline(desk, town, channel_api, monkeypatch):
    monkeypatch.setattr("workorders.views.console_queue.ROWS", 2)
    numbers = [channel_api("hotline", town.call(f"T-{n}")).data["number"] for n in range(5)]
    WorkOrder.objects.filter(number__in=numbers[:3]).update(due_at=None)
    client, cursor, seen = desk("dispatcher"), "", []
    for _ in range(3):
        queue = client.get("/console/queue/", {"view": "open", "cursor": cursor}).context["queue"]
        seen += [row.order.number for row in queue.rows]
        cursor = queue.next_cursor
    assert (cursor, sorted(seen)) == ("", numbers)


FILTERS = [
    ("q=井盖", 1),
    ("q=没有这些字", 0),
    ("street=320111001", 1),
    ("street=320111002", 0),
    ("category=manhole", 1),
    ("category=noise", 0),
    ("channel=hotline", 1),
    ("urgency=urgent", 0),
    ("category=no-such", 0),
    ("urgency=%00", 0),
    ("q=%00井盖", 0),
    ("cursor=rubbish", 0),
    ("view=no-such", 1),
    ("sort=no-such", 1),
]


@pytest.mark.parametrize(("query", "count"), FILTERS)
def test_filters_of_the_address_narrow_the_queue(desk, number, query, count):
    answer = desk("dispatcher").get(f"/console/queue/?view=registered&{query}")
    assert (answer.status_code, len(answer.context["queue"].rows)) == (200, count)


def test_row_says_whether_it_still_belongs_to_the_view(desk, town, number):
    dispatcher = desk("dispatcher")
    url = f"/console/rows/?numbers={number},no-such&view=registered"
    assert [row.is_in_view for row in dispatcher.get(url).context["rows"]] == [True]
    act(dispatcher, number, "accept", category="manhole")
    assert [row.is_in_view for row in dispatcher.get(url).context["rows"]] == [False]


@pytest.mark.parametrize(
    ("source", "words", "names"),
    [
        ("holders", "城管", ["城管局"]),
        ("holders", "东街1社区1格", ["东街1社区1格"]),
        ("areas", "西街", []),
        ("areas", "东街1社区", ["东街1社区", "东街1社区1格", "东街1社区2格"]),
        ("categories", "噪声", ["噪声扰民"]),
        ("categories", "井盖", ["井盖缺失"]),
    ],
)
def test_search_box_offers_what_one_may_choose(desk, source, words, names):
    answer = desk("east").get(f"/console/pick/{source}/", {"q": words})
    assert [choice.name for choice in answer.context["choices"]] == names


def test_search_box_of_an_unknown_kind_is_not_found(desk):
    assert desk("east").get("/console/pick/people/").status_code == 404


@pytest.mark.parametrize("address", ["/console/?view=open", "/console/queue/?view=open"])
def test_queries_do_not_grow_with_the_rows(desk, town, channel_api, address):
    client = desk("dispatcher")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    channel_api("hotline", town.call("T-1"))
    client.get(address)
    one = count()
    for index in (2, 3):
        channel_api("hotline", town.call(f"T-{index}"))
    assert count() == one


def test_queries_of_an_order_do_not_grow_with_its_history(desk, town, number):
    client = desk("dispatcher")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            pane_of(client, number)
        return len(captured)

    count()  # what the dispatcher may do is in memory from now on
    one = count()
    for text in ("一", "二", "三"):
        act(client, number, "remark", text=text)
    assert count() == one


@pytest.mark.parametrize(
    ("username", "agent", "address"),
    [
        ("dispatcher", "Desk", "/console/"),
        ("dispatcher", "iPhone Mobile", "/console/"),
        ("handler", "Desk", "/console/"),
        ("handler", "Android Mobile", "/console/"),
        ("worker", "Desk", "/m/"),
        ("clerk", "Desk", "/console/"),
        ("supervisor", "Desk", "/console/"),
        ("leader", "Desk", "/wall/"),
    ],
)
def test_home_leads_to_the_page_of_ones_work(desk, username, agent, address):
    answer = desk(username).get("/home/", headers={"User-Agent": agent})
    assertRedirects(answer, address, fetch_redirect_response=False)


RUBBISH = ["%00", "x" * 400, "'--", "<script>", "%F0%9F%98%80", "../..", "%E2%80%AE"]


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize(
    "address",
    [
        "/console/?order={}",
        "/console/?view={0}&q={0}&street={0}&cursor={0}",
        "/console/orders/{}/",
        "/console/rows/?numbers={}",
        "/console/pick/holders/?q={}",
        "/console/pick/categories/?q={}",
    ],
)
def test_rubbish_in_the_address_is_no_fault(desk, address, rubbish):
    answer = desk("dispatcher").get(address.format(rubbish), headers={"HX-Request": "true"})
    assert answer.status_code in (200, 302, 404)
    assert b"<script>" not in answer.content.replace(b"<script src", b"")
