"""What a person may do with departments' data: from their posts and the grants on resources."""

from collections import defaultdict

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Right
from accounts.models import User
from datahub.enums import RequestState
from datahub.models import SharingRequest
from datahub.querysets import Delivery, Reader
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import Scope

ADMINISTER = "datahub.change_resource"
GRANTS = """
SELECT permission.codename, granted.object_pk::bigint
FROM guardian_userobjectpermission granted
JOIN auth_permission permission ON permission.id = granted.permission_id
JOIN django_content_type kind ON kind.id = granted.content_type_id
WHERE granted.user_id = %s AND kind.app_label = 'datahub' AND kind.model = 'resource'
"""


def read_reader(*, user: User, scope: Scope) -> Reader:
    """Read what a person may see; `scope` is the one that their posts give now."""
    if not user.is_active or not user.is_authenticated:
        return Reader()
    grants, departments = grants_of(user), frozenset[int]().union(*scope.departments.values())
    receiving = receiving_areas(areas=scope.area_ids(Right.VIEW_ORDERS), departments=departments)
    personal = receiving_areas(
        areas=scope.area_ids(Right.VIEW_PERSONAL),
        departments=scope.departments.get(Right.VIEW_PERSONAL, frozenset()),
    )
    return Reader(
        person=user.pk,
        departments=departments,
        personal_departments=scope.departments.get(Right.VIEW_PERSONAL, frozenset()),
        loading_departments=scope.departments.get(Right.LOAD_RECORDS, frozenset()),
        granted=frozenset(grants["view_rows"]),
        personal_granted=frozenset(grants["view_personal_rows"]),
        administers=user.has_perm(ADMINISTER),
        is_known=bool(scope.areas or scope.departments),
        sees_everything=scope.sees_everything,
        areas=scope.area_ids(Right.VIEW_ORDERS),
        deciding_areas=scope.area_ids(Right.DISPATCH_ORDERS)
        | scope.area_ids(Right.SUPERVISE_ORDERS),
        receiving_areas=receiving,
        deliveries=deliveries_to(receiving, personal),
    )


def grants_of(user: User) -> dict[str, set[int]]:
    """Give the resources that a person holds grants on, by permission."""
    grants: dict[str, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, [user.pk])
        for codename, pk in cursor.fetchall():
            grants[codename].add(pk)
    return grants


def receiving_areas(*, areas: frozenset[int], departments: frozenset[int]) -> frozenset[int]:
    """Find the streets and communities that people answer for by post or as their centre."""
    if not areas and not departments:
        return frozenset()
    levels = (AreaLevel.STREET, AreaLevel.COMMUNITY)
    own = Q(pk__in=areas) | Q(centre__in=departments)
    found = Area.objects.filter(own, level__in=levels, is_active=True)
    return frozenset(found.values_list("pk", flat=True))


def deliveries_to(areas: frozenset[int], personal: frozenset[int]) -> tuple[Delivery, ...]:
    """Read what is delivered to areas today; the day alone ends it, whichever worker is dead."""
    if not areas:
        return ()
    found = SharingRequest.objects.filter(
        state=RequestState.APPROVED, area__in=areas, granted_until__gte=timezone.localdate()
    )
    return tuple(
        Delivery(
            one.resource_id,
            one.area_id or 0,
            one.area_column,
            frozenset(one.columns),
            one.is_personal and one.area_id in personal,
        )
        for one in found.order_by("id")
    )
