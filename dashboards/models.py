"""Vital signs of a district: what is measured, the newest values, and the walls that show them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from dashboards.enums import Direction, FormulaKind, IndicatorState, Window
from grids.models import Area
from workorders.enums import Domain, Measure

MEASURE = models.CharField(max_length=24, choices=Measure.choices)


class Indicator(models.Model):
    """A vital sign: a count or a rate over the cube, and the thresholds that judge it.

    A rate is a share (0.9 is 90 %), thresholds alike. `window` says which day the flows are of;
    stocks (open, overdue) always hold now.
    """

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    domain = models.CharField(
        _("领域"), max_length=20, choices=Domain.choices, blank=True, help_text=_("留空为全部领域")
    )
    unit = models.CharField(_("单位"), max_length=10)
    precision = models.PositiveSmallIntegerField(_("小数位"), default=0)
    direction = models.CharField(_("方向"), max_length=10, choices=Direction.choices)
    kind = models.CharField(_("算法"), max_length=10, choices=FormulaKind.choices)
    numerator = ArrayField(MEASURE, verbose_name=_("分子"))
    denominator = ArrayField(MEASURE, verbose_name=_("分母"), default=list, blank=True)
    window = models.CharField(_("时段"), max_length=10, choices=Window.choices)
    yellow = models.FloatField(_("预警阈值"), null=True, blank=True)
    red = models.FloatField(_("告警阈值"), null=True, blank=True)
    weight = models.FloatField(_("权重"), default=1)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind=FormulaKind.RATE) | models.Q(denominator__len__gt=0),
                name="indicator_rate_has_denominator",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0), name="indicator_weight_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorValue(models.Model):
    """The newest value of an indicator in an area, with what it was computed from and when."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)
    value = models.FloatField(_("数值"), null=True)
    numerator = models.FloatField(_("分子"))
    denominator = models.FloatField(_("分母"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=IndicatorState.choices)
    since = models.DateTimeField(_("状态自"))
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("指标值")
        verbose_name_plural = _("指标值")
        default_permissions = ("view",)
        constraints = [
            # Area first: it also serves the wall's read of all values of an area.
            models.UniqueConstraint(
                fields=["area", "indicator"], name="indicatorvalue_once_per_area"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}@{self.area_id} {self.value} {self.get_state_display()}"


class Wall(models.Model):
    """A screen for one area; `tiles` is its ordered layout, edited as data."""

    slug = models.SlugField(_("地址"), max_length=40, unique=True)
    title = models.CharField(_("标题"), max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="walls", verbose_name=_("区域"))
    tiles = models.JSONField(
        _("指标磁贴"),
        default=list,
        blank=True,
        help_text=_("指标编码的有序列表；留空显示全部启用的指标"),
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("大屏")
        verbose_name_plural = _("大屏")

    def __str__(self) -> str:
        return self.title
