"""Reads of saved filters: one's own, and those that colleagues share."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Department, User
from grids.selectors.posts import departments_of
from workorders.models import SavedFilter


@dataclass(frozen=True)
class SavedFilters:
    """The filters that a person may use, and the departments they may share with."""

    own: list[SavedFilter]
    shared: list[SavedFilter]
    departments: list[Department]


def saved_filters(*, user: User, on: date) -> SavedFilters:
    """List a person's own filters and those shared with a department of theirs."""
    departments = departments_of(user=user, on=on)
    usable = Q(owner=user) | Q(department__in=departments)
    rows = list(
        SavedFilter.objects.filter(usable).select_related("owner", "department").order_by("name")
    )
    return SavedFilters(
        own=[row for row in rows if row.owner_id == user.pk],
        shared=[row for row in rows if row.owner_id != user.pk],
        departments=departments,
    )
