"""The engine at work: what is worked out anew, what is kept of it, and what it leads to."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.enums import OrderAt, ReportStatus
from dashboards.models import (
    Episode,
    FiguresMark,
    Indicator,
    IndicatorValue,
    Reading,
    ReportedValue,
    StateChange,
)
from dashboards.push import wall_topic
from dashboards.push.bus import channel, client
from dashboards.selectors.standing import standing_of
from dashboards.selectors.tallies import tallies_of
from dashboards.selectors.tiles import tiles_of
from dashboards.services import look_again, open_orders, refresh_figures, thin_readings
from workorders.enums import Action, Measure
from workorders.models import Event, Rollup, WorkOrder
from workorders.services import Actor, apply
from workorders.services.figures import append_deltas, facts_of
from workorders.services.rollups import rebuild_rollups

MORNING = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10:00 in Shanghai, a Monday


@pytest.fixture
def clock(town):
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


def sign(code, formula, source="cube", **more):
    given = {
        "name": code, "domain": "environment", "unit": "件", "direction": "lower",
        "window": "today", "reach": "street", "source": source, "formula": formula,
        "thresholds": [{"yellow": 2, "red": 3}],
    }  # fmt: skip
    return Indicator.objects.create(code=code, **{**given, **more})


def value(code, area):
    return IndicatorValue.objects.get(indicator__code=code, area=area)


def report(town, indicator, number, at, area="区"):
    """Put a value that a department has reported before the engine."""
    ReportedValue.objects.create(
        indicator=indicator, area=town.areas[area], at=at, value=number, received_at=at,
        status=ReportStatus.ACCEPTED, reporter=town.people["handler"],
    )  # fmt: skip
    look_again(pairs=[(town.areas[area].pk, indicator.pk)], at=at)
    refresh_figures(at=at)


def test_a_streets_yellow_is_not_a_districts(town, clock, channel_api):
    """Three orders of one street: red for the street by night, yellow by day, fine for all."""
    table = [
        {"level": "street", "hours": "22-6", "yellow": 1, "red": 2},
        {"level": "street", "yellow": 2, "red": 9},
        {"yellow": 20, "red": 30},
    ]
    one = sign("registered", 'count(registered, window="week")', thresholds=table)
    for number in range(3):
        channel_api("hotline", town.call(f"T-{number}"))

    def states():
        refresh_figures(at=timezone.now())
        return [value("registered", town.areas[name]).state for name in ("区", "东街", "西街")]

    assert states() == ["normal", "yellow", "normal"]
    clock.shift(timedelta(hours=12))
    assert states() == ["normal", "red", "normal"]
    clock.shift(timedelta(hours=8))
    assert states() == ["normal", "yellow", "normal"]
    (east,) = tiles_of(area=town.areas["东街"], indicators=[one], at=timezone.now())
    (district,) = tiles_of(area=town.areas["区"], indicators=[one], at=timezone.now())
    assert [tile["red"]["high"] for tile in (east, district)] == [9, 30]
    change = StateChange.objects.filter(area=town.areas["东街"], to_state="red").get()
    assert change.reason == "3 件，达到告警阈值 2 件"


def test_only_what_an_act_touched_is_worked_out_anew(town, clock, channel_api):
    sign("registered", "count(registered)")
    sign("closed", "count(closed)", name="已结")
    refresh_figures(at=MORNING)
    first = FiguresMark.objects.get().revision
    clock.shift(10)
    channel_api("hotline", town.call())
    refresh_figures(at=timezone.now())
    assert FiguresMark.objects.get().revision == first + 1
    moved = IndicatorValue.objects.filter(revision=first + 1)
    assert {(row.indicator.code, row.area.name) for row in moved} == {
        ("registered", "区"),
        ("registered", "东街"),
    }
    assert value("registered", town.areas["区"]).value == 1
    assert value("registered", town.areas["西街"]).value == 0


def test_filters_windows_and_days_back(town, clock, channel_api):
    categories = town.categories
    sign("by-category", f'count(accepted, category="{categories["noise"].code}")')
    sign("by-channel", 'count(registered, channel="hotline")', name="热线")
    sign("by-grid", 'count(registered, level="grid")', name="入格")
    sign("week", "count(registered)", name="一周", window="week")
    sign("last-week", "count(registered, ago=7)", name="上周今日")
    clock.move_to(MORNING - timedelta(days=7))
    channel_api("hotline", town.call("T-0", occurred_at="2026-02-23T09:00:00+08:00"))
    clock.move_to(MORNING)
    number = channel_api("hotline", town.call("T-1")).data["number"]
    apply(
        number=number, action=Action.ACCEPT, actor=Actor.from_user(town.people["dispatcher"]),
        at=MORNING, carried={"category": categories["noise"]},
    )  # fmt: skip
    refresh_figures(at=MORNING)
    found = {row.indicator.code: row.value for row in IndicatorValue.objects.filter(
        area=town.areas["区"]).select_related("indicator")}  # fmt: skip
    assert found == {
        "by-category": 1, "by-channel": 1, "by-grid": 1, "week": 1, "last-week": 1,
    }  # fmt: skip


def test_handling_hours_come_from_registration_to_result(town, clock, channel_api):
    sign("mean", "mean_hours()", unit="小时")
    sign("median", "quantile_hours(0.5)", name="中位", unit="小时")
    desk, crew = (Actor.from_user(town.people[name]) for name in ("dispatcher", "handler"))
    for n, hours in enumerate((2, 3, 10)):
        clock.move_to(MORNING)
        number = channel_api("hotline", town.call(f"T-{n}")).data["number"]
        for actor, action, carried in (
            (desk, "accept", {"category": town.categories["noise"]}),
            (desk, "dispatch", {"department": town.departments["城管局"]}),
            (crew, "sign", {}),
        ):
            apply(number=number, action=Action(action), actor=actor, at=MORNING, carried=carried)
        done_at = MORNING + timedelta(hours=hours)
        carried = {"result": "已处理", "proof": "单据"}
        apply(number=number, action=Action.RESOLVE, actor=crew, at=done_at, carried=carried)
    refresh_figures(at=MORNING + timedelta(hours=10))
    mean = value("mean", town.areas["区"])
    assert (mean.value, mean.denominator) == (5, 3)
    # Two of three in the bucket from 1 to 4 hours: the half lies at three quarters of it.
    assert value("median", town.areas["区"]).value == pytest.approx(1 + 3 * 1.5 / 2)


def test_formula_follows_what_it_draws_on(town, clock, channel_api):
    sign("share", 'value("closed") / value("registered")', source="formula", unit="%")
    sign("closed", "count(closed)", name="已结")
    sign("registered", "count(registered)", name="登记")
    refresh_figures(at=MORNING)
    assert value("share", town.areas["区"]).state == "no_data"
    channel_api("hotline", town.call())
    refresh_figures(at=MORNING)
    share = value("share", town.areas["区"])
    assert (share.value, share.numerator, share.denominator) == (0, 0, 1)


def test_grid_forces_are_counted_beneath_each_area(town, clock, channel_api):
    sign("grids", "grids(total)", source="grid", unit="个", thresholds=[])
    sign("patrolled", "grids(patrolled) / grids(total)", source="grid", name="巡查", unit="%")
    refresh_figures(at=MORNING)
    assert value("grids", town.areas["区"]).value == 8
    assert value("grids", town.areas["东街"]).value == 4
    assert value("patrolled", town.areas["东街"]).value == 0
    assert value("grids", town.areas["区"]).look_at == MORNING + timedelta(seconds=60)


def test_reported_value_goes_missing_after_three_intervals(town, clock):
    pm10 = sign(
        "pm10", "reported()", source="report", unit="µg/m³", reach="district",
        thresholds=[{"yellow": 100, "red": 150}], interval_seconds=60,
    )  # fmt: skip
    refresh_figures(at=MORNING)
    assert value("pm10", town.areas["区"]).state == "no_data"
    report(town, pm10, 80, MORNING)
    row = value("pm10", town.areas["区"])
    assert (row.value, row.state, row.look_at) == (80, "normal", MORNING + timedelta(minutes=3))
    refresh_figures(at=MORNING + timedelta(seconds=179))
    assert value("pm10", town.areas["区"]).state == "normal"
    refresh_figures(at=MORNING + timedelta(seconds=180))
    row = value("pm10", town.areas["区"])
    assert (row.value, row.state) == (None, "no_data")
    assert list(StateChange.objects.order_by("pk").values_list("from_state", "to_state")) == [
        ("no_data", "normal"), ("normal", "no_data"),
    ]  # fmt: skip


def test_minimum_duration_is_told_by_the_clock_without_a_new_value(town, clock):
    noise = sign(
        "noise", "reported()", source="report", unit="dB", reach="district",
        thresholds=[{"yellow": 60, "red": 70}], interval_seconds=3600, minimum_seconds=120,
    )  # fmt: skip
    report(town, noise, 50, MORNING)
    report(town, noise, 75, MORNING + timedelta(minutes=1))
    row = value("noise", town.areas["区"])
    assert (row.state, row.look_at) == ("normal", MORNING + timedelta(minutes=3))
    refresh_figures(at=MORNING + timedelta(minutes=3, seconds=1))
    row = value("noise", town.areas["区"])
    assert (row.state, row.since) == ("red", MORNING + timedelta(minutes=3))
    change = StateChange.objects.order_by("-at").first()
    assert (change.from_state, change.to_state, change.since) == ("normal", "red", MORNING)
    assert change.reason == "75 dB，达到告警阈值 70 dB"


def test_season_changes_the_state_at_its_hour(town, clock):
    noise = sign(
        "noise", "reported()", source="report", unit="dB", reach="district",
        thresholds=[{"hours": "22-6", "yellow": 50}, {"yellow": 60}], interval_seconds=86400,
    )  # fmt: skip
    report(town, noise, 55, MORNING)
    row = value("noise", town.areas["区"])
    night = datetime(2026, 3, 2, 14, tzinfo=UTC)  # 22:00 in Shanghai
    assert (row.state, row.look_at) == ("normal", night)
    refresh_figures(at=night)
    assert value("noise", town.areas["区"]).state == "yellow"


def test_history_keeps_the_last_value_of_each_minute(town, clock):
    noise = sign(
        "noise", "reported()", source="report", unit="dB", reach="district", thresholds=[],
        interval_seconds=86400,
    )  # fmt: skip
    for seconds, number in ((0, 50), (20, 51), (50, 52), (60, 53), (125, 53)):
        report(town, noise, number, MORNING + timedelta(seconds=seconds))
    kept = Reading.objects.filter(indicator=noise).order_by("at").values_list("at", "value")
    assert list(kept) == [(MORNING, 52), (MORNING + timedelta(minutes=1), 53)]


def test_old_history_is_thinned_to_the_last_reading_of_an_hour(town, clock):
    noise = sign("noise", "reported()", source="report", thresholds=[], interval_seconds=60)
    ages = [timedelta(minutes=minutes) for minutes in (0, 1, 59, 60)]
    starts = [MORNING - timedelta(days=9), MORNING - timedelta(days=1)]
    Reading.objects.bulk_create(
        Reading(indicator=noise, area=town.areas["区"], at=start + age, value=1, state="normal")
        for start in starts
        for age in ages
    )
    ancient = MORNING - timedelta(days=800)
    Reading.objects.create(
        indicator=noise, area=town.areas["区"], at=ancient, value=1, state="normal"
    )
    assert [thin_readings(at=MORNING), thin_readings(at=MORNING)] == [2, 0]
    kept = Reading.objects.order_by("at").values_list("at", flat=True)
    assert list(kept) == [starts[0] + ages[2], starts[0] + ages[3], *(starts[1] + a for a in ages)]


def test_episode_lasts_from_leaving_normal_to_coming_back(town, clock):
    noise = sign(
        "noise", "reported()", source="report", unit="dB", reach="district",
        thresholds=[{"yellow": 60, "red": 70}], interval_seconds=86400,
    )  # fmt: skip
    for minute, number in enumerate((50, 65, 72, 66, 50, 71)):
        report(town, noise, number, MORNING + timedelta(minutes=minute))
    at = [MORNING + timedelta(minutes=minute) for minute in range(6)]
    episodes = Episode.objects.order_by("pk").values_list(
        "began_at", "red_at", "ended_at", "worst_value"
    )
    assert list(episodes) == [(at[1], at[2], at[4], 72), (at[5], at[5], None, 71)]


def test_episode_keeps_its_worst_value_and_tells_the_pages_of_red_alone(town, clock):
    noise = sign(
        "noise", "reported()", source="report", unit="dB", reach="district",
        thresholds=[{"yellow": 60, "red": 70}], interval_seconds=86400,
    )  # fmt: skip
    told = []
    for minute, number in enumerate((65, 72, 90, 85, 66)):
        report(town, noise, number, MORNING + timedelta(minutes=minute))
        told.append(Episode.objects.get().revision)
    episode = Episode.objects.get()
    assert (episode.worst_value, episode.red_at) == (90, MORNING + timedelta(minutes=1))
    assert told[0] < told[1] == told[2] == told[3] == told[4]


@pytest.mark.parametrize(
    ("order_at", "numbers", "count"),
    [("red", (65,), 0), ("red", (65, 75, 76), 1), ("yellow", (65, 75), 1), ("never", (75,), 0),
     ("red", (75, 50, 75), 2)],
)  # fmt: skip
def test_bad_sign_opens_one_order_with_its_owner_per_episode(town, clock, order_at, numbers, count):
    owner = town.departments["城管局"]
    noise = sign(
        "noise", "reported()", source="report", unit="dB", reach="district",
        thresholds=[{"yellow": 60, "red": 70}], interval_seconds=86400, owner=owner,
        order_at=OrderAt(order_at), order_category=town.categories["noise"],
    )  # fmt: skip
    for minute, number in enumerate(numbers):
        at = MORNING + timedelta(minutes=minute)
        report(town, noise, number, at)
        open_orders(at=at)
        open_orders(at=at)
    orders = list(WorkOrder.objects.order_by("pk"))
    assert len(orders) == count
    for order in orders:
        assert (order.state, order.department, order.category) == (
            "dispatched", owner, town.categories["noise"],
        )  # fmt: skip
        assert Episode.objects.filter(order=order).count() == 1
        actions = Event.objects.filter(order=order).order_by("sequence")
        assert [event.action for event in actions] == ["register", "accept", "dispatch"]


def test_what_was_not_told_is_told_again(town, clock, monkeypatch):
    """A worker that dies between storing and telling leaves it to the next look."""
    sign("registered", "count(registered)")
    refresh_figures(at=MORNING)
    FiguresMark.objects.update(told_revision=0)
    refresh_figures(at=MORNING)
    mark = FiguresMark.objects.get()
    assert mark.told_revision == mark.revision > 0


def heard(area):
    """Read what was told to the walls of an area, oldest first."""
    ring = client().lrange(f"{channel()}:{wall_topic(area.pk)}:ring", 0, -1)
    return [json.loads(entry.decode().split(" ", 3)[3]) for entry in ring]


def test_walls_hear_changed_values_the_index_and_alarms(town, clock, channel_api):
    sign("registered", "count(registered)", thresholds=[{"yellow": 1, "red": 2}])
    refresh_figures(at=MORNING)
    before = len(heard(town.areas["东街"]))
    quiet = len(heard(town.areas["西街"]))
    channel_api("hotline", town.call())
    refresh_figures(at=MORNING)
    values, alarms = heard(town.areas["东街"])[before:]
    assert [(row["code"], row["value"], row["state"]) for row in values["rows"]] == [
        ("registered", 1, "yellow")
    ]
    environment = {domain["code"]: domain for domain in values["index"]["domains"]}["environment"]
    assert environment["score"] == pytest.approx(60)
    assert [(alarm["code"], alarm["red_at"]) for alarm in alarms["alarms"]] == [
        ("registered", None)
    ]
    assert len(heard(town.areas["西街"])) == quiet
    standing = standing_of(area_id=town.areas["东街"].pk)
    assert standing["rows"] == values["rows"]
    assert (standing["index"], standing["alarms"]) == (values["index"], alarms["alarms"])
    assert standing["revision"] == values["revision"]


def test_retired_indicator_leaves_no_value(town, clock):
    sign("registered", "count(registered)")
    refresh_figures(at=MORNING)
    assert IndicatorValue.objects.count() == 3
    Indicator.objects.update(is_active=False)
    refresh_figures(at=MORNING)
    assert IndicatorValue.objects.count() == 0


def test_retired_indicator_ends_its_alarm(town, clock, channel_api):
    sign("registered", "count(registered)", thresholds=[{"yellow": 1, "red": 2}])
    refresh_figures(at=MORNING)
    channel_api("hotline", town.call())
    refresh_figures(at=MORNING)
    assert Episode.objects.filter(ended_at__isnull=True).count() == 2
    Indicator.objects.update(is_active=False)
    refresh_figures(at=MORNING)
    assert set(Episode.objects.values_list("ended_at", flat=True)) == {MORNING}
    assert heard(town.areas["区"])[-1]["alarms"][0]["ended_at"] == MORNING.isoformat()


def test_order_that_cannot_be_opened_holds_up_no_other(town, clock):
    traits = {
        "source": "report", "unit": "dB", "reach": "district", "interval_seconds": 86400,
        "thresholds": [{"yellow": 60, "red": 70}], "order_at": OrderAt.RED,
    }  # fmt: skip
    unused = sign("a", "reported()", order_category=town.categories["noise"], **traits)
    other = sign("b", "reported()", order_category=town.categories["manhole"], **traits)
    for each in (unused, other):
        report(town, each, 75, MORNING)
    town.categories["noise"].is_active = False
    town.categories["noise"].save()
    assert open_orders(at=MORNING) == 1
    assert WorkOrder.objects.get().category == town.categories["manhole"]


def test_changed_threshold_is_judged_at_the_next_refresh(town, clock, channel_api):
    sign("registered", "count(registered)")
    channel_api("hotline", town.call())
    refresh_figures(at=MORNING)
    assert value("registered", town.areas["区"]).state == "normal"
    Indicator.objects.update(thresholds=[{"yellow": 1}])
    refresh_figures(at=MORNING)
    assert value("registered", town.areas["区"]).state == "yellow"


def test_pages_and_pushes_sum_up_one_index(town, clock):
    sign("registered", "count(registered)", weight=3)
    refresh_figures(at=MORNING)
    sign("closed", "count(closed)", weight=1)  # not looked at yet
    for area in (town.areas["区"], town.areas["东街"]):
        index = standing_of(area_id=area.pk)["index"]
        assert index == tallies_of(area=area)["index"]
        environment = {domain["code"]: domain for domain in index["domains"]}["environment"]
        assert environment["confidence"] == 0.75


def reads_of_rollups(at):
    with CaptureQueriesContext(connection) as queries:
        refresh_figures(at=at)
    return sum("sum(value)::bigint\nFROM workorders_rollup\n" in query["sql"] for query in queries)


def test_days_that_are_over_are_read_once_until_something_is_counted_into_them(
    town, clock, channel_api
):
    sign("registered", "count(registered)", window="week")
    channel_api("hotline", town.call("T-1"))
    refresh_figures(at=MORNING)
    clock.shift(timedelta(days=1))
    for number, reads in ((2, 2), (3, 1)):
        channel_api("hotline", town.call(f"T-{number}"))
        assert reads_of_rollups(timezone.now()) == reads
        assert value("registered", town.areas["东街"]).value == number
    order = WorkOrder.objects.first()
    yesterday = timezone.localdate() - timedelta(days=1)
    late = {(Measure.REGISTERED, yesterday, facts_of(order).cell): 5}
    append_deltas(counts=late)
    assert reads_of_rollups(timezone.now()) == 2
    assert value("registered", town.areas["区"]).value == 8
    Rollup.objects.filter(day=yesterday).update(value=100)
    rebuild_rollups(day=yesterday)
    channel_api("hotline", town.call("T-4"))
    assert reads_of_rollups(timezone.now()) == 2
    assert value("registered", town.areas["区"]).value == 9
