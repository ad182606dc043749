"""Vital signs as a wall meets them: six domains of fourteen, every state, a day of history."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Department
from dashboards.enums import Direction, IndicatorState, Source, Theme, Window
from dashboards.models import Episode, Indicator, IndicatorValue, StateChange
from grids.models import Area
from workorders.enums import Domain

S = IndicatorState
# (name, unit, decimals, direction, yellow, red): what a sign of each kind looks like.
KINDS: tuple[tuple[str, str, int, str, Any, Any], ...] = (
    ("投诉举报按时办结率", "%", 1, Direction.HIGHER, 0.95, 0.9),
    ("在办工单超期数", "件", 0, Direction.LOWER, 20, 50),
    ("工地扬尘PM10小时均值", "µg/m³", 0, Direction.LOWER, 100, 150),
    ("供水管网末梢平均压力", "MPa", 2, Direction.BAND, [0.2, 0.5], [0.14, 0.6]),
    ("重点场所视频在线率", "%", 1, Direction.HIGHER, 0.97, 0.9),
    ("平均办理时长", "小时", 1, Direction.LOWER, 48, 72),
    ("生活垃圾日清运量", "吨", 0, Direction.BAND, [300, 900], [200, 1100]),
)
# How signs stand, over and over: mostly normal, some of each other state.
STATES = (S.NORMAL, S.NORMAL, S.NO_DATA, S.NORMAL, S.YELLOW, S.NORMAL, S.NORMAL, S.RED) + (
    S.NORMAL,
) * 3
# A day of readings half an hour apart, up and down around each sign's value.
READINGS = """
INSERT INTO dashboards_reading (indicator_id, area_id, at, value, state)
SELECT sign.id, %(area)s, %(at)s - step.n * interval '30 minutes',
    sign.value * (1 + 0.04 * ((step.n * 7 + sign.place * 3) %% 11 - 5)), 'normal'
FROM unnest(%(signs)s, %(places)s, %(values)s::double precision[]) AS sign(id, place, value)
CROSS JOIN generate_series(1, 48) AS step(n)
"""
GROUPS = {"domain": list(Domain), "theme": list(Theme)}


def hang_signs(
    *, area: Area, at: datetime, per_group: int = 14, kinds: Iterable[str] = ("domain",)
) -> list[Indicator]:
    """Make so many indicators for each domain (or theme) with values, history and episodes."""
    owners = list(Department.objects.order_by("pk")[:5])
    rows = [
        (kind, group, number)
        for kind in kinds
        for group in GROUPS[kind]
        for number in range(per_group)
    ]
    signs = Indicator.objects.bulk_create(
        _indicator(kind, group, number, place, owners)
        for place, (kind, group, number) in enumerate(rows)
    )
    stand(area=area, signs=signs, at=at)
    return signs


def stand(*, area: Area, signs: list[Indicator], at: datetime) -> None:
    """Give each sign a value of its state, a day of readings, and an episode where it is due."""
    states = [STATES[place % len(STATES)] for place in range(len(signs))]
    IndicatorValue.objects.bulk_create(
        _value(sign, area, state, at) for sign, state in zip(signs, states, strict=True)
    )
    well = [sign for sign, state in zip(signs, states, strict=True) if state != S.NO_DATA]
    _read(area, well, _minute(at))
    bad = [pair for pair in zip(signs, states, strict=True) if pair[1] in (S.YELLOW, S.RED)]
    StateChange.objects.bulk_create(_change(sign, area, state, at) for sign, state in bad)
    Episode.objects.bulk_create(_episode(sign, area, state, at) for sign, state in bad)


def value_of(sign: Indicator, state: str) -> float | None:
    """Give a value that stands for a state."""
    if state == S.NO_DATA:
        return None
    if state == S.NORMAL:
        return _middle(sign)
    limit = sign.thresholds[0][state]
    return float(limit[1] if isinstance(limit, list) else limit)


def _indicator(
    kind: str, group: Any, number: int, place: int, owners: list[Department]
) -> Indicator:
    name, unit, precision, direction, yellow, red = KINDS[number % len(KINDS)]
    is_reported = unit in ("µg/m³", "MPa", "吨")
    return Indicator(
        code=f"{kind}-{group.value.replace('_', '-')}-{number + 1}",
        name=name if number < len(KINDS) else f"{name}{number // len(KINDS) + 1}",
        definition=f"{group.label}范围内{name}，按责任部门报送或工单统计口径计算。",
        unit=unit, precision=precision, direction=direction, position=place + 1,
        source=Source.REPORT if is_reported else Source.CUBE,
        formula="reported()" if is_reported else 'count(overdue, window="today")',
        window=Window.NOW if is_reported else Window.TODAY,
        interval_seconds=300 if is_reported else None,
        thresholds=[{"yellow": yellow, "red": red}],
        owner=owners[place % len(owners)] if owners else None,
        weight=1 + (number % 3 == 0),
        **{kind: group.value},
    )  # fmt: skip


def _value(sign: Indicator, area: Area, state: str, at: datetime) -> IndicatorValue:
    value = value_of(sign, state)
    return IndicatorValue(
        indicator=sign, area=area, value=value, numerator=value or 0, state=state,
        since=_since(sign, at), computed_at=at,
        observed_at=None if value is None else at - timedelta(minutes=sign.position % 9),
        revision=1,
    )  # fmt: skip


def _read(area: Area, signs: list[Indicator], at: datetime) -> None:
    """Write some 3,000 readings in the database itself, ten times as quick as through objects."""
    with connection.cursor() as cursor:
        cursor.execute(
            READINGS,
            {
                "area": area.pk, "at": at, "signs": [sign.pk for sign in signs],
                "places": [sign.position for sign in signs],
                "values": [_middle(sign) for sign in signs],
            },
        )  # fmt: skip


def _change(sign: Indicator, area: Area, state: str, at: datetime) -> StateChange:
    return StateChange(
        indicator=sign, area=area, at=_since(sign, at), from_state=S.NORMAL, to_state=state,
        since=at - timedelta(days=1), previous_value=_middle(sign), value=value_of(sign, state),
        reason=f"达到{S(state).label}阈值",
    )  # fmt: skip


def _episode(sign: Indicator, area: Area, state: str, at: datetime) -> Episode:
    since = _since(sign, at)
    return Episode(
        indicator=sign, area=area, began_at=since, worst_value=value_of(sign, state),
        red_at=since if state == S.RED else None,
        acknowledged_at=at if state == S.RED else None,
        acknowledged_label="演示领导" if state == S.RED else "",
    )  # fmt: skip


def _since(sign: Indicator, at: datetime) -> datetime:
    return at - timedelta(minutes=17 + sign.position)


def _middle(sign: Indicator) -> float:
    """Give a value that is well."""
    limit = sign.thresholds[0]["yellow"]
    if isinstance(limit, list):
        return float(sum(limit) / 2)
    return float(limit * (0.6 if sign.direction == Direction.LOWER else 1.02))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
