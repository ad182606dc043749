"""Duty on the ground: who is at work in which grid, where they are, and the way they went."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.utils.translation import gettext_lazy as _

from grids.models.places import Area


class Duty(models.Model):
    """One stretch of work of one person in one area; positions are taken within it only."""

    id = models.UUIDField(_("编号"), primary_key=True, help_text=_("由手机给出"))
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties", verbose_name=_("人员")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="duties", verbose_name=_("区域"))
    started_at = models.DateTimeField(_("上岗时间"))
    ended_at = models.DateTimeField(_("下岗时间"), null=True)
    heard_at = models.DateTimeField(_("最近联系"))
    recorded_at = models.DateTimeField(_("登记时间"), help_text=_("没有信号时上岗，会晚于上岗时间"))
    is_silent = models.BooleanField(
        _("无联系下岗"), default=False, help_text=_("长时间没有联系，由系统下岗")
    )

    class Meta:
        verbose_name = _("在岗记录")
        verbose_name_plural = _("在岗记录")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=models.Q(ended_at__isnull=True),
                name="duty_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("started_at")),
                name="duty_ends_after_start",
            ),
        ]
        indexes = [
            # A person's days, newest first.
            models.Index(fields=["worker", "-started_at"], name="duty_of_worker"),
            # The days of an area, newest first.
            models.Index(fields=["area", "-started_at"], name="duty_of_area"),
            # The sweep for duties that nobody ended.
            models.Index(
                fields=["heard_at"], condition=models.Q(ended_at__isnull=True), name="duty_silent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} @ {self.area_id} {self.started_at:%Y-%m-%d %H:%M}"


class TrackPiece(models.Model):
    """The fixes that a phone sent at once: a row of a batch, not of a fix.

    `seconds` counts from `started_at`; degrees are WGS-84, `accuracies` metres. All four arrays
    are of one length and in the order of time.
    """

    id = models.UUIDField(_("编号"), primary_key=True, help_text=_("由手机给出"))
    duty = models.ForeignKey(
        Duty, models.CASCADE, related_name="pieces", verbose_name=_("在岗记录")
    )
    received_at = models.DateTimeField(_("收到时间"))
    skew_seconds = models.IntegerField(
        _("时钟差（秒）"), help_text=_("服务器时间减手机时间；点位时间已按此校正")
    )
    started_at = models.DateTimeField(_("首点时间"))
    ended_at = models.DateTimeField(_("末点时间"))
    seconds = ArrayField(models.IntegerField(), verbose_name=_("时间"))
    longitudes = ArrayField(models.FloatField(), verbose_name=_("经度"))
    latitudes = ArrayField(models.FloatField(), verbose_name=_("纬度"))
    accuracies = ArrayField(models.FloatField(), verbose_name=_("精度（米）"))
    dropped = models.PositiveIntegerField(_("未收点数"), help_text=_("不在岗时的点不保存"))

    class Meta:
        verbose_name = _("轨迹段")
        verbose_name_plural = _("轨迹段")
        default_permissions = ()
        indexes = [
            # The way of one duty, in the order of time.
            models.Index(fields=["duty", "started_at"], name="trackpiece_of_duty"),
            # What is old enough to be forgotten: rows lie in the order of their arrival.
            BrinIndex(fields=["received_at"], name="trackpiece_received"),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.started_at:%H:%M:%S}"


class WorkerPosition(models.Model):
    """Where somebody on duty was last seen; gone when the duty ends."""

    worker = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="position",
        verbose_name=_("人员"),
    )
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="+", verbose_name=_("在岗记录"))
    at = models.DateTimeField(_("时间"))
    # Its spatial index finds the workers nearest to an order.
    point = models.PointField(_("位置"), srid=4326)
    accuracy = models.FloatField(_("精度（米）"))

    class Meta:
        verbose_name = _("人员位置")
        verbose_name_plural = _("人员位置")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.worker_id} {self.at:%H:%M:%S}"
