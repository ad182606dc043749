"""Groups that are left out: brute force over totals finds no small one."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datahub.columns.suppression import left_out

KEYS = st.tuples(*[st.sampled_from(["a", "b", None])] * 3)
TABLES = st.dictionaries(KEYS, st.integers(1, 30), max_size=20).map(lambda one: [*one.items()])


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ([], set()), ([9, 8], set()), ([0], set()), ([3], {0}), ([3, 9, 8], {0, 2}),
        ([4, 4, 9], {0, 1}), ([1, 1, 9, 8], {0, 1, 3}), ([2, 9], {0, 1}),
    ],
)  # fmt: skip
def test_small_ones_and_those_that_cover_them(rows, gone):
    assert left_out([((at,), count) for at, count in enumerate(rows)], k=5) == gone


def test_a_total_without_keys_is_covered_by_nothing():
    assert (left_out([((), 3)], k=5), left_out([((), 5)], k=5)) == ({0}, set())


@given(TABLES, st.integers(2, 10))
def test_no_total_less_what_is_told_gives_a_small_group(cells, k):
    gone = left_out(cells, k=k)
    assert {at for at, (_, rows) in enumerate(cells) if rows < k} <= gone
    for size in range(3):
        for chosen in combinations(range(3), size):
            rest, missing, members = Counter(), Counter(), Counter()
            for at, (keys, rows) in enumerate(cells):
                total = tuple(keys[place] for place in chosen)
                members[total] += 1
                rest[total] += rows if at in gone else 0
                missing[total] += at in gone
            for total, count in missing.items():
                # Where all of a total is left out, it was itself too small or had one cell only.
                assert count in (0, members[total]) or (count >= 2 and rest[total] >= k)
