"""One act for many orders: each is done or refused by itself, once, with today's rights."""

from uuid import uuid4

import pytest
from django.db import connection, transaction

from tests.refusals import refusal
from tests.workorders.desk import NEXT_YEAR
from workorders.enums import Action as A
from workorders.enums import State
from workorders.models import BulkJob, BulkRow, Event, WorkOrder
from workorders.services import work_bulk

URL = "/api/v1/orders/bulk/"


@pytest.fixture
def orders(people):
    return [people.call(f"T-{serial}", text="井盖缺失") for serial in range(3)]


@pytest.fixture
def ask(api):
    def ask(orders, action="accept", person="dispatcher", key="", **carried):
        numbered = [row if isinstance(row, dict) else {"number": row.number} for row in orders]
        body = {"action": action, "orders": numbered, **carried}
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return api(person).post(URL, body, format="json", **headers)

    return ask


def outcome(api, uuid, person="dispatcher"):
    return api(person).get(f"{URL}{uuid}/").data


def states():
    return list(WorkOrder.objects.order_by("pk").values_list("state", flat=True))


def test_each_order_is_done_or_refused_by_itself(people, orders, ask, api):
    people.act("dispatcher", orders[1], A.REJECT, reason="no_fact")
    answer = ask([*orders, {"number": "20260302-999999"}], category="noise")
    assert (answer.status_code, answer.data["waiting"]) == (202, 4)
    assert work_bulk() == 4
    found = outcome(api, answer.data["uuid"])
    assert (found["total"], found["done"], found["waiting"]) == (4, 2, 0)
    assert found["finished_at"] is not None
    assert [(row["number"], row["code"]) for row in found["refused"]] == [
        (orders[1].number, "action_not_allowed"), ("20260302-999999", "not_found"),
    ]  # fmt: skip
    assert all(row["detail"] for row in found["refused"])
    assert states() == [State.ACCEPTED, State.REJECTED, State.ACCEPTED]


def test_job_carries_every_kind_of_value(people, orders, ask, town):
    for order in orders:
        people.act("dispatcher", order, A.ACCEPT, category=town.categories["noise"])
    ask(orders[:2], "dispatch", department="D2", note="一并处理")
    ask(orders[2:], "dispatch", grid="320111001001001")
    assert work_bulk() == 3
    held = list(
        WorkOrder.objects.order_by("pk").values_list("department__name", "holder_area__name")
    )
    assert held == [("城管局", None), ("城管局", None), ("东街1社区站", "东街1社区1格")]
    parts = [{"department": "D3", "text": "疏通", "due_at": f"{NEXT_YEAR}-01-01T09:00:00+08:00"}]
    people.act("handler", orders[0], A.SIGN)
    ask(orders[:1], "split", person="handler", parts=parts)
    work_bulk()
    assert WorkOrder.objects.get(parent=orders[0]).due_at.year == NEXT_YEAR


def test_many_orders_are_merged_into_one(orders, ask, api):
    answer = ask(orders, "merge", into=orders[0].number)
    work_bulk()
    assert states() == [State.REGISTERED, State.MERGED, State.MERGED]
    refused = outcome(api, answer.data["uuid"])["refused"]
    assert [row["code"] for row in refused] == ["merge_into_itself"]


def test_stale_version_refuses_its_row(people, orders, ask, api):
    people.act("east", orders[0], A.ACCEPT)
    rows = [{"number": order.number, "version": 1} for order in orders[:2]]
    answer = ask(rows, "cancel", person="supervisor", reason="误报")
    work_bulk()
    found = outcome(api, answer.data["uuid"], "supervisor")
    assert [(row["number"], row["code"]) for row in found["refused"]] == [
        (orders[0].number, "stale_version")
    ]
    assert states() == [State.ACCEPTED, State.CANCELLED, State.REGISTERED]


def test_rights_are_those_of_the_moment_of_acting(town, orders, ask, api):
    answer = ask(orders[:2])
    town.people["dispatcher"].is_active = False
    town.people["dispatcher"].save()
    work_bulk()
    rows = BulkRow.objects.filter(job__uuid=answer.data["uuid"])
    assert set(rows.values_list("code", flat=True)) == {"actor_inactive"}
    assert ask(orders[:2], person="west").status_code == 202
    work_bulk()
    assert set(BulkRow.objects.filter(job__actor__username="west").values_list("code")) == {
        ("not_found",)
    }
    assert states() == [State.REGISTERED] * 3


