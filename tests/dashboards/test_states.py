"""The rules that judge a value, as tables."""

import pytest

from dashboards.states import Formula, Result, grid_state, state_of, worst


@pytest.mark.parametrize(
    ("value", "direction", "yellow", "red", "state"),
    [
        (None, "lower", 1, 3, "no_data"),
        (None, "higher", None, None, "no_data"),
        (0, "lower", 1, 3, "normal"),
        (1, "lower", 1, 3, "yellow"),
        (2.9, "lower", 1, 3, "yellow"),
        (3, "lower", 1, 3, "red"),
        (0.96, "higher", 0.95, 0.9, "normal"),
        (0.95, "higher", 0.95, 0.9, "yellow"),
        (0.9, "higher", 0.95, 0.9, "red"),
        (0.0, "higher", 0.95, 0.9, "red"),
        (1000, "lower", None, None, "normal"),
        (1000, "lower", 500, None, "yellow"),
        (1000, "lower", None, 500, "red"),
    ],
)
def test_state_follows_thresholds_and_direction(value, direction, yellow, red, state):
    assert state_of(value=value, direction=direction, yellow=yellow, red=red) == state


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([], "no_data"),
        (["no_data"], "no_data"),
        (["no_data", "normal"], "normal"),
        (["normal", "yellow"], "yellow"),
        (["yellow", "red", "no_data"], "red"),
    ],
)
def test_worst_known_state_wins(states, state):
    assert worst(states) == state


@pytest.mark.parametrize(
    ("open_count", "overdue", "is_due_soon", "is_known", "state"),
    [
        (0, 0, False, False, "no_data"),
        (0, 0, False, True, "normal"),
        (9, 0, False, True, "normal"),
        (10, 0, False, True, "yellow"),
        (1, 0, True, True, "yellow"),
        (1, 1, True, True, "red"),
    ],
)
def test_grid_state(open_count, overdue, is_due_soon, is_known, state):
    found = grid_state(
        open_count=open_count,
        overdue=overdue,
        is_due_soon=is_due_soon,
        is_known=is_known,
        crowded_at=10,
    )
    assert found == state


@pytest.mark.parametrize(
    ("formula", "counts", "result"),
    [
        (Formula(("open",)), {}, Result(0, 0, None)),
        (Formula(("open",)), {"open": 3}, Result(3, 3, None)),
        (Formula(("resolved_on_time",), ("resolved", "overdue")), {}, Result(None, 0, 0)),
        (
            Formula(("resolved_on_time",), ("resolved", "overdue")),
            {"resolved_on_time": 3, "resolved": 3, "overdue": 1},
            Result(0.75, 3, 4),
        ),
        (
            Formula(("satisfied", "basically_satisfied"), ("called_back",)),
            {"satisfied": 2, "basically_satisfied": 10, "called_back": 20},
            Result(0.55, 11, 20),
        ),
    ],
)
def test_formula_keeps_numerator_and_denominator(formula, counts, result):
    assert formula.evaluate(counts, basic_weight=0.9) == result
