"""What is kept of values that moved: readings by the minute, changes of state, episodes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from dashboards.enums import IndicatorState as S
from dashboards.models import (
    Episode,
    Indicator,
    IndicatorValue,
    Reading,
    ReportedValue,
    StateChange,
)
from dashboards.selectors.limits import table_of
from dashboards.selectors.tree import read_tree
from dashboards.states import Limits, Row, Rule, is_worse, judge, limits_at

BAD = (S.YELLOW, S.RED)
# How long readings are kept by the minute; then the last of each hour, and after two years none.
BY_THE_MINUTE, BY_THE_HOUR = timedelta(days=8), timedelta(days=731)
THIN = """
DELETE FROM dashboards_reading r WHERE r.at < %(hourly_before)s AND r.at >= %(looked_from)s
AND EXISTS (
    SELECT 1 FROM dashboards_reading later
    WHERE later.area_id = r.area_id AND later.indicator_id = r.indicator_id
    AND later.at > r.at AND later.at < date_trunc('hour', r.at) + interval '1 hour'
)
"""
# (indicator, value before, value after)
Moved = tuple[Indicator, IndicatorValue | None, IndicatorValue]


def keep_history(moves: Sequence[Moved], *, at: datetime) -> None:
    """Put on record what moved; the caller holds the lock of the figures."""
    _keep_readings(moves, at)
    changes = [
        (indicator, before, after)
        for indicator, before, after in moves
        if before is not None and before.revision and before.state != after.state
    ]
    StateChange.objects.bulk_create(_change(*change) for change in changes)
    _keep_episodes([move for move in moves if _concerns_episode(*move)])


def _keep_readings(moves: Sequence[Moved], at: datetime) -> None:
    rows = [
        Reading(
            indicator_id=after.indicator_id,
            area_id=after.area_id,
            at=_minute_of(after, at),
            value=after.value,
            state=after.state,
        )
        for _, before, after in moves
        if before is None or (before.value, before.state) != (after.value, after.state)
    ]
    Reading.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area", "indicator", "at"],
        update_fields=["value", "state"],
    )


def _minute_of(after: IndicatorValue, at: datetime) -> datetime:
    """Give the minute of a value's own instant; that it is missing is seen when one looks."""
    instant = at if after.value is None else after.observed_at or at
    return instant.replace(second=0, microsecond=0)


def chart_reports(*, indicator: Indicator, rows: Sequence[ReportedValue]) -> None:
    """Put accepted reports on the chart at their own instants, however late they came.

    The state is what the thresholds of that hour say of the value alone; where the figures have
    judged that minute already, their state stays.
    """
    readings = {}
    for row in sorted(rows, key=lambda row: row.at):
        minute = row.at.replace(second=0, microsecond=0)
        table = _table(indicator, row.area_id)
        rule = Rule(indicator.direction, limits_at(table, timezone.localtime(row.at)))
        standing = judge(before=None, value=row.value, rule=rule, at=row.at)
        readings[row.area_id, minute] = Reading(
            indicator=indicator,
            area_id=row.area_id,
            at=minute,
            value=row.value,
            state=standing.state,
        )
    Reading.objects.bulk_create(
        readings.values(),
        update_conflicts=True,
        unique_fields=["area", "indicator", "at"],
        update_fields=["value"],
    )


def thin_readings(*, at: datetime) -> int:
    """Keep one reading an hour of what is older than a week, and nothing of two years ago.

    Meant for every night; it looks back a week further in case nights were missed.
    """
    Reading.objects.filter(at__lt=at - BY_THE_HOUR).delete()
    hourly_before = (at - BY_THE_MINUTE).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        looked_from = hourly_before - BY_THE_MINUTE
        cursor.execute(THIN, {"hourly_before": hourly_before, "looked_from": looked_from})
        return int(cursor.rowcount)


