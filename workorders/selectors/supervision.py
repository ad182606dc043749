"""The supervisor's desk: what needs a hand, by who holds it and by who signed for it.

Each column is a view of the queue, so that a figure and the rows behind it are one thing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Subquery, When

from accounts.enums import Right
from accounts.models import User
from grids.selectors import Scope
from workorders.enums import Action
from workorders.models import Event
from workorders.selectors.queues import VIEWS, QueueView, view_orders
from workorders.selectors.reference import reference

COLUMNS = ("soon", "late", "returned", "reopened", "unanswered")
PEOPLE = 50  # lines of people, those with most late orders first
NOBODY, NOBODY_CODE = "（未派发）", "-"


@dataclass
class Line:
    """One holder or person with their count in each column; `code` filters the queue."""

    name: str
    code: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[str, int]]:
        return [(key, self.counts.get(key, 0)) for key in COLUMNS]

    @property
    def weight(self) -> tuple[int, ...]:
        """Say what comes first: late, then unanswered, then the rest."""
        order = ("late", "unanswered", "returned", "reopened", "soon")
        return tuple(-self.counts.get(key, 0) for key in order)


@dataclass(frozen=True)
class SupervisionDesk:
    views: list[QueueView]
    total: Line
    holders: list[Line]
    people: list[Line]


def may_watch(*, scope: Scope) -> bool:
    """Tell who has a desk to watch: supervisors, dispatchers of a place, heads of a department."""
    watching = (Right.SUPERVISE_ORDERS, Right.DISPATCH_ORDERS, Right.INSTRUCT_ORDERS)
    is_of_department = Right.HANDLE_ORDERS in scope.departments
    return is_of_department or any(scope.has_anywhere(right) for right in watching)


def supervision_desk(*, scope: Scope, at: datetime) -> SupervisionDesk:
    """Count what needs a hand within a scope."""
    by_key = {view.key: view for view in VIEWS}
    views = [by_key[key] for key in COLUMNS]
    holders: dict[int | None, Line] = {}
    people: dict[int, Line] = defaultdict(lambda: Line(""))
    total = Line("合计")
    for view in views:
        for department, person, count in _counted(view, scope, at):
            line = holders.setdefault(department, _holder(department))
            line.counts[view.key] = line.counts.get(view.key, 0) + count
            total.counts[view.key] = total.counts.get(view.key, 0) + count
            if person is not None:
                own = people[person].counts
                own[view.key] = own.get(view.key, 0) + count
    _name_people(people)
    return SupervisionDesk(
        views, total, _sorted(holders.values()), _sorted(people.values())[:PEOPLE]
    )


def _counted(
    view: QueueView, scope: Scope, at: datetime
) -> list[tuple[int | None, int | None, int]]:
    """Count a view by holding department and by the person who signed last."""
    orders = with_signer(view_orders(view=view, scope=scope, at=at).order_by())
    return list(orders.values_list("department_id", "signer").annotate(count=Count("pk")))


def with_signer(orders: Any) -> Any:
    """Add who signed for an order last, as `signer`; nobody since it was sent on."""
    # The newest of both: who signed before it was sent on does not have it any more.
    moved = (Action.SIGN, Action.DISPATCH, Action.PASS_DOWN, Action.PASS_UP, Action.SEND_BACK)
    last = Event.objects.filter(order=OuterRef("pk"), action__in=moved).order_by("-sequence")
    signer = Case(When(action=Action.SIGN, then=F("actor_id")), output_field=BigIntegerField())
    return orders.annotate(signer=Subquery(last.annotate(who=signer).values("who")[:1]))


def _holder(department_id: int | None) -> Line:
    department = reference().department(department_id)
    return Line(department.name, department.code) if department else Line(NOBODY, NOBODY_CODE)


def _name_people(people: dict[int, Line]) -> None:
    for user in User.objects.filter(pk__in=people):
        people[user.pk].name, people[user.pk].code = str(user), user.username


def _sorted(lines: Any) -> list[Line]:
    found: Sequence[Line] = list(lines)
    return sorted(found, key=lambda line: (line.weight, line.name))
