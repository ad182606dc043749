"""Reference data of work orders: channels, categories, time limits and the working calendar."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from workorders.enums import ClockKind, Domain, Nature, Urgency
from workorders.worktime import LimitUnit

UNITS = [
    (LimitUnit.MINUTE, _("分钟")),
    (LimitUnit.HOUR, _("小时")),
    (LimitUnit.WORKING_MINUTE, _("工作分钟")),
    (LimitUnit.WORKING_HOUR, _("工作小时")),
    (LimitUnit.WORKING_DAY, _("工作日")),
    (LimitUnit.NATURAL_DAY, _("自然日")),
]


class Channel(models.Model):
    """A source of reports. Its token is stored as a SHA-256 digest only."""

    code = models.SlugField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    adapter = models.CharField(_("适配器"), max_length=30)
    token_digest = models.CharField(_("令牌摘要"), max_length=64, blank=True, editable=False)
    default_nature = models.CharField(
        _("默认性质"), max_length=20, choices=Nature.choices, default=Nature.HELP
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("渠道")
        verbose_name_plural = _("渠道")

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A kind of matter, with the domain it counts in and who usually handles it."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级类别"),
    )
    domain = models.CharField(_("领域"), max_length=20, choices=Domain.choices)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("建议承办部门"),
    )
    is_grid_matter = models.BooleanField(
        _("入格事项"), default=False, help_text=_("一般可由网格员现场处置")
    )
    keywords = ArrayField(
        models.CharField(max_length=20), verbose_name=_("关键词"), default=list, blank=True
    )
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("事项类别")
        verbose_name_plural = _("事项类别")

    def __str__(self) -> str:
        return self.name


class TimeLimit(models.Model):
    """A legal limit of one clock; the row with the most of category, urgency, channel wins."""

    clock = models.CharField(_("时钟"), max_length=20, choices=ClockKind.choices)
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, verbose_name=_("事项类别")
    )
    urgency = models.CharField(_("紧急程度"), max_length=10, choices=Urgency.choices, blank=True)
    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, verbose_name=_("渠道")
    )
    amount = models.PositiveIntegerField(_("时限"))
    unit = models.CharField(_("单位"), max_length=20, choices=UNITS)
    is_to_end_of_day = models.BooleanField(
        _("至当日结束"), default=False, help_text=_("起始日不计，最后一日计至结束")
    )

    class Meta:
        verbose_name = _("办理时限")
        verbose_name_plural = _("办理时限")
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "category", "urgency", "channel"],
                nulls_distinct=False,
                name="timelimit_once",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="timelimit_above_zero"),
        ]

    def __str__(self) -> str:
        parts = [self.category, self.get_urgency_display(), self.channel]
        scope = "、".join(str(part) for part in parts if part) or "默认"
        return f"{self.get_clock_display()}（{scope}）{self.amount}{self.get_unit_display()}"

    @cached_property
    def label(self) -> str:
        """What an order says of the limit that won; worked out once per process."""
        return str(self)[:120]


class WorkCalendar(models.Model):
    """The working hours of every working day. Only the first row counts."""

    name = models.CharField(_("名称"), max_length=40, default="默认")
    morning_from = models.TimeField(_("上午起"), default="09:00")
    morning_to = models.TimeField(_("上午止"), default="12:00")
    afternoon_from = models.TimeField(_("下午起"), default="14:00")
    afternoon_to = models.TimeField(_("下午止"), default="18:00")

    class Meta:
        verbose_name = _("工作时间")
        verbose_name_plural = _("工作时间")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(morning_from__lt=models.F("morning_to"))
                & models.Q(morning_to__lte=models.F("afternoon_from"))
                & models.Q(afternoon_from__lt=models.F("afternoon_to")),
                name="workcalendar_hours_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a make-up working day (调休)."""

    day = models.DateField(_("日期"), unique=True)
    is_working = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        verbose_name = _("节假日与调休")
        verbose_name_plural = _("节假日与调休")

    def __str__(self) -> str:
        return f"{self.day} {self.name}{'（上班）' if self.is_working else ''}"
