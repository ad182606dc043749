"""`manage.py recount` finds each cell of the cube that was broken, and mends it."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.workorders.pages import bring_to_follow_up
from tests.workorders.test_leagues import live
from workorders.enums import Face, Measure
from workorders.models import Cube, Delta, Rollup
from workorders.services import drop_old_rollups, fold_deltas, follow_areas


def recount(*args):
    output = io.StringIO()
    code = 0
    try:
        call_command("recount", *args, stdout=output)
    except SystemExit as error:
        code = error.code
    *lines, summary = output.getvalue().splitlines()
    return code, lines, summary.split("differences: ")[1]


def fold():
    while fold_deltas()[0]:
        pass


def test_agrees_whether_folded_or_not(town):
    for number, _ in enumerate(live(town, seed=11, orders=4, hours=120)):
        if number == 8:
            fold()
    assert Delta.objects.exists()
    assert Cube.objects.exists()
    assert recount() == (0, [], "0")
    fold()
    assert recount() == (0, [], "0")


@pytest.fixture
def order(town, number):
    order = bring_to_follow_up(town, number)
    fold()
    return order


def test_broken_cells_are_told_and_mended(order):
    day = Cube.objects.get(measure=Measure.RESOLVED).day
    place = "area=320111001001001 category=manhole channel=hotline department=D5"
    Cube.objects.filter(measure=Measure.RESOLVED).update(value=7)
    Cube.objects.filter(measure=Measure.SIGNED).delete()
    Cube.objects.filter(measure=Measure.OPEN, value=1).update(value=3)
    told = [
        f"open now {place}: held 3, counted 1",
        f"resolved {day} {place}: held 7, counted 1",
        f"signed {day} {place}: held 0, counted 1",
    ]
    assert recount() == (1, told, "3")
    assert recount("--repair") == (0, told, "3, repaired")
    assert recount() == (0, [], "0")
    fold()
    assert recount() == (0, [], "0")
    assert Cube.objects.get(measure=Measure.RESOLVED).value == 1


def test_cell_of_a_day_without_events_is_told(order):
    cell = Cube.objects.get(measure=Measure.RESOLVED)
    day = cell.day - timedelta(days=40)
    Cube.objects.create(
        measure=Measure.REJECTED, day=day, area_id=cell.area_id, channel_id=cell.channel_id, value=2
    )
    code, lines, _ = recount()
    assert (code, lines) == (
        1,
        [f"rejected {day} area=320111001001001 category=- channel=hotline department=-:"
         " held 2, counted 0"],
    )  # fmt: skip
    assert recount("--since", str(day + timedelta(days=1))) == (0, [], "0")


def test_lost_delta_is_told(town, number):
    bring_to_follow_up(town, number)
    Delta.objects.filter(measure=Measure.ACCEPTED).delete()
    code, lines, _ = recount()
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith("accepted ")
    assert lines[0].endswith("held 0, counted 1")


def test_bad_date_is_refused(town):
    with pytest.raises(CommandError, match="is no date"):
        call_command("recount", "--since", "October")


def test_broken_rollups_are_told_and_mended(order):
    day = Cube.objects.get(measure=Measure.RESOLVED).day
    totals = Rollup.objects.filter(face=Face.TOTAL, area__level=1)
    totals.filter(measure=Measure.RESOLVED).update(value=5)
    Rollup.objects.filter(face=Face.DEPARTMENT, measure=Measure.OPEN, area__level=2).delete()
    told = [
        "open now rolled up by department area=320111001 category=- channel=- department=D5:"
        " held 0, counted 1",
        f"resolved {day} rolled up by total area=320111 category=- channel=- department=-:"
        " held 5, counted 1",
    ]
    assert recount() == (1, told, "2")
    assert recount("--repair") == (0, told, "2, repaired")
    assert recount() == (0, [], "0")
    assert totals.get(measure=Measure.RESOLVED).value == 1


def rolled_up():
    kept = ("area__code", "face", "category__code", "channel__code", "department__code", "level")
    rows = Rollup.objects.filter(measure=Measure.OPEN).exclude(value=0)
    return set(rows.values_list(*kept, "value"))


def test_every_face_of_district_and_street_holds_each_count(order):
    told = [
        (Face.TOTAL, None, None, None, None), (Face.LEVEL, None, None, None, 4),
        (Face.DEPARTMENT, None, None, "D5", None), (Face.CHANNEL, None, "hotline", None, None),
        (Face.CATEGORY, "manhole", None, None, None),
        (Face.CATEGORY_CHANNEL, "manhole", "hotline", None, None),
    ]  # fmt: skip
    places = ("320111", "320111001")
    assert rolled_up() == {(place, *face, 1) for place in places for face in told}


def test_counts_follow_a_community_that_moves_to_another_street(order, town):
    before = rolled_up()
    community = order.grid.parent
    community.parent = town.areas["西街"]
    community.save()
    assert recount()[0] == 1
    assert follow_areas(day=timezone.localdate()) == 2
    moved = {(row[0].replace("320111001", community.parent.code), *row[1:]) for row in before}
    assert rolled_up() == moved
    assert recount() == (0, [], "0")
    assert follow_areas(day=timezone.localdate()) == 0


def test_old_days_are_no_longer_rolled_up_and_not_missed(order):
    later = timezone.localdate() + timedelta(days=108)
    drop_old_rollups(day=later - timedelta(days=1))
    assert Rollup.objects.filter(day__isnull=False).exists()
    drop_old_rollups(day=later)
    assert not Rollup.objects.filter(day__isnull=False).exists()
    assert rolled_up()
    with time_machine.travel(timezone.now() + timedelta(days=108)):
        assert recount() == (0, [], "0")
