"""Clocks of an order: what is due when, since when, and which rungs of escalation have fired."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.enums import ClockKind
from workorders.models.catalogue import TimeLimit
from workorders.models.history import Event
from workorders.models.orders import WorkOrder


class Clock(models.Model):
    """One running or met limit. `next_rung_at` is the instant a worker must look at it."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="clocks", db_index=False)
    kind = models.CharField(_("时钟"), max_length=20, choices=ClockKind.choices)
    limit = models.ForeignKey(
        TimeLimit, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    limit_label = models.CharField(_("时限依据"), max_length=120)
    limit_amount = models.PositiveIntegerField()
    limit_unit = models.CharField(max_length=20)
    is_to_end_of_day = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("开始"))
    due_at = models.DateTimeField(_("到期"))
    met_at = models.DateTimeField(_("完成"), null=True)
    breached_at = models.DateTimeField(_("超期"), null=True)
    next_rung_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("时钟")
        verbose_name_plural = _("时钟")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=models.Q(met_at__isnull=True),
                name="clock_one_running_per_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(met_at__isnull=True) | models.Q(next_rung_at__isnull=True),
                name="clock_met_fires_nothing",
            ),
        ]
        indexes = [
            # The workers' poll: what is due, oldest first.
            models.Index(
                fields=["next_rung_at"],
                condition=models.Q(next_rung_at__isnull=False),
                name="clock_due",
            ),
            # The clocks of one order.
            models.Index(fields=["order", "kind", "-started_at"], name="clock_order_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.get_kind_display()} → {self.due_at:%Y-%m-%d %H:%M}"


class ClockPause(models.Model):
    """A time in which a clock stood still, such as between a result and its rework."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"))
    reason = models.CharField(_("原因"), max_length=60)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.clock_id} {self.reason}"


class Escalation(models.Model):
    """A rung that fired on a clock; the constraint keeps it to once, whoever dies."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="escalations")
    rung = models.CharField(_("级次"), max_length=20)
    fired_at = models.DateTimeField(_("触发时间"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("超期提醒")
        verbose_name_plural = _("超期提醒")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["clock", "rung"], name="escalation_once_per_rung")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.rung}"
