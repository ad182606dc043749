"""What a reported value is held against, and what its number means, as tables."""

import pytest

from dashboards.states.plausibility import Doubt, Scale, doubt
from dashboards.states.wire import factor_of, from_wire, to_wire

WHOLE = Scale(low=0, high=500, step=1)
SHARE = Scale(low=0, high=1, step=0.001)
USUAL = [40, 50, 60, 45, 55]


@pytest.mark.parametrize(
    ("value", "scale", "recent", "code"),
    [
        (50, WHOLE, USUAL, None),
        (0, WHOLE, [], None),
        (500, WHOLE, [], None),
        (-0.001, WHOLE, [], "too_low"),
        (500.001, WHOLE, [], "too_high"),
        (1e9, Scale(), [], None),
        (499, WHOLE, USUAL, None),
        (500, WHOLE, USUAL, None),  # exactly ten times
        (501, Scale(low=0, step=1), USUAL, "other_magnitude"),
        (5, WHOLE, USUAL, None),  # exactly a tenth
        (4.99, WHOLE, USUAL, "other_magnitude"),
        (0, WHOLE, USUAL, "other_magnitude"),
        (499, WHOLE, [40, 45], None),  # two values are no habit
        (499, WHOLE, [9, 9, 9, 9, 9], None),  # near zero, where ratios say nothing
        (499, WHOLE, [10, 10, 10, 10, 10], "other_magnitude"),
        (499, WHOLE, [0, 0, 0, 0, 0], None),
        (0.09, SHARE, [0.95] * 20, "other_magnitude"),
        (0.1, SHARE, [0.95] * 20, None),
        (0.2, SHARE, [0.009] * 20, None),
        (-3, Scale(low=-40, high=60, step=0.1), [25.0] * 20, None),  # degrees have no ratio
        (-41, Scale(low=-40, high=60, step=0.1), [25.0] * 20, "too_low"),
        (501, Scale(low=0, step=1), [50, 50, 50, 1000, 2000, 3000], None),  # median 525
        (501, Scale(low=0, step=1), [50, 50, 50, 50, 2000, 3000], "other_magnitude"),
    ],
)
def test_value_is_believed_inside_bounds_and_near_the_median(value, scale, recent, code):
    found = doubt(value=value, scale=scale, recent=recent)
    assert (found and found.code) == code


def test_doubt_names_what_it_was_held_against():
    assert doubt(value=-1, scale=WHOLE, recent=[]) == Doubt("too_low", 0)
    assert doubt(value=501, scale=WHOLE, recent=[]) == Doubt("too_high", 500)
    assert doubt(value=1, scale=WHOLE, recent=USUAL) == Doubt("other_magnitude", 50)


@pytest.mark.parametrize(
    ("unit", "given", "factor"),
    [
        ("件", "", 1), ("件", "件", 1), ("件", "个", None), ("件", "1", None), ("件", "%", None),
        ("", "", 1), ("", "%", None),
        ("%", "", 100), ("%", "%", 100), ("%", "％", 100), ("%", "1", 1), ("%", "件", None),
        ("µg/m³", "μg/m³", 1), ("µg/m³", "μg/m3", 1), ("µg/m³", "mg/m³", None),
        ("km/h", "km / h", 1), ("km/h", "Km/h", None),
    ],
)  # fmt: skip
def test_unit_must_be_the_indicator_s(unit, given, factor):
    assert factor_of(unit=unit, given=given) == factor


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(0.07, "%", 7.0), (0.985, "%", 98.5), (1 / 3, "%", 33.3333333333), (0.07, "件", 0.07)],
)
def test_shares_leave_as_percent(value, unit, shown):
    assert to_wire(value, unit=unit) == shown


@pytest.mark.parametrize(
    ("number", "factor", "kept"), [(8.8, 100, 0.088), (98.5, 100, 0.985), (8.8, 1, 8.8)]
)
def test_percent_is_kept_as_the_very_share(number, factor, kept):
    assert from_wire(number, factor=factor) == kept
