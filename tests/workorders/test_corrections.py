"""A category put right, an order left out of assessment, a limit set by hand, and comments."""

from datetime import timedelta

import pytest

from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.workorders.lives import MONDAY, Life, beijing
from workorders.enums import Action, ClockKind, State
from workorders.models import Clock, Cube, TimeLimit
from workorders.selectors.orders import order_detail
from workorders.selectors.timelines import timeline
from workorders.services import Actor, fire_due, fold_deltas
from workorders.worktime import LimitUnit

RECLASSIFY, EXCLUDE = Action.RECLASSIFY, Action.EXCLUDE


@pytest.fixture
def life(town):
    """Noise has five working days by default, manholes two."""
    TimeLimit.objects.create(
        clock=ClockKind.RESOLUTION, category=town.categories["manhole"], amount=2,
        unit=LimitUnit.WORKING_DAY,
    )  # fmt: skip
    return Life(town)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("dispatcher", None), ("east", None), ("west", NotFoundError), ("worker", ForbiddenError),
        ("handler", ForbiddenError), ("supervisor", ForbiddenError),
    ],
)  # fmt: skip
def test_dispatcher_of_the_place_reclassifies(life, person, refusal):
    life.handle()
    if refusal:
        with pytest.raises(refusal):
            life.act(person, RECLASSIFY, category="manhole")
        assert life.order.category.code == "noise"
    else:
        assert life.act(person, RECLASSIFY, category="manhole").category.code == "manhole"


def test_reclassified_order_says_old_and_new(town, life):
    life.handle()
    life.act("dispatcher", RECLASSIFY, category="manhole", note="现场核实是井盖")
    order = order_detail(number=life.number, scope=Actor.from_user(town.people["dispatcher"]).scope)
    assert timeline(order=order)[0].deed == "调整类别，由「噪声扰民」改为「井盖缺失」"


@pytest.mark.parametrize(
    ("carried", "code"), [({}, "invalid"), ({"category": "noise"}, "same_category")]
)
def test_reclassifying_needs_another_category(life, carried, code):
    life.handle()
    with pytest.raises(InvalidError) as refusal:
        life.act("dispatcher", RECLASSIFY, **carried)
    assert (refusal.value.code, list(refusal.value.fields)) == (code, ["category"])


def test_deadline_is_never_recomputed_from_creation_when_the_category_changes(life):
    # Registered on Monday, dispatched on Thursday: two days from Monday would be late already.
    life.act("dispatcher", Action.ACCEPT, beijing("03-05 09:30"), category="noise")
    life.act("dispatcher", Action.DISPATCH, beijing("03-05 10:00"), department="城管局")
    order = life.act("dispatcher", RECLASSIFY, beijing("03-05 11:00"), category="manhole")
    clock = life.clock(ClockKind.RESOLUTION)
    assert (clock.started_at, clock.due_at) == (beijing("03-05 10:00"), beijing("03-09 10:00"))
    assert (order.due_at, order.is_overdue, clock.limit_label) == (
        clock.due_at, False, "办理（井盖缺失）2工作日",
    )  # fmt: skip
    assert fire_due(at=beijing("03-05 11:01")) == 0 or not life.order.is_overdue


def test_order_late_by_the_wrong_limit_alone_is_late_no_more(life):
    life.act("dispatcher", Action.ACCEPT, category="manhole")
    life.act("dispatcher", Action.DISPATCH, department="城管局")
    fire_due(at=beijing("03-04 11:00"))
    assert life.order.is_overdue
    order = life.act("dispatcher", RECLASSIFY, beijing("03-04 12:00"), category="noise")
    assert (order.is_overdue, order.due_at) == (False, beijing("03-09 10:02"))
    fire_due(at=beijing("03-10 12:00"))
    assert life.order.is_overdue


def test_pauses_count_under_the_new_limit_too(life):
    life.handle()
    life.act("handler", Action.REQUEST_SUSPENSION, reason="等材料", until=beijing("03-20 09:00"))
    life.act("supervisor", Action.APPROVE, beijing("03-03 09:00"))
    life.act("handler", Action.RESUME, beijing("03-04 09:00"))
    order = life.act("dispatcher", RECLASSIFY, category="manhole")
    assert order.due_at == beijing("03-05 10:02")


