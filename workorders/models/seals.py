"""Seals over whole days of history, by which even an order that is gone altogether is missed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.enums import InspectionKind


class HistorySeal(models.Model):
    """What one day's events amounted to, on top of the seal before it. Never changed or deleted.

    It covers the events of that local day on orders that are not the demo's own.
    """

    day = models.DateField(_("日期"), unique=True)
    orders = models.PositiveIntegerField(_("工单数"))
    events = models.PositiveIntegerField(_("事件数"))
    digest = models.BinaryField()
    sealed_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = _("历史封存")
        verbose_name_plural = _("历史封存")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.day} {self.events}"


class Inspection(models.Model):
    """One nightly look at the system's own promises: does the cube agree, is history untouched."""

    kind = models.CharField(_("项目"), max_length=20, choices=InspectionKind.choices)
    day = models.DateField(_("日期"))
    started_at = models.DateTimeField(_("开始"))
    finished_at = models.DateTimeField(_("结束"), null=True)
    checked = models.PositiveBigIntegerField(_("核对数"), default=0)
    faults = models.PositiveIntegerField(_("不符数"), default=0)
    details = models.TextField(_("明细"), blank=True)

    class Meta:
        verbose_name = _("自查记录")
        verbose_name_plural = _("自查记录")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "day"], name="inspection_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
