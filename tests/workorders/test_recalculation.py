"""Running clocks follow the calendar, once each, and the order says what moved and why."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, time, timedelta
from threading import Event as Bell

import pytest
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.workorders.legal_time import at
from workorders.enums import Action, ClockKind, Deed
from workorders.models import (
    CalendarDay,
    Clock,
    Escalation,
    Event,
    Recalculation,
    Rung,
    WorkCalendar,
    WorkOrder,
)
from workorders.selectors import working_calendar
from workorders.services import (
    Actor,
    apply,
    change_calendar,
    count_held,
    fire_due,
    recalculate_clocks,
    recount,
)
from workorders.services.clocks import pauses_of
from workorders.services.recalculation import GRACE
from workorders.tasks import recalculate_clocks as task
from workorders.worktime import Limit, LimitUnit, due

START = at("2026-09-30 16:00")
NOW = at("2026-10-01 09:00")
HOLIDAY = [(date(2026, 10, day), False, "国庆节") for day in range(1, 8)]
MAKEUP = [(date(2026, 10, 10), True, "国庆节")]


def dispatched(town, channel_api, *, count=1):
    """Dispatch orders on the eve of the holiday: 5 working days to resolve, 1 to make contact."""
    actor = Actor.from_user(town.people["dispatcher"])
    for _ in range(count):
        number = channel_api("hotline", town.call(f"T-{WorkOrder.objects.count()}")).data["number"]
        apply(number=number, action=Action.ACCEPT, actor=actor, at=START)
        carried = {"department": town.departments["城管局"]}
        apply(number=number, action=Action.DISPATCH, actor=actor, at=START, carried=carried)
    return WorkOrder.objects.order_by("pk").last()


@pytest.fixture
def order(town, channel_api):
    """An order on a calendar with the holiday and without the day made up for it."""
    change_calendar(days=HOLIDAY)
    order = dispatched(town, channel_api)
    recalculate_clocks(at=START)
    return order


def dues(order):
    return dict(
        Clock.objects.filter(order=order, met_at__isnull=True).values_list("kind", "due_at")
    )


def test_made_up_day_moves_what_runs_into_it_and_the_order_says_why(order):
    version, before = order.version, dues(order)
    # Wednesday 2 h, 8 and 9 October, then from Monday the 12th on: 12, 13, 14 until 16:00.
    assert before[ClockKind.RESOLUTION] == at("2026-10-14 16:00")
    change_calendar(days=MAKEUP)
    assert recalculate_clocks(at=NOW) == 1
    # Saturday the 10th is one day of the five.
    assert dues(order) == {**before, ClockKind.RESOLUTION: at("2026-10-13 16:00")}
    order.refresh_from_db()
    event = Event.objects.get(order=order, action=Action.RECALCULATE)
    assert (order.due_at, order.version, order.last_sequence) == (
        at("2026-10-13 16:00"), version, event.sequence,
    )  # fmt: skip
    assert Clock.objects.get(order=order, kind=ClockKind.RESOLUTION).next_rung_at == order.due_at
    assert event.note == (
        "日历调整：2026-10-10 由休息日改为上班。办理时限由 2026-10-14 16:00 改为 2026-10-13 16:00。"
    )
    assert event.content == {
        "clocks": [
            {
                "clock": "resolution",
                "from": at("2026-10-14 16:00").astimezone(UTC).isoformat(),
                "to": at("2026-10-13 16:00").astimezone(UTC).isoformat(),
            }
        ]
    }
    assert (event.actor_kind, event.is_public, event.at) == ("system", False, NOW)


def test_repeating_the_look_changes_nothing(order):
    change_calendar(days=MAKEUP)
    looks = [NOW, NOW, NOW + GRACE / 2, NOW + GRACE, NOW + 2 * GRACE, NOW + timedelta(days=1)]
    assert [recalculate_clocks(at=look) for look in looks] == [1, 0, 0, 0, 0, 0]
    assert Recalculation.objects.get().is_settled
    assert Event.objects.filter(action=Action.RECALCULATE).count() == 1


def test_two_changes_are_told_one_by_one(order):
    change_calendar(days=MAKEUP)
    recalculate_clocks(at=NOW)
    change_calendar(days=[(date(2026, 10, 12), False, "演示假日")])
    recalculate_clocks(at=NOW + timedelta(seconds=10))
    notes = Event.objects.filter(action=Action.RECALCULATE).order_by("id")
    assert [event.note.partition("。")[0] for event in notes] == [
        "日历调整：2026-10-10 由休息日改为上班",
        "日历调整：2026-10-12 由上班改为休息",
    ]
    assert dues(order)[ClockKind.RESOLUTION] == at("2026-10-14 16:00")


def test_change_taken_back_moves_back(order):
    before = dues(order)
    change_calendar(days=MAKEUP)
    recalculate_clocks(at=NOW)
    CalendarDay.objects.filter(day=date(2026, 10, 10)).delete()
    assert recalculate_clocks(at=NOW + timedelta(seconds=10)) == 1
    assert dues(order) == before


def test_clock_started_under_a_calendar_that_no_look_saw_is_found(order, town, channel_api):
    change_calendar(days=MAKEUP)
    other = dispatched(town, channel_api)
    assert dues(other)[ClockKind.RESOLUTION] == at("2026-10-13 16:00")
    CalendarDay.objects.filter(day=date(2026, 10, 10)).delete()
    assert recalculate_clocks(at=NOW) == 1
    assert dues(other) == dues(order)
    note = Event.objects.get(action=Action.RECALCULATE).note
    assert note == "按现行日历重算。办理时限由 2026-10-13 16:00 改为 2026-10-14 16:00。"


def test_several_clocks_of_an_order_share_one_event(order):
    change_calendar(days=[(date(2026, 10, 8), False, "国庆节")])
    # To sign, 2 working hours from 16:00 end with the day; they do not run into the 8th.
    assert recalculate_clocks(at=NOW) == 2
    event = Event.objects.get(order=order, action=Action.RECALCULATE)
    assert event.note == (
        "日历调整：2026-10-08 由上班改为休息。"
        "首次联系时限由 2026-10-08 16:00 改为 2026-10-09 16:00；"
        "办理时限由 2026-10-14 16:00 改为 2026-10-15 16:00。"
    )


def test_changed_hours_are_told(order):
    WorkCalendar.objects.update(afternoon_to=time(17))
    # Working days shrink with their hours, so 1 and 5 of them end where they did.
    assert recalculate_clocks(at=NOW) == 1
    event = Event.objects.get(order=order, action=Action.RECALCULATE)
    assert event.note.startswith(
        "日历调整：工作时间由 09:00-12:00、14:00-18:00 改为 09:00-12:00、14:00-17:00。"
    )
    # To sign, 1 h on Wednesday and 1 h of Thursday 8 October.
    assert dues(order)[ClockKind.SIGNING] == at("2026-10-08 10:00")
    assert dues(order)[ClockKind.RESOLUTION] == at("2026-10-14 16:00")


def test_days_that_no_clock_runs_into_move_nothing(order):
    change_calendar(days=[(date(2026, 9, 29), False, "演示"), (date(2026, 12, 5), True, "演示")])
    assert recalculate_clocks(at=NOW) == 0
    assert not Event.objects.filter(action=Action.RECALCULATE).exists()


def test_met_clocks_keep_their_history(order, town):
    handler = Actor.from_user(town.people["handler"])
    apply(number=order.number, action=Action.SIGN, actor=handler, at=START)
    carried = {"result": "已处理", "proof": "有"}
    apply(number=order.number, action=Action.RESOLVE, actor=handler, at=START, carried=carried)
    before = list(Clock.objects.filter(met_at__isnull=False).order_by("id").values())
    change_calendar(days=MAKEUP)
    recalculate_clocks(at=NOW)
    assert list(Clock.objects.filter(met_at__isnull=False).order_by("id").values()) == before


def test_order_late_by_the_former_calendar_is_not_late_any_more(order):
    late = at("2026-10-15 09:00")
    fire_due(at=late)
    order.refresh_from_db()
    assert order.is_overdue
    change_calendar(days=[(date(2026, 10, day), False, "演示") for day in (12, 13, 14)])
    recalculate_clocks(at=late)
    order.refresh_from_db()
    clock = Clock.objects.get(order=order, kind=ClockKind.RESOLUTION)
    assert (order.is_overdue, clock.breached_at) == (False, None)
    assert clock.due_at == clock.next_rung_at == order.due_at == at("2026-10-19 16:00")
    assert count_held() == recount(orders=WorkOrder.objects.all())


def test_order_that_is_late_again_is_overdue_again(order):
    first, second = at("2026-10-15 09:00"), at("2026-10-19 16:00")
    fire_due(at=first)
    change_calendar(days=[(date(2026, 10, day), False, "演示") for day in (12, 13, 14)])
    recalculate_clocks(at=first)
    assert [fire_due(at=second), fire_due(at=second)] == [0, 0]
    order.refresh_from_db()
    clock = Clock.objects.get(order=order, kind=ClockKind.RESOLUTION)
    assert (order.is_overdue, clock.breached_at) == (True, second)
    assert Escalation.objects.filter(clock=clock).count() == 1
    told = Event.objects.filter(action=Action.ESCALATE, content__clock="resolution")
    assert [event.at for event in told.order_by("id")] == [first, second]
    assert count_held() == recount(orders=WorkOrder.objects.all())


def test_order_that_stays_late_is_late_since_the_new_instant(order):
    late = at("2026-10-20 09:00")
    fire_due(at=late)
    change_calendar(days=MAKEUP)
    recalculate_clocks(at=late)
    clock = Clock.objects.get(order=order, kind=ClockKind.RESOLUTION)
    assert clock.due_at == clock.breached_at == at("2026-10-13 16:00")
    assert clock.next_rung_at is None
    order.refresh_from_db()
    assert order.is_overdue
    assert count_held() == recount(orders=WorkOrder.objects.all())


def test_clock_due_earlier_than_now_fires(order):
    now = at("2026-10-14 09:00")
    change_calendar(days=MAKEUP)
    recalculate_clocks(at=now)
    fire_due(at=now)
    order.refresh_from_db()
    assert order.is_overdue


def test_clock_started_by_the_former_calendar_meanwhile_is_found(order):
    former = dues(order)[ClockKind.RESOLUTION]
    change_calendar(days=MAKEUP)
    recalculate_clocks(at=NOW)
    # What an act that had begun before the change would commit now.
    Clock.objects.filter(kind=ClockKind.RESOLUTION).update(due_at=former, next_rung_at=former)
    later = [NOW + GRACE / 2, NOW + GRACE, NOW + 2 * GRACE]
    assert [recalculate_clocks(at=instant) for instant in later] == [0, 1, 0]
    assert dues(order)[ClockKind.RESOLUTION] == at("2026-10-13 16:00")


def test_job_goes_on_where_it_was_killed(order, town, channel_api, monkeypatch):
    monkeypatch.setattr("workorders.services.recalculation.BATCH", 1)
    dispatched(town, channel_api, count=3)
    change_calendar(days=MAKEUP)
    assert recalculate_clocks(at=NOW, batches=1) == 1
    with suppress(KeyboardInterrupt), transaction.atomic():
        assert recalculate_clocks(at=NOW, batches=2) == 2
        raise KeyboardInterrupt
    assert recalculate_clocks(at=NOW, batches=1) == 1
    assert recalculate_clocks(at=NOW) == 2
    assert Event.objects.filter(action=Action.RECALCULATE).count() == 4


def test_administrators_change_is_noticed(order, client):
    client.force_login(User.objects.create_superuser("root", password="x", name="演示"))
    day = CalendarDay.objects.get(day=date(2026, 10, 7))
    url = reverse("admin:workorders_calendarday_delete", args=[day.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert recalculate_clocks(at=NOW) == 2
    assert "2026-10-07 由休息日改为上班" in Event.objects.get(action=Action.RECALCULATE).note
    hours = reverse("admin:workorders_workcalendar_change", args=[1])
    form = {"name": "默认", "morning_from": "09:00", "morning_to": "12:00",
            "afternoon_from": "14:00", "afternoon_to": "17:30"}  # fmt: skip
    assert client.post(hours, form).status_code == 302
    assert recalculate_clocks(at=NOW + timedelta(seconds=10)) == 1


def test_task_looks(order):
    change_calendar(days=MAKEUP)
    assert task() == 1


@pytest.mark.django_db(transaction=True)
def test_order_in_somebodys_hands_is_moved_at_the_next_look(town, channel_api):
    change_calendar(days=HOLIDAY)
    dispatched(town, channel_api, count=2)
    held = WorkOrder.objects.order_by("pk").first()
    recalculate_clocks(at=START)
    change_calendar(days=MAKEUP)
    locked, done = Bell(), Bell()

    def hold():
        with transaction.atomic():
            WorkOrder.objects.select_for_update().get(pk=held.pk)
            locked.set()
            done.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        locked.wait(20)
        moved = [recalculate_clocks(at=NOW + timedelta(seconds=10 * look)) for look in range(2)]
        done.set()
        holding.result()
    assert moved == [1, 0]
    assert not Recalculation.objects.get().is_settled
    assert recalculate_clocks(at=NOW + timedelta(seconds=20)) == 1
    assert dues(held)[ClockKind.RESOLUTION] == at("2026-10-13 16:00")


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_move_each_clock_once(town, channel_api):
    change_calendar(days=HOLIDAY)
    dispatched(town, channel_api, count=12)
    recalculate_clocks(at=START)
    change_calendar(days=MAKEUP)

    def look(_):
        try:
            return recalculate_clocks(at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        moved = sum(pool.map(look, range(4)))
    assert moved + recalculate_clocks(at=NOW + 2 * GRACE) == 12
    assert Event.objects.filter(action=Action.RECALCULATE).count() == 12


days = st.dates(date(2026, 9, 28), date(2026, 10, 24))
steps = st.one_of(
    st.tuples(st.just("enter"), days, st.booleans()),
    st.tuples(st.just("remove"), days, st.none()),
    st.tuples(st.just("hours"), st.sampled_from([time(17), time(18)]), st.none()),
    st.tuples(st.just("look"), st.sampled_from([1, 100]), st.none()),
    st.tuples(st.just("dispatch"), st.none(), st.none()),
)


@given(history=st.lists(steps, min_size=1, max_size=12))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_changes_every_running_clock_ends_right(
    django_db_history, channel_api, monkeypatch, history
):
    monkeypatch.setattr("workorders.services.recalculation.BATCH", 2)
    with django_db_history() as town:
        dispatched(town, channel_api, count=3)
        now = NOW
        recalculate_clocks(at=now)
        for step, value, extra in history:
            now += timedelta(seconds=10)
            take(step, value, extra, now=now, town=town, channel_api=channel_api)
        for _ in range(3):
            now += 2 * GRACE
            recalculate_clocks(at=now)
        assert Recalculation.objects.get().is_settled
        running = Clock.objects.filter(met_at__isnull=True).prefetch_related("pauses")
        assert {clock.pk: clock.due_at for clock in running} == {
            clock.pk: due_by_the_calendar(clock) for clock in running
        }
        main = Clock.objects.filter(kind=ClockKind.RESOLUTION).values_list("order_id", "due_at")
        assert dict(WorkOrder.objects.values_list("pk", "due_at")) == dict(main)
        assert count_held() == recount(orders=WorkOrder.objects.all())


def take(step, value, extra, *, now, town, channel_api):
    match step:
        case "enter":
            change_calendar(days=[(value, extra, "演示")])
        case "remove":
            CalendarDay.objects.filter(day=value).delete()
        case "hours":
            WorkCalendar.objects.update(afternoon_to=value)
        case "look":
            recalculate_clocks(at=now, batches=value)
        case "dispatch":
            dispatched(town, channel_api)


def due_by_the_calendar(clock):
    limit = Limit(clock.limit_amount, LimitUnit(clock.limit_unit), clock.is_to_end_of_day)
    return due(
        start=clock.started_at, limit=limit, calendar=working_calendar(), pauses=pauses_of(clock)
    )


def test_running_clocks_follow_a_changed_rung(order):
    clocks = Clock.objects.filter(order=order, kind=ClockKind.RESOLUTION)
    rung = Rung.objects.create(clock=ClockKind.RESOLUTION, share=60, deed=Deed.YELLOW)
    looks = [recalculate_clocks(at=NOW)]
    instants = [clocks.get().next_rung_at]
    Rung.objects.filter(pk=rung.pk).update(share=40)
    looks.append(recalculate_clocks(at=NOW + timedelta(seconds=10)))
    instants.append(clocks.get().next_rung_at)
    # Three and two of the five working days from Wednesday 16:00 on.
    assert (looks, instants) == ([1, 1], [at("2026-10-12 16:00"), at("2026-10-09 16:00")])
    assert not Event.objects.filter(action=Action.RECALCULATE).exists()
