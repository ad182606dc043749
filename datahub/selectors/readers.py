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

ADMINISTER = "change_resource"
# Grants on resources, and whether a person or a group of theirs administers the catalogue.
GRANTS = """
SELECT permission.codename, granted.object_pk::bigint
FROM guardian_userobjectpermission granted
JOIN auth_permission permission ON permission.id = granted.permission_id
JOIN django_content_type kind ON kind.id = granted.content_type_id
WHERE granted.user_id = %(user)s AND kind.app_label = 'datahub' AND kind.model = 'resource'
AND permission.codename <> %(administer)s
UNION ALL
SELECT permission.codename, 0 FROM auth_permission permission
JOIN django_content_type kind ON kind.id = permission.content_type_id
WHERE permission.codename = %(administer)s AND kind.app_label = 'datahub'
AND (EXISTS (SELECT FROM accounts_user_user_permissions own
             WHERE own.user_id = %(user)s AND own.permission_id = permission.id)
     OR EXISTS (SELECT FROM accounts_user_groups membership
                JOIN auth_group_permissions of_group USING (group_id)
                WHERE membership.user_id = %(user)s AND of_group.permission_id = permission.id))
"""
RECEIVING = (AreaLevel.STREET, AreaLevel.COMMUNITY)


def read_reader(*, user: User, scope: Scope) -> Reader:
    """Read what a person may see; `scope` is the one that their posts give now."""
    if not user.is_active or not user.is_authenticated:
        return Reader()
    grants, departments = grants_of(user), frozenset[int]().union(*scope.departments.values())
    receiving, personal = receiving_areas(scope)
    return Reader(
        person=user.pk,
        departments=departments,
        personal_departments=scope.departments.get(Right.VIEW_PERSONAL, frozenset()),
        loading_departments=scope.departments.get(Right.LOAD_RECORDS, frozenset()),
        granted=frozenset(grants["view_rows"]),
        personal_granted=frozenset(grants["view_personal_rows"]),
        administers=user.is_superuser or ADMINISTER in grants,
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
        cursor.execute(GRANTS, {"user": user.pk, "administer": ADMINISTER})
        for codename, pk in cursor.fetchall():
            grants[codename].add(pk)
    return grants


def receiving_areas(scope: Scope) -> tuple[frozenset[int], frozenset[int]]:
    """Find the streets and communities that a person answers for by post or as of their centre.

    The second are those whose personal data they may see.
    """
    areas = scope.area_ids(Right.VIEW_ORDERS)
    departments = frozenset[int]().union(*scope.departments.values())
    seen = scope.area_ids(Right.VIEW_PERSONAL)
    centres = scope.departments.get(Right.VIEW_PERSONAL, frozenset())
    if not areas and not departments and not seen:
        return frozenset(), frozenset()
    own = Q(pk__in=areas | seen) | Q(centre__in=departments)
    rows = Area.objects.filter(own, level__in=RECEIVING, is_active=True)
    found = list(rows.values_list("pk", "centre_id"))
    return (
        frozenset(pk for pk, centre in found if pk in areas or centre in departments),
        frozenset(pk for pk, centre in found if pk in seen or centre in centres),
    )


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
