"""What the person who asked may read of the order: opened by number and code together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from governance.lib.errors import NotFoundError
from governance.lib.masking import mask_text
from workorders.enums import Action, ActorKind, RemarkKind, State
from workorders.models import Event, WorkOrder
from workorders.selectors.families import is_asked

CODE_LENGTH = 16
# Where an order stands, in words for those who know nothing of dispatch and checks.
STATE_WORDS = {
    State.REGISTERED: _("已收到，等待受理"),
    State.VERIFYING: _("正在现场核实"),
    State.ACCEPTED: _("已受理，正在安排承办单位"),
    State.DISPATCHED: _("已交给承办单位"),
    State.HANDLING: _("承办单位正在办理"),
    State.SUSPENDED: _("暂缓办理，条件具备后继续"),
    State.RESOLVED: _("承办单位已办完，正在核查"),
    State.FOLLOW_UP: _("已办完，请告诉我们是否解决"),
    State.CLOSED: _("已办结"),
    State.REJECTED: _("不予受理"),
    State.CANCELLED: _("已作废"),
    State.MERGED: _("已与相同诉求一并办理"),
}
DONE_WORDS = {
    Action.REGISTER: _("已登记"), Action.ACCEPT: _("已受理"),
    Action.MERGE: _("已与相同诉求一并办理"), Action.UNMERGE: _("已改为单独办理"),
}  # fmt: skip
STEPS = (_("已登记"), _("已受理"), _("办理中"), _("核查回访"), _("已办结"))
STEP_OF = {
    State.REGISTERED: 0, State.VERIFYING: 0, State.ACCEPTED: 1, State.DISPATCHED: 2,
    State.HANDLING: 2, State.SUSPENDED: 2, State.RESOLVED: 3, State.FOLLOW_UP: 3, State.CLOSED: 4,
}  # fmt: skip
# How long after the end, and how often, the resident may have it handled again.
REOPEN_WINDOW = timedelta(days=30)
RESIDENT_REOPEN_LIMIT = 2
RESULT_STATES = frozenset({State.FOLLOW_UP, State.CLOSED})


@dataclass(frozen=True)
class Happening:
    """One public line of an order's story, without names."""

    at: datetime
    words: str
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """An order as its reporter may see it."""

    order: WorkOrder
    words: str
    steps: list[tuple[str, str]]  # label and done, current or ahead; empty where it ended early
    story: list[Happening]
    result: str
    answer: str
    is_asked: bool
    may_reopen: bool = False


def tracked_order(*, number: str, code: str) -> WorkOrder:
    """Find an order by number and tracking code; one wrong is like both wrong: NotFoundError."""
    code = code.strip().upper()[:CODE_LENGTH]
    is_plain = number.isascii() and number.isprintable() and code.isascii() and code.isprintable()
    public = Event.objects.filter(is_public=True).order_by("sequence")
    order = (
        WorkOrder.objects.filter(number=number[:20], tracking_code=code)
        .select_related("merged_into")
        .prefetch_related(Prefetch("events", public))
        .first()
        if is_plain
        else None
    )
    if order is None:
        raise NotFoundError(str(_("没有查到。请核对编号和查询码，两样都要一致。")))
    return order


def progress_of(order: WorkOrder, *, at: datetime) -> Progress:
    """Put an order into a resident's words; its events must be those of `tracked_order`.

    A merged order is told by what becomes of the one it was merged into.
    """
    worked_on = order.merged_into or order
    state = _state_of(order, worked_on, at)
    return Progress(
        order=order,
        words=str(STATE_WORDS[state]),
        steps=_steps(state),
        story=_story(order),
        result=mask_text(worked_on.result) if state in RESULT_STATES else "",
        answer=mask_text(worked_on.answer),
        is_asked=state is State.FOLLOW_UP
        and (worked_on is order or _is_asked_still(order, worked_on, at)),
        may_reopen=may_reopen(order, at),
    )


def may_reopen(order: WorkOrder, at: datetime) -> bool:
    """Tell whether the resident may have a closed order handled again; somebody had handled it."""
    was_handled = order.department_id is not None or order.holder_area_id is not None
    return (
        order.state == State.CLOSED
        and was_handled
        and within_reopen_window(closed_at=order.closed_at, at=at)
        and resident_reopenings(order=order) < RESIDENT_REOPEN_LIMIT
    )