def test_reclassifying_moves_the_stock(town, life):
    life.handle()
    life.act("dispatcher", RECLASSIFY, category="manhole")
    while fold_deltas()[0]:
        pass
    stock = Cube.objects.filter(measure="open", value__gt=0)
    assert list(stock.values_list("category", "value")) == [(town.categories["manhole"].pk, 1)]


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("supervisor", None), ("dispatcher", ForbiddenError), ("handler", ForbiddenError),
        ("leader", ForbiddenError), ("other-handler", NotFoundError),
    ],
)  # fmt: skip
def test_supervisor_leaves_an_order_out_of_assessment(life, person, refusal):
    life.handle()
    if refusal:
        with pytest.raises(refusal):
            life.act(person, EXCLUDE, reason="暴雨")
        assert not life.order.is_excluded
    else:
        life.act(person, EXCLUDE, reason="暴雨")
        assert (life.order.is_excluded, life.last(EXCLUDE).content) == (True, {"is_excluded": True})


def test_exclusion_leaves_the_facts_and_can_be_taken_back(life):
    life.handle()
    fire_due(at=beijing("03-09 11:00"))
    before = list(Clock.objects.order_by("pk").values())
    order = life.act("supervisor", EXCLUDE, reason="暴雨")
    assert (order.is_overdue, order.state) == (True, State.HANDLING)
    assert list(Clock.objects.order_by("pk").values()) == before
    with pytest.raises(ConflictError) as refusal:
        life.act("supervisor", EXCLUDE, reason="暴雨")
    assert refusal.value.code == "nothing_to_change"
    assert not life.act("supervisor", EXCLUDE, reason="核实不属实", is_excluded=False).is_excluded
    with pytest.raises(ConflictError):
        life.act("supervisor", EXCLUDE, reason="再来", is_excluded=False)
    assert life.last(EXCLUDE).content == {"is_excluded": False}


def test_dispatcher_sets_a_limit_of_their_own(life):
    life.act("dispatcher", Action.ACCEPT, category="noise")
    wanted = beijing("03-03 12:00")
    order = life.act("dispatcher", Action.DISPATCH, department="城管局", due_at=wanted)
    clock = life.clock(ClockKind.RESOLUTION)
    assert (order.due_at, clock.due_at, clock.fixed_due_at, clock.next_rung_at) == (wanted,) * 4
    # By hand is by hand: another category leaves it alone.
    assert life.act("dispatcher", RECLASSIFY, category="manhole").due_at == wanted


@pytest.mark.parametrize(
    ("due_at", "code"),
    [
        (MONDAY, "limit_in_past"),
        (MONDAY + timedelta(minutes=2), "limit_in_past"),
        (MONDAY + timedelta(days=4000), "limit_too_far"),
    ],
)
def test_limit_in_the_past_is_refused(life, due_at, code):
    life.act("dispatcher", Action.ACCEPT, category="noise")
    with pytest.raises(InvalidError) as refusal:
        life.act("dispatcher", Action.DISPATCH, department="城管局", due_at=due_at)
    assert (refusal.value.code, list(refusal.value.fields)) == (code, ["due_at"])
    assert life.order.state == State.ACCEPTED


@pytest.mark.parametrize(
    "text",
    ["soon", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59:59-14:00", 5, [], {}, True],
)
def test_no_limit_breaks_the_api(life, api, text):
    life.act("dispatcher", Action.ACCEPT, category="noise")
    answer = api("dispatcher").post(
        f"/api/v1/orders/{life.number}/dispatch/", {"department": "D2", "due_at": text},
        format="json",
    )  # fmt: skip
    assert (answer.status_code, set(answer.data["fields"])) == (400, {"due_at"})


def test_comment_never_resets_a_clock(life):
    life.handle()
    before = list(Clock.objects.order_by("pk").values())
    for kind in ("internal", "progress"):
        life.act("handler", Action.REMARK, beijing("03-04 10:00"), text="在办", kind=kind)
    assert list(Clock.objects.order_by("pk").values()) == before
    fire_due(at=beijing("03-09 10:03"))
    escalated = list(Clock.objects.order_by("pk").values())
    life.act("handler", Action.REMARK, beijing("03-09 11:00"), text="快了")
    assert list(Clock.objects.order_by("pk").values()) == escalated
    assert life.order.is_overdue