def _change(indicator: Indicator, before: IndicatorValue, after: IndicatorValue) -> StateChange:
    return StateChange(
        indicator=indicator,
        area_id=after.area_id,
        at=after.since,
        from_state=before.state,
        to_state=after.state,
        since=before.since,
        previous_value=before.value,
        value=after.value,
        reason=reason_of(indicator, before.state, after),
    )


def _table(indicator: Indicator, area_id: int) -> tuple[Row, ...]:
    level = read_tree().nodes[area_id].level
    return table_of(indicator=indicator, area_level=level)


def reason_of(indicator: Indicator, from_state: str, after: IndicatorValue) -> str:
    """Say in a sentence why the state is what it is."""
    if after.value is None:
        return "没有数据" if indicator.interval_seconds is None else "超过三个更新间隔没有新值"
    table = _table(indicator, after.area_id)
    limits = limits_at(table, timezone.localtime(after.since))
    value = spell(indicator, after.value)
    if after.state == S.NORMAL:
        return f"{value}，{'恢复报送' if from_state == S.NO_DATA else '回到正常范围'}"
    return f"{value}，{_crossed(indicator, limits, after)}"


def _crossed(indicator: Indicator, limits: Limits, after: IndicatorValue) -> str:
    limit = limits.red if after.state == S.RED else limits.yellow
    word = S(after.state).label
    if isinstance(limit, tuple):
        low, high = (spell(indicator, end) for end in limit)
        return f"超出{word}区间 {low} 至 {high}"
    return f"达到{word}阈值 {spell(indicator, limit)}" if limit is not None else f"{word}"


def spell(indicator: Indicator, value: float) -> str:
    """Write a value as the pages do: shares in percent, with the indicator's precision."""
    shown = value * 100 if indicator.unit == "%" else value
    space = "" if indicator.unit in ("", "%", "‰") else " "
    return f"{shown:.{indicator.precision}f}{space}{indicator.unit}"


def _concerns_episode(
    indicator: Indicator, before: IndicatorValue | None, after: IndicatorValue
) -> bool:
    return after.state in BAD or (before is not None and before.state in BAD)


def _keep_episodes(moves: Sequence[Moved]) -> None:
    """Open, worsen or end the episodes of values that are, or were, yellow or red."""
    if not moves:
        return
    open_rows = Episode.objects.filter(
        ended_at__isnull=True, area_id__in={after.area_id for _, _, after in moves}
    )
    running = {(row.area_id, row.indicator_id): row for row in open_rows}
    begun, changed = [], []
    for indicator, _, after in moves:
        episode = running.get((after.area_id, after.indicator_id))
        if episode is None and after.state in BAD:
            begun.append(_begin(after))
        elif episode is not None and _go_on(episode, after, _rule(indicator, after)):
            changed.append(episode)
    Episode.objects.bulk_create(begun)
    Episode.objects.bulk_update(changed, ["red_at", "ended_at", "worst_value", "revision"])


def _begin(after: IndicatorValue) -> Episode:
    return Episode(
        indicator_id=after.indicator_id,
        area_id=after.area_id,
        began_at=after.since,
        red_at=after.since if after.state == S.RED else None,
        worst_value=after.value,
        revision=after.revision,
    )


def _go_on(episode: Episode, after: IndicatorValue, rule: Rule) -> bool:
    """Let an episode get worse, become red, or end; tell whether anything changed.

    Pages are told of red and of the end alone: the values themselves tell the rest.
    """
    if after.state not in BAD:
        episode.ended_at = after.since
        episode.revision = after.revision
        return True
    is_worse_now = is_worse(value=after.value, than=episode.worst_value, rule=rule)
    if is_worse_now:
        episode.worst_value = after.value
    if after.state == S.RED and episode.red_at is None:
        episode.red_at, episode.revision = after.since, after.revision
        return True
    return is_worse_now


def _rule(indicator: Indicator, after: IndicatorValue) -> Rule:
    """Give by what a value is judged at its instant."""
    table = _table(indicator, after.area_id)
    instant = after.observed_at or after.computed_at
    return Rule(indicator.direction, limits_at(table, timezone.localtime(instant)))
