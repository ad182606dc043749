"""Rules of quality, and reminders of data that is overdue."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from datahub.enums import Reach, RuleKind
from datahub.models.catalogue import Resource


class QualityRule(models.Model):
    """What is asked of a resource's rows beyond its schema; looked at with each load."""

    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="quality_rules", verbose_name=_("数据资源")
    )
    kind = models.CharField(_("规则"), max_length=8, choices=RuleKind.choices)
    column = models.CharField(_("列名"), max_length=40)
    other_resource = models.ForeignKey(
        Resource,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("另一资源"),
    )
    other_column = models.CharField(_("另一列"), max_length=40, blank=True)
    days = models.PositiveIntegerField(_("天数"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("权重"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("质量规则")
        verbose_name_plural = _("质量规则")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=10), name="qualityrule_weight"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=RuleKind.ORDERED) | ~models.Q(other_column=""),
                name="qualityrule_other_column",
                violation_error_message=_("请填写另一列。"),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=RuleKind.RECENT) | models.Q(days__isnull=False),
                name="qualityrule_days",
                violation_error_message=_("请填写天数。"),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=RuleKind.REFERS)
                | (models.Q(other_resource__isnull=False) & ~models.Q(other_column="")),
                name="qualityrule_other_resource",
                violation_error_message=_("请填写另一资源和另一列。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column} {self.get_kind_display()}"


class OverdueRung(models.Model):
    """At which share of an update period who is reminded."""

    share = models.PositiveSmallIntegerField(
        _("周期的百分比"),
        unique=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("100 为到期之时，200 为再过一个周期"),
    )
    reach = models.CharField(_("提醒谁"), max_length=14, choices=Reach.choices)

    class Meta:
        verbose_name = _("催报梯级")
        verbose_name_plural = _("催报梯级")

    def __str__(self) -> str:
        return f"{self.share}% {self.get_reach_display()}"


class OverdueReminder(models.Model):
    """A rung that was reached: once for each due date, never changed."""

    resource = models.ForeignKey(
        Resource,
        models.CASCADE,
        related_name="reminders",
        db_index=False,
        verbose_name=_("数据资源"),
    )
    due_at = models.DateTimeField(_("应更新时间"))
    share = models.PositiveSmallIntegerField(_("周期的百分比"))
    reach = models.CharField(_("提醒谁"), max_length=14, choices=Reach.choices)
    at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = _("催报记录")
        verbose_name_plural = _("催报记录")
        default_permissions = ("view",)
        constraints = [
            # It also serves the read of what a resource has been reminded of.
            models.UniqueConstraint(fields=["resource", "due_at", "share"], name="reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.share}%"
