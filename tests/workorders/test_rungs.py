"""Rungs on one clock: when they fall due, that they wait, and that each fires exactly once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from workorders.enums import Action, Alert, ClockKind, Deed, Reach
from workorders.models import Clock, Escalation, Event, Notice, Rung, TimeLimit, WorkOrder
from workorders.selectors import working_calendar
from workorders.services import Actor, apply, change_calendar, fire_due
from workorders.services.clocks import fix_deadline, pause_clocks, resume_clocks
from workorders.worktime import Limit, Pause, elapsed, remaining, working_moment
from workorders.worktime import LimitUnit as U

SHANGHAI = ZoneInfo("Asia/Shanghai")
RESOLUTION = ClockKind.RESOLUTION


def wall(text):
    """Read a wall time of March 2026 such as "2 09:00"; the 2nd is a Monday."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return datetime(2026, 3, int(day), int(hour), int(minute), tzinfo=SHANGHAI)


def rung(deed, *, share=None, after=None, reach="", clock=RESOLUTION, **more):
    amount, unit = after or (None, "")
    return Rung.objects.create(
        clock=clock, share=share, after_amount=amount, after_unit=unit, deed=deed, reach=reach,
        **more,
    )  # fmt: skip


@pytest.fixture
def dispatched(town, channel_api):
    """Dispatch an order at a wall time, with the resolution clock alone."""

    def make(at, amount=5, unit=U.WORKING_DAY, serial=0):
        TimeLimit.objects.filter(clock=RESOLUTION).update(amount=amount, unit=unit)
        number = channel_api("hotline", town.call(f"R-{serial}")).data["number"]
        actor = Actor.from_user(town.people["dispatcher"])
        apply(number=number, action=Action.ACCEPT, actor=actor, at=at)
        carried = {"department": town.departments["城管局"]}
        apply(number=number, action=Action.DISPATCH, actor=actor, at=at, carried=carried)
        Clock.objects.exclude(kind=RESOLUTION).filter(met_at__isnull=True).delete()
        return WorkOrder.objects.get(number=number)

    return make


def clock_of(order):
    return Clock.objects.get(order=order, kind=RESOLUTION)


def next_of(order):
    instant = clock_of(order).next_rung_at
    return instant and instant.astimezone(SHANGHAI)


def fired():
    rows = Escalation.objects.filter(rung__isnull=False).order_by("fired_at", "pk")
    return [(row.rung.deed, row.fired_at.astimezone(SHANGHAI)) for row in rows]


def test_clock_is_looked_at_where_its_next_rung_stands(dispatched):
    rung(Deed.YELLOW, share=80)
    rung(Deed.RAISE, after=(1, U.WORKING_DAY))
    order = dispatched(wall("2 09:00"))
    assert next_of(order) == wall("5 18:00")
    fire_due(at=wall("5 18:00"))
    assert next_of(order) == wall("6 18:00")
    fire_due(at=wall("6 18:00"))
    assert next_of(order) == wall("10 09:00")  # 18:00 on the 9th is no working time any more
    fire_due(at=wall("10 09:00"))
    assert next_of(order) is None
    assert [deed for deed, _ in fired()] == [Deed.YELLOW, Deed.RAISE]


def test_category_ladder_replaces_its_parents_and_that_the_common_one(town, dispatched):
    manhole, parent = town.categories["manhole"], town.categories["noise"]
    manhole.parent = parent
    manhole.save()
    common = rung(Deed.YELLOW, share=50)
    order = dispatched(wall("2 09:00"), amount=10, unit=U.HOUR)
    assert next_of(order) == wall("2 14:00")
    common.delete()
    for expected, category in ((70, parent), (30, manhole)):
        rung(Deed.YELLOW, share=expected, category=category)
        rung(Deed.YELLOW, share=10, category=category, is_active=False)
        order = dispatched(wall("2 09:00"), amount=10, unit=U.HOUR, serial=expected)
        assert next_of(order) == wall("2 09:00") + timedelta(hours=expected / 10)


