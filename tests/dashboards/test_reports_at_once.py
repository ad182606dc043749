"""Reports that arrive at once, and while the figures are being judged."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import pytest
from django.db import connection, transaction

from dashboards.models import FiguresMark, IndicatorValue, ReportedValue
from dashboards.services import refresh_figures
from dashboards.services.reports import Observation, report_values
from tests.reports import NOON, reported_indicator
from tests.town import build_town

pytestmark = pytest.mark.django_db(transaction=True)
WAITING_FOR_US = """SELECT count(*) FROM pg_locks
WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"""


@pytest.fixture
def town(transactional_db):
    return build_town()


def report(town, indicator, observations):
    """Report on a connection of one's own; give how often each result came."""
    try:
        outcomes = report_values(
            indicator=indicator, observations=observations, reporter=town.people["reporter"],
            at=NOON,
        )  # fmt: skip
        return Counter(outcome.result.value for outcome in outcomes)
    finally:
        connection.close()


def test_same_batch_from_many_sides_is_kept_once(town):
    indicator = reported_indicator(town)
    batch = [Observation(NOON - timedelta(minutes=number), 50 + number) for number in range(40)]
    start = threading.Barrier(4)

    def send(_):
        start.wait()
        return report(town, indicator, batch)

    with ThreadPoolExecutor(4) as pool:
        results = sum(pool.map(send, range(4)), Counter())
    assert results == {"accepted": 40, "unchanged": 120}
    assert ReportedValue.objects.count() == 40


def test_report_during_a_judging_asks_for_another(town):
    indicator = reported_indicator(town)
    refresh_figures(at=NOON)
    batch = [Observation(NOON, 50)]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            FiguresMark.objects.select_for_update().get()
            sent = pool.submit(report, town, indicator, batch)
            wait_for_a_waiting_lock()
            # The judging has read no value and is about to say that there is nothing to look at.
            IndicatorValue.objects.filter(indicator=indicator).update(look_at=None)
        assert sent.result() == {"accepted": 1}
    refresh_figures(at=NOON)
    value = IndicatorValue.objects.get(indicator=indicator, area=town.areas["区"])
    assert (value.value, value.observed_at) == (50, NOON)


def wait_for_a_waiting_lock():
    deadline, pause = monotonic() + 10, threading.Event()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone()[0]:
                return
        assert monotonic() < deadline, "nobody waits"
        pause.wait(0.02)
