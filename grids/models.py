"""Places as a tree with versions of their boundaries, and posts: who answers for which place."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.utils.translation import gettext_lazy as _

from accounts.enums import Right, Role
from accounts.models import Department
from grids.enums import AreaKind, AreaLevel, Crs


class Area(models.Model):
    """A district, street, community or grid. Its shape is its current `Boundary`."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.PositiveSmallIntegerField(_("层级"), choices=AreaLevel.choices)
    kind = models.CharField(_("类别"), max_length=20, choices=AreaKind.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级区域"),
    )
    centre = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="areas",
        verbose_name=_("负责中心"),
        help_text=_("对本区域负责的指挥中心或网格站"),
    )
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("区域")
        verbose_name_plural = _("区域")
        permissions = [(right.value, f"Can {right.label}") for right in Right]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=AreaLevel.DISTRICT, parent__isnull=True)
                | models.Q(level__gt=AreaLevel.DISTRICT, parent__isnull=False),
                name="area_only_district_has_no_parent",
            )
        ]
        indexes = [
            # The tree of one level, for maps, pickers and the wall.
            models.Index(fields=["level", "code"], name="area_level_code"),
        ]

    def __str__(self) -> str:
        return self.name


class BoundaryVersion(models.Model):
    """One load of boundaries: where the shapes came from and when they took effect."""

    level = models.PositiveSmallIntegerField(_("层级"), choices=AreaLevel.choices)
    loaded_at = models.DateTimeField(_("载入时间"))
    source = models.CharField(_("来源文件"), max_length=200)
    crs = models.CharField(_("坐标系"), max_length=10, choices=Crs.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("载入人"),
    )

    class Meta:
        verbose_name = _("边界版本")
        verbose_name_plural = _("边界版本")

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.loaded_at:%Y-%m-%d %H:%M}"


class Boundary(models.Model):
    """The shape of an area during one period, in WGS-84."""

    area = models.ForeignKey(
        Area, models.CASCADE, related_name="boundaries", verbose_name=_("区域")
    )
    version = models.ForeignKey(
        BoundaryVersion, models.PROTECT, related_name="boundaries", verbose_name=_("版本")
    )
    geometry = models.MultiPolygonField(_("边界"), srid=4326)
    valid_from = models.DateTimeField(_("生效时间"))
    valid_to = models.DateTimeField(_("失效时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("边界")
        verbose_name_plural = _("边界")
        constraints = [
            models.UniqueConstraint(
                fields=["area"],
                condition=models.Q(valid_to__isnull=True),
                name="boundary_one_current_per_area",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="boundary_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} @ {self.version_id}"


class Address(models.Model):
    """A known address or place name with its point, for locating what callers say."""

    text = models.CharField(_("地址"), max_length=200)
    normalized = models.CharField(_("规范地址"), max_length=200, unique=True, editable=False)
    point = models.PointField(_("位置"), srid=4326)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("地址")
        verbose_name_plural = _("地址")
        indexes = [
            # Similarity search of a spoken address.
            GinIndex(fields=["normalized"], opclasses=["gin_trgm_ops"], name="address_trgm"),
        ]

    def __str__(self) -> str:
        return self.text


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