WAITS = [
    # (share of 10 hours round the clock, start, urgent, when it may be told)
    (80, "6 09:00", False, "6 17:00"),  # Friday, in working time: at once
    (50, "6 17:00", False, "9 09:00"),  # Friday 22:00: Monday morning
    (50, "6 17:00", True, "6 22:00"),
    (30, "5 09:30", False, "5 14:00"),  # lunch
    (50, "12 17:00", False, "13 09:00"),  # Thursday night: Friday
]


@pytest.mark.parametrize(("share", "start", "is_urgent", "told"), WAITS)
@pytest.mark.parametrize("deed", [Deed.REMIND, Deed.RAISE, Deed.LETTER])
def test_what_reaches_people_waits_for_working_time(
    dispatched, deed, share, start, is_urgent, told
):
    rung(deed, share=share, reach=Reach.HANDLER, is_urgent=is_urgent)
    order = dispatched(wall(start), amount=10, unit=U.HOUR)
    for minutes in (-1, 0, 1, 24 * 60):
        fire_due(at=wall(told) + timedelta(minutes=minutes))
    assert fired() == [(deed, wall(told))]
    assert Notice.objects.filter(order=order, deed=deed, reach=Reach.HANDLER).exists()


def test_reminder_of_a_friday_evening_comes_on_a_makeup_saturday(dispatched):
    change_calendar(days=[(date(2026, 3, 7), True, "调休")])
    rung(Deed.REMIND, share=50, reach=Reach.HANDLER)
    order = dispatched(wall("6 17:00"), amount=10, unit=U.HOUR)
    assert next_of(order) == wall("7 03:00")  # the due instant, before the reminder
    fire_due(at=wall("7 08:59"))
    assert fired() == []
    fire_due(at=wall("7 09:00"))
    assert fired() == [(Deed.REMIND, wall("7 09:00"))]


def test_marks_and_the_breach_do_not_wait(dispatched):
    rung(Deed.YELLOW, share=50)
    rung(Deed.RED, share=100)
    order = dispatched(wall("6 17:00"), amount=10, unit=U.HOUR)
    fire_due(at=wall("6 22:00"))
    order.refresh_from_db()
    assert (order.alert, order.is_overdue) == (Alert.YELLOW, False)
    fire_due(at=wall("7 03:00"))
    order.refresh_from_db()
    assert (order.alert, order.is_overdue) == (Alert.RED, True)


def test_long_outage_is_caught_up_once_and_in_order(dispatched):
    rung(Deed.YELLOW, share=80)
    rung(Deed.REMIND, share=80, reach=Reach.HANDLER)
    rung(Deed.RED, share=100)
    rung(Deed.RAISE, after=(1, U.WORKING_DAY), reach=Reach.DISTRICT_LEADER)
    rung(Deed.RAISE, after=(3, U.WORKING_DAY))
    order = dispatched(wall("2 09:00"))
    sunday, monday = wall("22 12:00"), wall("23 09:00")
    assert fire_due(at=sunday) == 3  # the due instant and the marks
    assert next_of(order) == monday  # nobody is told on a Sunday, however late it is
    assert [fire_due(at=monday), fire_due(at=monday)] == [3, 0]
    deeds = ["yellow", "red", "remind", "raise", "raise"]
    assert [deed for deed, _ in fired()] == deeds
    order.refresh_from_db()
    assert (order.alert, order.supervision_level, next_of(order)) == (Alert.RED, 2, None)
    told = Notice.objects.order_by("pk").values_list("reach", flat=True)
    assert list(told) == [Reach.HANDLER, Reach.DISTRICT_LEADER]


