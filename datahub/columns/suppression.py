"""Which groups are left out so that nobody is told, or can work out, what a small one holds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

Cell = tuple[tuple[Any, ...], int]  # keys, and how many rows share them
LEAST = 2


def left_out(cells: Sequence[Cell], *, k: int) -> set[int]:
    """Give the places of cells that are not told: those below `k`, and others that cover them.

    A total over fewer keys can be asked for too, and what is told of its cells taken from it. So of
    each total nothing is left out, or at least two cells with `k` rows together; the smallest ones
    are taken for it. Questions with other conditions are not looked at.
    """
    gone = {at for at, (_, rows) in enumerate(cells) if 0 < rows < k}
    totals = [sorted(one, key=lambda at: (cells[at][1], at)) for one in _totals(cells)]
    known = -1
    while gone and len(gone) != known:
        known = len(gone)
        for total in totals:
            _cover(total, cells, gone, k)
    return gone


def _totals(cells: Sequence[Cell]) -> Iterable[list[int]]:
    """Put the cells together that each total over fewer keys adds up."""
    width = len(cells[0][0]) if cells else 0
    for size in range(width):
        for chosen in combinations(range(width), size):
            found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
            for at, (keys, _) in enumerate(cells):
                found[tuple(keys[place] for place in chosen)].append(at)
            yield from found.values()


def _cover(total: Sequence[int], cells: Sequence[Cell], gone: set[int], k: int) -> None:
    hidden = [at for at in total if at in gone]
    if not hidden:
        return
    rows, count = sum(cells[at][1] for at in hidden), len(hidden)
    for at in (at for at in total if at not in gone):
        if count >= LEAST and rows >= k:
            return
        gone.add(at)
        rows, count = rows + cells[at][1], count + 1
