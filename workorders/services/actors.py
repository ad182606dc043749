"""Who acts: a person with a scope, the resident through a link, a channel, or the clock."""

from dataclasses import dataclass, field
from typing import Self

from accounts.models import User
from grids.selectors import Scope
from grids.services import current_scope
from workorders.enums import Action, ActorKind, State
from workorders.models import Channel, WorkOrder
from workorders.selectors import holder_above, holders_below, pending_application
from workorders.selectors.families import is_open_to
from workorders.workflow import Subject, Transition, actions_from, transition


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    label: str
    user: User | None = None
    scope: Scope = field(default_factory=Scope)

    @classmethod
    def from_user(cls, user: User) -> Self:
        return cls(ActorKind.USER, user.name or user.username, user, current_scope(user=user))

    @classmethod
    def from_channel(cls, channel: Channel) -> Self:
        return cls(ActorKind.CHANNEL, channel.name)

    @classmethod
    def resident(cls) -> Self:
        """The person who asked, known by the tracking code of one order."""
        return cls(ActorKind.RESIDENT, "诉求人")

    @classmethod
    def system(cls) -> Self:
        return cls(ActorKind.SYSTEM, "系统")

    def may(self, rule: Transition, order: WorkOrder) -> bool:
        """Tell whether the rule's right is held on the order's place or holder."""
        if rule.subject is Subject.PLACE:
            return self.scope.covers_place(rule.right, order)
        if rule.subject is Subject.HOLDER:
            return self.scope.covers_holder(rule.right, order)
        return self.scope.covers(rule.right, order)


def permitted_actions(*, order: WorkOrder, actor: Actor) -> list[Action]:
    """List the actions that the order's state, its family and the actor's rights allow now."""
    state = State(order.state)
    return [
        action
        for action in actions_from(state)
        if (rule := transition(state, action)) is not None
        and actor.may(rule, order)
        and _is_possible(action, order)
        and is_open_to(order, action)
    ]


ASKING = frozenset({Action.REQUEST_EXTENSION, Action.REQUEST_SUSPENSION, Action.REQUEST_RETURN})
DECIDING = frozenset({Action.APPROVE, Action.REFUSE})


def _is_possible(action: Action, order: WorkOrder) -> bool:
    """Tell whether there is something to act on: a letter, an application, somebody above."""
    if action is Action.ANSWER_SUPERVISION:
        return any(letter.answered_at is None for letter in order.letters.all())
    if action in ASKING | DECIDING:
        return (pending_application(order) is not None) == (action in DECIDING)
    if action is Action.PASS_DOWN:
        return bool(holders_below(order))
    if action is Action.PASS_UP:
        return holder_above(order) is not None
    return action is not Action.REQUEST_VERIFICATION or bool(order.grid_id or order.community_id)
