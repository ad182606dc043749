"""Parts of an order: orders of their own from the start, dispatched, and nobody's report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from governance.lib.masking import mask_text
from workorders.enums import Action, ClockKind, State
from workorders.models import OrderSearch, WorkOrder
from workorders.services.actors import Actor
from workorders.services.clocks import main_due_at, plan_clocks, schedule
from workorders.services.effects.base import NewPart
from workorders.services.figures import facts_of
from workorders.services.intake import allocate, search_text, title_of, tracking_code
from workorders.services.journal import Journal
from workorders.services.rows import insert_all, run
from workorders.workflow import SENT, Facts, delta_counts


def open_parts_of(
    *,
    parent: WorkOrder,
    parts: Sequence[NewPart],
    action: Action,
    actor: Actor,
    at: datetime,
    journal: Journal,
) -> list[dict[str, Any]]:
    """Write the parts of a locked order; tell the number and holder of each.

    The caller is in a transaction and writes the journal.
    """
    count = WorkOrder.objects.filter(parent=parent).count()
    told = []
    for serial, part in enumerate(parts, start=count + 1):
        order = _new_order(parent, part, serial, at)
        _write(order, part, action=action, actor=actor, at=at, journal=journal)
        told.append({"number": order.number, "holder": _holder(part)})
    return told


def _new_order(parent: WorkOrder, part: NewPart, serial: int, at: datetime) -> WorkOrder:
    pk, number = allocate(at=at)
    taken_over = {
        name: getattr(parent, name)
        for name in (
            "channel_id", "nature", "urgency", "category_id", "address", "point", "place_source",
            "district_id", "street_id", "community_id", "grid_id", "boundary_version_id",
            "occurred_at", "is_confidential", "is_demo",
        )
    }  # fmt: skip
    return WorkOrder(
        pk=pk,
        number=number,
        tracking_code=tracking_code(),
        state=State.DISPATCHED,
        parent=parent,
        part=part.part,
        external_number=f"{parent.number}-{serial}",
        title=title_of(mask_text(part.text)),
        text=part.text,
        department=part.department,
        holder_area=part.area,
        level=part.level,
        held_since=at,
        registered_at=at,
        accepted_at=at,
        **taken_over,
    )


def _write(
    order: WorkOrder, part: NewPart, *, action: Action, actor: Actor, at: datetime, journal: Journal
) -> None:
    clocks = plan_clocks(order=order, kinds=SENT, at=at)
    for clock in clocks:
        if part.due_at is not None and clock.kind == ClockKind.RESOLUTION:
            clock.fixed_due_at, clock.fixed_at = part.due_at, at
            schedule(clock=clock, pauses=())
    order.due_at = main_due_at(state=order.state, clocks=clocks, current=None, from_state="")
    after = facts_of(order)
    content = {
        "part_of": order.parent.number if order.parent else "", "holder": _holder(part),
        "department": order.department_id, "level": order.level, "grid": order.holder_area_id,
    }  # fmt: skip
    journal.append(
        order=order, action=action, actor=actor, at=at, from_state="", cell=after.cell,
        content=content,
    )  # fmt: skip
    nothing = Facts(cell=(), state=None)
    counts = delta_counts(before=nothing, after=after, action=action, outcome={})
    journal.count(counts=counts, at=at)
    run(insert_all([order], clocks, [OrderSearch(order=order, text=search_text(order))]))


def _holder(part: NewPart) -> str:
    holder = part.area or part.department
    return holder.name if holder else ""
