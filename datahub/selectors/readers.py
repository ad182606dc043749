"""What a person may do with departments' data: from their posts and the grants on resources."""

from collections import defaultdict

from django.db import connection

from accounts.enums import Right
from accounts.models import User
from datahub.querysets import Reader
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
    grants = grants_of(user)
    return Reader(
        person=user.pk,
        departments=frozenset().union(*scope.departments.values()),
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
    )


def grants_of(user: User) -> dict[str, set[int]]:
    """Give the resources that a person holds grants on, by permission."""
    grants: dict[str, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, [user.pk])
        for codename, pk in cursor.fetchall():
            grants[codename].add(pk)
    return grants
