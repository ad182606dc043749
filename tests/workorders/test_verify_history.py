"""Tampering with history, as somebody with all rights on the database, is found and named."""

import io
import json
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.workorders.pages import bring_to_follow_up
from workorders.enums import Action
from workorders.models import Announcement, Event, HistorySeal, WorkOrder
from workorders.selectors.verification import DAY
from workorders.services import Actor
from workorders.services.journal import Journal, digest_of
from workorders.services.seals import seal_history


def verify(*args):
    """Run the command; give its exit code and its lines without the times."""
    output = io.StringIO()
    try:
        call_command("verify_history", *args, stdout=output)
    except SystemExit as error:
        return error.code, output.getvalue().splitlines()
    return 0, output.getvalue().splitlines()


def faults(*args):
    code, lines = verify(*args)
    found = [line for line in lines if "verified in" not in line and "newest seal" not in line]
    assert code == (1 if found else 0), lines
    return found


@contextmanager
def superuser():
    """Do what only the database's owner can: let triggers and foreign keys rest."""
    Announcement.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def order(town, number):
    """An order with a history of six events: register to the question whether it is solved."""
    order = bring_to_follow_up(town, number)
    assert Event.objects.filter(order=order).count() == order.last_sequence == 6
    return order


@pytest.fixture
def other(town, channel_api):
    return WorkOrder.objects.get(number=channel_api("hotline", town.call("T-9")).data["number"])


def test_untouched_history_passes(order, other):
    code, lines = verify()
    assert (code, lines[0].split(" verified in ")[0]) == (
        0, "2 orders, 7 events, 0 sealed days",
    )  # fmt: skip
    assert lines[0].endswith("faults: 0")


CONTENTS = [
    {"说明": "井盖缺失，存在“隐患”\n第二行\t🚧", "emoji": "👷🏽"},
    {"numbers": [0, -1, 0.1, 1e-7, 1.0, -0.0, 1e20, 1.5e300, 2**80, 123456.789, 5e-324]},
    {"nested": {"b": [{"z": None, "a": True}, [], {}], "a": {"10": 1, "9": 2}}},
    {"at": datetime(2026, 3, 2, 9, 30, 1, 5, tzinfo=UTC).isoformat(), "day": "2026-03-02"},
    {"quotes": "\\\"'", "html": "<&>", "space": "\u2028\u00a0 "},
]


@pytest.mark.parametrize("content", CONTENTS)
def test_whatever_an_event_holds_reads_back_as_it_was(order, content):
    journal = Journal()
    journal.append(
        order=order, action=Action.REMARK, actor=Actor.system(),
        at=datetime(2026, 3, 2, 9, 30, 1, 5, tzinfo=UTC), from_state=order.state,
        cell=(order.district_id, None, order.channel_id, None), note="备注\r\n🚧", content=content,
    )  # fmt: skip
    journal.write()
    order.save(update_fields=["last_sequence", "history_digest"])
    assert faults() == []


@pytest.mark.parametrize(
    "change",
    [
        "note = '改过'",
        'content = content || \'{"proof": "另一张"}\'',
        "at = at + interval '1 microsecond'",
        "actor_label = '别人'",
        "is_public = NOT is_public",
        "is_overdue = NOT is_overdue",
        "department_id = NULL",
        "area_id = NULL",
        "to_state = 'closed'",
        "digest = '\\x00'",
    ],
)
def test_changed_event_is_found(order, other, change):
    with superuser() as cursor:
        cursor.execute(
            f"UPDATE workorders_event SET {change} WHERE order_id = %s AND sequence = 5", [order.pk]
        )
    found = faults()
    assert found[0] == f"{order.number} event 5: changed"
    assert faults("--order", order.number) == found
    assert faults("--order", other.number) == []


def test_removed_events_are_found(order):
    delete(order, 2, 3)
    assert faults() == [f"{order.number} event 2: removed", f"{order.number} event 3: removed"]


def delete(order, *sequences):
    with superuser() as cursor:
        cursor.execute(
            "DELETE FROM workorders_event WHERE order_id = %s AND sequence = ANY(%s)",
            [order.pk, list(sequences)],
        )


def test_cut_off_end_is_found(order):
    delete(order, 5, 6)
    assert faults() == [f"{order.number} event {number}: cut off at the end" for number in (5, 6)]


def test_cut_off_end_is_found_though_the_order_was_told(order):
    delete(order, 6)
    WorkOrder.objects.filter(pk=order.pk).update(last_sequence=5)
    assert faults() == [f"{order.number} event 5: ends otherwise than the order says"]


def test_order_without_events_is_found(order, other):
    delete(other, 1)
    assert faults() == [f"{other.number}: all events are gone"]


def insert(order, sequence, *, moved=True, **changes):
    """Put a forged event into a history, those after it moved up."""
    event = Event.objects.get(order=order, sequence=min(sequence, 5))
    event.pk, event.sequence, event.note = None, sequence, "伪造"
    event.idempotency_key = ""
    before = Event.objects.get(order=order, sequence=sequence - 1)
    for name, value in changes.items():
        setattr(event, name, value)
    with superuser() as cursor:
        if moved:
            cursor.execute(
                "UPDATE workorders_event SET sequence = sequence + 1001"
                " WHERE order_id = %s AND sequence >= %s;"
                " UPDATE workorders_event SET sequence = sequence - 1000 WHERE sequence > 1000",
                [order.pk, sequence],
            )
        if not changes:
            event.digest = digest_of(event, bytes(before.digest))
        event.save(force_insert=True)


def test_inserted_event_is_found(order):
    insert(order, 3)
    assert faults() == [f"{order.number} event 3: inserted"]


