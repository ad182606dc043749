"""Places as a tree with versions of their boundaries, and addresses with their points."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.utils.translation import gettext_lazy as _

from accounts.enums import Right
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
    code = models.CharField(_("标准地址编码"), max_length=40, unique=True, null=True, blank=True)
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
