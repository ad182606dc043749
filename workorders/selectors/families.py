"""Orders that belong together: what was merged into one, and when its people are asked."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.enums import Right
from grids.selectors import Scope
from workorders.enums import Action, Part, State
from workorders.models import WorkOrder

CALLED = (State.FOLLOW_UP, State.CLOSED)  # the states of a master in which call-backs are made
# What a part of another order is spared.
NOT_FOR_PARTS = frozenset({Action.MERGE, Action.SPLIT, Action.ASSIST})


@dataclass(frozen=True)
class Relative:
    """A related order as anybody may know it; `is_visible` says whether the reader may open it."""

    number: str
    state: str
    state_label: str
    holder: str
    part: str
    part_label: str
    is_visible: bool


@dataclass(frozen=True)
class Family:
    """The orders around one: its parent, the order it was merged into, its parts, its merged."""

    parent: Relative | None
    merged_into: Relative | None
    parts: list[Relative]
    merged: list[Relative]

    @property
    def is_empty(self) -> bool:
        return not (self.parent or self.merged_into or self.parts or self.merged)


def awaits_call_back() -> Q:
    """Keep the merged orders whose people are to be asked now; its index is small."""
    held = Q(merged_into__department__isnull=False) | Q(merged_into__holder_area__isnull=False)
    waiting = Q(state=State.MERGED.value, closed_at__isnull=True)
    return waiting & Q(merged_into__state__in=[state.value for state in CALLED]) & held


def is_asked(order: WorkOrder, master: WorkOrder) -> bool:
    """Tell the same of one merged order and the one it was merged into."""
    was_handled = master.department_id is not None or master.holder_area_id is not None
    return order.closed_at is None and master.state in CALLED and was_handled


def is_open_to(order: WorkOrder, action: Action) -> bool:
    """Tell whether an act that the order's state allows also fits its place in a family."""
    if order.part and action in NOT_FOR_PARTS:
        return False
    if order.state == State.MERGED and action is Action.FOLLOW_UP:
        return order.merged_into is not None and is_asked(order, order.merged_into)
    return True


def family_of(*, order: WorkOrder, scope: Scope) -> Family:
    """Read the orders around one that the scope may view; of each only what all may know."""
    near = Q(merged_into=order) | Q(parent=order)
    above = [pk for pk in (order.parent_id, order.merged_into_id) if pk]
    rows = WorkOrder.objects.filter(near).select_related("department", "holder_area")
    kin = list(rows.order_by("pk"))
    if above:
        kin += WorkOrder.objects.filter(pk__in=above).select_related("department", "holder_area")
    found = {row.pk: _relative(row, scope) for row in kin}
    return Family(
        parent=found.get(order.parent_id or 0),
        merged_into=found.get(order.merged_into_id or 0),
        parts=[found[row.pk] for row in kin if row.parent_id == order.pk],
        merged=[found[row.pk] for row in kin if row.merged_into_id == order.pk],
    )


def _relative(order: WorkOrder, scope: Scope) -> Relative:
    holder = order.holder_area or order.department
    return Relative(
        number=order.number,
        state=order.state,
        state_label=str(State(order.state).label),
        holder=holder.name if holder else "",
        part=order.part,
        part_label=str(Part(order.part).label) if order.part else "",
        is_visible=scope.covers(Right.VIEW_ORDERS, order),
    )
