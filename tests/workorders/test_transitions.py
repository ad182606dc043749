"""The gate: what each action does, what it refuses, and that a refusal writes nothing."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from workorders.enums import Action, Measure, PhotoStage, State
from workorders.models import Clock, Delta, Event, WorkOrder
from workorders.services import Actor, Step, apply, apply_steps
from workorders.services.transitions import (
    StaleVersionError,
)
from workorders.workflow import ENDED, TABLE

# Monday 2026-03-02, 10:00 in Shanghai: inside working time.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def order(town, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    return WorkOrder.objects.get(number=number)


@pytest.fixture
def act(town, order):
    """Apply an action as one of the town's people, a minute after the last one."""
    minutes = iter(range(1, 1000))

    def act(person: str, action: Action, **carried):
        at = MONDAY + timedelta(minutes=next(minutes))
        actor = Actor.from_user(town.people[person])
        return apply(number=order.number, action=action, actor=actor, at=at, carried=carried)

    return act


@pytest.fixture
def handling(town, act):
    act("dispatcher", Action.ACCEPT)
    act("dispatcher", Action.DISPATCH, department=town.departments["城管局"])
    return act("handler", Action.SIGN)


BY_NOBODY = {Action.REGISTER, Action.ESCALATE, Action.RECALCULATE}


def test_every_state_and_action_of_the_table_is_known():
    assert {state for state, _ in TABLE} == set(State)
    assert {action for _, action in TABLE} == set(Action) - BY_NOBODY
    assert all(rule.target in {None, *State} for rule in TABLE.values())


@pytest.mark.parametrize("state", sorted(ENDED))
def test_ended_orders_are_left_only_by_reopen_and_unmerge(state):
    leaving = {
        action for (source, action), rule in TABLE.items() if source == state and rule.target
    }
    assert leaving <= {Action.REOPEN, Action.UNMERGE}


def test_reject_carries_a_reason_and_ends_all_clocks(act):
    with pytest.raises(InvalidError) as refusal:
        act("dispatcher", Action.REJECT)
    assert refusal.value.fields == {"reason": ["必填"]}
    order = act("dispatcher", Action.REJECT, reason="outside_remit", note="转市级平台")
    assert (order.state, order.due_at) == (State.REJECTED, None)
    assert not Clock.objects.filter(order=order, met_at__isnull=True).exists()


def test_answer_closes_and_is_visible_to_the_resident(act):
    order = act("dispatcher", Action.ANSWER, answer="办理时间为工作日上午九点至下午五点。")
    event = Event.objects.get(order=order, action=Action.ANSWER)
    assert (order.state, event.is_public, event.note) == (State.CLOSED, True, order.answer)


def test_unknown_place_is_accepted_only_with_an_area(town, channel_api):
    payload = town.call("T-2", point=None, address="")
    order = WorkOrder.objects.get(number=channel_api("hotline", payload).data["number"])
    assert (order.place_source, order.street_id) == ("unknown", None)
    actor = Actor.from_user(town.people["dispatcher"])
    with pytest.raises(InvalidError) as refusal:
        apply(number=order.number, action=Action.ACCEPT, actor=actor, at=MONDAY)
    assert list(refusal.value.fields) == ["area"]
    carried = {"area": town.areas["西街1社区1格"]}
    order = apply(
        number=order.number, action=Action.ACCEPT, actor=actor, at=MONDAY, carried=carried
    )
    assert (order.street_id, order.place_source) == (town.areas["西街"].pk, "dispatcher")


def test_street_dispatcher_may_not_send_into_another_street(town, act):
    act("east", Action.ACCEPT)
    with pytest.raises(InvalidError) as refusal:
        act("east", Action.DISPATCH, grid=town.areas["西街1社区1格"])
    assert list(refusal.value.fields) == ["grid"]


def test_only_the_holder_signs(town, act):
    act("dispatcher", Action.ACCEPT)
    act("dispatcher", Action.DISPATCH, department=town.departments["城管局"])
    with pytest.raises(NotFoundError):
        act("other-handler", Action.SIGN)
    with pytest.raises(ForbiddenError):
        act("dispatcher", Action.SIGN)
    assert act("handler", Action.SIGN).state == State.HANDLING


def test_resolution_clock_starts_at_dispatch_and_not_at_signing(handling):
    clock = Clock.objects.get(order=handling, kind="resolution")
    assert clock.started_at == MONDAY + timedelta(minutes=2)


def test_resolve_needs_proof(act, handling):
    with pytest.raises(InvalidError) as refusal:
        act("handler", Action.RESOLVE, result="已处理")
    assert list(refusal.value.fields) == ["proof"]


