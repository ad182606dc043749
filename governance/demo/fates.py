"""What becomes of one made-up order, drawn step by step as it goes along."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from governance.demo import answers
from governance.demo.made_up import Storyteller
from governance.demo.pictures import draw_picture
from governance.demo.town import Town
from governance.lib.errors import ConflictError
from workorders.enums import Action as A
from workorders.enums import (
    Nature,
    PhotoStage,
    PlaceSource,
    RemarkKind,
    Satisfaction,
    State,
    Urgency,
)
from workorders.models import Category, WorkOrder
from workorders.services import apply, store_photo
from workorders.worktime import Limit, LimitUnit, WorkingCalendar, due

Plan = Callable[[datetime, Callable[[datetime], None]], None]
SATISFACTIONS = {
    Satisfaction.SATISFIED: 76,
    Satisfaction.BASICALLY_SATISFIED: 18,
    Satisfaction.DISSATISFIED: 6,
}
REJECTED, ANSWERED, SELF_HANDLED, CANCELLED = 0.04, 0.6, 0.5, 0.01
SENT_BACK, REWORKED, UNSOLVED, UNREACHED = 0.05, 0.06, 0.05, 0.08
LATE, FORGOTTEN, CONTACTED, PHOTOGRAPHED = 0.06, 0.02, 0.7, 0.05


def choose_satisfaction(chance: random.Random) -> Satisfaction:
    return chance.choices(list(SATISFACTIONS), list(SATISFACTIONS.values()))[0]


class Fate:
    """Carries one order on; `stop_after` acts it rests, where a number is given."""

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

    def _after(self, now: datetime, minutes: float, step: Callable[[datetime], None]) -> None:
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
        actor = self._town.actor(username)
        try:
            return apply(number=self.number, action=action, actor=actor, at=now, carried=carried)
        except ConflictError:
            return None  # the order has moved by itself meanwhile, such as to the level above

    def begin(self, now: datetime) -> None:
        """Plan the first look at a registered order."""
        order = self._order()
        if order.urgency == Urgency.URGENT or self._happens() < 0.5:
            # Somebody sits at the desk at night too.
            self._plan(now + timedelta(minutes=self._story.chance.uniform(2, 14)), self.look)
        else:
            self._after(now, 16, self.look)

    def look(self, now: datetime) -> None:
        """Reject, answer, handle on the spot, or accept."""
        order = self._order()
        dispatcher = self._dispatcher(order)
        if self._acts_left is None and self._happens() < REJECTED:
            reason, note = self._choose(answers.REJECTS)
            self._act(A.REJECT, dispatcher, now, reason=reason.value, note=note)
        elif self._acts_left is None and self._is_answered(order):
            self._act(A.ANSWER, dispatcher, now, answer=self._choose(answers.ANSWERS))
        elif self._acts_left is None and self._is_self_handled(order):
            self._handle_on_the_spot(order, now)
        else:
            self._accept(order, dispatcher, now)

    def _category(self, order: WorkOrder) -> Category:
        assert order.category_id is not None  # noqa: S101
        return self._town.categories[order.category_id]

    def _dispatcher(self, order: WorkOrder) -> str:
        street = self._town.areas[order.street_id].code if order.street_id else None
        return self._town.dispatcher(street)

    def _is_answered(self, order: WorkOrder) -> bool:
        return order.nature == Nature.ADVICE and self._happens() < ANSWERED

    def _is_self_handled(self, order: WorkOrder) -> bool:
        is_patrol = order.nature == Nature.PATROL and order.grid_id is not None
        return is_patrol and self._happens() < SELF_HANDLED

    def _handle_on_the_spot(self, order: WorkOrder, now: datetime) -> None:
        for stage in (PhotoStage.BEFORE, PhotoStage.AFTER):
            self._photograph(order, stage, now)
        result = self._choose(answers.SELF_HANDLED)
        assert order.grid_id is not None  # noqa: S101
        worker = self._town.workers[self._town.areas[order.grid_id].code]
        self._act(A.SELF_HANDLE, worker, now, result=result)

    def _photograph(self, order: WorkOrder, stage: PhotoStage, now: datetime) -> None:
        content = draw_picture(
            caption=order.number, is_clean=stage == PhotoStage.AFTER, seed=order.number
        )
        file = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
        store_photo(order=order, file=file, stage=stage, at=now)

    def _accept(self, order: WorkOrder, dispatcher: str, now: datetime) -> None:
        carried: dict[str, Any] = {}
        if order.category_id is None:
            carried["category"] = self._town.default_category
        if order.place_source == PlaceSource.UNKNOWN:
            if self._happens() < 0.3:
                return  # still nobody knows where
            carried["area"] = self._town.some_grid(self._story.chance)
        if self._act(A.ACCEPT, dispatcher, now, **carried):
            self._after(now, 14, self.dispatch)

    def dispatch(self, now: datetime) -> None:
        order = self._order()
        category = self._category(order)
        carried: dict[str, Any] = {"department": category.department}
        if category.is_grid_matter and order.grid_id is not None:
            carried = {"grid": self._town.areas[order.grid_id]}
        if not self._act(A.DISPATCH, self._dispatcher(order), now, **carried):
            return
        self._after(now, 40, self.receive)

    def receive(self, now: datetime) -> None:
        """Sign, or send back what is not one's own."""
        order = self._order()
        holder = self._find_holder(order)
        if holder is None:
            return  # nobody signed in time, and it fell to a level where the demo has no one
        if self._acts_left is None and self._happens() < SENT_BACK:
            self._act(A.SEND_BACK, holder, now, reason=self._choose(answers.SEND_BACKS))
            self._after(now, 14, self.dispatch)
            return
        if not self._act(A.SIGN, holder, now):
            return
        if self._happens() < CONTACTED:
            self._after(now, 60, self.contact)
        self._plan_resolution(now)

    def _find_holder(self, order: WorkOrder) -> str | None:
        areas, departments = self._town.areas, self._town.departments
        grid = areas[order.holder_area_id].code if order.holder_area_id else None
        department = departments[order.department_id].code if order.department_id else None
        return self._town.holder(grid=grid, department=department)

    def _holder(self, order: WorkOrder) -> str:
        holder = self._find_holder(order)
        assert holder is not None, order.number  # noqa: S101
        return holder

    def contact(self, now: datetime) -> None:
        order = self._order()
        if order.state == State.HANDLING and self._acts_left is None:
            text = self._choose(answers.CONTACTS)
            self._act(
                A.REMARK, self._holder(order), now, kind=RemarkKind.CONTACTED.value, text=text
            )

    def _plan_resolution(self, now: datetime) -> None:
        """Resolve within the limit mostly, late sometimes, and never now and then."""
        if self._acts_left is not None:
            self._after(now, 10, self.resolve)
            return
        share = self._happens()
        if share < FORGOTTEN:
            return
        is_late = share < FORGOTTEN + LATE
        used = (
            self._story.chance.uniform(1.05, 1.6)
            if is_late
            else self._story.chance.uniform(0.1, 0.9)
        )
        due_at = self._order().due_at or now + timedelta(days=2)
        self._plan(max(now + timedelta(minutes=8), now + (due_at - now) * used), self.resolve)

    def resolve(self, now: datetime) -> None:
        order = self._order()
        if self._happens() < PHOTOGRAPHED:
            self._photograph(order, PhotoStage.AFTER, now)
        result = self._story.result(self._category(order).code)
        proof = self._choose(answers.PROOFS)
        if self._act(A.RESOLVE, self._holder(order), now, result=result, proof=proof):
            self._after(now, 90, self.check)

    def check(self, now: datetime) -> None:
        supervisor = "demo-supervisor"
        if self._acts_left is None and self._happens() < CANCELLED:
            self._act(A.CANCEL, supervisor, now, reason="重复录入，作废。")
        elif self._acts_left is None and self._happens() < REWORKED:
            self._act(A.REWORK, supervisor, now, finding=self._choose(answers.REWORKS))
            self._after(now, 240, self.resolve)
        elif self._act(A.PASS_CHECK, supervisor, now, finding=self._choose(answers.FINDINGS)):
            self._after(now, 300, self.call_back)

    def call_back(self, now: datetime) -> None:
        clerk = "demo-clerk"
        if self._happens() < UNREACHED:
            order = self._act(A.FOLLOW_UP, clerk, now, is_reached=False, note="无人接听")
            if order is not None and order.state == State.FOLLOW_UP:
                self._after(now, 200, self.call_back)
        elif self._happens() < UNSOLVED:
            note = self._choose(answers.DISSATISFIED)
            if self._act(A.FOLLOW_UP, clerk, now, is_reached=True, is_solved=False, note=note):
                self._after(now, 480, self.resolve)
        else:
            chosen = choose_satisfaction(self._story.chance)
            self._act(
                A.FOLLOW_UP, clerk, now, is_reached=True, is_solved=True,
                satisfaction=chosen.value, note=self._choose(answers.CALL_BACKS),
            )  # fmt: skip
