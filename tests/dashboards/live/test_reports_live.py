"""A department's open pages hear at once of what waits for its decision; nobody else does."""

import pytest
from django.utils import timezone

from dashboards.enums import ReportStatus
from dashboards.models import ReportsNotice
from dashboards.push import bus
from dashboards.services import refresh_figures
from dashboards.services.reports import Observation, decide_report, drop_reports, report_values
from tests.reports import reported_indicator


@pytest.fixture
def dust(town):
    return reported_indicator(town)


@pytest.fixture
def ears(listen):
    found = {name: listen(name) for name in ("reporter", "other-reporter", "leader", "dispatcher")}
    for ear in found.values():
        ear.say()
    return found


def take(town, indicator, value, **more):
    at = timezone.now()
    observation = Observation(more.pop("at", at), value, **more)
    return report_values(
        indicator=indicator, observations=[observation], reporter=town.people["reporter"], at=at
    )[0].row


def decide(town, row, verdict=ReportStatus.ACCEPTED):
    decide_report(pk=row.pk, verdict=verdict, decider=town.people["reporter"], at=timezone.now())


def told(ear, dust):
    frame = ear.next("reports", "resync")
    return (frame["type"], frame.get("department")) == ("reports", dust.owner_id)


def test_owner_hears_of_a_doubt_and_of_each_end_of_it(town, dust, ears):
    rows = [take(town, dust, value) for value in (9999, 8888, 7777)]
    assert [told(ears["reporter"], dust) for _ in rows] == [True] * 3
    decide(town, rows[0])
    decide(town, rows[1], ReportStatus.REJECTED)
    take(town, dust, 50, at=rows[2].at, is_correction=True)
    assert [told(ears["reporter"], dust) for _ in rows] == [True] * 3
    take(town, dust, 6666)
    drop_reports(reporters=[town.people["reporter"]], at=timezone.now())
    assert [told(ears["reporter"], dust) for _ in range(2)] == [True] * 2
    outsiders = [ear.quiet() for name, ear in ears.items() if name != "reporter"]
    assert (outsiders, ReportsNotice.objects.count()) == ([[]] * 3, 0)


def test_plain_values_tell_nobody(town, dust, ears):
    take(town, dust, 50)
    assert ears["reporter"].quiet() == []


@pytest.mark.parametrize(("person", "hears"), [("reporter", True), ("other-reporter", False)])
def test_topic_is_refused_by_name_to_others(town, dust, listen, person, hears):
    topic = f"reports:{dust.owner_id}"
    assert list(listen(person).say(topics={topic: None})["topics"]) == ([topic] if hears else [])


def test_what_redis_missed_is_told_by_the_next_look(town, dust, ears, settings):
    right = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bus.client.cache_clear()
    try:
        take(town, dust, 9999)
    finally:
        settings.REDIS_URL = right
        bus.client.cache_clear()
    assert ReportsNotice.objects.count() == 1
    refresh_figures(at=timezone.now())
    assert (told(ears["reporter"], dust), ReportsNotice.objects.count()) == (True, 0)
