"""The time each holder had an order: booked to them when it leaves their hands."""

from datetime import datetime, timedelta
from typing import Any

from workorders.enums import Action, State
from workorders.models import WorkOrder
from workorders.selectors import reference
from workorders.workflow import HELD_STATES
from workorders.worktime import Limit, LimitUnit, elapsed

HANDS_ON = frozenset({Action.DISPATCH, Action.PASS_DOWN, Action.PASS_UP})
WORKING_TIME = Limit(1, LimitUnit.WORKING_MINUTE)


def book_hop(
    *, order: WorkOrder, action: Action, from_state: str, holder: int | None, at: datetime
) -> dict[str, Any]:
    """Book the time of the holder before the act, in working seconds, if the act ends it.

    `holder` is the department before the act. Suspension stops the count without ending it.
    """
    was_held = from_state in HELD_STATES
    is_held = order.state in HELD_STATES
    is_ended = (was_held or from_state == State.SUSPENDED) and (
        action in HANDS_ON or not (is_held or order.state == State.SUSPENDED)
    )
    used = order.held_seconds + (_worked(order.held_since, at) if was_held else 0)
    if is_held and (is_ended or not was_held):
        order.held_since = at
    elif not is_held:
        order.held_since = None
    if is_ended:
        order.held_seconds = 0
    elif order.state == State.SUSPENDED:
        order.held_seconds = used
    return {"held_seconds": used, "held_by": holder} if is_ended else {}


def _worked(since: datetime | None, at: datetime) -> int:
    if since is None:
        return 0
    spent: timedelta = elapsed(
        start=since, at=max(at, since), limit=WORKING_TIME, calendar=reference().calendar
    )
    return int(spent.total_seconds())
