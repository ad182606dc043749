"""`manage.py recount` finds each cell of the cube that was broken, and mends it."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from tests.workorders.pages import bring_to_follow_up
from tests.workorders.test_leagues import live
from workorders.enums import Measure
from workorders.models import Cube, Delta
from workorders.services import fold_deltas


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
