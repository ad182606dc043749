"""One act on many orders from the console: ticked rows, all that match, and what was refused."""

import pytest
from django.test import Client

from workorders.enums import State
from workorders.models import BulkJob, WorkOrder
from workorders.services import work_bulk

URL = "/console/bulk/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def orders(town, channel_api):
    for index in range(3):
        channel_api("hotline", town.call(f"E-{index}"))
    channel_api("hotline", town.call("W-0", point={"lon": 118.52, "lat": 32.02}))
    return list(WorkOrder.objects.order_by("pk"))


def ask(client, action, **given):
    return client.post(f"{URL}{action}/", {"key": "k1", **given}, headers=HTMX)


def ticked(*orders):
    return ",".join(f"{order.number}:{order.version}" for order in orders)


def outcome(client, answer):
    uuid = answer.context["outcome"].job.uuid
    found = client.get(f"{URL}{uuid}/", headers=HTMX).context["outcome"]
    return found.done, [(row.number, row.detail) for row in found.refused]


def test_ticked_orders_are_done_one_by_one(desk, orders):
    dispatcher = desk("dispatcher")
    answer = ask(dispatcher, "accept", orders=ticked(*orders[:2]), category="manhole")
    assert answer.status_code == 200
    assert work_bulk() == 2
    assert outcome(dispatcher, answer) == (2, [])
    states = list(WorkOrder.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.ACCEPTED] * 2 + [State.REGISTERED] * 2


def test_each_refusal_is_told_with_its_reason(desk, orders):
    east = desk("east")
    desk("dispatcher").post(f"/console/orders/{orders[0].number}/accept/", {"category": "noise"})
    answer = ask(east, "accept", orders=ticked(*orders), category="manhole")
    work_bulk()
    done, refused = outcome(east, answer)
    assert (done, [number for number, _ in refused]) == (2, [orders[0].number, orders[3].number])
    assert all(detail for _, detail in refused)


def test_all_that_match_are_meant_and_no_others(desk, orders):
    east = desk("east")
    answer = ask(east, "remark", query="view=open&category=manhole", kind="internal", text="已阅")
    assert answer.status_code == 200
    assert sorted(BulkJob.objects.get().rows.values_list("number", flat=True)) == sorted(
        order.number for order in orders[:3]
    )
    work_bulk()
    assert outcome(east, answer) == (3, [])


def test_order_that_changed_after_the_asking_is_refused(desk, orders):
    dispatcher = desk("dispatcher")
    answer = ask(dispatcher, "accept", query="view=registered", category="manhole")
    desk("east").post(f"/console/orders/{orders[1].number}/accept/", {"category": "noise"})
    work_bulk()
    done, refused = outcome(dispatcher, answer)
    assert (done, [number for number, _ in refused]) == (3, [orders[1].number])
    assert WorkOrder.objects.get(pk=orders[1].pk).category.code == "noise"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "请先勾选工单"),
        ({"orders": "x:y"}, "无效"),
        ({"orders": "1,1"}, "无效"),
        ({"orders": ",".join(map(str, range(501)))}, "最多勾选 500 张"),
        ({"query": "view=late"}, "没有符合条件的工单"),
        ({"query": "view=open&registered_from=x"}, "筛选条件无效"),
    ],
)
def test_what_cannot_be_asked_is_told_and_nothing_is_lost(desk, orders, given, words):
    answer = ask(desk("dispatcher"), "remark", text="请留意", **given)
    content = answer.content.decode()
    assert (answer.status_code, words in content, "请留意" in content) == (422, True, True)
    assert not BulkJob.objects.exists()


def test_too_many_are_refused_in_plain_words(desk, orders, monkeypatch):
    monkeypatch.setattr("workorders.views.console_bulk.MOST_MATCHING", 2)
    answer = ask(desk("dispatcher"), "remark", query="view=open", text="x")
    assert (answer.status_code, "请缩小范围" in answer.content.decode()) == (422, True)


def test_wrong_field_is_named_and_the_rest_kept(desk, orders):
    answer = ask(desk("dispatcher"), "reject", orders=ticked(orders[0]), note="请打市水务热线")
    content = answer.content.decode()
    assert (answer.status_code, "reject-reason-error" in content) == (422, True)
    assert "请打市水务热线" in content


def test_acts_on_offer_follow_the_rights_held(desk, orders):
    def offered(person):
        found = desk(person).get(URL, headers=HTMX).context["acts"]
        return [face.action for face in found]

    assert offered("dispatcher") == ["accept", "dispatch", "remark", "reclassify", "reject"]
    assert offered("leader") == ["instruct", "remark"]
    assert offered("clerk") == ["remark"]
    assert ask(desk("clerk"), "cancel", orders=ticked(orders[0]), reason="x").status_code == 404


def test_job_is_its_owners_alone(desk, orders):
    answer = ask(desk("dispatcher"), "remark", orders=ticked(orders[0]), text="x")
    uuid = answer.context["outcome"].job.uuid
    assert desk("east").get(f"{URL}{uuid}/", headers=HTMX).status_code == 404
    for address in (URL, f"{URL}{uuid}/"):
        assert Client().get(address).status_code == 302
