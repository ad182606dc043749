"""Generated histories: what people of the town may do to its orders, drawn by numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from governance.lib.errors import DomainError
from tests.town import EAST_POINT, WEST_POINT
from workorders.enums import Action
from workorders.models import WorkOrder
from workorders.report import Report
from workorders.services import Actor, apply, fire_due, receive, resume_due
from workorders.services.actors import permitted_actions

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOURS_BETWEEN = 7
LATER = MONDAY + timedelta(days=8)
ASKED = {"reason": "等材料", "until": LATER}
ACTS = [
    ("dispatcher", Action.ACCEPT, {}),
    ("dispatcher", Action.ACCEPT, {"category": "noise"}),
    ("dispatcher", Action.REJECT, {"reason": "no_fact"}),
    ("dispatcher", Action.ANSWER, {"answer": "已答复"}),
    ("dispatcher", Action.DISPATCH, {"department": "城管局"}),
    ("dispatcher", Action.DISPATCH, {"grid": "东街1社区1格"}),
    ("handler", Action.SIGN, {}),
    ("worker", Action.SIGN, {}),
    ("handler", Action.SEND_BACK, {"reason": "不属本单位"}),
    ("dispatcher", Action.REQUEST_VERIFICATION, {}),
    ("worker", Action.REPORT_VERIFICATION, {"finding": "属实"}),
    ("dispatcher", Action.RECLASSIFY, {"category": "noise"}),
    ("dispatcher", Action.RECLASSIFY, {"category": "manhole"}),
    ("handler", Action.PASS_DOWN, {"department": "东街中心"}),
    ("worker", Action.PASS_UP, {}),
    ("handler", Action.REQUEST_EXTENSION, ASKED),
    ("handler", Action.REQUEST_SUSPENSION, ASKED),
    ("handler", Action.REQUEST_RETURN, {"reason": "不属本单位"}),
    ("supervisor", Action.APPROVE, {}),
    ("supervisor", Action.REFUSE, {"reason": "时间足够"}),
    ("handler", Action.RESUME, {}),
    ("supervisor", Action.EXCLUDE, {"reason": "暴雨"}),
    ("supervisor", Action.EXCLUDE, {"reason": "核实", "is_excluded": False}),
    ("handler", Action.RESOLVE, {"result": "已处理", "proof": "有"}),
    ("worker", Action.RESOLVE, {"result": "已处理", "proof": "有"}),
    ("supervisor", Action.PASS_CHECK, {}),
    ("supervisor", Action.REWORK, {"finding": "不到位"}),
    ("clerk", Action.FOLLOW_UP, {"is_reached": False}),
    ("clerk", Action.FOLLOW_UP, {"is_reached": True, "is_solved": False}),
    (
        "clerk",
        Action.FOLLOW_UP,
        {"is_reached": True, "is_solved": True, "satisfaction": "basically_satisfied"},
    ),
    ("supervisor", Action.REOPEN, {"reason": "复发"}),
    ("supervisor", Action.CANCEL, {"reason": "误报"}),
    ("dispatcher", Action.REMARK, {"text": "备注"}),
    ("supervisor", Action.SUPERVISE, {"level": 3, "text": "请办", "is_letter": False}),
    ("supervisor", Action.SUPERVISE, {"level": 3, "text": "请办"}),
    ("handler", Action.ANSWER_SUPERVISION, {"answer": "已办"}),
    ("leader", Action.INSTRUCT, {"text": "请办"}),
    ("dispatcher", Action.MERGE, {"into": "other"}),
    ("dispatcher", Action.UNMERGE, {"reason": "不是一件事"}),
    ("handler", Action.SPLIT, {"parts": [("水务局", "疏通"), ("城管局", "清扫")]}),
    ("handler", Action.ASSIST, {"departments": ["水务局"], "text": "抽水"}),
    ("other-handler", Action.SIGN, {}),
    ("other-handler", Action.RESOLVE, {"result": "已处理", "proof": "有"}),
]


def live(town, history: Sequence[tuple[int, int]]) -> datetime:
    """Let two orders and their parts live through draws of (which order, which act).

    Seven hours lie between the acts; give the instant of the last.
    """
    actors = {name: Actor.from_user(town.people[name]) for name, *_ in ACTS}
    at = MONDAY
    register(town, 0)
    register(town, 1, point=WEST_POINT, channel="petition")
    for number, (which, pick) in enumerate(history, start=1):
        at = MONDAY + timedelta(hours=HOURS_BETWEEN * number)
        orders = list(WorkOrder.objects.order_by("pk"))  # parts are among them
        order = orders[which % len(orders)]
        person, action, named = choose(order, pick, actors)
        fire_due(at=at)
        resume_due(at=at)
        carried = {name: resolved(town, name, value) for name, value in named.items()}
        if "into" in carried:
            carried["into"] = next(row for row in orders if row.pk != order.pk).number
        try:
            apply(
                number=order.number, action=action, actor=actors[person], at=at, carried=carried
            )  # fmt: skip
        except DomainError:
            continue
    return at


def choose(order, pick, actors):
    """Pick an act that its person may do now, so that histories reach the late states."""
    permitted = {
        name: set(permitted_actions(order=order, actor=actor)) for name, actor in actors.items()
    }
    acts = [act for act in ACTS if act[1] in permitted[act[0]]]
    return acts[pick % len(acts)]


def register(town, serial, *, point=EAST_POINT, channel="hotline"):
    report = Report(
        channel=channel,
        external_number=f"H-{serial}",
        occurred_at=MONDAY,
        text="井盖缺失",
        **point,
    )
    return receive(report=report, channel=town.channels[channel], at=MONDAY)[0]


def resolved(town, name, value):
    if name == "parts":
        return [{"department": town.departments[key], "text": text} for key, text in value]
    if name == "departments":
        return [town.departments[key] for key in value]
    kinds = {"department": town.departments, "grid": town.areas, "category": town.categories}
    return kinds[name][value] if name in kinds else value
