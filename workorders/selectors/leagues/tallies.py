"""Counting what the rates are made of, from the events alone: one condition for each tally.

Events are only ever appended, so the answer for a past instant stays the same for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from workorders.enums import Action as A
from workorders.enums import State as S
from workorders.querysets import OPEN_STATES
from workorders.selectors.leagues.asked import LeagueBy, Month
from workorders.workflow.rates import Tally as T

CALL = f"e.action = '{A.FOLLOW_UP.value}' AND e.content ->> 'is_reached' = 'true'"
FIRST = f"""e.action = '{A.DISPATCH.value}' AND NOT EXISTS (
    SELECT FROM workorders_event f WHERE f.order_id = e.order_id AND f.sequence < e.sequence
    AND f.action = '{A.DISPATCH.value}')"""
# The old holder's, whoever decided it; as `figure_cell` has it.
RETURN = "({0}.action = 'send_back' OR {0}.action = 'approve' AND {0}.to_state = 'accepted')"
RESULT = f"e.action = '{A.RESOLVE.value}'"


def resolved_at(level: int) -> str:
    result = f"{RESULT} AND e.content ->> 'level' = '{level}'"
    # What a grid worker settles on the spot never left the grid (小事不出格).
    return f"({result} OR e.action = '{A.SELF_HANDLE.value}')" if level == 4 else result


# fmt: off
BY_HOLDER: dict[T, str] = {
    T.WITH_LIMIT: f"{RESULT} AND e.content -> 'met' -> 'resolution' IS NOT NULL",
    T.ON_TIME: f"{RESULT} AND e.content -> 'met' ->> 'resolution' = 'true'",
    T.CLOSED: f"e.to_state = '{S.CLOSED.value}' AND e.from_state <> '{S.CLOSED.value}'",
    # A part of an order is with its holder from the start.
    T.SENT: "(e.action IN ('dispatch', 'pass_down', 'pass_up')"
            " OR e.action IN ('split', 'assist') AND e.from_state = '')",
    T.SIGNED_ON_TIME: "e.action = 'sign' AND e.content -> 'met' ->> 'signing' = 'true'",
    T.RETURNED: RETURN.format("e"),
    T.REWORKED: f"e.action = '{A.REWORK.value}'",
    T.EXTENDED: "e.action = 'approve' AND e.to_state NOT IN ('accepted', 'suspended')",
    T.REOPENED: f"e.action = '{A.REOPEN.value}'",
    T.CALLED_BACK: CALL,
    T.CONTACTED: f"""{CALL} AND EXISTS (
        SELECT FROM workorders_event c WHERE c.order_id = e.order_id AND c.sequence < e.sequence
        AND c.action = 'remark' AND c.content ->> 'kind' = 'contacted')""",
    T.SOLVED: f"{CALL} AND e.content ->> 'is_solved' = 'true'",
    T.SATISFIED: f"{CALL} AND e.content ->> 'satisfaction' = 'satisfied'",
    T.BASICALLY_SATISFIED: f"{CALL} AND e.content ->> 'satisfaction' = 'basically_satisfied'",
    T.RESOLVED: "(" + " OR ".join(f"{resolved_at(level)}" for level in (4, 3, 2, 1)) + ")",
    T.BY_GRID: resolved_at(4),
    T.BY_COMMUNITY: resolved_at(3),
    T.BY_STREET: resolved_at(2),
    T.BY_DISTRICT: resolved_at(1),
}
BY_SENDER: dict[T, str] = {
    T.FIRST_SENT: FIRST,
    T.FIRST_SENT_RIGHT: f"""{FIRST} AND NOT EXISTS (
        SELECT FROM workorders_event r WHERE r.order_id = e.order_id AND r.sequence > e.sequence
        AND r.at <= %(as_of)s AND {RETURN.format("r")})""",
}
# fmt: on
# Whoever held the order before the act, not after it.
BY_LAST_HOLDER: dict[T, str] = dict.fromkeys((T.HELD, T.HELD_SECONDS), "true")
STOCK: dict[T, str] = {T.LATE_OPEN: "true"}
AMOUNTS = {T.HELD_SECONDS: "(e.content ->> 'held_seconds')::bigint"}

IN_MONTH = "e.at >= %(start)s AND e.at < %(end)s AND e.at <= %(as_of)s"
NEWEST_LATE = """e.is_overdue AND e.to_state = ANY(%(open_states)s)
    AND e.at < %(end)s AND e.at <= %(as_of)s AND NOT EXISTS (
        SELECT FROM workorders_event n WHERE n.order_id = e.order_id AND n.sequence > e.sequence
        AND n.at < %(end)s AND n.at <= %(as_of)s)"""


@dataclass(frozen=True)
class Source:
    """Events that are counted together, and whose they are where it is not the area's."""

    conditions: Mapping[T, str]
    window: str
    department: str = "e.department_id"


