"""Departments of the demo report through the API: believable values, mistakes and silence."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.enums import Right, Role
from accounts.models import Department, User
from dashboards.enums import Direction, Source
from dashboards.models import Indicator, ReportedValue
from dashboards.states import limits_at, read_table
from governance.demo.catalogue import channel_tokens
from governance.demo.curves import Traits, is_silent, mistaken, value_at
from governance.demo.feeds import load_reports, read_feeds
from governance.demo.removal import remove_demo
from governance.demo.traffic import Reporting, Site
from governance.demo.traffic.reports import AT_ONCE
from governance.management.commands.simulate import issue_token
from grids.services import current_scope

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
QUARTERS = [NOON + timedelta(minutes=15 * number) for number in range(30 * 96)]


def traits(direction=Direction.LOWER, interval=900, **more):
    table = more.pop("table", [{"yellow": 100, "red": 150}])
    plain = {"low": 0, "high": 1000, "decimals": 1}
    return Traits(
        direction=direction, interval=interval, table=read_table(table, direction=direction),
        **{**plain, **more},
    )  # fmt: skip


SHAPES = {
    "lower": traits(),
    "higher": traits(
        Direction.HIGHER, table=[{"yellow": 0.9, "red": 0.8}], low=0, high=1, decimals=3
    ),
    "band": traits(
        Direction.BAND, table=[{"yellow": [0.24, 0.42], "red": [0.18, 0.5]}], decimals=2
    ),
    "rare": traits(table=[{"yellow": 1, "red": 3}], decimals=0),
    "growth": traits(Direction.HIGHER, table=[{"yellow": 0, "red": -0.05}], low=-1, high=2,
                     decimals=3),
    "seasons": traits(
        table=[{"hours": "22-6", "yellow": 50, "red": 55}, {"yellow": 60, "red": 65}]
    ),
    "unjudged": traits(table=[]),
}  # fmt: skip


def colour(value, shape, at):
    limits = limits_at(shape.table, timezone.localtime(at))

    def reached(limit):
        if limit is None:
            return False
        if shape.direction == Direction.BAND:
            return not limit[0] < value < limit[1]
        return value >= limit if shape.direction == Direction.LOWER else value <= limit

    return "red" if reached(limits.red) else "yellow" if reached(limits.yellow) else "normal"


@pytest.mark.parametrize("name", SHAPES)
def test_curve_is_mostly_normal_and_sometimes_not(name):
    shape = SHAPES[name]
    months = [
        (value_at(name=f"{name}{number}", traits=shape, at=at), at)
        for number in range(12)
        for at in QUARTERS[::4]
    ]
    assert all(shape.low <= value <= shape.high for value, _ in months)
    shares = Counter(colour(value, shape, at) for value, at in months)
    if name == "unjudged":
        assert set(shares) == {"normal"}
        return
    assert shares["normal"] > 0.85 * len(months)
    assert min(shares["yellow"], shares["red"]) > 0


def test_curve_says_the_same_whenever_it_is_asked():
    shape, at = SHAPES["lower"], QUARTERS[7]
    assert value_at(name="a", traits=shape, at=at) == value_at(name="a", traits=shape, at=at)
    series = [[value_at(name=name, traits=shape, at=at) for at in QUARTERS] for name in "ab"]
    assert series[0] != series[1]
    assert len(set(series[0])) > 100


def test_slots_are_the_same_for_everybody():
    shape = traits(interval=300)
    assert {shape.slot(NOON + timedelta(seconds=second)) for second in range(300)} == {NOON}
    assert shape.slot(NOON - timedelta(seconds=1)) == NOON - timedelta(seconds=300)


def test_departments_fall_silent_and_somebody_takes_the_wrong_unit():
    silent = sum(is_silent(name="a", department="b", at=at) for at in QUARTERS)
    assert 0 < silent < 0.1 * len(QUARTERS)
    sent = Counter(mistaken(5, name="a", at=at) for at in QUARTERS)
    assert set(sent) == {5, 5000}
    assert 0 < sent[5000] < 0.05 * len(QUARTERS)


def test_each_owner_has_one_person_who_may_report_and_load_and_nothing_else(demo):
    owners = Department.objects.filter(
        pk__in=Indicator.objects.filter(source=Source.REPORT).values("owner")
    )
    assert owners.exists()
    people = User.objects.filter(posts__role=Role.REPORTER, username__startswith="demo-")
    assert people.count() == owners.count()
    held = [current_scope(user=user) for user in people]
    assert {pk for scope in held for pk in scope.departments[Right.REPORT_VALUES]} == {
        owner.pk for owner in owners
    }
    assert {right for scope in held for right in (*scope.areas, *scope.departments)} == {
        Right.REPORT_VALUES,
        Right.LOAD_RECORDS,
    }
    assert all(user.name.startswith("演示数据报送员-") for user in people)
    assert not any(user.has_usable_password() for user in people)


def test_last_day_is_there_once(demo):
    with time_machine.travel(NOON, tick=False):
        count = load_reports(at=timezone.now())
        assert ReportedValue.objects.count() == count
        assert load_reports(at=timezone.now()) == 0
    reported = Indicator.objects.filter(source=Source.REPORT, is_active=True)
    assert ReportedValue.objects.values("indicator").distinct().count() == reported.count()
    statuses = Counter(ReportedValue.objects.values_list("status", flat=True))
    assert set(statuses) <= {"accepted", "quarantined"}
    assert statuses["accepted"] > 0.97 * count
    careless = {feed.indicator.pk for feed in read_feeds() if feed.is_careless}
    doubted = ReportedValue.objects.filter(status="quarantined")
    assert set(doubted.values_list("indicator", flat=True)) <= careless


@pytest.fixture
def site(demo, held_connection, site_transport):
    site = Site(
        "http://testserver",
        channel_tokens=channel_tokens(),
        issue_token=issue_token,
        transport=site_transport(),
    )
    yield site
    site.close()


def test_feeds_are_sent_when_they_are_due(site):
    feeds = sorted(read_feeds(), key=lambda feed: feed.traits.interval)[:10]
    with time_machine.travel(NOON, tick=False) as clock:
        heard = [feed for feed in feeds if not feed.is_silent(NOON)]
        reporting = Reporting(site, feeds)
        assert reporting.send_due(timezone.now()) == min(AT_ONCE, len(heard))
        assert reporting.send_due(timezone.now()) == max(0, len(heard) - AT_ONCE)
        assert reporting.send_due(timezone.now()) == 0
        rows = sum(len(feed.areas) for feed in heard)
        assert ReportedValue.objects.filter(at__gt=NOON - timedelta(hours=1)).count() == rows
        again = Reporting(site, feeds)
        assert again.send_due(timezone.now()) == min(AT_ONCE, len(heard))
        assert ReportedValue.objects.count() == rows
        clock.shift(timedelta(seconds=feeds[0].traits.interval))
        assert reporting.send_due(timezone.now()) > 0
        assert ReportedValue.objects.count() > rows


def test_silent_feed_is_not_sent(site):
    feed = read_feeds()[0]
    silence = next(at for at in QUARTERS if feed.is_silent(at))
    with time_machine.travel(silence, tick=False):
        assert Reporting(site, [feed]).send_due(timezone.now()) == 0
    assert ReportedValue.objects.count() == 0


def test_nothing_that_was_reported_stays_after_the_demo(demo):
    with time_machine.travel(NOON, tick=False):
        load_reports(at=timezone.now())
        remove_demo()
    assert not ReportedValue.objects.exists()
    assert not User.objects.filter(username__contains="reporter").exists()