def test_pause_and_resume_move_what_has_not_fired(dispatched):
    rung(Deed.YELLOW, share=40)
    rung(Deed.RED, share=80)
    order = dispatched(wall("2 09:00"))
    fire_due(at=wall("3 18:00"))
    pause_clocks(order=order, kinds=[RESOLUTION], at=wall("4 09:00"), reason="挂账")
    assert next_of(order) is None
    assert fire_due(at=wall("20 09:00")) == 0
    resume_clocks(order=order, kinds=[RESOLUTION], at=wall("9 09:00"))
    assert next_of(order) == wall("10 18:00")
    fire_due(at=wall("30 09:00"))
    assert [deed for deed, _ in fired()] == [Deed.YELLOW, Deed.RED]


def test_extension_fires_nothing_twice_and_moves_the_rest(dispatched):
    rung(Deed.YELLOW, share=50)
    rung(Deed.RED, share=75)
    order = dispatched(wall("2 09:00"), amount=100, unit=U.HOUR)
    fire_due(at=wall("4 11:00"))
    fix_deadline(order=order, kind=RESOLUTION, due_at=wall("18 09:00"), at=wall("5 09:00"))
    assert next_of(order) == wall("14 09:00")  # 75 % of the 16 days since the 2nd
    for day in range(5, 31):
        fire_due(at=wall(f"{day} 09:00"))
    expected = [(Deed.YELLOW, wall("4 11:00")), (Deed.RED, wall("14 09:00"))]
    assert fired() == expected
    assert clock_of(order).breached_at.astimezone(SHANGHAI) == wall("18 09:00")


def test_comment_neither_restarts_a_clock_nor_puts_a_lamp_out(town, dispatched):
    """Known mistake: escalation restarts its clock at any comment."""
    rung(Deed.YELLOW, share=50)
    rung(Deed.RED, share=100)
    order = dispatched(wall("2 09:00"), amount=10, unit=U.HOUR)
    fire_due(at=wall("2 14:00"))
    before = clock_of(order).next_rung_at
    handler = Actor.from_user(town.people["handler"])
    for kind in ("internal", "contacted", "progress"):
        apply(
            number=order.number, action=Action.REMARK, actor=handler, at=wall("2 15:00"),
            carried={"kind": kind, "text": "正在处理"},
        )  # fmt: skip
    order.refresh_from_db()
    assert (clock_of(order).next_rung_at, order.alert) == (before, Alert.YELLOW)
    fire_due(at=wall("2 19:00"))
    order.refresh_from_db()
    assert (order.alert, order.is_overdue) == (Alert.RED, True)


def test_lamp_goes_out_when_the_work_is_done(town, dispatched):
    rung(Deed.RED, share=50)
    order = dispatched(wall("2 09:00"), amount=10, unit=U.HOUR)
    fire_due(at=wall("2 14:00"))
    handler = Actor.from_user(town.people["handler"])
    apply(number=order.number, action=Action.SIGN, actor=handler, at=wall("2 14:00"))
    order.refresh_from_db()
    assert order.alert == Alert.RED
    carried = {"result": "已办", "proof": "单据"}
    apply(
        number=order.number, action=Action.RESOLVE, actor=handler, at=wall("2 15:00"),
        carried=carried,
    )  # fmt: skip
    order.refresh_from_db()
    assert order.alert == Alert.NONE


def test_everything_due_is_examined_old_and_new_held_or_not(town, channel_api):
    """Known mistakes: escalation examines only the newest 100, or skips orders without holder."""
    rung(Deed.REMIND, share=100, reach=Reach.DISPATCHER, clock=ClockKind.ACCEPTANCE)
    for serial in range(130):
        channel_api("hotline", town.call(f"N-{serial}"))
    assert not WorkOrder.objects.filter(department__isnull=False).exists()
    Clock.objects.update(due_at=wall("2 10:00"), next_rung_at=wall("2 10:00"))
    assert fire_due(at=wall("2 10:00")) == 260
    assert Clock.objects.filter(breached_at=wall("2 10:00"), next_rung_at=None).count() == 130
    assert Notice.objects.filter(reach=Reach.DISPATCHER).count() == 130
    assert Event.objects.filter(action=Action.ESCALATE).count() == 130


