"""After any history every indicator on the cube equals a recount from orders and events.

The recount adds up one event at a time and never looks at the cube; the shipped catalogue is joined
by signs that use each filter with the town's own codes.
"""

import re
from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Department
from dashboards.enums import Source
from dashboards.indicators import catalogue
from dashboards.models import Indicator, IndicatorValue
from dashboards.services import load_indicators, refresh_figures
from dashboards.states import evaluate
from dashboards.states.terms import OtherValue, walk
from grids.enums import AreaLevel
from grids.models import Area
from tests.histories import live
from workorders.enums import STOCKS, Action
from workorders.models import Category, Channel, Event, WorkOrder
from workorders.services import recount

DAYS = {"now": 1, "today": 1, "week": 7, "month": 30}
FILTERS = [
    'category="noise"', 'category="manhole"', 'domain="environment"', 'channel="petition"',
    'department="D1"', 'level="grid"', 'level="street"', "ago=1", 'window="week", ago=2',
]  # fmt: skip
TERMS = [
    "count(registered + resolved{})", "count(open{})", "rate(signed_on_time, signed{})",
    "rate(satisfied + basically_satisfied, called_back{})", "mean_hours({})",
    "quantile_hours(0.9{})",
]  # fmt: skip
BUCKETS = [1, 4, 12, 24, 72, 120, 240, 480, 10**9]


def add_signs(town):
    """Add one sign for every term with every filter, over a window in turn."""
    windows = list(DAYS)
    for number, (term, given_filter) in enumerate(product(TERMS, FILTERS)):
        text = term.format(f", {given_filter}").replace("(, ", "(")
        Indicator.objects.create(
            code=f"drawn-{number}", name=f"试算 {number}", theme="environment", unit="件",
            direction="lower", window=windows[number % len(windows)], source=Source.CUBE,
            formula=text, reach="street",
        )  # fmt: skip


class PlainFacts:
    """Facts of one area, added up from what each order and event counts."""

    def __init__(self, root, window, today, counted):
        self.root, self.window, self.today, self.counted = root, window, today, counted

    def count(self, measures, where, *, is_weighted):
        weights = {"basically_satisfied": 0.9 if is_weighted else 1}
        return float(sum(
            amount * weights.get(measure, 1)
            for (measure, day, cell), amount in self.counted.items()
            if measure in measures and self.holds(day, where, measure) and self.passes(cell, where)
        ))  # fmt: skip

    def handling(self, quantile, where):
        took = [
            (event.at - event.order.registered_at).total_seconds() / 3600
            for event in Event.objects.filter(action=Action.RESOLVE).select_related("order")
            if self.holds(timezone.localdate(event.at), where, "resolved")
            and self.passes(
                (event.area_id, event.category_id, event.order.channel_id, event.department_id),
                where,
            )
        ]
        if not took:
            return None, 0
        return (sum(took) / len(took) if quantile is None else within(took, quantile)), len(took)

    def holds(self, day, where, measure):
        if measure in STOCKS:
            return day is None
        last = self.today - timedelta(days=where.ago)
        first = last - timedelta(days=DAYS[where.window or self.window] - 1)
        return day is not None and first <= day <= last

    def passes(self, cell, where):
        area_id, category_id, channel_id, department_id = cell
        area = Area.objects.get(pk=area_id)
        above = [area]
        while above[-1].parent:
            above.append(above[-1].parent)
        category = Category.objects.filter(pk=category_id).first()
        holder = WorkOrder.department.field.related_model.objects.filter(pk=department_id).first()
        return (
            self.root in above
            and (not where.category or (bool(category) and category.code == where.category))
            and (not where.domain or (bool(category) and category.domain == where.domain))
            and (not where.channel or Channel.objects.get(pk=channel_id).code == where.channel)
            and (not where.department or (bool(holder) and bool(
                re.fullmatch(rf"(.*-)?{where.department}", holder.code))))
            and (not where.level or AreaLevel(area.level).name.lower() == where.level)
        )  # fmt: skip

    def value(self, code):
        raise AssertionError("only signs on the cube are counted here")


def within(hours, share):
    """Find the quantile by the buckets that docs/indicators.md names."""
    counts = Counter(next(end for end in BUCKETS if one <= end) for one in hours)
    below, start = 0, 0
    for end in BUCKETS:
        if counts[end] and below + counts[end] >= share * len(hours):
            width = 0 if end == BUCKETS[-1] else end - start
            return start + width * (share * len(hours) - below) / counts[end]
        below, start = below + counts[end], end
    return None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99)), min_size=10, max_size=25))
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_sign_on_the_cube_equals_a_recount(django_db_history, history):
    with django_db_history() as town:
        load_indicators()
        add_signs(town)
        at = live(town, history)
        with time_machine.travel(at, tick=False):
            refresh_figures(at=at)
            check(town, timezone.localdate(at))


def names_what_is_there(terms):
    """Tell whether the town knows the categories, channels and departments of a formula."""
    codes = {
        "category": set(Category.objects.values_list("code", flat=True)),
        "channel": set(Channel.objects.values_list("code", flat=True)),
        "department": set(Department.objects.values_list("code", flat=True)),
    }
    named = [
        (kind, getattr(term.where, kind))
        for term in terms
        if hasattr(term, "where")
        for kind in codes
    ]
    return all(not code or code in codes[kind] for kind, code in named)


def check(town, today):
    counted = recount(orders=WorkOrder.objects.all())
    stored = {
        (row.area_id, row.indicator.code): row
        for row in IndicatorValue.objects.select_related("indicator")
    }
    compared = 0
    for code, known in catalogue().known.items():
        terms = walk(known.expression)
        if known.row.source != Source.CUBE or any(isinstance(term, OtherValue) for term in terms):
            continue
        for name in ("区", "东街", "西街"):
            area = town.areas[name]
            if (area.pk, code) not in stored:
                continue
            facts = PlainFacts(area, known.row.window, today, counted)
            wanted = evaluate(known.expression, facts)
            found = stored[area.pk, code]
            is_unknown = wanted.value is None or not names_what_is_there(terms)
            wanted_value = None if is_unknown else pytest.approx(wanted.value, abs=2e-3)
            assert (code, name, found.value) == (code, name, wanted_value)
            compared += 1
    assert compared > 300