SOURCES = (
    Source(BY_HOLDER, IN_MONTH),
    Source(
        BY_SENDER,
        f"{IN_MONTH} AND e.action = '{A.DISPATCH.value}'",
        "(e.content ->> 'centre')::bigint",
    ),
    Source(
        BY_LAST_HOLDER,
        f"{IN_MONTH} AND e.content ->> 'held_by' IS NOT NULL",
        "(e.content ->> 'held_by')::bigint",
    ),
    Source(STOCK, NEWEST_LATE),
)
SOURCE_OF = {tally: source for source in SOURCES for tally in source.conditions}

# `placed` maps each area to the one that its events count for; `excluded` are orders.
BEFORE = """
WITH RECURSIVE covered AS (
    SELECT id, level FROM grids_area WHERE id = ANY(%(areas)s)
    UNION
    SELECT a.id, a.level FROM grids_area a JOIN covered c ON a.parent_id = c.id
), placed AS (
    SELECT id, id AS top FROM covered WHERE level = %(level)s
    UNION ALL
    SELECT a.id, p.top FROM grids_area a JOIN placed p ON a.parent_id = p.id
), excluded AS MATERIALIZED (
    SELECT order_id FROM (
        SELECT DISTINCT ON (order_id) order_id, content FROM workorders_event
        WHERE action = 'exclude' AND at <= %(as_of)s ORDER BY order_id, sequence DESC
    ) newest WHERE content ->> 'is_excluded' = 'true'
)
"""


def events_of(source: Source, by: LeagueBy) -> tuple[str, str]:
    """Give (FROM and WHERE, the key) of a source's events within the reader's areas."""
    places, key = ("covered", source.department) if by.level is None else ("placed", "place.top")
    return (
        f"FROM workorders_event e JOIN {places} place ON place.id = e.area_id"
        f" LEFT JOIN excluded x ON x.order_id = e.order_id WHERE {source.window}"
    ), key


def params_of(*, by: LeagueBy, month: Month, areas: Iterable[int]) -> dict[str, Any]:
    return {
        **month.params(),
        "areas": sorted(areas),
        "level": by.level or 0,
        "open_states": OPEN_STATES,
    }


# (of all orders, without those excluded from assessment)
Counts = dict[T, tuple[int, int]]


def count_tallies(*, by: LeagueBy, month: Month, areas: Iterable[int]) -> dict[int, Counts]:
    """Count every tally for each department or area within the reader's areas."""
    found: dict[int, Counts] = {}
    params = params_of(by=by, month=month, areas=areas)
    with connection.cursor() as cursor:
        for source in SOURCES:
            for key, is_excluded, *counts in _counted(cursor, source, by, params):
                _add(found.setdefault(key, {}), source, counts, is_excluded)
    return found


def _add(tallies: Counts, source: Source, counts: Sequence[int], is_excluded: bool) -> None:
    for tally, count in zip(source.conditions, counts, strict=True):
        everything, assessed = tallies.get(tally, (0, 0))
        tallies[tally] = (everything + count, assessed + (0 if is_excluded else count))


def _counted(
    cursor: CursorWrapper, source: Source, by: LeagueBy, params: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    events, key = events_of(source, by)
    columns = ", ".join(
        f"coalesce(sum({AMOUNTS.get(tally, 1)}) FILTER (WHERE {condition}), 0)::bigint"
        for tally, condition in source.conditions.items()
    )
    # Built from the constants above alone; what is asked goes in as parameters.
    cursor.execute(
        f"{BEFORE} SELECT {key}, x.order_id IS NOT NULL, {columns}"
        f" {events} AND {key} IS NOT NULL GROUP BY 1, 2",
        params,
    )
    return cursor.fetchall()
