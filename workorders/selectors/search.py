"""Search for any part of an order's words, by their pieces (`selectors.pieces`).

PostgreSQL takes pieces for independent and so believes every phrase to be rare. Whether to gather
what the index finds or to walk down the queue until a page is full is therefore decided here.
"""

import time
from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet

from accounts.enums import Right
from governance.lib.names import name_digests
from governance.lib.phones import fragment_pieces, phone_fragment
from grids.selectors import Scope
from workorders.models import OrderSearch, Reporter
from workorders.querysets import WorkOrderQuerySet, visible
from workorders.selectors.pieces import Wanted, holds_all, plain, size_of, stand_in, wanted_of

GATHERED = 10_000  # more orders than these are not gathered and sorted
NAMED = 10_000  # "匿名" and the like are the name of many: of more than these, the newest
NUMBER = "SELECT FROM workorders_workorder WHERE number = %s"
STATISTICS_SECONDS = 600
STATISTICS = """
SELECT most_common_elems::text::text[], most_common_elem_freqs,
       (SELECT reltuples FROM pg_class WHERE oid = 'workorders_ordersearch'::regclass)
FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'workorders_ordersearch'
    AND attname = 'grams' AND most_common_elems IS NOT NULL
"""


class IsAmong(Func):
    """Tell whether a row is among those of a subquery, which is read once before all else."""

    template, arg_joiner = "%(expressions)s)", " = ANY ("
    output_field = BooleanField()


def search_orders(
    *, orders: WorkOrderQuerySet, words: str, scope: Scope | None = None
) -> WorkOrderQuerySet:
    """Keep the orders with this number, or with all of these words in what is known of them.

    Digits also find the telephone they are a part of, and a full name its person, among the orders
    whose persons the scope may see; in all others neither is ever found.
    """
    words = words.replace("\x00", "").strip()
    if not words:
        return orders
    if _is_number(words):
        return orders.filter(number=words)
    wanted = wanted_of(words)
    if wanted is None:
        return orders.none()
    persons = _of_persons(words, scope) if scope else None
    if _expected(wanted) > GATHERED:
        return _walked(orders, wanted, persons)
    return _gathered(orders, wanted, persons)


def may_be_person(words: str) -> bool:
    """Tell whether words may be a part of a telephone or somebody's full name."""
    return bool(phone_fragment(words) or name_digests(words))


def _is_number(words: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [words])
        return cursor.fetchone() is not None


def _of_persons(words: str, scope: Scope) -> QuerySet[Reporter, Any] | None:
    """Give the ids of the orders whose person has this telephone or name, by right."""
    if not may_be_person(words) or not scope.has_anywhere(Right.VIEW_PERSONAL):
        return None
    seen = Reporter.objects.filter(visible(scope, "order__", Right.VIEW_PERSONAL))
    fragment = phone_fragment(words)
    if not fragment:
        return _of_name(words, seen)
    places = Q(pk__in=[])
    for pieces in fragment_pieces(fragment):
        places |= Q(phone_parts__contains=pieces)
    return seen.filter(places).values("order_id")


def _of_name(words: str, seen: QuerySet[Reporter]) -> QuerySet[Reporter, Any] | None:
    """Give the newest orders of a name; None, as for most words, where it is nobody's."""
    named = seen.filter(name_digest__in=name_digests(words))
    if not named.exists():
        return None
    return named.order_by("-order_id").values("order_id")[:NAMED]


def _gathered(orders: WorkOrderQuerySet, wanted: Wanted, persons: Any) -> WorkOrderQuerySet:
    found: Any = OrderSearch.objects.filter(holds_all("grams", wanted.pieces))
    found = found.alias(plain=plain("text")).filter(*stand_in("plain", wanted)).values("order_id")
    if persons is not None:
        found = found.union(persons)
    return orders.filter(IsAmong(F("pk"), ArraySubquery(found)))


def _walked(orders: WorkOrderQuerySet, wanted: Wanted, persons: Any) -> WorkOrderQuerySet:
    held = Q(holds_all("search__grams", (min(wanted.pieces, key=_share),)))
    for stands in stand_in("plain", wanted):
        held &= stands
    if persons is not None:
        held |= Q(IsAmong(F("pk"), ArraySubquery(persons)))
    return orders.alias(plain=plain("search__text")).filter(held)


def _expected(wanted: Wanted) -> float:
    """Estimate how many orders there are: neighbours in Chinese go together, digits do not."""
    shares = {piece: _share(piece) for piece in wanted.pieces}
    digits = prod(share for piece, share in shares.items() if piece[0].isascii())
    chinese = min((share for piece, share in shares.items() if not piece[0].isascii()), default=1)
    return _statistics(_turn())[1] * digits * chinese


def _share(piece: str) -> float:
    """Tell which share of the orders has a piece, as far as the database has noticed it."""
    shares = _statistics(_turn())[0]
    if len(piece) == size_of(piece):
        return shares.get(piece, 0.0)
    return min(1.0, sum(share for held, share in shares.items() if held.startswith(piece)))


def _turn() -> int:
    return int(time.monotonic() / STATISTICS_SECONDS)


@lru_cache(maxsize=1)
def _statistics(_turn: int) -> tuple[Mapping[str, float], float]:
    """Read what the database knows of the pieces: the share of orders with each, and all orders."""
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS)
        found = cursor.fetchone()
    if found is None:
        return {}, 0.0
    pieces, shares, rows = found
    return dict(zip(pieces, shares, strict=False)), rows
