"""Values of indicators: the newest, their history, what departments reported, what it led to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from dashboards.enums import IndicatorState, ReportStatus
from dashboards.models.indicators import Indicator
from grids.models import Area
from workorders.models import WorkOrder


class IndicatorValue(models.Model):
    """The newest value of an indicator in an area, its state, and what the state waits for."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)
    value = models.FloatField(_("数值"), null=True)
    numerator = models.FloatField(_("分子"))
    denominator = models.FloatField(_("分母"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=IndicatorState.choices)
    since = models.DateTimeField(_("状态自"))
    observed_at = models.DateTimeField(
        _("数据时间"), null=True, help_text=_("数值本身的时间；报送值为观测时间")
    )
    computed_at = models.DateTimeField(_("计算时间"))
    yellow_turns_at = models.DateTimeField(_("预警界线翻转于"), null=True)
    red_turns_at = models.DateTimeField(_("告警界线翻转于"), null=True)
    look_at = models.DateTimeField(
        _("再判时间"), null=True, help_text=_("没有新值时状态最早可能变化的时间")
    )
    revision = models.BigIntegerField(_("版次"), default=0)

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
        indexes = [
            # What may change its state by time alone.
            models.Index(
                fields=["look_at"],
                condition=models.Q(look_at__isnull=False),
                name="indicatorvalue_look",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}@{self.area_id} {self.value} {self.get_state_display()}"


class Reading(models.Model):
    """The value at the end of a minute in which it changed: history for charts and playback."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"), help_text=_("该分钟的起点"))
    value = models.FloatField(_("数值"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=IndicatorState.choices)

    class Meta:
        verbose_name = _("指标历史")
        verbose_name_plural = _("指标历史")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["area", "indicator", "at"], name="reading_once_a_minute"
            )
        ]
        indexes = [
            # The playback of an area's hour.
            models.Index(fields=["area", "at"], name="reading_playback")
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}@{self.area_id} {self.at:%F %R} {self.value}"


class StateChange(models.Model):
    """A change of an indicator's state in an area; append-only."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    from_state = models.CharField(_("原状态"), max_length=10, choices=IndicatorState.choices)
    to_state = models.CharField(_("新状态"), max_length=10, choices=IndicatorState.choices)
    since = models.DateTimeField(_("原状态自"))
    previous_value = models.FloatField(_("原数值"), null=True)
    value = models.FloatField(_("数值"), null=True)
    reason = models.CharField(_("原因"), max_length=200)

    class Meta:
        verbose_name = _("状态变化")
        verbose_name_plural = _("状态变化")
        default_permissions = ("view",)
        indexes = [
            # The 24 hours of one indicator, and its newest change.
            models.Index(fields=["area", "indicator", "-at"], name="statechange_of_indicator"),
            # The newest changes of an area.
            models.Index(fields=["area", "-at"], name="statechange_of_area"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}@{self.area_id} {self.from_state}→{self.to_state}"


class Episode(models.Model):
    """A stretch of yellow or red from leaving normal to coming back; it opens one order at most.

    An episode that has been red sounds on the wall until somebody acknowledges it.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False)
    began_at = models.DateTimeField(_("开始"))
    red_at = models.DateTimeField(_("告警于"), null=True)
    ended_at = models.DateTimeField(_("结束"), null=True)
    worst_value = models.FloatField(_("最差数值"), null=True)
    order = models.OneToOneField(
        WorkOrder, models.SET_NULL, null=True, related_name="+", verbose_name=_("工单")
    )
    acknowledged_at = models.DateTimeField(_("确认于"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    acknowledged_label = models.CharField(_("确认人"), max_length=100, blank=True)
    revision = models.BigIntegerField(_("版次"), default=0)

    class Meta:
        verbose_name = _("预警告警")
        verbose_name_plural = _("预警告警")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["area", "indicator"],
                condition=models.Q(ended_at__isnull=True),
                name="episode_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at__isnull=True) | ~models.Q(acknowledged_label=""),
                name="episode_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            # The newest episodes of an area.
            models.Index(fields=["area", "-began_at"], name="episode_of_area"),
            # The alarms that still sound.
            models.Index(
                fields=["area"],
                condition=models.Q(red_at__isnull=False, acknowledged_at__isnull=True),
                name="episode_unacknowledged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}@{self.area_id} {self.began_at:%F %R}"


class ReportedValue(models.Model):
    """A value as a department reported it; what looks wrong waits in quarantine for its owner."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("观测时间"))
    value = models.FloatField(_("数值"))
    status = models.CharField(_("状态"), max_length=12, choices=ReportStatus.choices)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("报送人")
    )
    decided_at = models.DateTimeField(_("核定时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("核定人"),
    )
    earlier = models.JSONField(
        _("更正前"),
        default=list,
        blank=True,
        help_text=_("每次更正前的数值、状态、报送人与时间，先后排列"),
    )

    class Meta:
        verbose_name = _("报送值")
        verbose_name_plural = _("报送值")
        default_permissions = ("view", "change")  # to change: to decide on what is quarantined
        constraints = [
            # Also finds the newest value of an indicator in an area.
            models.UniqueConstraint(fields=["area", "indicator", "at"], name="reportedvalue_once")
        ]
        indexes = [
            # What waits for its owner's decision.
            models.Index(
                fields=["indicator", "received_at"],
                condition=models.Q(status=ReportStatus.QUARANTINED),
                name="reportedvalue_quarantine",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}@{self.area_id} {self.at:%F %R} {self.value}"


class ReportsNotice(models.Model):
    """What waits for a department's decision has changed, and nobody has told its pages yet."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.department_id)


class FiguresMark(models.Model):
    """One row: how far the figures have come, and how much of it the pages have been told.

    Its lock lets one worker at a time judge, and its revisions say what is still to be told.
    """

    day = models.DateField(null=True)
    reference_revision = models.BigIntegerField(default=-1)
    revision = models.BigIntegerField(default=0)
    told_revision = models.BigIntegerField(default=0)
    moved = models.JSONField(default=list)  # ids of areas whose counts moved, still to be told

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} {self.revision}"
