"""A plain model of the life of orders, written from the design's tables: dicts, no database.

Acts on the model are refused with the code that the centre must give, or change it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tests.workorders.model_acts import Refused, check, words
from tests.workorders.model_clocks import Clock, limit_of
from tests.workorders.model_families import EFFECTS, SYSTEM
from tests.workorders.model_tables import (
    ACTIONS,
    CALLED,
    CLOCKS,
    ENDED,
    HELD,
    NO_CLOCK,
    PEOPLE,
    SENT,
    STATES,
    STILL,
    TEXTS,
    has_right,
    path_of,
)


@dataclass
class Order:
    name: str
    category: str | None
    place: list[str]
    family: "dict[str, Order]" = field(repr=False, default_factory=dict)  # all orders by name
    parent: str | None = None
    part: str = ""
    master: str | None = None  # the order it was merged into
    is_accepted: bool = False
    is_called_back: bool = False  # its person was asked about the master's result
    is_placed: bool = True
    state: str = "registered"
    version: int = 1
    events: int = 1
    holder: str | None = None
    handed_at: datetime | None = None
    is_overdue: bool = False
    is_excluded: bool = False
    returns: int = 0
    reopenings: int = 0
    attempts: int = 0
    supervision: int = 0
    letters: int = 0  # that wait for an answer
    asked: tuple[str, datetime | None] | None = None  # an application that waits
    resume_at: datetime | None = None
    deadline: datetime | None = None  # set by the act that is being taken
    clocks: list[Clock] = field(default_factory=list)
    # What the act that is being taken brings about: acts of the system on others, and parts.
    following: "list[tuple[Order, str, dict[str, str]]]" = field(default_factory=list)
    opening: list[tuple[str, str, datetime | None]] = field(default_factory=list)

    def running(self, *kinds):
        clocks = [clock for clock in self.clocks if clock.stopped_at is None]
        return [clock for clock in clocks if not kinds or clock.kind in kinds]

    def start(self, kind, at):
        self.clocks.append(Clock(kind, at, limit_of(self.category, kind)))


class Model:
    """All orders by number, and what each person's keys have done."""

    def __init__(self):
        self.orders: dict[str, Order] = {}
        self.done: dict[tuple[str, str], tuple[str, str]] = {}

    def register(self, number, *, category, area, at):
        order = Order(number, category, path_of(area or "区"), self.orders, is_placed=bool(area))
        order.start("acceptance", at)
        self.orders[number] = order

    def act(self, number, action, person, carried, at, version=None, key=""):
        """Act, or raise Refused with the code that the centre must give."""
        if key and (person, key) in self.done:
            check(self.done[person, key] == (number, action), "key_reused")
            return
        order = self.orders[number]
        check(has_right(person, "view", order, "either"), "not_found")
        sources, target, right, on = ACTIONS.get(action, (set(), "", "", ""))
        check(order.state in sources, "action_not_allowed")
        check(has_right(person, right, order, on), "forbidden")
        check(version in (None, order.version), "stale_version")
        self.done |= {(person, key): (number, action)} if key else {}
        try:
            self._take(order, action, target, person, carried, at)
        except Refused:
            self.done.pop((person, key), None)
            raise

    def _take(self, order, action, target, person, carried, at):
        effect = EFFECTS.get(action)
        if effect is None and action in TEXTS:
            words(carried, TEXTS[action])
        road = effect(order, carried, at, person) if effect else None
        was = order.state
        self._settle(order, action, road, target, at)
        order.version += action != "remark"
        order.events += 1
        has_left = was in HELD | {"suspended"} and order.state not in HELD | {"suspended"}
        if has_left or action in ("pass_down", "pass_up"):
            order.asked = None
        if was == "suspended" != order.state:
            order.resume_at = None
        self._go_on(order, at)

    def _go_on(self, order, at):
        """Open the parts that an act asks for, and act on the others that it concerns."""
        opening, order.opening = order.opening, []
        for kind, holder, due in opening:
            self._open(order, kind, holder, due, at)
        following, order.following = order.following, []
        for other, action, carried in following:
            self._take(other, action, ACTIONS[action][1], SYSTEM, carried, at)

    def _open(self, parent, kind, holder, due, at):
        """Open a part, which is in its holder's hands from the start."""
        serial = 1 + sum(order.parent == parent.name for order in self.orders.values())
        part = Order(
            f"{parent.name}-{serial}", parent.category, parent.place, self.orders,
            parent=parent.name, part=kind, is_accepted=True, is_placed=parent.is_placed,
            state="dispatched", holder=holder,
        )  # fmt: skip
        for clock in SENT:
            part.start(clock, at)
        part.deadline = due
        self._set_deadline(part, at)
        self.orders[part.name] = part

    def _settle(self, order, action, road, target, at):
        """Move the state and the clocks."""
        called = CALLED.get((action, road)) or CALLED.get(action) or road or action
        was, order.state = order.state, STATES.get((action, road), target) or order.state
        for clock in order.running():
            is_over = order.state in ENDED and was not in ENDED
            if is_over or called in CLOCKS.get(clock.kind, NO_CLOCK)[1]:
                clock.stop(at)
        for clock in order.running(*STILL.get(order.state, ())) if order.state in STILL else ():
            if order.state != was:
                clock.pause(at)
        for kind in [kind for kind, (starters, _, _) in CLOCKS.items() if called in starters]:
            order.start(kind, at)
        self._run_on(order, called, was, at)
        self._set_deadline(order, at)
        self._see_lateness(order, called, at)

    def _set_deadline(self, order, at):
        """Hold the holder to a deadline that the act has set by hand."""
        for clock in order.running("resolution") if order.deadline else ():
            clock.fixed = (order.deadline, at)
        order.deadline = None

    def _run_on(self, order, called, was, at):
        ran_on = [kind for kind, (_, _, goes_on) in CLOCKS.items() if called in goes_on]
        for kind in ran_on:
            found = [clock for clock in order.clocks if clock.kind == kind]
            for clock in found[-1:]:
                clock.run_on(at)
        if was in STILL and order.state != was:
            for clock in order.running(*STILL[was]):
                if clock.paused_at:
                    clock.run_on(at)

    def _see_lateness(self, order, called, at):
        """A clock that was late and has not been given more time makes the order late again."""
        if called in ("rework", "unsolved", "resume", "reclassify", "extension", "pass_down",
                      "pass_up"):  # fmt: skip
            for clock in order.running("resolution"):
                order.is_overdue |= clock.late_at is not None and clock.due <= at

    def allowed(self, number):
        """List the acts that an order's state allows, each with those who may."""
        order, found = self.orders[number], {}
        for action, (sources, _, right, on) in ACTIONS.items():
            people = [person for person in PEOPLE if has_right(person, right, order, on)]
            if order.state in sources and people:
                found[action] = people
        return found

    def fire(self, at):
        """Note each due instant that has come."""
        for order in self.orders.values():
            for clock in order.running():
                if clock.fire(at):
                    order.is_overdue |= clock.kind == "resolution"
                    order.events += 1

    def resume(self, at):
        """End the suspensions whose day has come."""
        for order in self.orders.values():
            if order.resume_at is not None and order.resume_at <= at:
                self._take(order, "resume", "handling", "", {}, at)