class Killed(BaseException):
    pass


def dies_before_the_commit():
    with transaction.atomic():
        assert work_bulk(limit=2) == 2
        raise Killed


def test_killed_worker_resumes_and_does_nothing_twice(orders, ask, api):
    answer = ask(orders)
    with pytest.raises(Killed):
        dies_before_the_commit()
    assert states() == [State.REGISTERED] * 3
    assert (work_bulk(), work_bulk()) == (3, 0)
    assert outcome(api, answer.data["uuid"])["done"] == 3
    assert Event.objects.filter(action=A.ACCEPT).count() == 3


def test_row_that_was_acted_on_before_is_not_acted_on_again(orders, ask):
    ask(orders[:1])
    work_bulk()
    BulkRow.objects.update(done_at=None)
    assert work_bulk() == 1
    assert (BulkRow.objects.get().code, Event.objects.filter(action=A.ACCEPT).count()) == ("", 1)


def test_job_that_breaks_the_code_holds_up_no_other(orders, ask, api):
    broken, sound = ask(orders[:1]), ask(orders[1:])
    kept = {"category": {"kind": "no such kind"}}
    BulkJob.objects.filter(uuid=broken.data["uuid"]).update(carried=kept)
    assert work_bulk() == 3
    assert [row["code"] for row in outcome(api, broken.data["uuid"])["refused"]] == ["server_error"]
    assert outcome(api, sound.data["uuid"])["done"] == 2


REFUSING = """
CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER refuse_one BEFORE INSERT ON workorders_event FOR EACH ROW
    WHEN (NEW.order_id = {order}) EXECUTE FUNCTION refuse_one();
"""


def test_row_that_the_database_refuses_holds_up_no_other(orders, ask, api):
    asked = ask(orders)
    with connection.cursor() as cursor:
        cursor.execute(REFUSING.format(order=orders[0].pk))
    assert work_bulk() == 3
    found = outcome(api, asked.data["uuid"])
    assert ([row["code"] for row in found["refused"]], found["done"]) == (["server_error"], 2)


def test_job_is_read_by_its_owner_alone(orders, ask, api):
    url = f"{URL}{ask(orders).data['uuid']}/"
    assert api("dispatcher").get(url).status_code == 200
    for person in ("supervisor", "west", "clerk"):
        refusal(api(person).get(url), 404)
    refusal(api("dispatcher").get(f"{URL}{uuid4()}/"), 404)


def test_same_key_is_the_same_job(orders, ask):
    first = ask(orders, key="k1")
    assert ask(orders, key="k1").data["uuid"] == first.data["uuid"]
    assert refusal(ask(orders[:1], key="k1"), 409, "key_reused") == {"Idempotency-Key"}
    assert ask(orders, person="east", key="k1").data["uuid"] != first.data["uuid"]
    assert BulkJob.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "fly"}, "action"),
        ({"action": "register"}, "action"),
        ({"action": "accept", "orders": []}, "orders"),
        ({"action": "accept", "orders": [{}]}, "orders.0.number"),
        ({"action": "accept", "orders": [{"number": "a\x00"}]}, "orders.0.number"),
        ({"action": "accept", "orders": [{"number": "1", "version": 0}]}, "orders.0.version"),
        ({"action": "accept", "orders": [{"number": "1"}, {"number": "1"}]}, "orders"),
        ({"action": "accept", "orders": [{"number": str(n)} for n in range(501)]}, "orders"),
        ({"action": "accept", "category": "no-such"}, "category"),
        ({"action": "merge"}, "into"),
        ({"action": "cancel", "reason": " "}, "reason"),
        ({"action": "split", "parts": [{"text": ""}]}, "parts.0.text"),
        ([], "body"),
    ],
)
def test_each_wrong_field_is_named_at_the_door(town, api, body, field):
    if isinstance(body, dict) and "action" in body:
        body = {"orders": [{"number": "20260302-000001"}], **body}
    answer = api("dispatcher").post(URL, body, format="json")
    assert field in refusal(answer)
    assert BulkJob.objects.count() == 0


def test_strangers_ask_nothing(client, town):
    assert client.post(URL, {}).status_code == 401
