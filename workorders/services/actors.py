"""Who acts: a person with a scope, the resident through a link, a channel, or the clock."""

from dataclasses import dataclass, field
from typing import Self

from accounts.models import User
from grids.selectors import Scope
from grids.services import current_scope
from workorders.enums import Action, ActorKind, State
from workorders.models import Channel, WorkOrder
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
    """List the actions that the order's state and the actor's rights allow now."""
    state = State(order.state)
    return [
        action
        for action in actions_from(state)
        if (rule := transition(state, action)) is not None
        and actor.may(rule, order)
        and not _is_idle(order, action)
    ]


def _is_idle(order: WorkOrder, action: Action) -> bool:
    """Tell whether there is nothing to act on: no letter that waits for an answer."""
    if action is not Action.ANSWER_SUPERVISION:
        return False
    return all(letter.answered_at is not None for letter in order.letters.all())
