"""How one made-up order is acted on: by whom, and when next."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from governance.demo.made_up import Storyteller
from governance.demo.town import Town
from governance.lib.errors import ConflictError
from workorders.enums import Action as A
from workorders.models import Category, WorkOrder
from workorders.services import Actor, apply
from workorders.worktime import Limit, LimitUnit, WorkingCalendar, due

Step = Callable[[datetime], None]
Plan = Callable[[datetime, Step], None]
RESIDENT = ""
SUPERVISOR, CLERK, LEADER = "demo-supervisor", "demo-clerk", "demo-leader"


class Course:
    """The acts of one order; `stop_after` acts it rests, where a number is given."""

    def __init__(
        self,
        number: str,
        *,
        town: Town,
        story: Storyteller,
        calendar: WorkingCalendar,
        plan: Plan,
        stop_after: int | None = None,
    ) -> None:
        self.number = number
        self._town, self._story, self._calendar, self._plan = town, story, calendar, plan
        self._acts_left = stop_after
        self._happens = story.chance.random
        self._choose = story.chance.choice

    def _order(self) -> WorkOrder:
        return WorkOrder.objects.defer("text", "result", "answer").get(number=self.number)

    def _after(self, now: datetime, minutes: float, step: Step) -> None:
        """Plan a step after so many working minutes, give or take half."""
        if self._acts_left is not None:
            self._plan(now + timedelta(minutes=self._story.chance.uniform(3, 12)), step)
            return
        amount = max(1, round(minutes * self._story.chance.uniform(0.5, 1.5)))
        limit = Limit(amount, LimitUnit.WORKING_MINUTE)
        self._plan(due(start=now, limit=limit, calendar=self._calendar), step)

    def _act(self, action: A, username: str, now: datetime, **carried: Any) -> WorkOrder | None:
        """Act through the gate; None where the order rests."""
        if self._acts_left is not None:
            if self._acts_left <= 0:
                return None
            self._acts_left -= 1
        actor = self._town.actor(username) if username else Actor.resident()
        try:
            return apply(number=self.number, action=action, actor=actor, at=now, carried=carried)
        except ConflictError:
            return None  # the order has moved by itself meanwhile, such as to the level above

    def _category(self, order: WorkOrder) -> Category:
        assert order.category_id is not None  # noqa: S101
        return self._town.categories[order.category_id]

    def _dispatcher(self, order: WorkOrder) -> str:
        street = self._town.areas[order.street_id].code if order.street_id else None
        return self._town.dispatcher(street)

    def _find_holder(self, order: WorkOrder) -> str | None:
        areas, departments = self._town.areas, self._town.departments
        grid = areas[order.holder_area_id].code if order.holder_area_id else None
        department = departments[order.department_id].code if order.department_id else None
        return self._town.holder(grid=grid, department=department)

    def _holder(self, order: WorkOrder) -> str:
        holder = self._find_holder(order)
        assert holder is not None, order.number  # noqa: S101
        return holder
