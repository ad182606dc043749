"""What is put right about an order: its category, and whether it counts in assessment."""

from governance.lib.errors import ConflictError, InvalidError
from workorders.enums import ClockKind
from workorders.models import WorkOrder
from workorders.services.clocks import relimit_clocks
from workorders.services.effects.base import Act, Effect


def reclassify(order: WorkOrder, act: Act) -> Effect:
    """Change the category: running clocks keep their start and get the limits that win now."""
    category = act.carried.get("category")
    if category is None:
        raise InvalidError(fields={"category": ["请选择类别"]})
    if category.pk == order.category_id:
        raise InvalidError(fields={"category": ["与现在的类别相同"]}, code="same_category")
    old_id, order.category = order.category_id, category
    clocks = relimit_clocks(order=order, at=act.at)
    if any(clock.kind == ClockKind.RESOLUTION for clock in clocks):
        order.is_overdue = False  # the gate says so again where it is late by the right limit, too
    note = str(act.carried.get("note") or "")
    return Effect(note=note, content={"category": category.pk, "old": old_id}, clocks=clocks)


def exclude(order: WorkOrder, act: Act) -> Effect:
    """Leave an order out of assessment, or take that back; what happened stays as it was."""
    reason, is_excluded = act.text("reason"), bool(act.carried.get("is_excluded", True))
    if order.is_excluded == is_excluded:
        words = "此单已经剔除考核。" if is_excluded else "此单没有剔除考核。"
        raise ConflictError(words, code="nothing_to_change")
    order.is_excluded = is_excluded
    return Effect(note=reason, content={"is_excluded": is_excluded})
