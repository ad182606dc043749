"""Reported values on the chart: at their own instants, however late they came."""

from datetime import timedelta

import pytest
import time_machine

from dashboards.enums import ReportStatus
from dashboards.models import Reading, ReportedValue
from dashboards.services import refresh_figures
from dashboards.services.reports import decide_report
from tests.reports import NOON, report, reported_indicator, row


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def chart(indicator):
    found = Reading.objects.filter(indicator=indicator).order_by("at")
    return [((reading.at - NOON) // timedelta(minutes=1), reading.value) for reading in found]


def test_late_reports_join_the_chart_where_they_belong(town, api):
    dust = reported_indicator(town)
    refresh_figures(at=NOON)
    Reading.objects.all().delete()
    report(api("reporter"), row(55, 0))
    refresh_figures(at=NOON)
    report(api("reporter"), row(50, 20), row(52, 10))
    refresh_figures(at=NOON)
    assert chart(dust) == [(-20, 50), (-10, 52), (0, 55)]


def test_quarantined_value_is_on_the_chart_only_when_accepted(town, api):
    dust = reported_indicator(town, plausible_high=100)
    report(api("reporter"), row(5000, 10))
    assert chart(dust) == []
    waiting = ReportedValue.objects.get()
    person = town.people["reporter"]
    decide_report(pk=waiting.pk, verdict=ReportStatus.ACCEPTED, decider=person, at=NOON)
    assert chart(dust) == [(-10, 5000)]


def test_correction_corrects_the_chart(town, api):
    dust = reported_indicator(town)
    report(api("reporter"), row(50, 10))
    report(api("reporter"), {**row(60, 10), "correct": True})
    assert chart(dust) == [(-10, 60)]
