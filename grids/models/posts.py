"""Posts: who answers for which place."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Department
from grids.models.places import Area


class Post(models.Model):
    """Who holds which role, in which department, for which area, from when to when.

    A post in force writes guardian permissions on its area and its department; when it ends they
    are taken back (`grids.services.posts`). `ends_on` is the last day in force.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name=_("人员")
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("部门"),
    )
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("区域"),
    )
    starts_on = models.DateField(_("起始日"))
    ends_on = models.DateField(_("截止日"), null=True, blank=True)
    granted_at = models.DateTimeField(_("授权时间"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("收回时间"), null=True, editable=False)

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="post_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(area__isnull=False) | models.Q(department__isnull=False),
                name="post_has_area_or_department",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "department", "area", "starts_on"],
                nulls_distinct=False,
                name="post_once",
            ),
        ]
        indexes = [
            # Who staffs a grid: the grid workers of all grids beneath an area.
            models.Index(
                fields=["area"],
                include=["user", "starts_on", "ends_on"],
                condition=models.Q(role=Role.GRID_WORKER, revoked_at__isnull=True),
                name="post_grid_worker",
            ),
            # The sweep for posts whose rights must be taken back.
            models.Index(
                fields=["ends_on"],
                condition=models.Q(revoked_at__isnull=True, ends_on__isnull=False),
                name="post_to_revoke",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"
