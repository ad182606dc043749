"""Whatever happens to orders, the cube equals a recount of orders and events."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.histories import MONDAY, live, register, resolved
from workorders.enums import Action, Measure, State
from workorders.models import Cube, Delta, Event, WorkOrder
from workorders.services import Actor, apply, fold_deltas
from workorders.workflow import ENDED

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
        live(town, history)
        assert cube() == recount()


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
