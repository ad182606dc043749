"""The one gate through which every act on an order passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.lib.errors import ConflictError, ForbiddenError, NotFoundError
from workorders.enums import Action, ActorKind, Alert, ClockKind, State
from workorders.models import Clock, Event, WorkOrder
from workorders.selectors import topics_of
from workorders.services.actors import Actor
from workorders.services.applications import settle_applications
from workorders.services.clocks import (
    fix_deadline,
    main_due_at,
    pause_clocks,
    resume_clocks,
    turn_clocks,
    unpause_clocks,
)
from workorders.services.effects import EFFECTS, Act, Effect, Step
from workorders.services.figures import facts_of
from workorders.services.hops import book_hop
from workorders.services.journal import Journal
from workorders.services.locks import lock_orders
from workorders.services.parts import open_parts_of
from workorders.services.rows import Statement, run, update
from workorders.workflow import (
    BY_RESIDENT,
    BY_SYSTEM,
    Facts,
    Transition,
    Way,
    delta_counts,
    figure_cell,
    transition,
)

# All that an act may change. What the channel delivered is not among it.
CHANGEABLE = (
    "state", "version", "last_sequence", "history_digest", "category_id", "district_id",
    "street_id", "community_id", "grid_id", "place_source", "department_id", "holder_area_id",
    "level", "held_since", "held_seconds", "merged_into_id", "accepted_at", "resolved_at",
    "closed_at", "due_at", "is_overdue", "result", "answer", "is_solved", "satisfaction",
    "return_count", "reopen_count", "alert", "supervision_level", "is_excluded",
)  # fmt: skip


class StaleVersionError(ConflictError):
    code = "stale_version"
    detail = "工单已被他人更新，请核对最新内容后再操作。"

    def __init__(self, order: WorkOrder) -> None:
        self.order = order
        super().__init__(extra={"state": order.state, "version": order.version})


class ActionNotAllowedError(ConflictError):
    code = "action_not_allowed"


class KeyReusedError(ConflictError):
    code = "key_reused"
    detail = "这个 Idempotency-Key 已用于其他操作。"


def apply(
    *,
    number: str,
    action: Action,
    actor: Actor,
    at: datetime,
    carried: Mapping[str, Any] | None = None,
    version: int | None = None,
    key: str = "",
) -> WorkOrder:
    """Apply one action to an order; see `apply_steps`."""
    steps = [Step(Action(action), carried or {})]
    return apply_steps(number=number, steps=steps, actor=actor, at=at, version=version, key=key)


@transaction.atomic
def apply_steps(
    *,
    number: str,
    steps: Sequence[Step],
    actor: Actor,
    at: datetime,
    version: int | None = None,
    key: str = "",
) -> WorkOrder:
    """Apply actions in one go, all or none: lock, rule, right, effect, clocks, event, figures.

    `version` is what the actor saw; None skips that check. A repeated `key` of the same person
    returns the order without acting again. Raises NotFoundError, ActionNotAllowedError,
    ForbiddenError, StaleVersionError, KeyReusedError or InvalidError; then nothing is written.
    """
    done = find_done(number=number, action=steps[0].action, actor=actor, key=key)
    if done is not None:
        return done
    order, others, is_done = lock_undone(number=number, steps=steps, actor=actor, key=key)
    if is_done:
        return order
    journal = Journal()
    work = Work(order, actor, at, journal, others)
    for index, step in enumerate(steps):
        rule = find_rule(order=order, action=step.action, actor=actor)
        if index == 0 and version is not None and version != order.version:
            raise StaleVersionError(order)
        take(work, step, rule, key=key if index == 0 else "")
    journal.write(work.change())
    return order


class Work:
    """A locked order in somebody's hands, and where what is done to it is put on record.

    `others` are the orders that were locked with it, by id.
    """

    def __init__(
        self,
        order: WorkOrder,
        actor: Actor,
        at: datetime,
        journal: Journal,
        others: Mapping[int, WorkOrder] | None = None,
    ) -> None:
        self.order, self.actor, self.at, self.journal = order, actor, at, journal
        self.others = others or {}
        self._before = {name: getattr(order, name) for name in CHANGEABLE}

    def change(self) -> Statement:
        """Write the statement of what has changed; every act moves the history on."""
        changed = [name for name in CHANGEABLE if getattr(self.order, name) != self._before[name]]
        return update(self.order, changed)


def find_done(*, number: str, action: Action, actor: Actor, key: str) -> WorkOrder | None:
    """Find the order on which this person's key has acted already, even if it left their sight.

    Raises KeyReusedError where the key belongs to another act.
    """
    if not key:
        return None
    events = Event.objects.filter(actor=actor.user, idempotency_key=key).select_related("order")
    if actor.user is None:
        events = events.filter(order__number=number)
    event = events.first()
    if event is None:
        return None
    if (event.order.number, event.action) != (number, action):
        raise KeyReusedError(fields={"Idempotency-Key": ["已用于其他操作"]})
    return event.order


def lock_undone(
    *, number: str, steps: Sequence[Step], actor: Actor, key: str
) -> tuple[WorkOrder, Mapping[int, WorkOrder], bool]:
    """Lock an order and the others that its acts need, by id; tell whether it was done meanwhile.

    The same act, done while this one waited for the lock, may have taken the order out of its
    actor's sight; its repeat is no stranger's.
    """
    action = steps[0].action
    try:
        order, others = lock_orders(number=number, actor=actor, steps=steps)
    except NotFoundError:
        done = find_done(number=number, action=action, actor=actor, key=key)
        if done is None:
            raise
        return done, {}, True
    is_done = find_done(number=number, action=action, actor=actor, key=key) is not None
    return order, others, is_done


def find_rule(*, order: WorkOrder, action: Action, actor: Actor) -> Transition:
    """Find the transition and check the right; residents may only answer a call-back."""
    rule = transition(State(order.state), action)
    if rule is None:
        label = f"{order.get_state_display()}的工单不能{Action(action).label}。"
        raise ActionNotAllowedError(label, extra={"state": order.state, "version": order.version})
    is_allowed = _is_allowed(actor, action, rule, order)
    if not is_allowed:
        raise ForbiddenError(f"您没有{Action(action).label}这张工单的权限。")
    return rule


def _is_allowed(actor: Actor, action: Action, rule: Transition, order: WorkOrder) -> bool:
    if actor.kind == ActorKind.RESIDENT:
        return action in BY_RESIDENT
    if actor.kind == ActorKind.SYSTEM:
        return action in BY_SYSTEM
    return actor.may(rule, order)


def take(work: Work, step: Step, rule: Transition, *, key: str = "") -> None:
    """Take one step on the locked order in memory; the caller writes the journal and the order."""
    order, action = work.order, step.action
    was = Before(facts_of(order), topics_of(order), order.state)
    effect = EFFECTS[action](order, Act(action, work.actor, work.at, step.carried, work.others))
    way = rule.way if effect.road is None else rule.roads[effect.road]
    order.state = way.target or order.state
    device = {"device": dict(step.device)} if step.device else {}
    content = {**effect.content, **device, **_consequences(work, action, way, effect, was)}
    order.version += action is not Action.REMARK
    _record(work, action, effect, was, content=content, key=key)
    for other, follow in effect.others:
        _follow(work, other, follow)


@dataclass(frozen=True)
class Before:
    """How an order stood before a step."""

    facts: Facts
    topics: Sequence[str]
    state: str


def _consequences(
    work: Work, action: Action, way: Way, effect: Effect, was: Before
) -> dict[str, Any]:
    """Run the clocks, book the holder's time, void what waited, open parts; say what came of it."""
    order, at = work.order, work.at
    met = _run_clocks(work, way, effect, action, from_state=was.state)
    hop = book_hop(
        order=order, action=action, from_state=was.state, holder=was.facts.cell[3], at=at
    )
    void = settle_applications(order=order, from_state=was.state, has_left=bool(hop), at=at)
    content: dict[str, Any] = {**({"met": met} if met else {}), **hop, **void}
    if effect.parts:
        content["parts"] = open_parts_of(
            parent=order, parts=effect.parts, action=action, actor=work.actor, at=at,
            journal=work.journal,
        )  # fmt: skip
    return content


