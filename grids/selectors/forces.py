"""Who is on the ground: grid workers in force, by the area of their post."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from accounts.enums import Role
from grids.models import Post


def grid_workers(*, on: date) -> Iterator[tuple[int, int]]:
    """Give (area id, person id) of every grid worker's post that is in force on a day.

    People whose account is closed answer for nothing; a post that was taken back is in force no
    more, and the index leaves it out.
    """
    in_force = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    posts = Post.objects.filter(
        in_force,
        role=Role.GRID_WORKER,
        revoked_at__isnull=True,
        area__isnull=False,
        user__is_active=True,
    )
    yield from posts.values_list("area_id", "user_id")
