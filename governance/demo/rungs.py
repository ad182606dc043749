"""The default rungs of escalation of the demo, as a table: when, what, and whom it reaches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from governance.demo.limits import RESOLUTIONS
from workorders.enums import ClockKind as C
from workorders.enums import Deed as D
from workorders.enums import Reach as R
from workorders.models import Category, Rung
from workorders.worktime import Limit
from workorders.worktime import LimitUnit as U


@dataclass(frozen=True)
class Row:
    clock: C
    when: int | Limit  # a share of the limit in percent, or some time after it
    deed: D
    reach: R | str = ""
    category: str = ""  # code of a category with its own ladder
    is_urgent: bool = False

    def rung(self, categories: dict[str, Category]) -> Rung:
        """Make the row of the table in the database, unsaved."""
        rung = Rung(
            clock=self.clock, deed=self.deed, reach=self.reach, is_urgent=self.is_urgent,
            category=categories[self.category] if self.category else None,
        )  # fmt: skip
        if isinstance(self.when, Limit):
            rung.after_amount, rung.after_unit = self.when.amount, self.when.unit
        else:
            rung.share = self.when
        return rung


DAY, THREE_DAYS = Limit(1, U.WORKING_DAY), Limit(3, U.WORKING_DAY)
HOURS = Limit(2, U.WORKING_HOUR)
DEFAULTS = (
    Row(C.ACCEPTANCE, 100, D.REMIND, R.DISPATCHER),
    Row(C.VERIFICATION, 100, D.REMIND, R.DISPATCHER),
    Row(C.DISPATCH, 100, D.REMIND, R.DISPATCHER),
    Row(C.SIGNING, 100, D.REMIND, R.HANDLER),
    Row(C.SIGNING, HOURS, D.FALL_UP),
    Row(C.FIRST_CONTACT, 100, D.REMIND, R.HANDLER),
    Row(C.RESOLUTION, 80, D.YELLOW),
    Row(C.RESOLUTION, 80, D.REMIND, R.HANDLER),
    Row(C.RESOLUTION, 100, D.RED),
    Row(C.RESOLUTION, 100, D.REMIND, R.DEPARTMENT_HEAD),
    Row(C.RESOLUTION, DAY, D.RAISE),
    Row(C.RESOLUTION, DAY, D.LETTER, R.STREET_LEADER),
    Row(C.RESOLUTION, THREE_DAYS, D.RAISE, R.DISTRICT_LEADER),
    Row(C.CHECK, 100, D.REMIND, R.DISTRICT_SUPERVISOR),
    Row(C.FOLLOW_UP, 100, D.REMIND, R.DISTRICT_SUPERVISOR),
    Row(C.SUPERVISION, 80, D.REMIND, R.HANDLER),
    Row(C.SUPERVISION, 100, D.REMIND, R.DISTRICT_SUPERVISOR),
    Row(C.SUPERVISION, DAY, D.RAISE, R.DISTRICT_LEADER),
)
# What is counted in hours round the clock does not wait for the morning, nor for days.
ROUND_THE_CLOCK = tuple(
    code for code, (_, unit) in RESOLUTIONS.items() if unit in (U.MINUTE, U.HOUR)
)
SOONER = {DAY: Limit(1, U.HOUR), THREE_DAYS: Limit(3, U.HOUR), HOURS: Limit(30, U.MINUTE)}
HURRIED = (C.SIGNING, C.RESOLUTION)


def rows() -> Iterator[Row]:
    """List the common ladders, and those of the matters that are counted round the clock."""
    yield from DEFAULTS
    for code in ROUND_THE_CLOCK:
        for row in DEFAULTS:
            if row.clock in HURRIED:
                when = SOONER[row.when] if isinstance(row.when, Limit) else row.when
                yield replace(row, when=when, category=code, is_urgent=True)


def load_rungs(categories: dict[str, Category]) -> None:
    """Make the ladders that are missing; one that has any rung is left as it is."""
    known = set(Rung.objects.values_list("clock", "category__code"))
    Rung.objects.bulk_create(
        row.rung(categories)
        for row in rows()
        if (row.clock.value, row.category or None) not in known
    )
