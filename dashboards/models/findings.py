"""What becomes of a cross-check's findings: whether they open work orders, with whom."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from datahub.models import CrossCheck
from workorders.models import Category


class FindingRemedy(models.Model):
    """The switch of a check: each open finding becomes one work order, so many after each run."""

    cross_check = models.OneToOneField(
        CrossCheck, models.CASCADE, related_name="+", verbose_name=_("比对规则")
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("工单类别"),
        help_text=_("空着则按文字建议"),
    )
    owner = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("派给"),
        help_text=_("空着则由调度员派发"),
    )
    cap = models.PositiveSmallIntegerField(
        _("每次比对最多转几张工单"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    is_active = models.BooleanField(_("转工单"), default=True)

    class Meta:
        verbose_name = _("疑点转工单")
        verbose_name_plural = _("疑点转工单")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cap__gte=1, cap__lte=500), name="findingremedy_cap"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cross_check_id} ≤ {self.cap}"
