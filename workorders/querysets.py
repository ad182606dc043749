"""Reads of work orders, each starting from what a scope may see."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from accounts.enums import Right
from workorders.enums import State
from workorders.workflow import ENDED

if TYPE_CHECKING:
    from grids.selectors import Scope
    from workorders.models import WorkOrder  # noqa: F401  # named in a string below

OPEN_STATES = [state.value for state in State if state not in ENDED]


class WorkOrderQuerySet(QuerySet["WorkOrder"]):
    def visible_to(self, scope: "Scope") -> Self:
        """Keep the orders that a scope may view: by place, by holding department or grid."""
        return self.filter(visible(scope))

    def still_open(self) -> Self:
        return self.exclude(state__in=ENDED)

    def in_states(self, *states: State) -> Self:
        return self.filter(state__in=states)


def visible(scope: "Scope", prefix: str = "", right: Right = Right.VIEW_ORDERS) -> Q:
    """Build the condition on plain columns (each has its index), for orders or rows of them."""
    if scope.sees_everything:
        return Q()
    columns = scope.order_columns(right).items()
    conditions = [Q(**{f"{prefix}{column}__in": ids}) for column, ids in columns]
    return reduce(or_, conditions) if conditions else Q(pk__in=[])
