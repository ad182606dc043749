"""The filters of the queue: in the address, in words, and kept under a name."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.utils import timezone

from tests.town import WEST_POINT
from workorders.models import SavedFilter, WorkOrder

HTMX = {"HX-Request": "true"}


def keep(client, name="急件", query="view=open&urgency=urgent", **given):
    posted = {"name": name, "query": query, **given}
    return client.post("/console/filters/", posted, headers=HTMX)


def names(client):
    saved = client.get("/console/").context["saved"]
    return [row.name for row in saved.own], [row.name for row in saved.shared]


def test_filter_is_kept_for_oneself(desk, number):
    dispatcher = desk("dispatcher")
    assert keep(dispatcher).status_code == 200
    assert names(dispatcher) == (["急件"], [])
    assert names(desk("east")) == ([], [])
    assert SavedFilter.objects.get().query == "view=open&urgency=urgent"


def test_filter_is_shared_with_one_department(desk, town, number):
    dispatcher = desk("dispatcher")
    assert keep(dispatcher, department="D1").status_code == 200
    for person in ("clerk", "supervisor", "leader"):
        assert names(desk(person)) == ([], ["急件"]), person
    for person in ("east", "handler", "worker"):
        assert names(desk(person)) == ([], []), person


def test_shared_filter_shows_each_their_own_orders(desk, town, number):
    query = "view=open&category=manhole"
    for person, count in (("dispatcher", 1), ("east", 1), ("west", 0)):
        answer = desk(person).get(f"/console/queue/?{query}")
        assert len(answer.context["queue"].rows) == count, person


def figures(client):
    """Give the figure beside each kept filter, by name; None where there is none."""
    context = client.get("/console/views/").context
    rows = [*context["own_filters"], *context["shared_filters"]]
    return {row.name: figure and (figure.count, figure.is_capped) for row, figure in rows}


def test_each_kept_filter_shows_its_number(desk, town, channel_api, number):
    channel_api("hotline", town.call("T-2", point=WEST_POINT, urgency="urgent"))
    dispatcher = desk("dispatcher")
    for name, query in (
        ("在办", "view=open"),
        ("急件", "view=open&urgency=urgent"),
        ("东街", "view=open&street=320111001"),
        ("无", "view=open&category=noise"),
        ("搜索", "view=open&q=井盖"),
        ("办结", "view=ended&urgency=urgent"),
    ):
        keep(dispatcher, name=name, query=query)
    wanted = {
        "在办": (2, False), "急件": (1, False), "东街": (1, False), "无": (0, False),
        "搜索": None, "办结": None,
    }  # fmt: skip
    assert figures(dispatcher) == wanted
    page = dispatcher.get("/console/").content.decode()
    assert page.count('class="views__count figures" data-count="2"') >= 1


def test_shared_filter_counts_what_its_reader_sees(desk, town, channel_api, number):
    channel_api("hotline", town.call("T-2", point=WEST_POINT))
    keep(desk("dispatcher"), name="在办", query="view=open", department="D1")
    assert figures(desk("clerk")) == {"在办": (2, False)}
    SavedFilter.objects.update(department=town.departments["西街中心"])
    assert figures(desk("west")) == {"在办": (1, False)}
    assert figures(desk("east")) == {}


def test_figures_are_capped_and_cost_one_query(desk, number, query_count, monkeypatch):
    dispatcher = desk("dispatcher")
    keep(dispatcher, name="1", query="view=open&urgency=normal")
    one = query_count(lambda: dispatcher.get("/console/views/"))
    for name in ("2", "3"):
        keep(dispatcher, name=name, query="view=open&urgency=normal")
    assert query_count(lambda: dispatcher.get("/console/views/")) == one
    monkeypatch.setattr("workorders.selectors.queues.COUNT_LIMIT", 0)
    assert figures(dispatcher) == dict.fromkeys("123", (0, True))


def test_same_name_replaces_and_only_the_owner_deletes(desk, number):
    dispatcher = desk("dispatcher")
    keep(dispatcher)
    keep(dispatcher, query="view=late&street=320111001")
    row = SavedFilter.objects.get()
    assert row.query == "view=late&street=320111001"
    drop = f"/console/filters/{row.pk}/drop/"
    assert desk("supervisor").post(drop, headers=HTMX).status_code == 404
    assert dispatcher.post(drop, headers=HTMX).status_code == 200
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "长" * 21}, "20"),
        ({"department": "D2"}, "自己所在的单位"),
        ({"department": "no-such"}, "没有这个编码"),
        ({"query": "view=open&q=" + "长" * 200}, "太长"),
    ],
)
def test_what_cannot_be_kept_is_told(desk, number, given, words):
    answer = keep(desk("dispatcher"), **given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not SavedFilter.objects.exists()


def test_only_so_many_are_kept(desk, number, monkeypatch):
    monkeypatch.setattr("workorders.services.saved_filters.MOST_FILTERS", 2)
    dispatcher = desk("dispatcher")
    assert [keep(dispatcher, name=str(n)).status_code for n in range(3)] == [200, 200, 422]
    assert keep(dispatcher, name="1", query="view=late").status_code == 200


def test_rubbish_is_not_kept(desk, number):
    keep(desk("dispatcher"), query="view=<script>&sort=x&next=//evil&q=井\x00盖")
    kept = dict(parse_qsl(SavedFilter.objects.get().query))
    assert kept == {"view": "registered", "q": "井盖"}


def test_strangers_keep_nothing(town):
    assert keep(Client()).status_code == 302
    assert not SavedFilter.objects.exists()


def test_filters_in_force_are_said_in_words(desk, number):
    query = "view=open&street=320111001&category=manhole&urgency=urgent&is_late=true&q=x"
    queue = desk("dispatcher").get(f"/console/queue/?{query}").context["queue"]
    assert [(chip.label, chip.words) for chip in queue.chips] == [
        ("搜索", "x"), ("紧急程度", "紧急"), ("街道", "东街"), ("类别", "井盖缺失"),
        ("已超时限", "是"),
    ]  # fmt: skip
    assert queue.chips[0].query == (
        "view=open&urgency=urgent&street=320111001&category=manhole&is_late=true"
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [("area=320111", 1), ("area=320111001", 1), ("area=320111001001", 1), ("area=320111002", 0),
     ("area=320111001001001", 1), ("area=no-such", 0), ("state=registered", 1), ("state=closed", 0),
     ("nature=help", 1), ("department=D2", 0), ("is_overdue=true", 0), ("registered_from=x", 0),
     ("registered_to=9999-12-31", 1), ("registered_from=9999-12-31", 0)],
)  # fmt: skip
def test_each_filter_narrows(desk, number, query, count):
    WorkOrder.objects.update(nature="help")
    answer = desk("dispatcher").get(f"/console/queue/?view=open&{query}")
    assert len(answer.context["queue"].rows) == count


def test_days_are_those_of_the_district(desk, number):
    day = timezone.localdate()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    order = WorkOrder.objects.get()
    for at, count in ((midnight, 1), (midnight - timedelta(seconds=1), 0)):
        WorkOrder.objects.filter(pk=order.pk).update(registered_at=at)
        query = f"view=open&registered_from={day}&registered_to={day}"
        rows = desk("dispatcher").get(f"/console/queue/?{query}").context["queue"].rows
        assert len(rows) == count


def test_pages_turn_both_ways_and_keep_the_filters(desk, town, channel_api, monkeypatch):
    monkeypatch.setattr("workorders.views.console_queue.ROWS", 2)
    for index in range(5):
        channel_api("hotline", town.call(f"T-{index}"))
    client, seen = desk("dispatcher"), []
    query = {"view": "open", "category": "manhole", "sort": "new"}

    def read(cursor):
        queue = client.get("/console/queue/", {**query, "cursor": cursor}).context["queue"]
        assert queue.query == "view=open&category=manhole&sort=new"
        seen.append([row.order.external_number for row in queue.rows])
        return queue

    first = read("")
    second = read(first.next_cursor)
    third = read(second.next_cursor)
    read(read(third.previous_cursor).previous_cursor)
    pages = [["T-4", "T-3"], ["T-2", "T-1"], ["T-0"]]
    assert seen == [*pages, pages[1], pages[0]]
    assert (first.previous_cursor, third.next_cursor) == ("", "")


def test_address_of_a_page_leads_to_the_same_rows(desk, town, channel_api, monkeypatch):
    monkeypatch.setattr("workorders.views.console_queue.ROWS", 2)
    for index in range(3):
        channel_api("hotline", town.call(f"T-{index}"))
    client = desk("dispatcher")
    cursor = client.get("/console/queue/?view=open").context["queue"].next_cursor
    answer = client.get("/console/queue/", {"view": "open", "cursor": cursor, "order": "1-1"})
    pushed = answer.headers["HX-Push-Url"]
    assert pushed.endswith("&order=1-1")
    page = client.get(pushed)
    assert page.context["queue"].rows == answer.context["queue"].rows
