"""The one gate through which every act on an order passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.enums import Right
from governance.lib.errors import ConflictError, ForbiddenError, NotFoundError
from workorders.enums import Action, ActorKind, ClockKind, RemarkKind, State
from workorders.models import Clock, Event, WorkOrder
from workorders.selectors import topics_of
from workorders.services.actors import Actor
from workorders.services.clocks import main_due_at, meet_clocks, resume_clocks, start_clocks
from workorders.services.effects import EFFECTS, Act, Effect
from workorders.services.events import append_event
from workorders.services.figures import append_deltas, facts_of
from workorders.workflow import ENDED, NOT_YET, Facts, Transition, delta_counts, transition

# All that an act may change. What the channel delivered is not among it.
CHANGEABLE = [
    "state", "version", "last_sequence", "category", "district", "street", "community", "grid",
    "place_source", "department", "holder_area", "level", "accepted_at", "resolved_at",
    "closed_at", "due_at", "is_overdue", "result", "answer", "is_solved", "satisfaction",
]  # fmt: skip


class StaleVersionError(ConflictError):
    code = "stale_version"
    detail = "工单已被他人更新，请核对最新内容后再操作。"

    def __init__(self, order: WorkOrder) -> None:
        self.order = order
        super().__init__(extra={"state": order.state, "version": order.version})


class ActionNotAllowedError(ConflictError):
    code = "action_not_allowed"


class NotYetError(ConflictError):
    code = "not_yet"
    detail = "此功能尚未开放。"


class KeyReusedError(ConflictError):
    code = "key_reused"
    detail = "这个 Idempotency-Key 已用于其他操作。"


@dataclass(frozen=True)
class Step:
    """One action of an act, with what it carries already parsed."""

    action: Action
    carried: Mapping[str, Any] = field(default_factory=dict)


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
    returns the order without acting again. Raises NotFoundError, NotYetError,
    ActionNotAllowedError, ForbiddenError, StaleVersionError, KeyReusedError or InvalidError; then
    nothing is written.
    """
    done = find_done(number=number, action=steps[0].action, actor=actor, key=key)
    if done is not None:
        return done
    order = lock_order(number=number, actor=actor)
    if find_done(number=number, action=steps[0].action, actor=actor, key=key) is not None:
        return order
    for index, step in enumerate(steps):
        rule = find_rule(order=order, action=step.action, actor=actor)
        if index == 0 and version is not None and version != order.version:
            raise StaleVersionError(order)
        _take(order, step, rule, actor=actor, at=at, key=key if index == 0 else "")
    order.save(update_fields=CHANGEABLE)
    return order


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


def lock_order(*, number: str, actor: Actor) -> WorkOrder:
    """Lock one order that the actor may see; raise NotFoundError otherwise."""
    order = next(iter(WorkOrder.objects.raw(_lock_statement(), [number])), None)
    is_seen = order is not None and (
        actor.kind != ActorKind.USER or actor.scope.covers(Right.VIEW_ORDERS, order)
    )
    if order is None or not is_seen:
        raise NotFoundError("没有这张工单，或它不在您的范围内。")
    return order


@lru_cache(maxsize=1)
def _lock_statement() -> str:
    """Let the ORM write the statement once: building it anew cost more than running it."""
    query = WorkOrder.objects.filter(number="").select_for_update().query
    return str(query.sql_with_params()[0])


def find_rule(*, order: WorkOrder, action: Action, actor: Actor) -> Transition:
    """Find the transition and check the right; residents may only answer a call-back."""
    rule = transition(State(order.state), action)
    if rule is None:
        label = f"{order.get_state_display()}的工单不能{Action(action).label}。"
        raise ActionNotAllowedError(label, extra={"state": order.state, "version": order.version})
    is_allowed = (
        action is Action.FOLLOW_UP if actor.kind == ActorKind.RESIDENT else actor.may(rule, order)
    )
    if not is_allowed:
        raise ForbiddenError(f"您没有{Action(action).label}这张工单的权限。")
    if action in NOT_YET:
        raise NotYetError()
    return rule


def _take(
    order: WorkOrder, step: Step, rule: Transition, *, actor: Actor, at: datetime, key: str
) -> None:
    """Take one step on the locked order in memory; the caller saves it."""
    before, topics_before, from_state = facts_of(order), topics_of(order), order.state
    effect = EFFECTS[step.action](order, Act(step.action, actor, at, step.carried))
    order.state = _target(rule, order, effect)
    is_on_time = _run_clocks(order, step.action, rule, effect, at)
    outcome = {**effect.content, **({"resolved_on_time": True} if is_on_time else {})}
    order.version += step.action is not Action.REMARK
    order.last_sequence += 1
    append_event(
        order=order,
        action=step.action,
        actor=actor,
        at=at,
        from_state=from_state,
        note=effect.note,
        content=outcome,
        is_public=effect.is_public,
        key=key,
        topics_before=topics_before,
    )
    count(before=before, order=order, action=step.action, outcome=outcome, at=at)


def _target(rule: Transition, order: WorkOrder, effect: Effect) -> str:
    if effect.stays or rule.target is None:
        return order.state
    if effect.is_refusal and rule.on_refusal is not None:
        return rule.on_refusal
    return rule.target


def _run_clocks(
    order: WorkOrder, action: Action, rule: Transition, effect: Effect, at: datetime
) -> bool:
    """Meet, start and resume clocks; tell whether this act resolved the order on time."""
    if effect.stays:
        return False
    met = meet_clocks(order=order, kinds=_met_kinds(rule, effect), at=at)
    running = start_clocks(order=order, kinds=rule.starts, at=at)
    if rule.on_refusal is None or effect.is_refusal:
        running += resume_clocks(order=order, kinds=rule.resumes, at=at)
    order.is_overdue = order.is_overdue or _is_breached(running)
    order.due_at = main_due_at(state=order.state, clocks=running, current=order.due_at)
    resolution = met.get(ClockKind.RESOLUTION)
    return action is Action.RESOLVE and resolution is not None and at <= resolution[0]


def _is_breached(running: Sequence[Clock]) -> bool:
    return any(clock.kind == ClockKind.RESOLUTION and clock.breached_at for clock in running)


def _met_kinds(rule: Transition, effect: Effect) -> tuple[ClockKind, ...]:
    if effect.content.get("kind") == RemarkKind.CONTACTED:
        return (ClockKind.FIRST_CONTACT,)
    return tuple(ClockKind) if rule.target in ENDED and not effect.is_refusal else rule.meets


def count(
    *, before: Facts, order: WorkOrder, action: Action, outcome: Mapping[str, Any], at: datetime
) -> None:
    """Append the deltas of an act in its transaction."""
    counts = delta_counts(before=before, after=facts_of(order), action=action, outcome=outcome)
    append_deltas(counts=counts, day=timezone.localdate(at))
