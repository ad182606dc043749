"""The turns that few orders take: verified, merged, split, helped with, suspended, supervised."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any

from accounts.models import Department
from governance.demo import answers
from governance.demo.courses import CLERK, LEADER, RESIDENT, SUPERVISOR, Course, Step
from governance.demo.departments import FUNCTIONAL
from workorders.enums import Action as A
from workorders.enums import Part, Satisfaction, State
from workorders.models import WorkOrder
from workorders.services import resume_due
from workorders.workflow import ENDED

REFUSED, RESUMED_BY_HOLDER = 0.2, 0.5


class Turn(Enum):
    """What sets an order's fate apart from the usual one."""

    VERIFIED = "looked at before it is accepted"
    TWIN = "somebody asks for the same, and is merged into it"
    MERGED = "merged into the one that was first"
    SUSPENDED = "stands still until a day"
    EXTENDED = "gets more time, or does not"
    SPLIT = "shared out to two departments"
    ASSISTED = "another department helps"
    SUPERVISED = "a letter that must be answered"
    INSTRUCTED = "a leader writes on it"
    REOPENED = "not solved after all"


SHARES = {
    Turn.VERIFIED: 0.04, Turn.TWIN: 0.04, Turn.SUSPENDED: 0.04, Turn.EXTENDED: 0.04,
    Turn.SPLIT: 0.02, Turn.ASSISTED: 0.02, Turn.SUPERVISED: 0.03, Turn.INSTRUCTED: 0.01,
    Turn.REOPENED: 0.02,
}  # fmt: skip
# Of the newest arrivals one each rests here: its turn (none: nobody knows where it is), and
# after how many acts.
RESTING: tuple[tuple[Turn | None, int], ...] = (
    (None, 0),
    (Turn.VERIFIED, 1), (Turn.VERIFIED, 1), (Turn.SUSPENDED, 5), (Turn.SUSPENDED, 5),
    (Turn.SUSPENDED, 4), (Turn.EXTENDED, 4), (Turn.TWIN, 5), (Turn.TWIN, 5), (Turn.SPLIT, 4),
    (Turn.ASSISTED, 4), (Turn.SUPERVISED, 4), (Turn.INSTRUCTED, 4),
)  # fmt: skip


def choose_turn(chance: random.Random) -> Turn | None:
    """Choose the turn of an order; most take none."""
    turns: list[Turn | None] = [None, *SHARES]
    return chance.choices(turns, [1 - sum(SHARES.values()), *SHARES.values()])[0]


