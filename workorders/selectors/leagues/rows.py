"""The acts behind one figure of a league table, newest first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from governance.lib.pagination import PAGE_SIZE, take_page
from grids.selectors import Scope
from workorders.enums import Action
from workorders.models import Event, WorkOrder
from workorders.selectors.leagues.asked import LeagueBy, Month
from workorders.selectors.leagues.tallies import BEFORE, SOURCE_OF, events_of, params_of
from workorders.workflow.rates import Rate, Tally

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Part(TextChoices):
    NUMERATOR = "numerator", _("分子")
    DENOMINATOR = "denominator", _("分母")


@dataclass(frozen=True)
class LeagueActs:
    """One page of acts; `hidden` and `excluded` hold ids of orders, `next_cursor` may be empty.

    An order that has left the reader's scope since then still counts: its act is listed, but
    neither its number nor its words.
    """

    events: list[Event]
    next_cursor: str
    hidden: frozenset[int]
    excluded: frozenset[int]


def league_acts(
    *,
    by: LeagueBy,
    month: Month,
    areas: Iterable[int],
    scope: Scope,
    key: int | None,
    rate: Rate,
    part: Part,
    is_assessed: bool,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> LeagueActs:
    """Read the acts that one part of a rate has counted for `key`, or (None) for everybody."""
    tallies = rate.numerator if part is Part.NUMERATOR else rate.denominator
    params = {**params_of(by=by, month=month, areas=areas), "key": key}
    statement, values = _positional(_statement(tallies, by, key, is_assessed), params)
    # Built from constants alone; what is asked goes in as parameters.
    counted = Event.objects.filter(pk__in=RawSQL(statement, values))  # noqa: S611
    page = take_page(queryset=counted.select_related("order"), key="-at", cursor=cursor, size=size)
    ids = {event.order_id for event in page.rows}
    seen = WorkOrder.objects.visible_to(scope).filter(pk__in=ids).values_list("pk", flat=True)
    return LeagueActs(
        page.rows, page.next_cursor, frozenset(ids - set(seen)), _excluded(ids, month)
    )


def _statement(tallies: tuple[Tally, ...], by: LeagueBy, key: int | None, is_assessed: bool) -> str:
    chosen = []
    for tally in dict.fromkeys(tallies):
        source = SOURCE_OF[tally]
        events, column = events_of(source, by)
        whose = f"{column} IS NOT NULL" if key is None else f"{column} = %(key)s"
        kept = " AND x.order_id IS NULL" if is_assessed else ""
        chosen.append(f"SELECT e.id {events} AND {whose} AND {source.conditions[tally]}{kept}")
    return BEFORE + " UNION ALL ".join(chosen)


def _positional(statement: str, params: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Write named parameters as the ORM's raw expressions take them."""
    values = [params[name] for name in PLACEHOLDER.findall(statement)]
    return PLACEHOLDER.sub("%s", statement), values


def _excluded(order_ids: set[int], month: Month) -> frozenset[int]:
    """Give those of the orders that were excluded from assessment at the instant asked for."""
    acts = Event.objects.filter(
        action=Action.EXCLUDE, order__in=order_ids, at__lte=month.as_of
    ).order_by("order_id", "sequence")
    newest = dict(acts.values_list("order_id", "content__is_excluded"))
    return frozenset(order_id for order_id, is_excluded in newest.items() if is_excluded)
