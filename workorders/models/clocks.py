"""Clocks of an order: what is due when, since when, and which rungs of escalation have fired."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.enums import ClockKind, Deed, Reach
from workorders.models.catalogue import UNITS, Category, TimeLimit
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
    # A deadline set by hand (by a dispatcher, or an approved extension) and since when it holds.
    fixed_due_at = models.DateTimeField(_("指定时限"), null=True)
    fixed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(_("暂停"), null=True)
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
            models.CheckConstraint(
                condition=models.Q(paused_at__isnull=True)
                | models.Q(met_at__isnull=True, next_rung_at__isnull=True),
                name="clock_paused_fires_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(fixed_due_at__isnull=True, fixed_at__isnull=True)
                | models.Q(fixed_due_at__gt=models.F("fixed_at")),
                name="clock_fixed_since",
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
    ended_at = models.DateTimeField(_("结束"), null=True)
    reason = models.CharField(_("原因"), max_length=60)

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.clock_id} {self.reason}"


class Rung(models.Model):
    """A step of escalation on one kind of clock: at a share of its limit, or some time after it.

    A category's own rows replace those of its parent, and those the ones without a category.
    """

    clock = models.CharField(_("时钟"), max_length=20, choices=ClockKind.choices)
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, verbose_name=_("事项类别")
    )
    share = models.PositiveSmallIntegerField(
        _("时限占比（%）"), null=True, blank=True, help_text=_("100 为到期时刻")
    )
    after_amount = models.PositiveIntegerField(_("到期后"), null=True, blank=True)
    after_unit = models.CharField(_("单位"), max_length=20, choices=UNITS, blank=True)
    deed = models.CharField(_("动作"), max_length=10, choices=Deed.choices)
    reach = models.CharField(_("触达"), max_length=20, choices=Reach.choices, blank=True)
    is_urgent = models.BooleanField(
        _("即时"), default=False, help_text=_("不勾选则等到工作时间再提醒")
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("督办级次")
        verbose_name_plural = _("督办级次")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__range=(1, 100), after_amount__isnull=True, after_unit="")
                | models.Q(share__isnull=True, after_amount__gt=0) & ~models.Q(after_unit=""),
                name="rung_share_or_after",
            )
        ]

    def __str__(self) -> str:
        when = (
            f"{self.share}%"
            if self.share
            else f"到期后{self.after_amount}{self.get_after_unit_display()}"
        )
        return f"{self.get_clock_display()} {when} {self.get_deed_display()}"


class Escalation(models.Model):
    """A rung that fired on a clock, or (no rung) its due instant; at most once, whoever dies."""

    # Found by the constraint's index, which begins with the clock.
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="escalations", db_index=False)
    rung = models.ForeignKey(
        Rung, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("级次")
    )
    fired_at = models.DateTimeField(_("触发时间"))

    class Meta:
        verbose_name = _("时限提醒")
        verbose_name_plural = _("时限提醒")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "rung"], nulls_distinct=False, name="escalation_once_per_rung"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.rung or '到期'}"
