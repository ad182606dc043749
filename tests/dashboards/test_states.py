"""The rules that sum up states and colour grids, as tables."""

import pytest

from dashboards.states import grid_state, worst


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
