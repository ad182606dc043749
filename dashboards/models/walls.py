"""Walls, the screens that may show them without a person, and who is on duty before them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dashboards.enums import WallVariant
from grids.models import Area


class Wall(models.Model):
    """A screen for one area; `tiles` is its ordered layout, edited as data."""

    slug = models.SlugField(_("地址"), max_length=40, unique=True)
    title = models.CharField(_("标题"), max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="walls", verbose_name=_("区域"))
    tiles = models.JSONField(
        _("指标磁贴"),
        default=list,
        blank=True,
        help_text=_("指标编码的有序列表；留空则每个领域取权重最高的几项"),
    )
    variant = models.CharField(
        _("屏幕"), max_length=10, choices=WallVariant.choices, default=WallVariant.SINGLE
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("大屏")
        verbose_name_plural = _("大屏")

    def __str__(self) -> str:
        return self.title


class DisplayToken(models.Model):
    """A read-only pass of one screen to one wall; stored as a SHA-256 digest only.

    It belongs to the first address that uses it, or to the network named beforehand.
    """

    wall = models.ForeignKey(Wall, models.CASCADE, related_name="tokens", verbose_name=_("大屏"))
    name = models.CharField(_("名称"), max_length=60, help_text=_("如「一楼大厅左屏」"))
    digest = models.CharField(_("令牌摘要"), max_length=64, unique=True, editable=False)
    network = models.CharField(
        _("限用网段"),
        max_length=43,
        blank=True,
        help_text=_("如 10.1.2.0/24；留空则绑定首次使用的地址"),
    )
    last_seen_at = models.DateTimeField(_("最近使用"), null=True, editable=False)
    refused_at = models.DateTimeField(_("最近被拒"), null=True, editable=False)
    refused_address = models.GenericIPAddressField(_("被拒地址"), null=True, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("大屏令牌")
        verbose_name_plural = _("大屏令牌")

    def __str__(self) -> str:
        return self.name


class DutyShift(models.Model):
    """Who answers for an area at the wall, from when to when (local calendar, stored in UTC)."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name=_("区域"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("值班人")
    )
    is_leader = models.BooleanField(_("带班领导"), default=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))

    class Meta:
        verbose_name = _("值班")
        verbose_name_plural = _("值班")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="dutyshift_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%F %R}"
