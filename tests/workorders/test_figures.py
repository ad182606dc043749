"""Whatever happens to orders, the cube equals a recount of orders and events."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.lib.errors import DomainError
from workorders.enums import Action, Measure, State
from workorders.models import Cube, Delta, Event, WorkOrder
from workorders.report import Report
from workorders.services import Actor, apply, fire_due, fold_deltas, receive, resume_due
from workorders.services.actors import permitted_actions
from workorders.workflow import ENDED

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FLOWS = {
    Action.REGISTER: Measure.REGISTERED,
    Action.ACCEPT: Measure.ACCEPTED,
    Action.REJECT: Measure.REJECTED,
    Action.ANSWER: Measure.ANSWERED,
    Action.DISPATCH: Measure.DISPATCHED,
    Action.SEND_BACK: Measure.RETURNED,
    Action.RESOLVE: Measure.RESOLVED,
    Action.REWORK: Measure.REWORKED,
    Action.REOPEN: Measure.REOPENED,
    Action.SIGN: Measure.SIGNED,
    Action.MERGE: Measure.MERGED,
    Action.UNMERGE: Measure.UNMERGED,
    Action.SELF_HANDLE: Measure.SELF_HANDLED,
    Action.SUPERVISE: Measure.SUPERVISED,
    Action.INSTRUCT: Measure.INSTRUCTED,
    Action.CANCEL: Measure.CANCELLED,
}
APPROVED = {
    "extension": Measure.EXTENDED, "suspension": Measure.SUSPENDED, "return": Measure.RETURNED,
}  # fmt: skip
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


LEVELS = {1: "district", 2: "street", 3: "community", 4: "grid"}


def cube() -> Counter[str]:
    while fold_deltas()[0]:
        pass
    assert Delta.objects.count() == 0
    totals: Counter[str] = Counter()
    for measure, value in Cube.objects.values_list("measure", "value"):
        totals[measure] += value
    return +totals


def recount() -> Counter[str]:
    """Count from the orders and events alone."""
    counted: Counter[str] = Counter()
    counted[Measure.OPEN] = WorkOrder.objects.exclude(state__in=ENDED).count()
    counted[Measure.OVERDUE] = (
        WorkOrder.objects.exclude(state__in=ENDED).filter(is_overdue=True).count()
    )
    for event in Event.objects.select_related("order"):
        is_moved_on = event.from_state == State.MERGED and event.action == Action.MERGE
        counted.update([FLOWS[event.action]] if event.action in FLOWS and not is_moved_on else [])
        met = event.content.get("met", {})
        is_part = not event.from_state and event.action in (Action.SPLIT, Action.ASSIST)
        counted[Measure.DISPATCHED] += is_part
        if event.action == Action.RESOLVE:
            counted[Measure.RESOLVED_ON_TIME] += met["resolution"]
            counted[f"in_{LEVELS[event.content['level']]}"] += 1
            took = (event.at - event.order.registered_at).total_seconds()
            counted[Measure.HANDLING_SECONDS] += int(took)
            counted[next(name for most, name in BUCKETS if took <= most * 3600)] += 1
        if event.action == Action.APPROVE:
            counted[APPROVED[event.content["kind"]]] += 1
        if event.action == Action.EXCLUDE:
            counted[Measure.EXCLUDED] += event.content["is_excluded"]
        if event.action == Action.SIGN:
            counted[Measure.SIGNED_ON_TIME] += met["signing"]
        if event.to_state == State.CLOSED and event.from_state != State.CLOSED:
            counted[Measure.CLOSED] += 1
        if event.action == Action.FOLLOW_UP and event.content["is_reached"]:
            counted[Measure.CALLED_BACK] += 1
            counted[Measure.SOLVED] += bool(event.content["is_solved"])
            counted[Measure.BASICALLY_SATISFIED] += bool(event.content["satisfaction"])
    return +counted


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99)), min_size=12, max_size=30))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_cube_equals_a_recount_after_any_history(django_db_history, history):
    with django_db_history() as town:
        actors = {name: Actor.from_user(town.people[name]) for name, *_ in ACTS}
        for serial in range(2):
            register(town, serial)
        for hour, (which, pick) in enumerate(history, start=1):
            at = MONDAY + timedelta(hours=7 * hour)
            orders = list(WorkOrder.objects.order_by("pk"))  # parts are among them
            order = orders[which % len(orders)]
            person, action, given_by_name = choose(order, pick, actors)
            fire_due(at=at)
            resume_due(at=at)
            carried = {name: resolved(town, name, value) for name, value in given_by_name.items()}
            if "into" in carried:
                carried["into"] = next(row for row in orders if row.pk != order.pk).number
            try:
                apply(
                    number=order.number, action=action, actor=actors[person], at=at,
                    carried=carried,
                )  # fmt: skip
            except DomainError:
                continue
        assert cube() == recount()


def choose(order, pick, actors):
    """Pick an act that its person may do now, so that histories reach the late states."""
    permitted = {
        name: set(permitted_actions(order=order, actor=actor)) for name, actor in actors.items()
    }
    acts = [act for act in ACTS if act[1] in permitted[act[0]]]
    return acts[pick % len(acts)]


def register(town, serial):
    report = Report(
        channel="hotline",
        external_number=f"H-{serial}",
        occurred_at=MONDAY,
        text="井盖缺失",
        lon=118.62,
        lat=32.02,
    )
    return receive(report=report, channel=town.channels["hotline"], at=MONDAY)[0]


def resolved(town, name, value):
    if name == "parts":
        return [{"department": town.departments[key], "text": text} for key, text in value]
    if name == "departments":
        return [town.departments[key] for key in value]
    kinds = {"department": town.departments, "grid": town.areas, "category": town.categories}
    return kinds[name][value] if name in kinds else value


# Hours from registration to result, by hand.
BUCKETS = [
    (1, "took_1h"), (4, "took_4h"), (12, "took_12h"), (24, "took_24h"), (72, "took_72h"),
    (120, "took_120h"), (240, "took_240h"), (480, "took_480h"), (10**9, "took_longer"),
]  # fmt: skip
LONG_LIFE = [
    ("dispatcher", Action.ACCEPT, {"category": "noise"}),
    ("dispatcher", Action.DISPATCH, {"department": "城管局"}),
    ("handler", Action.SEND_BACK, {"reason": "不属本单位"}),
    ("dispatcher", Action.DISPATCH, {"department": "城管局"}),
    ("handler", Action.SIGN, {}),
    ("handler", Action.RESOLVE, {"result": "已处理", "proof": "有"}),
    ("supervisor", Action.REWORK, {"finding": "不到位"}),
    ("handler", Action.RESOLVE, {"result": "已处理", "proof": "有"}),
    ("supervisor", Action.PASS_CHECK, {}),
    ("clerk", Action.FOLLOW_UP, {"is_reached": True, "is_solved": False}),
    ("handler", Action.RESOLVE, {"result": "已处理", "proof": "有"}),
    ("supervisor", Action.PASS_CHECK, {}),
    ("clerk", Action.FOLLOW_UP, {"is_reached": False}),
    (
        "clerk",
        Action.FOLLOW_UP,
        {"is_reached": True, "is_solved": True, "satisfaction": "satisfied"},
    ),
    ("supervisor", Action.REOPEN, {"reason": "复发"}),
]


def test_long_life_counts_each_act_once(town):
    order = register(town, 0)
    for minute, (person, action, named) in enumerate(LONG_LIFE, start=1):
        carried = {name: resolved(town, name, value) for name, value in named.items()}
        apply(
            number=order.number, action=action, actor=Actor.from_user(town.people[person]),
            at=MONDAY + timedelta(minutes=minute), carried=carried,
        )  # fmt: skip
    assert cube() == {
        "open": 1, "registered": 1, "accepted": 1, "dispatched": 2, "returned": 1, "resolved": 3,
        "resolved_on_time": 3, "reworked": 1, "called_back": 2, "solved": 1, "satisfied": 1,
        "closed": 1, "reopened": 1, "signed": 1, "signed_on_time": 1, "in_district": 3,
        "took_1h": 3, "handling_seconds": (6 + 8 + 11) * 60,
    }  # fmt: skip
