"""When data is due and what it scores: tables and properties of the plain rules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub.enums import Dimension as D
from datahub.enums import Frequency as F
from datahub.states import (
    WEIGHTS,
    Freshness,
    Measure,
    add_measures,
    freshness_of,
    next_due,
    read_measures,
    rung_instant,
    score_dimensions,
    score_of,
    timeliness,
    write_measures,
)

ZONE = ZoneInfo("Asia/Shanghai")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("frequency", "since", "due"),
    [
        (F.REALTIME, "2026-03-02 10:20", "2026-03-02 11:20"),
        (F.DAILY, "2026-03-02 00:00", "2026-03-04 00:00"),
        (F.DAILY, "2026-03-02 23:59", "2026-03-04 00:00"),
        (F.WEEKLY, "2026-12-28 10:00", "2027-01-05 00:00"),
        (F.MONTHLY, "2026-01-31 10:00", "2026-03-01 00:00"),
        (F.MONTHLY, "2028-01-31 10:00", "2028-03-01 00:00"),
        (F.QUARTERLY, "2026-11-30 10:00", "2027-03-01 00:00"),
        (F.YEARLY, "2028-02-29 10:00", "2029-03-01 00:00"),
        (F.IRREGULAR, "2026-03-02 10:00", None),
    ],
)
def test_due_date(frequency, since, due):
    assert next_due(frequency, at(since), ZONE) == (at(due) if due else None)


FIRST, LAST = (at(f"{year}-01-01 00:00").replace(tzinfo=None) for year in (2000, 2090))


@given(
    st.sampled_from(F),
    st.datetimes(FIRST, LAST, timezones=st.just(ZONE)),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_later_data_is_never_due_earlier(frequency, since, later):
    first, second = next_due(frequency, since, ZONE), next_due(frequency, since + later, ZONE)
    assert (first is None) == (frequency == F.IRREGULAR)
    assert first is None or (since < first <= second)


DUE = {"since": at("2026-03-01 00:00"), "due_at": at("2026-03-11 00:00")}


@pytest.mark.parametrize(
    ("loaded", "now", "state"),
    [
        ("2026-03-01 00:00", "2026-03-08 23:59", Freshness.FRESH),
        ("2026-03-01 00:00", "2026-03-09 00:00", Freshness.SOON),
        ("2026-03-01 00:00", "2026-03-10 23:59", Freshness.SOON),
        ("2026-03-01 00:00", "2026-03-11 00:00", Freshness.OVERDUE),
        (None, "2026-03-02 00:00", Freshness.EMPTY),
        (None, "2026-04-02 00:00", Freshness.EMPTY),
    ],
)
def test_freshness(loaded, now, state):
    loaded_at = at(loaded) if loaded else None
    assert freshness_of(loaded_at=loaded_at, at=at(now), **DUE) == state


def test_without_a_promise_data_is_neither_fresh_nor_overdue():
    given_at = at("2026-03-01 00:00")
    found = freshness_of(loaded_at=given_at, since=given_at, due_at=None, at=at("2036-01-01 00:00"))
    assert found == Freshness.FREE


def test_rungs_lie_at_shares_of_the_period():
    instants = [rung_instant(DUE["since"], DUE["due_at"], share) for share in (80, 100, 200)]
    assert instants == [at("2026-03-09 00:00"), at("2026-03-11 00:00"), at("2026-03-21 00:00")]


@pytest.mark.parametrize(
    ("now", "score"),
    [("2026-03-11 00:00", 100), ("2026-03-16 00:00", 50), ("2026-03-21 00:00", 0),
     ("2026-06-21 00:00", 0)],
)  # fmt: skip
def test_timeliness_falls_to_nothing_within_a_period(now, score):
    assert timeliness(at=at(now), **DUE).share == score


def test_score_and_its_reasons():
    measures = [
        Measure(D.COMPLETENESS, "姓名为空", 100, 0, 2),
        Measure(D.COMPLETENESS, "电话为空", 100, 30, 1),
        Measure(D.VALIDITY, "行", 100, 10),
        Measure(D.VALIDITY, "电话 不是手机号", 100, 10, 0),
        Measure(D.UNIQUENESS, "没有查", 0, 0),
    ]
    scores = score_dimensions(measures)
    assert [(one.dimension, one.score) for one in scores] == [
        (D.COMPLETENESS, 90), (D.VALIDITY, 90),
    ]  # fmt: skip
    assert [[reason.about for reason in one.reasons] for one in scores] == [
        ["电话为空"], ["行", "电话 不是手机号"],
    ]  # fmt: skip
    assert score_of(scores) == 90
    assert score_of([]) is None
    assert sum(WEIGHTS.values()) == 100


def test_what_only_explains_gives_no_score():
    assert score_dimensions([Measure(D.VALIDITY, "a", 5, 5, weight=0)]) == []


MEASURES = st.builds(
    lambda dimension, about, checked, share: Measure(
        dimension, about, checked, int(checked * share)
    ),
    st.sampled_from(D),
    st.sampled_from("abc"),
    st.integers(0, 10**9),
    st.floats(0, 1),
)


@given(st.lists(st.lists(MEASURES, max_size=6), max_size=4))
def test_loads_add_up_in_any_order_and_scores_stay_within_bounds(parts):
    found = add_measures(parts)
    assert sum(one.checked for one in found) == sum(one.checked for p in parts for one in p)
    assert {one.key: one for one in found} == {one.key: one for one in add_measures(parts[::-1])}
    assert read_measures(write_measures(found)) == found
    score = score_of(score_dimensions(found))
    assert score is None or 0 <= score <= 100.0001
