"""More time, a pause, a return: asked by the holder, decided by a supervisor."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.workorders.lives import MONDAY, Life, beijing, employ
from workorders.enums import Action, ClockKind, State
from workorders.models import Application, Clock, ClockPause, Event
from workorders.services import fire_due, resume_due

EXTEND, SUSPEND = Action.REQUEST_EXTENSION, Action.REQUEST_SUSPENSION
RETURN, APPROVE, REFUSE = Action.REQUEST_RETURN, Action.APPROVE, Action.REFUSE
# The noise order of `Life`: dispatched on Monday at 10:02, five working days.
DUE = beijing("03-09 10:02")
FAR = MONDAY + timedelta(days=2000)
LATER = beijing("03-20 18:00")


@pytest.fixture
def life(town):
    life = Life(town)
    life.handle()
    return life


def ask(life, action=EXTEND, **changes):
    carried = {"reason": "等待材料", "until": LATER, **changes}
    if action is RETURN:
        del carried["until"]
    return life.act("handler", action, **carried)


@pytest.mark.parametrize("action", [EXTEND, SUSPEND, RETURN])
@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("dispatcher", ForbiddenError), ("supervisor", ForbiddenError),
        ("other-handler", NotFoundError), ("worker", ForbiddenError), ("leader", ForbiddenError),
    ],
)  # fmt: skip
def test_only_the_holder_asks(life, action, person, refusal):
    with pytest.raises(refusal):
        life.act(person, action, reason="等待材料", until=LATER)
    assert Application.objects.count() == 0


@pytest.mark.parametrize("decision", [APPROVE, REFUSE])
@pytest.mark.parametrize("person", ["dispatcher", "handler", "worker", "clerk", "leader"])
def test_only_a_supervisor_decides(life, decision, person):
    ask(life)
    with pytest.raises(ForbiddenError):
        life.act(person, decision, reason="不行")
    assert Application.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("action", "carried", "code", "field"),
    [
        (EXTEND, {"until": LATER}, "invalid", "reason"),
        (EXTEND, {"reason": "忙"}, "invalid", "until"),
        (EXTEND, {"reason": "忙", "until": MONDAY}, "limit_in_past", "until"),
        (EXTEND, {"reason": "忙", "until": DUE}, "not_longer", "until"),
        (EXTEND, {"reason": "忙", "until": FAR}, "limit_too_far", "until"),
        (SUSPEND, {"reason": "忙", "until": MONDAY}, "limit_in_past", "until"),
        (SUSPEND, {"until": LATER}, "invalid", "reason"),
        (RETURN, {}, "invalid", "reason"),
    ],
)  # fmt: skip
def test_each_faulty_application_says_why(life, action, carried, code, field):
    with pytest.raises(InvalidError) as refusal:
        life.act("handler", action, **carried)
    assert (refusal.value.code, list(refusal.value.fields)) == (code, [field])
    assert Application.objects.count() == 0


def test_second_application_waits_for_the_first(life):
    ask(life)
    for action in (EXTEND, SUSPEND, RETURN):
        with pytest.raises(ConflictError) as refusal:
            ask(life, action)
        assert refusal.value.code == "application_pending"
    life.act("supervisor", REFUSE, reason="材料已到")
    assert ask(life, SUSPEND).state == State.HANDLING


@pytest.mark.parametrize("decision", [APPROVE, REFUSE])
def test_nothing_asked_is_nothing_decided(life, decision):
    with pytest.raises(ConflictError) as refusal:
        life.act("supervisor", decision, reason="不行")
    assert refusal.value.code == "no_application"


def test_refusal_carries_a_reason_and_changes_nothing(life):
    ask(life)
    with pytest.raises(InvalidError) as refusal:
        life.act("supervisor", REFUSE)
    assert list(refusal.value.fields) == ["reason"]
    order = life.act("supervisor", REFUSE, reason="时间足够")
    application = Application.objects.get()
    assert (order.state, order.due_at) == (State.HANDLING, DUE)
    assert (application.state, application.decided_by) == ("refused", "supervisor")
    assert life.last(REFUSE).note == "时间足够"


def test_extension_moves_the_deadline_and_no_start(life):
    ask(life)
    started_at = life.clock(ClockKind.RESOLUTION).started_at
    order = life.act("supervisor", APPROVE, note="同意")
    clock = life.clock(ClockKind.RESOLUTION)
    assert (order.state, order.due_at, clock.due_at) == (State.HANDLING, LATER, LATER)
    assert (clock.started_at, clock.next_rung_at) == (started_at, LATER)
    content = life.last(APPROVE).content
    assert (content["kind"], datetime.fromisoformat(content["until"])) == ("extension", LATER)


def test_late_order_is_extended_and_its_breach_stays_on_record(life):
    assert fire_due(at=beijing("03-09 11:00")) >= 1
    assert life.order.is_overdue
    life.now = beijing("03-09 14:00")
    ask(life)
    order = life.act("supervisor", APPROVE)
    assert (order.is_overdue, order.due_at) == (False, LATER)
    assert life.clock(ClockKind.RESOLUTION).breached_at == DUE
    # The new deadline passes, too.
    fire_due(at=LATER + timedelta(minutes=1))
    assert life.order.is_overdue
    life.act("handler", Action.RESOLVE, LATER + timedelta(hours=1), result="好了", proof="有")
    assert life.last(Action.RESOLVE).content["met"]["resolution"] is False


def test_application_overtaken_by_time_cannot_be_approved(life):
    ask(life, SUSPEND, until=beijing("03-03 09:00"))
    with pytest.raises(InvalidError) as refusal:
        life.act("supervisor", APPROVE, beijing("03-03 10:00"))
    assert refusal.value.code == "limit_in_past"
    assert life.act("supervisor", REFUSE, reason="已过").state == State.HANDLING


def test_suspension_stops_the_clocks_until_the_holder_goes_on(life):
    ask(life, SUSPEND)
    order = life.act("supervisor", APPROVE, beijing("03-02 11:00"))
    clock = life.clock(ClockKind.RESOLUTION)
    assert (order.state, order.due_at, clock.next_rung_at) == (State.SUSPENDED, None, None)
    assert fire_due(at=beijing("03-19 11:00")) == 0
    assert Application.objects.get().resume_at == LATER
    order = life.act("handler", Action.RESUME, beijing("03-04 11:00"))
    # Two whole working days stood still.
    assert (order.state, order.due_at) == (State.HANDLING, beijing("03-11 10:02"))
    assert Application.objects.get().resume_at is None


def test_weekend_pause_never_pushes_the_deadline_by_eight_working_days(life):
    ask(life, SUSPEND)
    life.act("supervisor", APPROVE, beijing("03-06 17:00"))
    order = life.act("handler", Action.RESUME, beijing("03-09 10:00"))
    # 65 hours on the wall, of which two are working time: 10:02 + 2 h, lunch between.
    assert order.due_at == beijing("03-09 14:02")


def test_pause_outside_working_time_costs_nothing(life):
    ask(life, SUSPEND)
    life.act("supervisor", APPROVE, beijing("03-06 18:30"))
    assert life.act("handler", Action.RESUME, beijing("03-09 08:30")).due_at == DUE


def test_contact_made_before_a_suspension_stays_made(life):
    life.act("handler", Action.REMARK, text="已联系", kind="contacted")
    met_at = life.clock(ClockKind.FIRST_CONTACT).met_at
    ask(life, SUSPEND)
    life.act("supervisor", APPROVE)
    life.act("handler", Action.RESUME)
    assert life.clock(ClockKind.FIRST_CONTACT).met_at == met_at is not None


def test_suspension_ends_by_itself_once(life):
    ask(life, SUSPEND)
    life.act("supervisor", APPROVE, beijing("03-02 11:00"))
    ahead = LATER - timedelta(seconds=1)
    assert [resume_due(at=at) for at in (ahead, LATER, LATER)] == [0, 1, 0]
    event = life.last(Action.RESUME)
    assert (life.order.state, event.actor_kind) == (State.HANDLING, "system")
    assert ClockPause.objects.filter(ended_at__isnull=True).count() == 0
    assert Application.objects.filter(resume_at__isnull=False).count() == 0


def test_cancelled_while_suspended_never_resumes(life):
    ask(life, SUSPEND)
    life.act("supervisor", APPROVE)
    life.act("supervisor", Action.CANCEL, reason="误登")
    assert resume_due(at=LATER + timedelta(days=1)) == 0
    assert life.order.state == State.CANCELLED
    assert Application.objects.get().state == "approved"


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_resume_each_order_once(town):
    for serial in range(12):
        life = Life(town, serial=serial)
        life.handle()
        ask(life, SUSPEND)
        life.act("supervisor", APPROVE)

    def look(_):
        try:
            return resume_due(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        resumed = sum(pool.map(look, range(4)))
    assert resumed + resume_due(at=LATER) == 12
    assert Event.objects.filter(action=Action.RESUME).count() == 12


@pytest.mark.parametrize(
    ("person", "action", "carried"),
    [
        ("handler", Action.SEND_BACK, {"reason": "不属本单位"}),
        ("handler", Action.PASS_DOWN, {"department": "东街中心"}),
        ("handler", Action.PASS_UP, {}),
        ("handler", Action.RESOLVE, {"result": "好了", "proof": "有"}),
        ("supervisor", Action.CANCEL, {"reason": "误登"}),
    ],
)
def test_application_lapses_when_the_order_leaves_the_holder(life, person, action, carried):
    ask(life)
    life.act(person, action, **carried)
    assert Application.objects.get().state == "withdrawn"
    assert life.last(action).content["withdrawn"] == "extension"


@pytest.mark.parametrize("action", [Action.REMARK, Action.EXCLUDE])
def test_application_outlives_what_leaves_the_holder_alone(life, action):
    ask(life)
    life.act("supervisor", action, text="看到了", reason="特殊情况")
    assert Application.objects.get().state == "pending"


def test_fourth_return_is_asked_for_and_granted_by_a_supervisor(life):
    life.act("handler", Action.SEND_BACK, reason="不属本单位")
    for _ in range(2):
        life.act("dispatcher", Action.DISPATCH, department="城管局")
        life.act("handler", Action.SEND_BACK, reason="不属本单位")
    life.act("dispatcher", Action.DISPATCH, department="城管局")
    with pytest.raises(ConflictError) as refusal:
        life.act("handler", Action.SEND_BACK, reason="不属本单位")
    assert refusal.value.code == "send_back_limit"
    ask(life, RETURN)
    order = life.act("supervisor", APPROVE)
    assert (order.state, order.department_id, order.return_count) == (State.ACCEPTED, None, 4)
    content = life.last(APPROVE).content
    assert (content["kind"], content["held_by"]) == ("return", life.town.departments["城管局"].pk)
    assert Application.objects.get().state == "approved"
    assert order.due_at == Clock.objects.get(order=order, kind="dispatch", met_at=None).due_at


def test_return_refused_stays_with_the_holder(life):
    ask(life, RETURN)
    order = life.act("supervisor", REFUSE, reason="属你单位职责")
    assert (order.state, order.department.name) == (State.HANDLING, "城管局")


@pytest.mark.parametrize(
    ("at", "is_late"),
    [("03-03 10:02", False), ("03-03 10:03", True), ("03-02 23:00", False)],
)
def test_sending_back_is_for_the_first_working_day(life, at, is_late):
    if not is_late:
        assert life.act("handler", Action.SEND_BACK, beijing(at), reason="不属本单位").state == (
            State.ACCEPTED
        )
        return
    with pytest.raises(ConflictError) as refusal:
        life.act("handler", Action.SEND_BACK, beijing(at), reason="不属本单位")
    assert refusal.value.code == "send_back_too_late"


def test_who_is_passed_an_order_has_a_day_of_their_own_to_send_it_back(town, life):
    life.act("handler", Action.PASS_UP, beijing("03-04 15:00"))
    order = life.act(
        employ(town, "区中心"), Action.SEND_BACK, beijing("03-05 15:00"), reason="不属本单位"
    )
    assert order.state == State.ACCEPTED


def test_supervisor_sees_what_waits_and_decides_on_the_page(life, desk):
    supervisor = desk("supervisor")
    ask(life)
    page = supervisor.get("/console/?view=asked_for")
    counters = {counter.view.key: counter.count for counter in page.context["counters"]}
    assert (counters["asked_for"], counters["suspended"]) == (1, 0)
    assert [row.order.number for row in page.context["queue"].rows] == [life.number]
    pane = supervisor.get(f"/console/orders/{life.number}/", headers={"HX-Request": "true"})
    assert pane.context["pane"].open_act == "approve"
    assert "等待材料" in pane.content.decode()
    handler = desk("handler").get(f"/console/orders/{life.number}/", headers={"HX-Request": "true"})
    assert "request_extension" not in [act.action for act in handler.context["pane"].acts]


def test_date_and_time_of_a_refused_form_is_kept(life, desk):
    answer = desk("handler").post(
        f"/console/orders/{life.number}/request_suspension/",
        {"until": "2026-03-01T09:00", "reason": "等材料"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'type="datetime-local" value="2026-03-01T09:00"' in page
    assert "时间须在将来" in page
    garbage = desk("handler").post(
        f"/console/orders/{life.number}/request_suspension/", {"until": "soon", "reason": "等材料"}
    )
    assert ("请填写日期和时间" in garbage.content.decode(), garbage.status_code) == (True, 422)