class Turns(Course):
    """Carries an order through its turn; `then` is how it goes on afterwards."""

    turn: Turn | None = None
    merges_into = ""
    _is_split = False

    def receive(self, now: datetime) -> None:
        raise NotImplementedError

    def turn_before_acceptance(self, order: WorkOrder, now: datetime, *, then: Step) -> None:
        """Merge into the order that was first, or have somebody look at the place."""
        turn, self.turn = self.turn, None
        dispatcher = self._dispatcher(order)
        if turn is Turn.MERGED:
            if self._act(A.MERGE, dispatcher, now, into=self.merges_into, reason="同一事项"):
                self._after(now, 600, self.ask_merged)
            else:
                self._after(now, 5, then)
        elif order.grid_id is not None:
            note = "请核实现场情况与具体位置。"
            if self._act(A.REQUEST_VERIFICATION, dispatcher, now, note=note):
                self._after(now, 60, partial(self.report_verification, then=then))
        else:
            then(now)

    def ask_merged(self, now: datetime) -> None:
        """Ask the person of a merged order, as soon as the work is done."""
        asked = self._act(
            A.FOLLOW_UP, CLERK, now, is_reached=True, is_solved=True,
            satisfaction=Satisfaction.SATISFIED.value, note=self._choose(answers.CALL_BACKS),
        )  # fmt: skip
        if asked is None and self._acts_left is None:
            self._after(now, 600, self.ask_merged)

    def report_verification(self, now: datetime, *, then: Step) -> None:
        order = self._order()
        if order.state != State.VERIFYING or order.grid_id is None:
            return
        worker = self._town.workers[self._town.areas[order.grid_id].code]
        finding = self._choose(answers.VERIFICATIONS)
        if self._act(A.REPORT_VERIFICATION, worker, now, finding=finding):
            self._after(now, 14, then)

    def turn_after_signing(self, now: datetime, *, then: Step) -> None:
        """Let the holder of a signed order take its turn, where it has one."""
        steps: dict[Turn | None, Callable[..., None]] = {
            Turn.SUSPENDED: self.ask_for_pause,
            Turn.EXTENDED: self.ask_for_time,
            Turn.SPLIT: self.split,
            Turn.ASSISTED: self.assist,
            Turn.SUPERVISED: self.supervise,
            Turn.INSTRUCTED: self.instruct,
        }
        if self.turn not in steps:
            then(now)
            return
        step, self.turn = steps[self.turn], None
        self._after(now, 40, partial(step, then=then))

    def _by_holder(self, action: A, now: datetime, **carried: Any) -> WorkOrder | None:
        holder = self._find_holder(self._order())
        return self._act(action, holder, now, **carried) if holder else None

    def ask_for_pause(self, now: datetime, *, then: Step) -> None:
        until = now + timedelta(days=self._story.chance.uniform(3, 9))
        reason = self._choose(answers.PAUSES)
        if self._by_holder(A.REQUEST_SUSPENSION, now, reason=reason, until=until):
            self._after(now, 90, partial(self.grant_pause, until=until, then=then))
        else:
            then(now)

    def grant_pause(self, now: datetime, *, until: datetime, then: Step) -> None:
        if self._act(A.APPROVE, SUPERVISOR, now, note="同意挂账，到期恢复办理。"):
            self._plan(until, partial(self.resume, then=then))

    def resume(self, now: datetime, *, then: Step) -> None:
        """Go on at the end of a pause: by the holder's act, or by itself."""
        if self._happens() < RESUMED_BY_HOLDER:
            self._by_holder(A.RESUME, now, note="条件已具备，恢复办理。")
        resume_due(at=now)
        if self._order().state == State.HANDLING:
            then(now)

    def ask_for_time(self, now: datetime, *, then: Step) -> None:
        due_at, reason = self._order().due_at, self._choose(answers.EXTENSIONS)
        until = None if due_at is None else max(due_at, now) + timedelta(days=2)
        if until and self._by_holder(A.REQUEST_EXTENSION, now, reason=reason, until=until):
            self._after(now, 90, partial(self.decide_on_time, then=then))
        else:
            then(now)

    def decide_on_time(self, now: datetime, *, then: Step) -> None:
        if self._happens() < REFUSED:
            self._act(A.REFUSE, SUPERVISOR, now, reason="理由不充分，请在原时限内办结。")
        else:
            self._act(A.APPROVE, SUPERVISOR, now, note="情况属实，同意延期。")
        then(now)

    def split(self, now: datetime, *, then: Step) -> None:
        texts = zip(self._departments(2), answers.PARTS, strict=True)
        parts = [{"department": department, "text": text} for department, text in texts]
        if self._by_holder(A.SPLIT, now, parts=parts, note="涉及两个部门，分别办理。"):
            self._is_split = True
            self._follow_parts(now)
        then(now)

    def assist(self, now: datetime, *, then: Step) -> None:
        asked = {"departments": self._departments(1), "text": self._choose(answers.ASSISTS)}
        if self._by_holder(A.ASSIST, now, **asked):
            self._follow_parts(now)
        then(now)

    def _departments(self, count: int) -> list[Department]:
        """Choose departments of the district other than the holder's own."""
        own = self._order().department_id
        others = [
            department
            for department in self._town.departments.values()
            if department.code in FUNCTIONAL and department.pk != own
        ]
        return self._story.chance.sample(others, count)

    def _follow_parts(self, now: datetime) -> None:
        for part in WorkOrder.objects.filter(parent__number=self.number).order_by("pk"):
            fate = type(self)(
                part.number, town=self._town, story=self._story, calendar=self._calendar,
                plan=self._plan, stop_after=None if self._acts_left is None else 1,
            )  # fmt: skip
            fate._after(now, 40, fate.receive)

    def waits_for_parts(self, order: WorkOrder) -> bool:
        """Tell whether a split order has parts that have not ended."""
        if not self._is_split or self._acts_left is not None:
            return False
        parts = WorkOrder.objects.filter(parent=order, part=Part.SPLIT)
        return parts.exclude(state__in=ENDED).exists()

    def supervise(self, now: datetime, *, then: Step) -> None:
        level, text = max(self._order().supervision_level, 1), self._choose(answers.LETTERS)
        if self._act(A.SUPERVISE, SUPERVISOR, now, level=level, text=text, is_letter=True):
            self._after(now, 180, self.answer_letter)
        then(now)

    def answer_letter(self, now: datetime) -> None:
        self._by_holder(A.ANSWER_SUPERVISION, now, answer=self._choose(answers.LETTER_ANSWERS))

    def instruct(self, now: datetime, *, then: Step) -> None:
        self._act(A.INSTRUCT, LEADER, now, text=self._choose(answers.INSTRUCTIONS))
        then(now)

    def turn_after_end(self, now: datetime, *, then: Step) -> None:
        """Let the person who asked have it handled again, once."""
        self.turn = None
        self._after(now, 900, partial(self.reopen, then=then))

    def reopen(self, now: datetime, *, then: Step) -> None:
        if self._act(A.REOPEN, RESIDENT, now, reason=self._choose(answers.REOPENINGS)):
            self._after(now, 480, then)
