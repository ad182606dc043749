"""The same act on two connections at once: a script that heard no answer sends it again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from workorders.enums import Action
from workorders.models import Event, WorkOrder
from workorders.services import Actor, apply

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
WAITING = """
SELECT count(*), pg_stat_clear_snapshot(), pg_sleep(0.01) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def wait_for_a_waiter():
    """Come back when another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    pytest.fail("nobody came to wait")


@pytest.mark.django_db(transaction=True)
def test_repeat_of_an_act_under_way_that_takes_the_order_out_of_sight(town, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    dispatcher = Actor.from_user(town.people["dispatcher"])
    apply(number=number, action=Action.ACCEPT, actor=dispatcher, at=NOON)
    carried = {"department": town.departments["城管局"]}
    apply(number=number, action=Action.DISPATCH, actor=dispatcher, at=NOON, carried=carried)
    handler = Actor.from_user(town.people["handler"])

    def send_back():
        return apply(
            number=number, action=Action.SEND_BACK, actor=handler, at=NOON,
            carried={"reason": "不属本单位"}, key="once",
        )  # fmt: skip

    def repeat():
        try:
            return send_back().state
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            send_back()
            answer = pool.submit(repeat)
            wait_for_a_waiter()
        assert answer.result(timeout=30) == "accepted"
    assert Event.objects.filter(action=Action.SEND_BACK).count() == 1
    assert WorkOrder.objects.get().return_count == 1
