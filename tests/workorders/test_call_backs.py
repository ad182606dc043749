"""Call-backs: reached, solved, satisfied; by a clerk or by the resident's own link."""

from datetime import UTC, datetime, timedelta

import pytest

from governance.lib.errors import InvalidError
from workorders.enums import Action, State
from workorders.models import Clock, WorkOrder
from workorders.services import Actor, apply

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SATISFIED = {"is_reached": True, "is_solved": True, "satisfaction": "satisfied"}
UNSOLVED = {"is_reached": True, "is_solved": False, "note": "还在冒水"}
MISSED = {"is_reached": False}


@pytest.fixture
def life(town, number):
    """Act on one order, a minute after the last act."""
    minutes = iter(range(1, 100))

    def act(person: str, action: Action, **carried):
        user = town.people.get(person)
        actor = Actor.from_user(user) if user else Actor.resident()
        at = MONDAY + timedelta(minutes=next(minutes))
        return apply(number=number, action=action, actor=actor, at=at, carried=carried)

    act("dispatcher", Action.ACCEPT)
    act("dispatcher", Action.DISPATCH, department=town.departments["城管局"])
    act("handler", Action.SIGN)
    return act


def resolve(life):
    life("handler", Action.RESOLVE, result="已处理", proof="有")
    return life("supervisor", Action.PASS_CHECK)


@pytest.mark.parametrize("person", ["clerk", "resident"])
def test_solved_closes(life, person):
    resolve(life)
    order = life(person, Action.FOLLOW_UP, **SATISFIED)
    assert (order.state, order.is_solved, order.satisfaction) == (State.CLOSED, True, "satisfied")
    assert order.closed_at is not None


@pytest.mark.parametrize("person", ["clerk", "resident"])
def test_unsolved_goes_back_and_its_clock_runs_on(life, person):
    resolve(life)
    order = life(person, Action.FOLLOW_UP, **UNSOLVED)
    assert (order.state, order.is_solved, order.closed_at) == (State.HANDLING, False, None)
    running = Clock.objects.filter(order=order, met_at__isnull=True).values_list("kind", flat=True)
    assert list(running) == ["resolution"]


def test_missed_calls_count_for_each_result_anew(life):
    resolve(life)
    life("clerk", Action.FOLLOW_UP, **MISSED)
    life("clerk", Action.FOLLOW_UP, **MISSED)
    life("resident", Action.FOLLOW_UP, **UNSOLVED)
    resolve(life)
    states = [life("clerk", Action.FOLLOW_UP, **MISSED).state for _ in range(3)]
    assert states == [State.FOLLOW_UP, State.FOLLOW_UP, State.CLOSED]


def test_nobody_reached_says_nothing_of_the_new_result(life):
    resolve(life)
    life("clerk", Action.FOLLOW_UP, **UNSOLVED)
    resolve(life)
    for _ in range(3):
        order = life("clerk", Action.FOLLOW_UP, **MISSED)
    order = WorkOrder.objects.get(pk=order.pk)
    assert (order.state, order.is_solved, order.satisfaction) == (State.CLOSED, None, "")


@pytest.mark.parametrize(
    ("carried", "field"),
    [
        ({"is_reached": True}, "is_solved"),
        ({"is_reached": True, "is_solved": True}, "satisfaction"),
    ],
)
def test_half_an_answer_is_refused(life, carried, field):
    before = resolve(life)
    with pytest.raises(InvalidError) as refusal:
        life("clerk", Action.FOLLOW_UP, **carried)
    assert set(refusal.value.fields) == {field}
    assert WorkOrder.objects.get(pk=before.pk).version == before.version
