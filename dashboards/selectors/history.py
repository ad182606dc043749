"""What indicators were: sparklines, the points of a chart, and a day's states as stretches."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dashboards.enums import IndicatorState
from dashboards.models import Indicator, StateChange
from grids.models import Area

SERIES_POINTS = 24
SERIES_SPAN = timedelta(hours=24)
# A value that has not changed for so long is not carried further into a chart.
CARRIED = timedelta(days=2)
# The newest reading at or before each of evenly spaced instants: each is one look at the index.
SAMPLES = """
SELECT sign.id, step.n, reading.value, reading.state
FROM unnest(%(signs)s::bigint[]) AS sign(id)
CROSS JOIN generate_series(0, %(points)s - 1) AS step(n)
LEFT JOIN LATERAL (
    SELECT value, state FROM dashboards_reading
    WHERE area_id = %(area)s AND indicator_id = sign.id
      AND at <= %(start)s + step.n * %(step)s AND at > %(start)s + step.n * %(step)s - %(carried)s
    ORDER BY at DESC LIMIT 1
) reading ON TRUE
ORDER BY sign.id, step.n
"""

Sample = tuple[float | None, str | None]
Standing = tuple[float | None, str]


def series_of(
    *, area: Area, indicator_ids: Collection[int], at: datetime
) -> dict[int, list[float | None]]:
    """Give the values of the last 24 hours, one an hour, the newest at the instant itself."""
    step = SERIES_SPAN / (SERIES_POINTS - 1)
    sampled = _samples(area, indicator_ids, at - SERIES_SPAN, step, SERIES_POINTS)
    return {pk: [value for value, _ in samples] for pk, samples in sampled.items()}


def history_of(
    *, area: Area, indicator: Indicator, start: datetime, end: datetime, points: int
) -> list[dict[str, Any]]:
    """Give evenly spaced values between two instants; None where there was none."""
    step = (end - start) / (points - 1)
    samples = _samples(area, [indicator.pk], start, step, points)[indicator.pk]
    return [
        {"at": start + n * step, "value": value, "state": state}
        for n, (value, state) in enumerate(samples)
    ]


def sample_at(*, area: Area, indicator_ids: Collection[int], at: datetime) -> dict[int, Standing]:
    """Give value and state of each indicator at an instant; no data where none was read."""
    sampled = _samples(area, indicator_ids, at, timedelta(), 1)
    return {
        pk: (value, state or IndicatorState.NO_DATA) for pk, [(value, state)] in sampled.items()
    }


def stretches_of(
    *, area: Area, indicator: Indicator, start: datetime, end: datetime, state: str
) -> list[dict[str, Any]]:
    """Cut the time between two instants by state; `state` is the one that holds at the end."""
    changes = StateChange.objects.filter(area=area, indicator=indicator, at__gt=start, at__lte=end)
    stretches, until = [], end
    for change in changes.order_by("-at", "-pk"):
        stretches.append({"since": change.at, "until": until, "state": state})
        state, until = change.from_state, change.at
    return [*reversed([*stretches, {"since": start, "until": until, "state": state}])]


def newest_changes(*, area: Area, indicator: Indicator, count: int) -> list[StateChange]:
    """List the newest changes of state, the newest first."""
    changes = StateChange.objects.filter(area=area, indicator=indicator)
    return list(changes.order_by("-at", "-pk")[:count])


def _samples(
    area: Area, indicator_ids: Collection[int], start: datetime, step: timedelta, points: int
) -> dict[int, list[Sample]]:
    asked: dict[str, Any] = {
        "area": area.pk, "signs": list(indicator_ids), "start": start, "step": step,
        "points": points, "carried": CARRIED,
    }  # fmt: skip
    sampled: dict[int, list[Sample]] = {pk: [] for pk in indicator_ids}
    with connection.cursor() as cursor:
        cursor.execute(SAMPLES, asked)
        for pk, _, value, state in cursor.fetchall():
            sampled[pk].append((value, state))
    return sampled
