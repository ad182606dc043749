"""The way somebody went, from the fixes of a phone: what can be drawn, and where it is broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grids.geometry.measure import distance_m

# Longer without a fix is a gap: a locked screen, a tunnel, an empty battery.
GAP_SECONDS = 120
# A fix this uncertain is no place on a map of grids (metres).
ACCURACY_LIMIT_M = 200.0
# Faster than this nobody patrols: the fixes belong to two different places (metres a second).
SPEED_LIMIT = 45.0


@dataclass(frozen=True)
class Fix:
    """Where a phone was: seconds since any fixed instant, degrees in WGS-84, accuracy in m."""

    second: float
    lon: float
    lat: float
    accuracy: float

    @property
    def place(self) -> tuple[float, float]:
        return self.lon, self.lat


def stretches(fixes: Sequence[Fix]) -> Iterator[list[Fix]]:
    """Give the unbroken stretches of fixes in the order of time; a gap is never bridged."""
    usable = [fix for fix in fixes if fix.accuracy <= ACCURACY_LIMIT_M]
    stretch = usable[:1]
    for before, fix in pairwise(usable):
        if is_broken(before, fix):
            yield stretch
            stretch = []
        stretch.append(fix)
    if stretch:
        yield stretch


def is_broken(before: Fix, after: Fix) -> bool:
    """Tell whether nobody can say how somebody came from one fix to the next."""
    passed = after.second - before.second
    if passed > GAP_SECONDS:
        return True
    unsure = before.accuracy + after.accuracy
    return distance_m(before.place, after.place) - unsure > SPEED_LIMIT * max(passed, 1)


def length_m(stretch: Sequence[Fix]) -> float:
    """Measure a stretch in metres."""
    return sum(distance_m(one.place, other.place) for one, other in pairwise(stretch))
