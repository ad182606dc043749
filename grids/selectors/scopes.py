"""What a person may do, and where: read from the guardian grants that posts have written."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Protocol

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Right
from accounts.models import User
from governance.lib.reference import Revisions, revisions
from grids.enums import AreaLevel

KEPT_SCOPES = 4096
COLUMNS = {
    AreaLevel.DISTRICT: ("district_id",),
    AreaLevel.STREET: ("street_id",),
    AreaLevel.COMMUNITY: ("community_id",),
    AreaLevel.GRID: ("grid_id", "holder_area_id"),
}


class Placed(Protocol):
    """Anything with a place and a holder, such as a work order."""

    @property
    def district_id(self) -> int: ...

    @property
    def street_id(self) -> int | None: ...

    @property
    def community_id(self) -> int | None: ...

    @property
    def grid_id(self) -> int | None: ...

    @property
    def department_id(self) -> int | None: ...

    @property
    def holder_area_id(self) -> int | None: ...


@dataclass(frozen=True)
class Scope:
    """The rights of one person: area ids by right and level, department ids by right.

    Shared by the requests of the process: read it, never change it.
    """

    areas: dict[str, dict[int, frozenset[int]]] = field(default_factory=dict)
    departments: dict[str, frozenset[int]] = field(default_factory=dict)
    sees_everything: bool = False
    is_settled: bool = field(default=True, compare=False)

    @cached_property
    def key(self) -> str:
        """Give what two people of the same rights share: a name to keep their answers under."""
        areas = [
            (str(right), sorted((int(level), sorted(ids)) for level, ids in held.items()))
            for right, held in self.areas.items()
        ]
        departments = [(str(right), sorted(ids)) for right, ids in self.departments.items()]
        return repr((sorted(areas), sorted(departments), self.sees_everything))

    def order_columns(self, right: str = Right.VIEW_ORDERS) -> dict[str, list[int]]:
        """Map each column of an order to the ids that this scope may see in it."""
        columns: dict[str, set[int]] = defaultdict(set)
        for level, ids in self.areas.get(right, {}).items():
            for column in COLUMNS[AreaLevel(level)]:
                columns[column] |= ids
        if departments := self.departments.get(right):
            columns["department_id"] |= departments
        return {column: sorted(ids) for column, ids in columns.items()}

    def covers_place(self, right: str, order: Placed) -> bool:
        """Tell whether the right is held on the order's place, at any level."""
        if self.sees_everything:
            return True
        place = (order.district_id, order.street_id, order.community_id, order.grid_id)
        held = self.areas.get(right, {})
        return any(place[level - 1] in ids for level, ids in held.items())

    def covers_holder(self, right: str, order: Placed) -> bool:
        """Tell whether the right is held on the department or grid that holds the order."""
        if self.sees_everything:
            return True
        if order.department_id in self.departments.get(right, frozenset()):
            return True
        grids = self.areas.get(right, {}).get(AreaLevel.GRID, frozenset())
        return order.holder_area_id in grids

    def covers(self, right: str, order: Placed) -> bool:
        return self.covers_place(right, order) or self.covers_holder(right, order)

    def area_ids(self, right: str) -> frozenset[int]:
        """List every area on which the right is held directly."""
        return frozenset().union(*self.areas.get(right, {}).values())

    def has_anywhere(self, right: str) -> bool:
        return self.sees_everything or right in self.areas or right in self.departments


# From an area to itself, its parent, and so on up to the district.
UPWARDS = ("", "parent", "parent__parent", "parent__parent__parent")


def beneath(scope: Scope, right: str, path: str = "") -> Q:
    """Select what lies in or beneath areas on which a right is held; `path` leads to the area."""
    if scope.sees_everything:
        return Q(pk__isnull=False)  # not an empty Q, which vanishes when it is or-ed with another
    found, ids = Q(pk__in=()), scope.area_ids(right)
    for step in UPWARDS:
        found |= Q(**{f"{'__'.join(filter(None, (path, step))) or 'pk'}__in": ids})
    return found


# The last row tells whether a post has begun or ended without its grants having been written or
# taken back yet.
GRANTS = """
SELECT permission.codename, kind.model, granted.object_pk::bigint, area.level
FROM guardian_userobjectpermission granted
JOIN auth_permission permission ON permission.id = granted.permission_id
JOIN django_content_type kind ON kind.id = granted.content_type_id
LEFT JOIN grids_area area ON kind.model = 'area' AND area.id = granted.object_pk::bigint
WHERE granted.user_id = %(user)s AND permission.codename = ANY(%(rights)s)
  AND kind.app_label || '.' || kind.model IN ('grids.area', 'accounts.department')
UNION ALL
SELECT '', 'unsettled', 0, NULL WHERE EXISTS (
    SELECT FROM grids_post WHERE user_id = %(user)s AND revoked_at IS NULL
    AND (ends_on < %(on)s OR (granted_at IS NULL AND starts_on <= %(on)s))
)
"""


def read_scope(*, user: User) -> Scope:
    """Give a person's grants as of now; a superuser sees everything, the inactive see nothing.

    `is_settled` of the answer is false where a post has begun or ended by today and the grants do
    not say so yet.
    """
    if not user.is_active or not user.is_authenticated:
        return Scope()
    return _scope(user.pk, user.is_superuser, timezone.localdate(), revisions())


@lru_cache(maxsize=KEPT_SCOPES)
def _scope(user_id: int, is_superuser: bool, today: date, known: Revisions) -> Scope:
    """Read the grants once per revision: a request of everybody begins here."""
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, {"user": user_id, "rights": Right.values, "on": today})
        grants = cursor.fetchall()
    return Scope(
        areas=_by_level((right, pk, level) for right, model, pk, level in grants if level),
        departments=_grouped(
            (right, pk) for right, model, pk, _ in grants if model == "department"
        ),
        sees_everything=is_superuser,
        is_settled=all(model != "unsettled" for _, model, _, _ in grants),
    )


def _by_level(grants: Iterable[tuple[str, int, int]]) -> dict[str, dict[int, frozenset[int]]]:
    found: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for right, pk, level in grants:
        found[right][level].add(pk)
    return {
        right: {level: frozenset(ids) for level, ids in by_level.items()}
        for right, by_level in found.items()
    }


def _grouped(grants: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    grouped: dict[str, set[int]] = defaultdict(set)
    for right, pk in grants:
        grouped[right].add(pk)
    return {right: frozenset(ids) for right, ids in grouped.items()}
