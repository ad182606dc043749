"""How far the running clocks have followed the calendar and the rungs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarChange(models.Model):
    """A day that was entered, changed or removed; null for the working hours and for rungs.

    Triggers write it with the change, whoever makes it; the job that takes it lets clocks follow.
    """

    day = models.DateField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day or "")


class Recalculation(models.Model):
    """The one row that tells by which calendar the running clocks are worked out.

    `touched` are the days that changed since all clocks were right, null for hours or rungs;
    `position` is the last order of the pass under way, null while there is none.
    """

    calendar = models.JSONField(_("日历"))
    before = models.JSONField(_("原日历"), null=True)
    touched = models.JSONField(_("变动的日子"), null=True)
    noticed_at = models.DateTimeField(_("发现变动"))
    began_at = models.DateTimeField(_("本轮开始"))
    position = models.BigIntegerField(null=True)
    is_clean = models.BooleanField(default=True)
    is_settled = models.BooleanField(_("已全部重算"), default=True)

    class Meta:
        verbose_name = _("时限重算")
        verbose_name_plural = _("时限重算")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="recalculation_only_one")
        ]

    def __str__(self) -> str:
        return f"{self.noticed_at:%Y-%m-%d %H:%M}"
