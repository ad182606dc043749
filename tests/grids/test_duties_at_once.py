"""Two phones with one number at the same instant: neither gets an error page, one gets the duty."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from grids.models import Duty
from grids.services.duties import begin_duty
from tests.workorders.test_repeated_acts import wait_for_a_waiter


@pytest.mark.django_db(transaction=True)
def test_same_number_of_two_people_is_answered_with_try_again(town, api):
    duty_id, client = uuid4(), api("west-worker")

    def begin():
        try:
            return client.post("/api/v1/duties/", {"id": str(duty_id)}, format="json")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            begin_duty(user=town.people["worker"], duty_id=duty_id, area=None, at=timezone.now())
            answer = pool.submit(begin)
            wait_for_a_waiter()
        refused = answer.result(timeout=30)
    assert (refused.status_code, refused.data["code"]) == (503, "unavailable")
    assert client.post("/api/v1/duties/", {"id": str(duty_id)}, format="json").status_code == 404
    assert Duty.objects.get().worker == town.people["worker"]
