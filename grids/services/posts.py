"""Posts: appointments that write guardian permissions and take them back when they end."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.shortcuts import assign_perm, get_perms, remove_perm

from accounts.enums import Right as R
from accounts.enums import Role
from accounts.models import Department, User
from accounts.services import grant_administration, revoke_administration
from governance.lib.errors import ConflictError, InvalidError
from governance.lib.reference import forget_revisions, lock_rights
from grids.models import Area, Post
from grids.selectors import Scope, read_scope
from grids.services.duties import end_unposted_duties

AREA_RIGHTS: dict[str, tuple[R, ...]] = {
    Role.DISPATCHER: (
        R.VIEW_ORDERS,
        R.REPORT_ORDERS,
        R.DISPATCH_ORDERS,
        R.VIEW_PERSONAL,
        R.VIEW_POSITIONS,
    ),
    Role.GRID_WORKER: (R.VIEW_ORDERS, R.REPORT_ORDERS, R.HANDLE_ORDERS, R.VIEW_PERSONAL),
    Role.CALLBACK_CLERK: (R.VIEW_ORDERS, R.FOLLOW_UP_ORDERS, R.VIEW_PERSONAL),
    Role.SUPERVISOR: (R.VIEW_ORDERS, R.CHECK_ORDERS, R.SUPERVISE_ORDERS, R.VIEW_POSITIONS),
    Role.LEADER: (R.VIEW_ORDERS, R.INSTRUCT_ORDERS, R.VIEW_WALL),
}
DEPARTMENT_RIGHTS: dict[str, tuple[R, ...]] = {
    Role.HANDLER: (R.VIEW_ORDERS, R.HANDLE_ORDERS, R.VIEW_PERSONAL),
    Role.REPORTER: (R.REPORT_VALUES, R.LOAD_RECORDS),
}

CHECKED = ("role", "area", "department", "starts_on", "ends_on")


@transaction.atomic
def appoint(
    *,
    user: User,
    role: Role,
    starts_on: date,
    area: Area | None = None,
    department: Department | None = None,
    ends_on: date | None = None,
) -> Post:
    """Give a person a post; its permissions hold from `starts_on` to the end of `ends_on`."""
    check_post(role=role, area=area, department=department, starts_on=starts_on, ends_on=ends_on)
    lock_rights()
    post, _ = Post.objects.get_or_create(
        user=user,
        role=role,
        department=department,
        area=area,
        starts_on=starts_on,
        defaults={"ends_on": ends_on},
    )
    settle_posts(on=timezone.localdate(), posts=Post.objects.filter(pk=post.pk))
    post.refresh_from_db()
    return post


@transaction.atomic
def appoint_all(*, posts: Sequence[Post]) -> None:
    """Give posts that nobody holds yet, with all their permissions at once; see `appoint`."""
    for post in posts:
        check_post(**{name: getattr(post, name) for name in CHECKED})
    lock_rights()
    Post.objects.bulk_create(posts)
    made = Post.objects.filter(pk__in=[post.pk for post in posts])
    settle_posts(on=timezone.localdate(), posts=made)


def check_post(
    *,
    role: str,
    area: Area | None,
    department: Department | None,
    starts_on: date,
    ends_on: date | None,
) -> None:
    """Refuse a post without the place its role is held for, or one that ends before it starts."""
    if role in AREA_RIGHTS and area is None:
        raise InvalidError("此角色须指定区域。", fields={"area": ["此角色须指定区域"]})
    if role in DEPARTMENT_RIGHTS and department is None:
        raise InvalidError("此角色须指定部门。", fields={"department": ["此角色须指定部门"]})
    if area is None and department is None:
        raise InvalidError("岗位须指定区域或部门。", fields={"department": ["须指定区域或部门"]})
    if ends_on is not None and ends_on < starts_on:
        raise InvalidError("截止日早于起始日。", fields={"ends_on": ["早于起始日"]})


@transaction.atomic
def end_post(*, post: Post, ends_on: date) -> Post:
    """End a post after `ends_on`; rights go at once when that day has passed.

    Raises ConflictError for a post whose rights were taken back: what was is history.
    """
    if post.revoked_at is not None:
        raise ConflictError("此岗位已结束，请另行任命。", fields={"ends_on": ["此岗位已结束"]})
    lock_rights()
    post.ends_on = max(ends_on, post.starts_on)
    post.save(update_fields=["ends_on"])
    settle_posts(on=timezone.localdate(), posts=Post.objects.filter(pk=post.pk))
    post.refresh_from_db()
    return post


@transaction.atomic
def settle_posts(*, on: date, posts: QuerySet[Post] | None = None) -> int:
    """Grant the posts that have begun and take back those that have ended; count the changes."""
    lock_rights()
    posts = Post.objects.all() if posts is None else posts
    begun = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    to_grant = posts.filter(begun, granted_at__isnull=True)
    to_revoke = posts.filter(ends_on__lt=on, revoked_at__isnull=True)
    changes = _grant(to_grant.select_for_update(of=("self",)).select_related("user"))
    for post in to_revoke.select_for_update(of=("self",)).select_related("user"):
        changes += _revoke(post, on)
    return changes


def _grant(posts: QuerySet[Post]) -> int:
    places: dict[tuple[User, str, type], set[Area | Department]] = defaultdict(set)
    for post in posts:
        for right, place in _rights(post):
            places[post.user, right, type(place)].add(place)
    for (user, right, _), covered in places.items():
        assign_perm(right, user, list(covered))  # type: ignore[arg-type]  # takes lists, too
    for post in posts:
        if post.role == Role.ADMINISTRATOR:
            grant_administration(user=post.user)
        post.granted_at = timezone.now()
        post.save(update_fields=["granted_at"])
    return len(posts)


def _revoke(post: Post, on: date) -> int:
    kept = _rights_of_others(post, on)
    for right, place in _rights(post):
        if (right, place) not in kept and right in get_perms(post.user, place):
            remove_perm(right, post.user, place)
    if post.role == Role.ADMINISTRATOR and not _others_in_force(post, on).filter(role=post.role):
        revoke_administration(user=post.user)
    post.revoked_at = timezone.now()
    post.save(update_fields=["revoked_at"])
    if post.role == Role.GRID_WORKER:
        end_unposted_duties(user=post.user, at=post.revoked_at)
    return 1


def _rights(post: Post) -> set[tuple[str, Area | Department]]:
    rights: set[tuple[str, Area | Department]] = set()
    if post.area is not None:
        rights |= {(right.value, post.area) for right in AREA_RIGHTS.get(post.role, ())}
    if post.department is not None:
        rights |= {(right.value, post.department) for right in DEPARTMENT_RIGHTS.get(post.role, ())}
    return rights


def _rights_of_others(post: Post, on: date) -> set[tuple[str, Area | Department]]:
    """Collect what the person keeps through other posts that are still in force."""
    return set().union(*(_rights(other) for other in _others_in_force(post, on)))


def _others_in_force(post: Post, on: date) -> QuerySet[Post]:
    others = Post.objects.filter(user=post.user, granted_at__isnull=False).exclude(pk=post.pk)
    return others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


def current_scope(*, user: User) -> Scope:
    """Read what a person may do now; posts that ended unnoticed are settled first.

    The nightly sweep may be late or dead: nobody keeps a right because of that.
    """
    scope = read_scope(user=user)
    if scope.is_settled:
        return scope
    settle_posts(on=timezone.localdate(), posts=Post.objects.filter(user_id=user.pk))
    forget_revisions()
    return read_scope(user=user)
