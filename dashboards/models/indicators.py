"""Vital signs and theme indicators as data, and the rule that sums them up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from dashboards.enums import Direction, OrderAt, Reach, Source, Theme, Window
from workorders.enums import Domain
from workorders.models import Category


class Indicator(models.Model):
    """What is measured, how it is computed and judged, and who answers for it.

    A vital sign has a domain, a theme indicator a theme. With the unit % a value is a share (0.9 is
    90 %); thresholds, hysteresis and plausible bounds alike. `formula` and `thresholds` are
    explained in docs/indicators.md.
    """

    code = models.SlugField(_("编码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    definition = models.CharField(_("口径"), max_length=200, blank=True)
    domain = models.CharField(_("领域"), max_length=20, choices=Domain.choices, blank=True)
    theme = models.CharField(_("专题"), max_length=20, choices=Theme.choices, blank=True)
    unit = models.CharField(_("单位"), max_length=12, blank=True)
    precision = models.PositiveSmallIntegerField(_("小数位"), default=0)
    direction = models.CharField(_("方向"), max_length=10, choices=Direction.choices)
    window = models.CharField(_("时段"), max_length=10, choices=Window.choices)
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices, default=Source.CUBE)
    formula = models.CharField(_("公式"), max_length=300)
    thresholds = models.JSONField(
        _("阈值表"), default=list, blank=True, help_text=_("按季节、时段自上而下取第一条相符的")
    )
    hysteresis = models.FloatField(
        _("回差"), default=0, help_text=_("恢复时须越过阈值多少，与数值同单位")
    )
    minimum_seconds = models.PositiveIntegerField(
        _("持续时间（秒）"), default=0, help_text=_("新状态持续多久才算数")
    )
    owner = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任部门"),
    )
    interval_seconds = models.PositiveIntegerField(
        _("更新间隔（秒）"), null=True, blank=True, help_text=_("三倍间隔无新值即为无数据")
    )
    weight = models.FloatField(_("权重"), default=1)
    plausible_low = models.FloatField(_("合理下限"), null=True, blank=True)
    plausible_high = models.FloatField(_("合理上限"), null=True, blank=True)
    reach = models.CharField(
        _("范围"), max_length=10, choices=Reach.choices, default=Reach.DISTRICT
    )
    order_at = models.CharField(
        _("自动派单"), max_length=10, choices=OrderAt.choices, default=OrderAt.NEVER
    )
    order_category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("派单类别"),
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__gte=0), name="indicator_weight_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(hysteresis__gte=0), name="indicator_hysteresis_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(domain="") ^ models.Q(theme=""),
                name="indicator_of_a_domain_or_a_theme",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndexRule(models.Model):
    """How states become the index; the active row holds (docs/indicators.md explains it).

    `formula` speaks of yellow_weight, red_weight and known_weight of one domain; the overall index
    is the mean of the domains by `domain_weights` (a domain that is not named weighs 1).
    """

    name = models.CharField(_("名称"), max_length=60, unique=True)
    formula = models.CharField(_("公式"), max_length=200)
    domain_weights = models.JSONField(_("领域权重"), default=dict, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("指数规则")
        verbose_name_plural = _("指数规则")
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"],
                condition=models.Q(is_active=True),
                name="indexrule_one_active",
            )
        ]

    def __str__(self) -> str:
        return self.name
