"""Cross-checks of resources (比对) and what they find (疑点)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from datahub.enums import CheckKind, FindingState
from datahub.models.catalogue import Resource
from datahub.querysets import CheckQuerySet, FindingQuerySet
from grids.models import Area

SIDES = 5


class CrossCheck(models.Model):
    """A rule over two or more resources: which keys are findings, compared side by side."""

    code = models.SlugField(_("编码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("疑点"), max_length=8, choices=CheckKind.choices)
    about = models.CharField(
        _("依据和说明"), max_length=400, blank=True, help_text=_("为什么是疑点，该怎么核实")
    )
    is_active = models.BooleanField(_("在用"), default=True)
    changed_at = models.DateTimeField(_("修改时间"), editable=False)
    ran_at = models.DateTimeField(_("最近比对"), null=True, editable=False)
    # What the last run looked at: where it is the same there is nothing new to find.
    mark = models.CharField(max_length=400, blank=True, editable=False)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("比对规则")
        verbose_name_plural = _("比对规则")

    def __str__(self) -> str:
        return self.name


class CheckSide(models.Model):
    """One resource of a cross-check: its key, and which of its rows count."""

    cross_check = models.ForeignKey(
        CrossCheck, models.CASCADE, related_name="sides", db_index=False
    )
    position = models.PositiveSmallIntegerField(
        _("第几方"), validators=[MinValueValidator(1), MaxValueValidator(SIDES)]
    )
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="+", verbose_name=_("数据资源")
    )
    key_column = models.CharField(_("比对列"), max_length=40, help_text=_("如身份证号"))
    is_absent = models.BooleanField(
        _("应有而没有"), default=False, help_text=_("勾选：符合条件的行一条也没有才是疑点")
    )
    conditions = models.TextField(
        _("条件"),
        blank=True,
        max_length=1000,
        help_text=_(
            "每行一条：列名 = 值、列名 >= 今天-30、列名 > 2.列名（第 2 方的列）、"
            "列名 为空、列名 不为空"
        ),
    )
    value_column = models.CharField(
        _("比较列"), max_length=40, blank=True, help_text=_("只用于“数值不一”")
    )
    label_column = models.CharField(
        _("标题列"), max_length=40, blank=True, help_text=_("如单位名称，列表中显示")
    )
    place_column = models.CharField(
        _("位置列"), max_length=40, blank=True, help_text=_("坐标、地址或区域名称")
    )

    class Meta:
        verbose_name = _("比对的一方")
        verbose_name_plural = _("比对的各方")
        constraints = [
            # It also serves the read of a check's sides.
            models.UniqueConstraint(fields=["cross_check", "position"], name="checkside_position"),
            models.CheckConstraint(
                condition=models.Q(position__gt=1) | models.Q(is_absent=False),
                name="checkside_first_is_there",
                violation_error_message=_("第 1 方必须有。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.resource_id}"


class CheckRun(models.Model):
    """One run of a cross-check and what it came to."""

    cross_check = models.ForeignKey(CrossCheck, models.CASCADE, related_name="runs", db_index=False)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    found = models.PositiveIntegerField(_("疑点"), default=0)
    appeared = models.PositiveIntegerField(_("新增"), default=0)
    vanished = models.PositiveIntegerField(_("消失"), default=0)
    problem = models.CharField(_("未能比对的原因"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("比对记录")
        verbose_name_plural = _("比对记录")
        default_permissions = ("view",)
        indexes = [
            # The runs of a check, the newest first.
            models.Index(fields=["cross_check", "-id"], name="checkrun_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.cross_check_id} {self.started_at:%F %R}"


class Finding(models.Model):
    """One key that a cross-check has found, once for good: first seen, last seen, its fate."""

    cross_check = models.ForeignKey(
        CrossCheck, models.CASCADE, related_name="findings", db_index=False
    )
    key = models.TextField(_("比对值"))
    label = models.CharField(_("标题"), max_length=200, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=FindingState.choices, default=FindingState.OPEN
    )
    first_seen_at = models.DateTimeField(_("首次发现"))
    last_seen_at = models.DateTimeField(_("最近发现"))
    gone_at = models.DateTimeField(_("消失时间"), null=True)
    run = models.ForeignKey(CheckRun, models.CASCADE, related_name="+", db_index=False)
    # By position of the side: `_id`s of the newest tables, so that lineage leads to file and row.
    rows = models.JSONField(default=dict)
    district = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    street = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    grid = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    # WGS-84 degrees, only of columns that are not personal.
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    # Digest of what the place was found by, and on which map.
    place_mark = models.CharField(max_length=80, blank=True)
    order_number = models.CharField(_("工单"), max_length=40, blank=True)
    ordered_at = models.DateTimeField(_("转工单时间"), null=True)
    order_ended_at = models.DateTimeField(_("工单办结时间"), null=True)
    order_ending = models.CharField(_("工单结果"), max_length=40, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    dismissed_at = models.DateTimeField(_("排除时间"), null=True)
    reason = models.CharField(_("排除理由"), max_length=200, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("疑点")
        verbose_name_plural = _("疑点")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["cross_check", "key"], name="finding_once"),
            models.CheckConstraint(
                condition=~models.Q(state=FindingState.DISMISSED) | ~models.Q(reason=""),
                name="finding_dismissed_why",
            ),
        ]
        indexes = [
            # A check's findings in one state, the newest first, and their number.
            models.Index(
                fields=["cross_check", "state", "-first_seen_at", "-id"], name="finding_state"
            ),
            # A check's findings in any state.
            models.Index(fields=["cross_check", "-first_seen_at", "-id"], name="finding_newest"),
            # The findings whose order is under way.
            models.Index(
                fields=["order_number"],
                condition=~models.Q(order_number=""),
                name="finding_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cross_check_id} {self.get_state_display()}"
