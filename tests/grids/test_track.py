"""A way is drawn where somebody was seen, and nowhere else."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.geometry import Fix, length_m, stretches

METRE = 1 / 111_320  # degrees of latitude


def walk(*steps, accuracy=5.0):
    """Fixes at (second, metres north of 32 degrees)."""
    return [Fix(second, 118.6, 32 + metres * METRE, accuracy) for second, metres in steps]


def seconds(fixes):
    return [[fix.second for fix in stretch] for stretch in stretches(fixes)]


def test_unbroken_way_is_one_stretch():
    way = walk((0, 0), (10, 12), (20, 25))
    assert seconds(way) == [[0, 10, 20]]
    assert round(length_m(way)) == 25


@pytest.mark.parametrize(("pause", "expected"), [(120, [[0, 120]]), (121, [[0], [121]])])
def test_locked_screen_is_a_gap(pause, expected):
    assert seconds(walk((0, 0), (pause, 30))) == expected


def test_leap_that_nobody_walks_is_a_gap():
    assert seconds(walk((0, 0), (10, 2000), (20, 2010))) == [[0], [10, 20]]


def test_uncertain_fixes_are_left_out():
    way = [*walk((0, 0)), *walk((10, 900), accuracy=500), *walk((20, 20))]
    assert seconds(way) == [[0, 20]]


def test_nothing_has_no_stretch():
    assert list(stretches([])) == []


FIXES = st.lists(
    st.builds(
        Fix,
        second=st.integers(0, 3000),
        lon=st.floats(118.5, 118.7),
        lat=st.floats(32, 32.1),
        accuracy=st.floats(0, 400),
    ),
    max_size=30,
).map(lambda fixes: sorted(fixes, key=lambda fix: fix.second))


@given(FIXES)
def test_every_usable_fix_is_drawn_once_and_no_gap_is_bridged(fixes):
    drawn = list(stretches(fixes))
    assert [fix for one in drawn for fix in one] == [fix for fix in fixes if fix.accuracy <= 200]
    for one, other in ((a, b) for stretch in drawn for a, b in pairwise(stretch)):
        assert other.second - one.second <= 120
        apart = math.hypot((one.lon - other.lon) * 94_500, (one.lat - other.lat) * 110_900)
        assert apart <= 45 * max(other.second - one.second, 1) + one.accuracy + other.accuracy + 50
