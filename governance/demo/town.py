"""Who acts where in the demo: looked up once, asked many times."""

import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from accounts.enums import Role
from accounts.models import Department, User
from governance.demo.made_up import Spot
from governance.demo.matters import LEAF_CODES
from grids.models import Address, Area, Post
from grids.selectors import locate_point
from workorders.models import Category
from workorders.services import Actor

PREFIX = "demo-"


def spots() -> list[Spot]:
    """List the known addresses of the demo with their points."""
    rows = Address.objects.filter(is_demo=True).exclude(text__contains="栋").order_by("pk")
    return [Spot(address.text, address.point.x, address.point.y) for address in rows]


def spots_of(username: str) -> list[Spot]:
    """List the known addresses in the grids of somebody's posts."""
    posts = Post.objects.filter(user__username=username, ends_on__isnull=True)
    own = set(posts.values_list("area_id", flat=True))
    # By the map in memory: a database that has just been filled knows no plan for this yet.
    return [spot for spot in spots() if locate_point(lon=spot.lon, lat=spot.lat).grid_id in own]


@dataclass
class Town:
    """The people of the demo traffic by what they answer for (codes of areas, departments)."""

    users: dict[str, User] = field(default_factory=dict)
    workers: dict[str, str] = field(default_factory=dict)
    handlers: dict[str, str] = field(default_factory=dict)
    dispatchers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Self:
        """Read the demo's own people, without the sign-ins that visitors use."""
        town = cls()
        posts = Post.objects.filter(
            user__is_demo=True,
            user__is_active=True,
            user__username__startswith=PREFIX,
            ends_on__isnull=True,
        ).select_related("user", "area", "department")
        for post in posts:
            town.users[post.user.username] = post.user
            town._note(post)
        return town

    def _note(self, post: Post) -> None:
        username = post.user.username
        if post.role == Role.GRID_WORKER and post.area:
            self.workers[post.area.code] = username
        elif post.role == Role.HANDLER and post.department:
            self.handlers[post.department.code] = username
        elif post.role == Role.DISPATCHER and post.area:
            self.dispatchers[post.area.code] = username

    def holder(self, *, grid: str | None, department: str | None) -> str | None:
        """Name who handles what a grid or department holds; None where nobody of the demo does."""
        if grid:
            return self.workers.get(grid)
        return self.handlers.get(department or "")

    def dispatcher(self, street: str | None) -> str:
        return self.dispatchers.get(street or "", f"{PREFIX}dispatcher")

    @cached_property
    def areas(self) -> dict[int, Area]:
        """Map every area by id, with its parents at hand."""
        chain = "parent__centre", "parent__parent__parent"
        return {area.pk: area for area in Area.objects.select_related(*chain)}

    @cached_property
    def categories(self) -> dict[int, Category]:
        return {row.pk: row for row in Category.objects.select_related("department")}

    @cached_property
    def departments(self) -> dict[int, Department]:
        return {row.pk: row for row in Department.objects.all()}

    @cached_property
    def default_category(self) -> Category:
        """Give what a dispatcher chooses where no keyword suggests anything."""
        return self.category(LEAF_CODES["社区服务"])

    def category(self, code: str) -> Category:
        return next(row for row in self.categories.values() if row.code == code)

    def some_grid(self, chance: random.Random) -> Area:
        """Choose the grid to which a dispatcher assigns a matter of unknown place."""
        code = chance.choice(sorted(self.workers))
        return next(area for area in self.areas.values() if area.code == code)

    @cached_property
    def _actors(self) -> dict[str, Actor]:
        return {}

    def actor(self, username: str) -> Actor:
        """Give the actor of a user; read once, since nobody's posts change meanwhile."""
        if username not in self._actors:
            self._actors[username] = Actor.from_user(self.users[username])
        return self._actors[username]
