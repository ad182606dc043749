"""What a league table is asked for: whose, of which month, as of when, and for which reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.enums import Right
from governance.lib.days import start_of
from grids.enums import AreaLevel
from grids.selectors import Scope
from workorders.selectors.reference import reference

READER_RIGHTS = (Right.SUPERVISE_ORDERS, Right.INSTRUCT_ORDERS)
INSTANT = timedelta(microseconds=1)


class LeagueBy(TextChoices):
    """Whose rates: of those who hold orders, or of the areas that orders belong to."""

    DEPARTMENT = "department", _("部门")
    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")
    GRID = "grid", _("网格")

    @property
    def level(self) -> AreaLevel | None:
        return None if self is LeagueBy.DEPARTMENT else AreaLevel[self.name]


@dataclass(frozen=True)
class Month:
    """A month of local time as known at an instant: `start <= at < end` and `at <= as_of`."""

    first: date
    as_of: datetime

    @classmethod
    def of(cls, *, first: date, now: datetime, as_of: datetime | None = None) -> Self:
        """Take a month as of its end or now, whichever came first, unless told otherwise."""
        return cls(first, as_of or min(now, month_start(next_month(first)) - INSTANT))

    @property
    def start(self) -> datetime:
        return month_start(self.first)

    @property
    def end(self) -> datetime:
        return month_start(next_month(self.first))

    def params(self) -> Mapping[str, Any]:
        return {"start": self.start, "end": self.end, "as_of": self.as_of}

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_start(first: date) -> datetime:
    return start_of(first.replace(day=1))


def may_read_leagues(*, scope: Scope) -> bool:
    return any(scope.has_anywhere(right) for right in READER_RIGHTS)


def reader_areas(*, scope: Scope) -> frozenset[int]:
    """Give the areas whose figures a reader may see: those supervised, or led."""
    if scope.sees_everything:
        areas = reference().areas.values()
        return frozenset(area.pk for area in areas if area.parent_id is None)
    return frozenset().union(*(scope.area_ids(right) for right in READER_RIGHTS))
