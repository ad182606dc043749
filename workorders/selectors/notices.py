"""What the holders of posts are told: each person's notices, by the posts in force."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.enums import Role
from accounts.models import User
from governance.lib.pagination import PAGE_SIZE, Page, take_page
from grids.enums import AreaLevel
from grids.models import Area, Post
from grids.selectors import Scope
from grids.selectors.posts import posts_in_force
from workorders.enums import Reach
from workorders.models import Notice
from workorders.querysets import visible
from workorders.selectors.reference import Reference, reference

# Which post is told what: by the department it is held in, or by the level of its area.
BY_DEPARTMENT: dict[str, tuple[Reach, ...]] = {
    Role.HANDLER: (Reach.HANDLER,),
    Role.SUPERVISOR: (Reach.DEPARTMENT_HEAD,),
    Role.LEADER: (Reach.DEPARTMENT_HEAD,),
}
BY_AREA: dict[tuple[str, int], tuple[Reach, ...]] = {
    (Role.GRID_WORKER, AreaLevel.GRID): (Reach.HANDLER,),
    (Role.LEADER, AreaLevel.STREET): (Reach.STREET_LEADER, Reach.DEPARTMENT_HEAD),
    (Role.LEADER, AreaLevel.DISTRICT): (Reach.DISTRICT_LEADER, Reach.STREET_LEADER),
    (Role.SUPERVISOR, AreaLevel.DISTRICT): (Reach.DISTRICT_SUPERVISOR,),
    (Role.SUPERVISOR, AreaLevel.STREET): (Reach.DEPARTMENT_HEAD,),
}
Address = tuple[str, str, int]  # (reach, column, id)


def notices_for(
    *, user: User, scope: Scope, on: date, cursor: str = "", size: int = PAGE_SIZE
) -> Page:
    """Read a page of what a person's posts are told, newest first.

    Only of orders that the person may see now: what has moved on is told to others.
    """
    addresses = addresses_of(posts=posts_in_force(user=user, on=on), known=reference())
    mine = _addressed(addresses)
    rows = Notice.objects.filter(mine & visible(scope, "order__"))
    rows = rows.select_related("order", "event")
    return take_page(queryset=rows, key="-at", cursor=cursor, size=size)


def addresses_of(*, posts: Iterable[Post], known: Reference) -> set[Address]:
    """List where notices to these posts are addressed."""
    found: set[Address] = set()
    for post in posts:
        if post.department_id is not None:
            found |= {
                (reach, "department", post.department_id)
                for reach in BY_DEPARTMENT.get(post.role, ())
            }
        area = known.area(post.area_id)
        if area is not None:
            found |= _by_area(post.role, area, known)
    return found


def _by_area(role: str, area: Area, known: Reference) -> set[Address]:
    if role == Role.DISPATCHER:
        return {(Reach.DISPATCHER, "area", pk) for pk in _dispatched_from(area, known)}
    reaches = BY_AREA.get((role, area.level), ())
    found: set[Address] = {(reach, "area", area.pk) for reach in reaches}
    # Who supervises or leads where a centre answers is the head of that centre.
    if role in (Role.SUPERVISOR, Role.LEADER) and area.centre_id is not None:
        found.add((Reach.DEPARTMENT_HEAD, "department", area.centre_id))
    return found


def _dispatched_from(area: Area, known: Reference) -> list[int]:
    """List an area and those beneath it to which a dispatcher's notices are addressed."""
    below = [row for row in known.areas.values() if row.level <= AreaLevel.COMMUNITY]
    return [row.pk for row in below if area.pk in _lineage(row)]


def _lineage(area: Area) -> list[int]:
    ids, step = [], area
    while step is not None:
        ids.append(step.pk)
        step = step.parent  # type: ignore[assignment]
    return ids


def _addressed(addresses: Iterable[Address]) -> Q:
    ids: dict[tuple[str, str], list[int]] = defaultdict(list)
    for reach, column, pk in sorted(addresses):
        ids[reach, column].append(pk)
    parts = [Q(**{"reach": reach, f"{column}__in": keys}) for (reach, column), keys in ids.items()]
    return reduce(or_, parts, Q(pk__in=[]))
