"""Reads of posts."""

from datetime import date

from django.db.models import Q

from accounts.enums import Role
from accounts.models import Department, User
from grids.models import Area, Post


def posts_in_force(*, user: User, on: date) -> list[Post]:
    """List the posts that a person holds on a day, with their areas and departments."""
    in_force = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    posts = Post.objects.filter(in_force, user=user, starts_on__lte=on)
    return list(posts.select_related("area__parent", "department").order_by("role", "pk"))


def worked_grids(*, user: User, on: date) -> list[Area]:
    """List the grids whose grid worker a person is on a day, by post."""
    posts = posts_in_force(user=user, on=on)
    return [post.area for post in posts if post.role == Role.GRID_WORKER and post.area]


def departments_of(*, user: User, on: date) -> list[Department]:
    """List the departments of a person's posts; a post for an area belongs to its centre."""
    in_force = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    posts = Post.objects.filter(in_force, user=user, starts_on__lte=on)
    joined = posts.select_related("area__centre", "department").order_by("pk")
    places = [post.department or (post.area.centre if post.area else None) for post in joined]
    return list({place.pk: place for place in places if place is not None}.values())
