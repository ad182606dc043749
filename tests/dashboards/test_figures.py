"""Figures against a recount: whatever happened, the cube's values equal the events'."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.utils import timezone

from dashboards.models import Indicator, IndicatorValue
from dashboards.services import ensure_wall, refresh_figures
from tests.signs import load_signs
from tests.town import EAST_POINT, WEST_POINT
from workorders.enums import Action
from workorders.models import Category, Delta, Event
from workorders.services import Actor, apply, fire_due
from workorders.workflow import ENDED

MORNING = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10:00 in Shanghai, a Monday
SATISFACTIONS = ("satisfied", "basically_satisfied", "dissatisfied")


@pytest.fixture
def morning(town):
    with time_machine.travel(MORNING, tick=False) as clock:
        load_signs()
        ensure_wall(slug="district", title="浦口区", area=town.areas["区"])
        yield clock


def value(code, area):
    return IndicatorValue.objects.get(indicator__code=code, area=area)


def live_through(town, number, dice):
    """Lead an order through a few chance acts."""

    def act(person, action, **carried):
        actor = Actor.from_user(town.people[person])
        verb, at = Action(action), timezone.now()
        apply(number=number, action=verb, actor=actor, at=at, carried=carried)

    steps = [
        lambda: act("dispatcher", "accept", category=dice.choice([*town.categories.values()])),
        lambda: act("dispatcher", "dispatch", department=town.departments["城管局"]),
        lambda: act("handler", "sign"),
        lambda: act("handler", "resolve", result="已处理", proof="单据"),
        lambda: act("supervisor", "pass_check"),
        lambda: act(
            "clerk", "follow_up", is_reached=True, is_solved=True,
            satisfaction=dice.choice(SATISFACTIONS),
        ),
    ]  # fmt: skip
    count = dice.randint(0, len(steps))
    for step in steps[:count]:
        step()
    detours = {
        0: lambda: act("dispatcher", "reject", reason="no_fact", note=""),
        3: lambda: act("handler", "send_back", reason="不属本单位"),
        4: lambda: act("supervisor", "rework", finding="未处理到位"),
        5: lambda: act("clerk", "follow_up", is_reached=True, is_solved=False),
    }
    if count in detours and dice.random() < 0.5:
        detours[count]()


def recount(events):
    """Count anew from the events alone, by (street, domain), in a plain way."""
    counts = Counter()
    by_order = {}
    for event in events:
        by_order.setdefault(event.order, []).append(event)
    for order, happened in by_order.items():
        place = (order.street.name, order.category.domain if order.category else "")
        is_open = happened[-1].to_state not in ENDED
        late = any(event.content.get("clock") == "resolution" for event in happened)
        counts[*place, "open"] += is_open
        counts[*place, "overdue"] += late and happened[-1].to_state in ("dispatched", "handling")
        for event in happened:
            reached = event.action == "follow_up" and event.content["is_reached"]
            counts[*place, "registered"] += event.action == "register"
            counts[*place, "accepted"] += event.action == "accept"
            counts[*place, "resolved"] += event.action == "resolve"
            counts[*place, "on_time"] += (
                event.action == "resolve" and event.content["met"]["resolution"]
            )
            counts[*place, "closed"] += event.to_state == "closed" != event.from_state
            counts[*place, "called_back"] += reached
            counts[*place, "satisfied"] += 10 * (event.content.get("satisfaction") == "satisfied")
            counts[*place, "satisfied"] += 9 * (
                event.content.get("satisfaction") == "basically_satisfied"
            )
    return counts


def picked(counts, name, street=None, domain=None):
    return sum(
        count
        for (counted_in, of_domain, counted), count in counts.items()
        if counted == name and street in (None, counted_in) and domain in (None, of_domain)
    )


def expected_summary(counts, street=None, domain=None):
    number = {
        name: picked(counts, name, street, domain)
        for name in ("registered", "accepted", "closed", "open", "overdue", "resolved",
                     "on_time", "called_back", "satisfied")
    }  # fmt: skip
    due = number["resolved"] + number["overdue"]
    return {
        "registered_today": number["registered"],
        "accepted_today": number["accepted"],
        "closed_today": number["closed"],
        "open": number["open"],
        "overdue": number["overdue"],
        **rate("on_time_rate", number["on_time"], due),
        **rate("satisfaction_rate", number["satisfied"] / 10, number["called_back"]),
    }


def rate(name, numerator, denominator):
    share = numerator / denominator if denominator else None
    return {name: share, f"{name}_numerator": numerator, f"{name}_denominator": denominator}


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_equal_a_recount_from_the_events(town, morning, api, channel_api, seed):
    dice = Random(seed)
    for n in range(24):
        if n == 12:
            # The deadlines of the first half pass, seen from far ahead.
            fire_due(at=MORNING + timedelta(days=30))
        point = dice.choice([EAST_POINT, WEST_POINT])
        receipt = channel_api("hotline", town.call(f"T-{n}", point=point))
        live_through(town, receipt.data["number"], dice)
        if dice.random() < 0.3:
            refresh_figures(at=timezone.now())
    refresh_figures(at=timezone.now())
    assert Delta.objects.count() == 0
    counts = recount(
        Event.objects.order_by("order", "sequence").select_related(
            "order__street", "order__category"
        )
    )
    wall = api("leader").get("/api/v1/walls/district/").data
    assert wall["summary"] == pytest.approx(expected_summary(counts))
    for domain in wall["domains"]:
        wanted = expected_summary(counts, domain=domain["code"])
        # Registrations stay in the category that was suggested before anybody looked.
        wanted.pop("registered_today")
        assert {name: domain[name] for name in wanted} == pytest.approx(wanted)
    for street in wall["streets"]:
        wanted = expected_summary(counts, street=street["name"])
        names = ("open", "overdue", "accepted_today", "closed_today")
        assert {name: street[name] for name in names} == {name: wanted[name] for name in names}
        kept = value("environment-overdue", town.areas[street["name"]])
        assert kept.value == picked(counts, "overdue", street["name"], "environment")
    on_time = value("urban-management-on-time", town.areas["区"])
    assert on_time.numerator == picked(counts, "on_time", domain="urban_management")
    assert on_time.denominator == sum(
        picked(counts, name, domain="urban_management") for name in ("resolved", "overdue")
    )
    assert counts.total() > 100


def test_rate_without_denominator_is_no_data(town, morning):
    refresh_figures(at=MORNING)
    rate = value("urban-management-on-time", town.areas["区"])
    assert (rate.value, rate.state, rate.denominator) == (None, "no_data", 0)
    count = value("urban-management-open", town.areas["区"])
    assert (count.value, count.state, count.denominator) == (0, "normal", None)


def test_state_keeps_its_beginning_until_it_changes(town, morning, channel_api):
    Indicator.objects.filter(code="environment-accepted").update(
        thresholds=[{"yellow": 1, "red": 2}]
    )
    refresh_figures(at=MORNING)
    seen = []
    for minute, number in ((1, "T-1"), (2, "T-2"), (3, "T-3")):
        morning.move_to(MORNING + timedelta(minutes=minute))
        receipt = channel_api("hotline", town.call(number))
        actor = Actor.from_user(town.people["dispatcher"])
        carried = {"category": town.categories["noise"]}
        at = timezone.now()
        apply(
            number=receipt.data["number"], action=Action.ACCEPT, actor=actor, at=at, carried=carried
        )
        refresh_figures(at=at)
        row = value("environment-accepted", town.areas["东街"])
        seen.append((row.value, row.state, row.since - MORNING, row.computed_at - MORNING))
    first, second, third = (timedelta(minutes=minute) for minute in (1, 2, 3))
    assert seen == [
        (1, "yellow", first, first), (2, "red", second, second), (3, "red", second, third),
    ]  # fmt: skip


def test_figures_of_today_start_anew_at_midnight_without_any_act(town, morning, channel_api, api):
    midnight = datetime(2026, 3, 2, 16, tzinfo=UTC)
    evening = midnight - timedelta(seconds=10)
    morning.move_to(evening)
    receipt = channel_api("hotline", town.call())
    actor = Actor.from_user(town.people["dispatcher"])
    carried = {"category": town.categories["noise"]}
    apply(
        number=receipt.data["number"],
        action=Action.ACCEPT,
        actor=actor,
        at=evening,
        carried=carried,
    )
    refresh_figures(at=evening)
    assert value("environment-accepted", town.areas["区"]).value == 1
    morning.move_to(midnight)
    refresh_figures(at=midnight)
    assert value("environment-accepted", town.areas["区"]).value == 0
    summary = api("leader").get("/api/v1/walls/district/").data["summary"]
    assert (summary["accepted_today"], summary["open"]) == (0, 1)


def test_refresh_only_looks_where_nothing_is_waiting(town, morning, django_assert_num_queries):
    refresh_figures(at=MORNING)
    # For figures to work out, for walls and for departments to tell.
    with django_assert_num_queries(3):
        assert refresh_figures(at=MORNING) == 0


@pytest.mark.parametrize("words", ['category="9999"', 'channel="pigeon"', 'department="NN"'])
def test_sign_of_what_nobody_knows_is_no_data(town, morning, words):
    Indicator.objects.filter(code="environment-overdue").update(formula=f"count(overdue, {words})")
    refresh_figures(at=MORNING)
    sign = value("environment-overdue", town.areas["区"])
    assert (sign.value, sign.state) == (None, "no_data")


def test_sign_has_data_as_soon_as_its_category_is_there(town, morning):
    formula = 'count(overdue, category="9999")'
    Indicator.objects.filter(code="environment-overdue").update(formula=formula)
    refresh_figures(at=MORNING)
    Category.objects.create(code="9999", name="新类别", domain="environment")
    refresh_figures(at=MORNING)
    sign = value("environment-overdue", town.areas["区"])
    assert (sign.value, sign.state) == (0, "normal")