def _record(
    work: Work,
    action: Action,
    effect: Effect,
    was: Before,
    *,
    content: Mapping[str, Any],
    key: str,
) -> None:
    """Put a step on record: the event, whom it tells, and what it counts."""
    order, journal, after = work.order, work.journal, facts_of(work.order)
    event = journal.append(
        order=order,
        action=action,
        actor=work.actor,
        at=work.at,
        from_state=was.state,
        cell=figure_cell(before=was.facts, after=after, action=action),
        note=effect.note,
        content=content,
        is_public=effect.is_public,
        key=key,
        topics_before=was.topics,
    )
    journal.notify(event=event, notices=effect.notices)
    counts = delta_counts(before=was.facts, after=after, action=action, outcome=content)
    journal.count(counts=counts, at=work.at)


def _follow(cause: Work, order: WorkOrder, step: Step) -> None:
    """Let the system act on another locked order because of this act, on the same record."""
    work = Work(order, Actor.system(), cause.at, cause.journal, cause.others)
    take(work, step, find_rule(order=order, action=step.action, actor=work.actor))
    run([work.change()])


def _run_clocks(
    work: Work, way: Way, effect: Effect, action: Action, *, from_state: str
) -> dict[str, bool]:
    """Meet, pause, start and resume clocks; tell for each met one whether it was on time."""
    order, at = work.order, work.at
    met, running = turn_clocks(order=order, meets=way.meets, starts=way.starts, at=at)
    pause_clocks(order=order, kinds=way.pauses, at=at, reason=str(action.label))
    running += resume_clocks(order=order, kinds=way.resumes, at=at)
    running += unpause_clocks(order=order, kinds=way.unpauses, at=at)
    running += effect.clocks
    fixed = [
        clock
        for kind, due_at in effect.deadlines.items()
        for clock in fix_deadline(order=order, kind=kind, due_at=due_at, at=at)
    ]
    running = fixed + running
    order.is_overdue = order.is_overdue or _is_breached(running, at)
    order.due_at = main_due_at(
        state=order.state, from_state=from_state, clocks=running, current=order.due_at
    )
    if ClockKind.RESOLUTION in met or _is_given_time([*fixed, *effect.clocks], at):
        # The one rule of the lamp: only the end of the work or a new deadline ahead puts it out.
        order.alert = Alert.NONE
    return {kind: breached_at is None for kind, breached_at in met.items()}


def _is_given_time(changed: Sequence[Clock], at: datetime) -> bool:
    return any(clock.kind == ClockKind.RESOLUTION and clock.due_at > at for clock in changed)


def _is_breached(running: Sequence[Clock], at: datetime) -> bool:
    """Tell whether the order is late now; more time granted since then leaves the breach alone."""
    return any(
        clock.kind == ClockKind.RESOLUTION and clock.breached_at and clock.due_at <= at
        for clock in running
    )
