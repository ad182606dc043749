"""What the console's templates are given: everything read before, so that they query nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils import timezone

from accounts.enums import Right
from accounts.models import User
from governance.lib.masking import mask_text
from grids.selectors.posts import posts_in_force
from workorders.enums import Action, PlaceSource, State
from workorders.forms.rendering import MANNERS, ActFace, act_face
from workorders.models import Application, WorkOrder
from workorders.selectors import (
    pending_application,
    suspended_until,
    working_calendar,
)
from workorders.selectors.deadlines import Deadline, Faces, faces, order_deadline
from workorders.selectors.families import Family, family_of
from workorders.selectors.leagues import may_read_leagues
from workorders.selectors.orders import order_page
from workorders.selectors.suggestions import Choice, Suggestion, holder_choices, suggest_holder
from workorders.selectors.supervision import may_watch
from workorders.selectors.timelines import Entry, timeline
from workorders.services import Actor, permitted_actions
from workorders.services.effects import HIGHEST_LEVEL
from workorders.workflow import ENDED

# Needs photos before and after, which are taken on the phone.
ON_THE_PHONE = frozenset({Action.SELF_HANDLE})

# Sends an order to a grid, the first of them that may be done.
SENDING = (Action.DISPATCH, Action.PASS_DOWN)


@dataclass
class Pane:
    """One order as its pane shows it."""

    order: WorkOrder
    deadline: Deadline
    clocks: Faces
    entries: list[Entry]
    acts: list[ActFace]
    open_act: str
    key: str
    may_reveal: bool
    family: Family
    suggestion: Suggestion | None = None
    pending: Application | None = None
    suspension: Application | None = None
    conflict: str = ""
    notice: str = ""
    kept: list[tuple[str, str]] = field(default_factory=list)

    @property
    def instructions(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_instruction]

    @property
    def offers_merge(self) -> bool:
        return self.order.merged_into_id is None and any(
            act.action == Action.MERGE for act in self.acts
        )

    @property
    def sends(self) -> bool:
        return any(act.action in SENDING for act in self.acts)

    @property
    def lead(self) -> ActFace | None:
        return next((act for act in self.acts if act.action == self.open_act), None)


def page_actor(request: HttpRequest) -> Actor:
    """Give the signed-in person with their scope; call behind `login_required`."""
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker
    return Actor.from_user(request.user)


def frame(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Give what the page's header shows."""
    assert actor.user is not None  # noqa: S101  # for the type checker
    posts = posts_in_force(user=actor.user, on=timezone.localdate())
    return {
        "actor": actor,
        "posts": [
            {"role": post.get_role_display(), "place": post.area or post.department}
            for post in posts
        ],
        "reads_leagues": may_read_leagues(scope=actor.scope),
        "watches": may_watch(scope=actor.scope),
        "sees_wall": actor.scope.has_anywhere(Right.VIEW_WALL),
        "takes_calls": actor.scope.has_anywhere(Right.DISPATCH_ORDERS),
        "works_in_field": actor.scope.has_anywhere(Right.REPORT_ORDERS)
        or actor.scope.has_anywhere(Right.HANDLE_ORDERS),
        "now": timezone.now(),
    }


def read_pane(*, number: str, actor: Actor, at: datetime) -> Pane:
    """Read one order for its pane, with the acts this person may do now."""
    order = order_page(number=number, scope=actor.scope)
    suggestion = suggest_holder(order=order)
    acts = _acts(order, actor, suggestion)
    calendar = working_calendar()
    order.running_clocks = [clock for clock in order.clocks.all() if clock.met_at is None]  # type: ignore[attr-defined]
    return Pane(
        order=order,
        deadline=order_deadline(order=order, at=at, calendar=calendar),
        clocks=faces(order=order, at=at, calendar=calendar),
        entries=timeline(order=order),
        acts=acts,
        open_act=acts[0].action if acts and acts[0].tone == "lead" else "",
        key=uuid4().hex,
        family=family_of(order=order, scope=actor.scope),
        may_reveal=actor.scope.covers(Right.VIEW_PERSONAL, order) and hasattr(order, "reporter"),
        suggestion=suggestion,
        pending=pending_application(order),
        suspension=suspended_until(order),
    )


def _acts(order: WorkOrder, actor: Actor, suggestion: Suggestion | None) -> list[ActFace]:
    permitted = set(permitted_actions(order=order, actor=actor)) - ON_THE_PHONE
    return [
        act_face(action=action, **suggested(order, action, suggestion))
        for action in MANNERS
        if action in permitted
    ]


def suggested(order: WorkOrder, action: Action, suggestion: Suggestion | None) -> dict[str, Any]:
    """Fill a form with what the system knows, and say what this order must carry beyond it."""
    if action is Action.ACCEPT:
        return _suggested_acceptance(order)
    if action is Action.DISPATCH and suggestion is not None:
        return {"picked": {"holder": suggestion.choice}, "reason": suggestion.reason}
    if action in (Action.PASS_DOWN, Action.PASS_UP):
        return {"picked": {"holder": holder_choices(order=order, action=action)[0]}}
    return _suggested_decision(order, action)


def _suggested_decision(order: WorkOrder, action: Action) -> dict[str, Any]:
    """Show a supervisor what waits for them."""
    if action is Action.SUPERVISE:
        return {"typed": _suggested_supervision(order)}
    if action is Action.EXCLUDE and order.is_excluded:
        return {"typed": {"is_excluded": "false"}}
    if action in (Action.APPROVE, Action.REFUSE):
        return {"reason": _application_words(order)}
    return {}


def _application_words(order: WorkOrder) -> str:
    application = pending_application(order)
    if application is None:
        return ""
    words = f"{application.asked_by}申请{application.get_kind_display()}"
    if application.until:
        words += f"至 {timezone.localtime(application.until):%Y-%m-%d %H:%M}"
    return f"{words}：{mask_text(application.reason)}"


def _suggested_supervision(order: WorkOrder) -> dict[str, str]:
    """Offer the next level, and a letter where somebody could answer it."""
    may_answer = State(order.state) not in ENDED and (order.department_id or order.holder_area_id)
    level = min(order.supervision_level + 1, HIGHEST_LEVEL)
    return {"level": str(level), "is_letter": "true" if may_answer else "false"}


def _suggested_acceptance(order: WorkOrder) -> dict[str, Any]:
    category = order.category
    picked = {"category": Choice("category", category.code, category.name)} if category else {}
    required = ["category"]
    if order.place_source == PlaceSource.UNKNOWN:
        required.append("area")
    reason = f"按诉求内容建议类别「{category.name}」" if category else ""
    return {"picked": picked, "required": required, "reason": reason}
