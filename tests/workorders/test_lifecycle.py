"""One order's whole life through the API."""

from workorders.models import Cube, Delta, Event, WorkOrder
from workorders.services import fold_deltas


def figures() -> dict[str, int]:
    """Sum the cube by measure."""
    while fold_deltas()[0]:
        pass
    totals: dict[str, int] = {}
    for measure, value in Cube.objects.values_list("measure", "value"):
        totals[measure] = totals.get(measure, 0) + value
    return {measure: value for measure, value in totals.items() if value}


def test_order_goes_from_call_to_close(town, api, channel_api):
    receipt = channel_api("hotline", town.call())
    assert receipt.status_code == 201
    url = f"/api/v1/orders/{receipt.data['number']}"
    assert receipt.data["grid"]["name"] == "东街1社区1格"

    def act(person, action, **carried):
        answer = api(person).post(f"{url}/{action}/", carried)
        assert answer.status_code == 200, answer.data
        return answer.data["state"]

    assert act("dispatcher", "accept", category="manhole", version=1) == "accepted"
    assert act("dispatcher", "dispatch", grid=town.areas["东街1社区1格"].code) == "dispatched"
    assert act("worker", "sign") == "handling"
    assert act("worker", "resolve", result="已更换井盖", proof="维修单 1 号") == "resolved"
    assert act("supervisor", "pass_check") == "follow_up"
    assert (
        act("clerk", "follow_up", is_reached=True, is_solved=True, satisfaction="satisfied")
        == "closed"
    )
    counted = figures()
    counted.pop("handling_seconds", None)  # 0 or, where a machine is busy, more
    assert counted == {
        "registered": 1, "accepted": 1, "dispatched": 1, "resolved": 1, "resolved_on_time": 1,
        "signed": 1, "signed_on_time": 1, "in_grid": 1, "took_1h": 1,
        "called_back": 1, "solved": 1, "satisfied": 1, "closed": 1,
    }  # fmt: skip
    assert Delta.objects.count() == 0
    order = WorkOrder.objects.get()
    assert not order.clocks.filter(met_at__isnull=True).exists()
    assert list(Event.objects.order_by("sequence").values_list("action", flat=True)) == [
        "register", "accept", "dispatch", "sign", "resolve", "pass_check", "follow_up",
    ]  # fmt: skip


def test_repeat_delivery_returns_first_answer(town, channel_api):
    first = channel_api("hotline", town.call())
    again = channel_api("hotline", town.call(text="另一段文字"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data
    assert WorkOrder.objects.count() == 1


def test_outsider_neither_reads_nor_acts(town, api, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    west = api("west")
    assert west.get(f"/api/v1/orders/{number}/").status_code == 404
    assert west.post(f"/api/v1/orders/{number}/accept/", {}).status_code == 404
    assert west.get("/api/v1/orders/").data["results"] == []
    assert west.get("/api/v1/orders/count/").data["count"] == 0
    assert len(api("east").get("/api/v1/orders/").data["results"]) == 1


def test_stale_version_is_a_conflict_with_the_fresh_order(town, api, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    api("dispatcher").post(f"/api/v1/orders/{number}/accept/", {"version": 1})
    answer = api("east").post(f"/api/v1/orders/{number}/cancel/", {"reason": "重复", "version": 1})
    assert answer.status_code == 403
    answer = api("east").post(
        f"/api/v1/orders/{number}/dispatch/", {"department": "D2", "version": 1}
    )
    assert (answer.status_code, answer.data["code"]) == (409, "stale_version")
    assert (answer.data["order"]["state"], answer.data["order"]["version"]) == ("accepted", 2)


def test_figures_move_back_when_an_order_is_sent_back(town, api, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    url = f"/api/v1/orders/{number}"
    api("dispatcher").post(f"{url}/accept/", {"category": "noise"})
    api("dispatcher").post(f"{url}/dispatch/", {"department": "D2"})
    answer = api("handler").post(f"{url}/send_back/", {"reason": "不属本单位"})
    assert answer.data["state"] == "accepted"
    assert figures() == {"registered": 1, "accepted": 1, "dispatched": 1, "returned": 1, "open": 1}
    assert api("handler").get(f"{url}/").status_code == 404
