"""What an effect gets and what it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.enums import DepartmentKind, Right
from accounts.models import Department
from governance.lib.errors import InvalidError
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import place_of
from workorders.enums import Action, ClockKind, Part, PlaceSource
from workorders.models import Clock, WorkOrder
from workorders.selectors import reference
from workorders.services.actors import Actor
from workorders.services.notices import Post
from workorders.workflow import Road

LEVELS: dict[str, AreaLevel] = {
    DepartmentKind.DISTRICT_CENTRE: AreaLevel.DISTRICT,
    DepartmentKind.FUNCTIONAL: AreaLevel.DISTRICT,
    DepartmentKind.STREET_CENTRE: AreaLevel.STREET,
    DepartmentKind.COMMUNITY_STATION: AreaLevel.COMMUNITY,
}


FARTHEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Step:
    """One action of an act, with what it carries already parsed.

    `device` says when a phone without signal had it done, by its own clock.
    """

    action: Action
    carried: Mapping[str, Any] = field(default_factory=dict)
    device: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """One person's act, with what it carries already parsed into typed values."""

    action: Action
    actor: Actor
    at: datetime
    carried: Mapping[str, Any]
    others: Mapping[int, WorkOrder] = field(default_factory=dict)  # locked with the order

    def text(self, name: str) -> str:
        """Read a text that the act must carry; raise InvalidError where it is empty."""
        value = str(self.carried.get(name) or "").strip()
        if not value:
            raise InvalidError(fields={name: ["必填"]})
        return value

    def later(self, name: str) -> datetime:
        """Read an instant that the act must carry and that lies ahead of it."""
        value = self.carried.get(name)
        if not isinstance(value, datetime):
            raise InvalidError(fields={name: ["必填"]})
        return self.ahead(value, name)

    def ahead(self, value: datetime, field: str) -> datetime:
        """Check an instant that lies ahead of the act, and not beyond anybody's planning."""
        if value <= self.at:
            raise LimitInPastError(fields={field: ["时间须在将来"]})
        if value - self.at > FARTHEST:
            raise InvalidError(fields={field: ["时间过远，最多三年"]}, code="limit_too_far")
        return value


class LimitInPastError(InvalidError):
    code = "limit_in_past"
    detail = "时限不能早于现在。"


@dataclass(frozen=True)
class NewPart:
    """A part of an order that an act asks for: what is to be done, by whom, until when."""

    part: Part
    text: str
    department: Department | None
    area: Area | None
    level: AreaLevel
    due_at: datetime | None = None


@dataclass(frozen=True)
class Effect:
    """What an act leaves on record.

    `road` names another way of the transition than the usual one; `clocks` are those that the
    effect itself has changed; `deadlines` are set by hand for clocks that run after the act;
    `notices` say whom to tell; `others` are acts of the system on other orders that follow from
    this one, in the same transaction; `parts` are orders to be opened beneath it.
    """

    note: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    is_public: bool = False
    road: Road | None = None
    clocks: Sequence[Clock] = ()
    deadlines: Mapping[ClockKind, datetime] = field(default_factory=dict)
    notices: Sequence[Post] = ()
    others: Sequence[tuple[WorkOrder, Step]] = ()
    parts: Sequence[NewPart] = ()


def put_in_area(order: WorkOrder, area: Area) -> None:
    """Set an order's place to an area and its ancestors."""
    place = place_of(area)
    order.district_id = place.district_id
    order.street_id, order.community_id = place.street_id, place.community_id
    order.grid_id = place.grid_id
    order.place_source = PlaceSource.DISPATCHER


def hold(
    order: WorkOrder, *, department: Department | None, area: Area | None, level: AreaLevel | None
) -> None:
    """Put an order into somebody's hands, or (all None) out of everybody's."""
    order.department, order.holder_area, order.level = department, area, level


def sending_centre(order: WorkOrder, actor: Actor) -> int | None:
    """Name the centre for which a person dispatches: that of the smallest area of their post."""
    held = actor.scope.areas.get(Right.DISPATCH_ORDERS, {})
    place = (order.grid_id, order.community_id, order.street_id, order.district_id)
    own = (area_id for area_id in place if any(area_id in ids for ids in held.values()))
    area = reference().area(next(own, None))
    return area.centre_id if area is not None else None