def within_reopen_window(*, closed_at: datetime | None, at: datetime) -> bool:
    return closed_at is not None and at <= closed_at + REOPEN_WINDOW


def resident_reopenings(*, order: WorkOrder) -> int:
    """Count how often the resident had the order, or the one it was merged into, handled again."""
    by_resident = Event.objects.filter(order=order, actor_kind=ActorKind.RESIDENT)
    sent_back = Q(action=Action.FOLLOW_UP, content__has_key="reopens")
    return by_resident.filter(Q(action=Action.REOPEN) | sent_back).count()


def _state_of(order: WorkOrder, worked_on: WorkOrder, at: datetime) -> State:
    if order is worked_on:
        return State(order.state)
    if _is_asked_still(order, worked_on, at):
        return State.FOLLOW_UP
    return State.CLOSED if order.closed_at else State(worked_on.state)


def _story(order: WorkOrder) -> list[Happening]:
    """Tell an order's public events, and between them those of the orders it was merged into."""
    told = [
        (event.at, 0, _happening(event))
        for event in order.events.all()
        if not (event.action == Action.MERGE and event.from_state == State.MERGED)
    ]
    for master_id, since, until in _masters(order):
        shared = Event.objects.filter(order=master_id, is_public=True, at__gte=since)
        if until is not None:
            shared = shared.filter(at__lt=until)
        told += [(event.at, 1, _shared(event)) for event in shared.order_by("sequence")]
    return [happening for _, _, happening in sorted(told, key=lambda line: line[:2])]


def _masters(order: WorkOrder) -> list[tuple[int, datetime, datetime | None]]:
    """List into which orders this one was merged, from when until when."""
    moves = [e for e in order.events.all() if e.action in (Action.MERGE, Action.UNMERGE)]
    ends = [*(move.at for move in moves[1:]), None]
    return [
        (move.content["into_id"], move.at, end)
        for move, end in zip(moves, ends, strict=False)
        if move.action == Action.MERGE
    ]


def _shared(event: Event) -> Happening:
    """Tell an event of the order that another person asked for, without that person's words."""
    happening = _happening(event)
    if event.actor_kind == ActorKind.RESIDENT:
        return replace(happening, note="")
    return happening


def _is_asked_still(order: WorkOrder, master: WorkOrder, at: datetime) -> bool:
    """Tell whether the page asks the person of a merged order; "no" could have it reopened."""
    is_over = master.state == State.CLOSED and not within_reopen_window(
        closed_at=master.closed_at, at=at
    )
    return is_asked(order, master) and not is_over


def _steps(state: State) -> list[tuple[str, str]]:
    if state not in STEP_OF:
        return []
    reached = STEP_OF[state]
    ahead = reached + (state is State.CLOSED)
    return [(str(label), _stand(index, ahead)) for index, label in enumerate(STEPS)]


def _stand(index: int, reached: int) -> str:
    if index == reached:
        return "current"
    return "done" if index < reached else "ahead"


def _happening(event: Event) -> Happening:
    action = Action(event.action)
    if action is Action.FOLLOW_UP:
        words = _("反馈：已解决") if event.content.get("is_solved") else _("反馈：未解决，继续办理")
        # A clerk's record of the talk is the centre's own; the resident's words are theirs.
        is_own = event.actor_kind == ActorKind.RESIDENT
        return Happening(event.at, str(words), mask_text(event.note) if is_own else "")
    if action is Action.REMARK and event.content.get("kind") == RemarkKind.PROGRESS:
        return Happening(event.at, str(_("进展")), mask_text(event.note))
    if action in (Action.ANSWER, Action.SELF_HANDLE):
        return Happening(event.at, str(action.label))  # the text stands above as the answer
    if action in (Action.MERGE, Action.UNMERGE):
        return Happening(event.at, str(DONE_WORDS[action]))
    return Happening(event.at, str(DONE_WORDS.get(action, action.label)), mask_text(event.note))