def test_rework_goes_on_with_the_time_already_used(act, handling):
    act("handler", Action.RESOLVE, result="已处理", proof="照片见附件")
    before = Clock.objects.get(order=handling, kind="resolution")
    order = act("supervisor", Action.REWORK, finding="未处理到位")
    after = Clock.objects.get(order=handling, kind="resolution", met_at__isnull=True)
    assert (order.state, after.pk, after.started_at) == (
        State.HANDLING, before.pk, before.started_at,
    )  # fmt: skip
    assert after.due_at - before.due_at == timedelta(minutes=1)
    assert order.due_at == after.due_at


def test_unsolved_call_back_returns_to_handling_by_itself(act, handling):
    act("handler", Action.RESOLVE, result="已处理", proof="有")
    act("supervisor", Action.PASS_CHECK)
    order = act("clerk", Action.FOLLOW_UP, is_reached=True, is_solved=False, note="还在冒水")
    assert (order.state, order.is_solved) == (State.HANDLING, False)
    assert order.department_id == handling.department_id


def test_third_call_that_reaches_nobody_closes(act, handling):
    act("handler", Action.RESOLVE, result="已处理", proof="有")
    act("supervisor", Action.PASS_CHECK)
    states = [act("clerk", Action.FOLLOW_UP, is_reached=False).state for _ in range(3)]
    assert states == [State.FOLLOW_UP, State.FOLLOW_UP, State.CLOSED]
    counted = Counter(Delta.objects.values_list("measure", flat=True))
    assert (counted[Measure.CLOSED], counted[Measure.CALLED_BACK]) == (1, 0)


def test_fourth_return_is_for_the_supervisor(town, act):
    act("dispatcher", Action.ACCEPT)
    for _ in range(3):
        act("dispatcher", Action.DISPATCH, department=town.departments["城管局"])
        act("handler", Action.SEND_BACK, reason="不属本单位")
    act("dispatcher", Action.DISPATCH, department=town.departments["城管局"])
    with pytest.raises(ConflictError) as refusal:
        act("handler", Action.SEND_BACK, reason="不属本单位")
    assert refusal.value.code == "send_back_limit"


def test_remark_leaves_version_and_deadline_alone(act, order):
    act("dispatcher", Action.REMARK, text="已电话核实")
    fresh = WorkOrder.objects.get()
    assert (fresh.version, fresh.due_at, fresh.last_sequence) == (1, order.due_at, 2)


def test_contacted_remark_meets_the_first_contact_clock(act, handling):
    act("handler", Action.REMARK, text="已联系诉求人", kind="contacted")
    assert Clock.objects.get(order=handling, kind="first_contact").met_at is not None


def test_self_handle_needs_both_photos(town, order, act):
    with pytest.raises(InvalidError) as refusal:
        act("worker", Action.SELF_HANDLE, result="已清理")
    assert list(refusal.value.fields) == ["photos"]
    for stage in (PhotoStage.BEFORE, PhotoStage.AFTER):
        order.photos.create(
            uuid=f"00000000-0000-0000-0000-00000000000{stage == PhotoStage.AFTER:d}",
            stage=stage, content_type="image/jpeg", sha256="0" * 64, size=1, width=1, height=1,
            uploaded_at=MONDAY,
        )  # fmt: skip
    assert act("worker", Action.SELF_HANDLE, result="已清理").state == State.CLOSED


def test_refusal_in_the_second_step_undoes_the_first(town, order):
    steps = [Step(Action.ACCEPT), Step(Action.DISPATCH)]
    with pytest.raises(InvalidError):
        apply_steps(
            number=order.number, steps=steps, at=MONDAY,
            actor=Actor.from_user(town.people["dispatcher"]),
        )  # fmt: skip
    fresh = WorkOrder.objects.get()
    assert (fresh.state, fresh.version, Event.objects.count()) == (State.REGISTERED, 1, 1)


def test_same_key_acts_once(town, order):
    actor = Actor.from_user(town.people["dispatcher"])
    for _ in range(2):
        fresh = apply(
            number=order.number, action=Action.ACCEPT, actor=actor, at=MONDAY, key="k-1", version=1
        )
        assert fresh.state == State.ACCEPTED
    assert Event.objects.filter(action=Action.ACCEPT).count() == 1


def test_stale_version_writes_nothing(town, act, order):
    act("dispatcher", Action.ACCEPT)
    actor = Actor.from_user(town.people["east"])
    with pytest.raises(StaleVersionError):
        apply(
            number=order.number, action=Action.DISPATCH, actor=actor, at=MONDAY, version=1,
            carried={"department": town.departments["城管局"]},
        )  # fmt: skip
    assert Event.objects.count() == 2
