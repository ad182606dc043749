"""Questions to the reference data: which limit wins, which category fits, whose token this is."""

import hashlib
import hmac
from collections.abc import Iterable

from workorders.enums import ClockKind
from workorders.models import Category, Channel, TimeLimit, WorkOrder
from workorders.selectors.reference import Reference, reference
from workorders.worktime import WorkingCalendar


def working_calendar() -> WorkingCalendar:
    """Read the district's working calendar."""
    return reference().calendar


def limits_for(
    *, order: WorkOrder, clocks: Iterable[ClockKind], known: Reference
) -> dict[str, TimeLimit]:
    """Find the winning limit of each clock: the row that names most of the order's traits.

    Between equally specific rows category outweighs urgency, and urgency the channel.
    """
    return {row.clock: row for row in _fitting(order, set(clocks), known)}


def rank_limits(*, order: WorkOrder, clock: ClockKind, known: Reference) -> list[TimeLimit]:
    """List the rows of a clock that fit an order, the one that wins first."""
    return _fitting(order, {clock}, known)[::-1]


def _fitting(order: WorkOrder, kinds: set[ClockKind], known: Reference) -> list[TimeLimit]:
    """Find the rows that fit an order, the most specific last."""
    category = known.category(order.category_id)
    lineage = {None, order.category_id, category.parent_id if category else None}
    rows = [
        row
        for row in known.limits
        if row.clock in kinds
        and row.category_id in lineage
        and row.urgency in ("", order.urgency)
        and row.channel_id in (None, order.channel_id)
    ]
    return sorted(rows, key=lambda row: _specificity(row, order))


def _specificity(row: TimeLimit, order: WorkOrder) -> tuple[int, int, int, int]:
    category = 0 if row.category_id is None else 2 if row.category_id == order.category_id else 1
    traits = (bool(category), bool(row.urgency), row.channel_id is not None)
    return (sum(traits), category, int(traits[1]), int(traits[2]))


def suggest_category(*, text: str) -> Category | None:
    """Suggest the category whose keywords occur most in a text; the longer words weigh more."""
    best, best_score = None, 0
    for category in reference().categories.values():
        score = sum(len(word) * text.count(word) for word in category.keywords)
        if score > best_score and category.is_active:
            best, best_score = category, score
    return best


def active_channel(*, code: str, token: str) -> Channel | None:
    """Find the active channel whose token this is."""
    channel = reference().channel_named(code)
    digest = hashlib.sha256(token.encode()).hexdigest()
    if channel is None or not channel.is_active:
        return None
    return channel if hmac.compare_digest(channel.token_digest, digest) else None
