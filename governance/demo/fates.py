"""What becomes of one made-up order, drawn step by step as it goes along."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from governance.demo import answers
from governance.demo.courses import CLERK, SUPERVISOR
from governance.demo.pictures import draw_picture
from governance.demo.turns import Turn, Turns
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
from workorders.models import WorkOrder
from workorders.services import store_photo

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


class Fate(Turns):
    """Carries one order on; what many orders go through, with turns that few take."""

    def begin(self, now: datetime) -> None:
        """Plan the first look at a registered order."""
        order = self._order()
        if order.urgency == Urgency.URGENT or self._happens() < 0.5:
            # Somebody sits at the desk at night too.
            self._plan(now + timedelta(minutes=self._story.chance.uniform(2, 14)), self.look)
        else:
            self._after(now, 16, self.look)

    def look(self, now: datetime) -> None:
        """Merge, have it verified, reject, answer, handle on the spot, or accept."""
        order = self._order()
        dispatcher = self._dispatcher(order)
        if self.turn in (Turn.MERGED, Turn.VERIFIED):
            self.turn_before_acceptance(order, now, then=self.look)
        elif self._acts_left is None and self._happens() < REJECTED:
            reason, note = self._choose(answers.REJECTS)
            self._act(A.REJECT, dispatcher, now, reason=reason.value, note=note)
        elif self._acts_left is None and self._is_answered(order):
            self._act(A.ANSWER, dispatcher, now, answer=self._choose(answers.ANSWERS))
        elif self._acts_left is None and self._is_self_handled(order):
            self._handle_on_the_spot(order, now)
        else:
            self._accept(order, dispatcher, now)

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
        if self._acts_left is None and not order.part and self._happens() < SENT_BACK:
            self._act(A.SEND_BACK, holder, now, reason=self._choose(answers.SEND_BACKS))
            self._after(now, 14, self.dispatch)
            return
        if not self._act(A.SIGN, holder, now):
            return
        if self._happens() < CONTACTED:
            self._after(now, 60, self.contact)
        self.turn_after_signing(now, then=self._plan_resolution)

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
        if order.state != State.HANDLING:
            return
        if self.waits_for_parts(order):
            self._after(now, 240, self.resolve)
            return
        if self._happens() < PHOTOGRAPHED:
            self._photograph(order, PhotoStage.AFTER, now)
        result = self._story.result(self._category(order).code)
        proof = self._choose(answers.PROOFS)
        done = self._act(A.RESOLVE, self._holder(order), now, result=result, proof=proof)
        if done is not None and done.state == State.RESOLVED:
            self._after(now, 90, self.check)

    def check(self, now: datetime) -> None:
        supervisor = SUPERVISOR
        if self._acts_left is None and self._happens() < CANCELLED:
            self._act(A.CANCEL, supervisor, now, reason="重复录入，作废。")
        elif self._acts_left is None and self._happens() < REWORKED:
            self._act(A.REWORK, supervisor, now, finding=self._choose(answers.REWORKS))
            self._after(now, 240, self.resolve)
        else:
            finding = self._choose(answers.FINDINGS)
            passed = self._act(A.PASS_CHECK, supervisor, now, finding=finding)
            if passed is not None and passed.state == State.FOLLOW_UP:
                self._after(now, 300, self.call_back)

    def call_back(self, now: datetime) -> None:
        clerk = CLERK
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
            closed = self._act(
                A.FOLLOW_UP, clerk, now, is_reached=True, is_solved=True,
                satisfaction=chosen.value, note=self._choose(answers.CALL_BACKS),
            )  # fmt: skip
            if closed is not None and self.turn is Turn.REOPENED:
                self.turn_after_end(now, then=self.resolve)
