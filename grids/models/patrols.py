"""Patrols: the points that must be visited, how often, and who was there."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from grids.enums import CheckInWay, Weekday
from grids.models.duties import Duty
from grids.models.places import Area


class PatrolPoint(models.Model):
    """A place with a plate: its code is in the plate's QR picture, its point in the phone."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="patrol_points", verbose_name=_("网格")
    )
    point = models.PointField(_("位置"), srid=4326)
    is_active = models.BooleanField(_("在用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("巡查点")
        verbose_name_plural = _("巡查点")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PatrolPlan(models.Model):
    """How often on which weekdays the points of a plan are to be visited."""

    name = models.CharField(_("名称"), max_length=80)
    points = models.ManyToManyField(PatrolPoint, related_name="plans", verbose_name=_("巡查点"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.choices), verbose_name=_("星期")
    )
    times = models.PositiveSmallIntegerField(
        _("每日次数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    starts_on = models.DateField(_("起始日"))
    ends_on = models.DateField(_("截止日"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("巡查计划")
        verbose_name_plural = _("巡查计划")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="patrolplan_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CheckIn(models.Model):
    """Somebody on duty was at a point: by the plate's QR, or within its circle."""

    id = models.UUIDField(_("编号"), primary_key=True, help_text=_("由手机给出"))
    point = models.ForeignKey(
        PatrolPoint, models.PROTECT, related_name="check_ins", verbose_name=_("巡查点")
    )
    duty = models.ForeignKey(
        Duty, models.PROTECT, related_name="check_ins", verbose_name=_("在岗记录")
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("人员")
    )
    way = models.CharField(_("方式"), max_length=10, choices=CheckInWay.choices)
    at = models.DateTimeField(_("时间"), help_text=_("按手机与服务器的时钟差校正"))
    device_at = models.DateTimeField(_("手机时间"))
    received_at = models.DateTimeField(_("收到时间"))
    metres = models.FloatField(_("距离（米）"), null=True, help_text=_("没有定位时为空"))
    accuracy = models.FloatField(_("精度（米）"), null=True)

    class Meta:
        verbose_name = _("打卡记录")
        verbose_name_plural = _("打卡记录")
        default_permissions = ("view",)
        indexes = [
            # The visits of a point on a day.
            models.Index(fields=["point", "at"], name="checkin_of_point"),
            # The visits of one duty, in order.
            models.Index(fields=["duty", "at"], name="checkin_of_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.at:%Y-%m-%d %H:%M}"