DEEDS = st.sampled_from([Deed.REMIND, Deed.YELLOW, Deed.RED, Deed.RAISE])
UNITS = st.sampled_from([U.MINUTE, U.HOUR, U.WORKING_MINUTE, U.WORKING_HOUR, U.WORKING_DAY])
RUNGS = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 100), st.tuples(st.integers(1, 20), UNITS)), DEEDS, st.booleans()
    ),
    max_size=5,
)
MINUTES = st.integers(0, 20 * 24 * 60)


def used_and_length(row, due_at, pauses):
    """Tell how much of a rung's own time was used when it fired, and how much had to be."""
    clock, calendar = row.clock, working_calendar()
    if row.rung is not None and row.rung.share is None:
        limit = Limit(row.rung.after_amount, U(row.rung.after_unit))
        start, share = due_at, 100
    else:
        limit = Limit(clock.limit_amount, U(clock.limit_unit))
        start, share = clock.started_at, row.rung.share if row.rung else 100
    span = {"start": start, "at": row.fired_at, "limit": limit}
    used = elapsed(**span, calendar=calendar, pauses=pauses)
    left = remaining(**span, calendar=calendar, pauses=pauses)
    return used + timedelta(microseconds=1), (used + left) * share / 100


def is_working(at):
    return working_moment(at=at, calendar=working_calendar()) == at


@given(
    RUNGS,
    st.tuples(st.integers(1, 40), UNITS),
    st.integers(0, 7 * 24 * 60),
    st.lists(MINUTES, max_size=8),
    st.one_of(st.none(), st.tuples(MINUTES, MINUTES)),
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would take minutes
)
def test_every_rung_fires_exactly_once_and_never_early(
    django_db_history, dispatched, rungs, limit, start, looks, pause
):
    with django_db_history():
        made = [generated_rung(*parts) for parts in rungs]
        begin = wall("2 00:00").astimezone(UTC) + timedelta(minutes=start)
        order = dispatched(begin, *limit)
        begin = paused(order, begin, pause) if pause else begin
        last = begin + timedelta(days=400)
        # Among three days running one is worked, and 10:00 is working time.
        mornings = [last.replace(hour=2) + timedelta(days=days) for days in range(9)]
        for at in [*(begin + timedelta(minutes=minutes) for minutes in sorted(looks)), *mornings]:
            before = clock_of(order).next_rung_at
            is_due = before is not None and before <= at
            assert fire_due(at=at) == 0 or is_due
            after = clock_of(order).next_rung_at
            assert after is None or after > at
        rows = list(Escalation.objects.filter(clock=clock_of(order)))
        assert sorted(row.rung_id or 0 for row in rows) == sorted([0, *(row.pk for row in made)])
        assert clock_of(order).next_rung_at is None
        clock = clock_of(order)
        pauses = [Pause(row.started_at, row.ended_at) for row in clock.pauses.all()]
        for row in rows:
            used, length = used_and_length(row, clock.due_at, pauses)
            assert used >= length
            waits = row.rung is not None and row.rung.deed in ("remind", "raise")
            assert not waits or row.rung.is_urgent or is_working(row.fired_at)


def generated_rung(when, deed, is_urgent):
    share, after = (when, None) if isinstance(when, int) else (None, when)
    reach = Reach.HANDLER if deed == Deed.REMIND else ""
    return rung(deed, share=share, after=after, reach=reach, is_urgent=is_urgent)


def paused(order, begin, pause):
    """Pause an order's clock some time after its beginning; nothing fires meanwhile."""
    first, length = pause
    at = begin + timedelta(minutes=first)
    fire_due(at=at)
    pause_clocks(order=order, kinds=[RESOLUTION], at=at, reason="挂账")
    assert fire_due(at=at + timedelta(days=300)) == 0
    resumed = at + timedelta(minutes=length)
    resume_clocks(order=order, kinds=[RESOLUTION], at=resumed)
    return resumed