def test_inserted_event_with_a_wrong_digest_is_found(order):
    insert(order, 3, digest=b"forged")
    assert faults() == [f"{order.number} event 3: inserted"]


def test_event_put_at_the_end_is_found(order):
    insert(order, 7)
    assert faults() == [f"{order.number} event 7: inserted"]


def test_event_put_at_the_end_is_found_though_the_order_was_told(order):
    insert(order, 7)
    WorkOrder.objects.filter(pk=order.pk).update(last_sequence=7)
    assert faults() == [f"{order.number} event 7: ends otherwise than the order says"]


def test_removed_event_with_the_rest_moved_down_is_found(order):
    delete(order, 2)
    with superuser() as cursor:
        for sequence in (3, 4, 5, 6):
            cursor.execute(
                "UPDATE workorders_event SET sequence = sequence - 1"
                " WHERE order_id = %s AND sequence = %s",
                [order.pk, sequence],
            )
    assert faults() == [f"{order.number} event 2: removed"]


def test_swapped_events_are_found(order):
    with superuser() as cursor:
        for old, new in ((3, 99), (4, 3), (99, 4)):
            cursor.execute(
                "UPDATE workorders_event SET sequence = %s WHERE order_id = %s AND sequence = %s",
                [new, order.pk, old],
            )
    assert faults() == [f"{order.number} event 3: inserted", f"{order.number} event 4: removed"]


def test_swapped_words_are_found(order):
    notes = dict(Event.objects.filter(order=order).values_list("sequence", "note"))
    with superuser() as cursor:
        for sequence, note in ((4, notes[5]), (5, notes[4])):
            cursor.execute(
                "UPDATE workorders_event SET note = %s WHERE order_id = %s AND sequence = %s",
                [note, order.pk, sequence],
            )
    assert faults() == [f"{order.number} event 4: changed", f"{order.number} event 5: changed"]


def test_changed_head_is_found(order):
    WorkOrder.objects.filter(pk=order.pk).update(history_digest=b"other")
    assert faults() == [f"{order.number} event 6: ends otherwise than the order says"]


def test_unknown_order_is_refused(town):
    with pytest.raises(CommandError, match="没有工单 20260101-000000"):
        call_command("verify_history", "--order", "20260101-000000")


def test_application_itself_can_change_nothing(order):
    event = Event.objects.filter(order=order).first()
    for write in (
        lambda: Event.objects.filter(pk=event.pk).update(note="改过"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
        lambda: HistorySeal.objects.update(events=1),
    ):
        seal(order)
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def seal(order, days=1):
    """Seal three hours into the day that lies so many days after the order's last event."""
    night = datetime.combine(day_of(order) + days * DAY, time(3))
    return seal_history(at=timezone.make_aware(night))


def day_of(order):
    return timezone.localdate(Event.objects.filter(order=order).latest("at").at)


def test_order_gone_without_trace_is_missed_in_its_day(order, other):
    assert seal(order) == 1
    assert faults() == []
    with superuser() as cursor:
        for table in ("event", "clock", "photo", "reporter", "ordersearch"):
            cursor.execute(f"DELETE FROM workorders_{table} WHERE order_id = %s", [other.pk])
        cursor.execute("DELETE FROM workorders_workorder WHERE id = %s", [other.pk])
    assert faults() == [
        f"day {day_of(order)}: 7 events of 2 orders were sealed, 6 of 1 are here: removed"
    ]


def test_order_gone_with_its_events_left_behind_is_found(order, other):
    with superuser() as cursor:
        cursor.execute("DELETE FROM workorders_workorder WHERE id = %s", [other.pk])
    assert faults() == [f"id {other.pk}: events without their order"]
    with superuser() as cursor:  # so that the test's own end finds nothing broken
        for table in ("event", "clock", "reporter", "ordersearch"):
            cursor.execute(f"DELETE FROM workorders_{table} WHERE order_id = %s", [other.pk])


def test_chain_written_anew_breaks_the_seal(order):
    seal(order)
    digest = b""
    for event in Event.objects.filter(order=order).order_by("sequence"):
        event.note = event.note.replace("维修", "另修") + "。"
        event.digest = digest = digest_of(event, digest)
        with superuser():
            event.save()
    WorkOrder.objects.filter(pk=order.pk).update(history_digest=digest)
    assert faults() == [f"day {day_of(order)}: changed"]


def test_days_without_events_are_sealed_too(order):
    assert seal(order, days=4) == 4
    assert list(HistorySeal.objects.order_by("day").values_list("events", flat=True)) == [
        6,
        0,
        0,
        0,
    ]
    assert seal(order, days=4) == 0
    assert faults() == []


def test_removed_seal_is_found(order):
    seal(order, days=3)
    gone = day_of(order) + DAY
    with superuser() as cursor:
        cursor.execute("DELETE FROM workorders_historyseal WHERE day = %s", [gone])
    assert faults() == [f"seal {gone}: removed", f"day {gone + DAY}: changed"]


def test_noted_seal_must_still_be_there(order):
    seal(order)
    noted = bytes(HistorySeal.objects.get().digest).hex()
    assert faults("--seal", noted) == []
    assert faults("--seal", "ab") == ["seal ab: removed or changed since it was noted"]
    assert json.dumps(verify()[1][-1]) == f'"newest seal, of {day_of(order)}: {noted}"'


def test_demo_orders_are_not_sealed(order, other):
    WorkOrder.objects.filter(pk=other.pk).update(is_demo=True)
    seal(order)
    assert HistorySeal.objects.get().orders == 1
    assert isinstance(HistorySeal.objects.get().day, date)
