"""What holders apply for, what supervisors ask, and whom a rung of escalation has told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from grids.models import Area
from workorders.enums import ApplicationKind, ApplicationState, Deed, Reach
from workorders.models.history import Event
from workorders.models.orders import WorkOrder


class Application(models.Model):
    """A holder's application for more time, a pause or a return, and what was decided."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="applications")
    kind = models.CharField(_("事项"), max_length=12, choices=ApplicationKind.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=ApplicationState.choices,
        default=ApplicationState.PENDING,
    )  # fmt: skip
    reason = models.TextField(_("理由"))
    until = models.DateTimeField(_("至"), null=True)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.CharField(_("申请人"), max_length=100)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("申请单位"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decided_by = models.CharField(_("审批人"), max_length=100, blank=True)
    # When an approved suspension ends by itself.
    resume_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("申请")
        verbose_name_plural = _("申请")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state=ApplicationState.PENDING),
                name="application_one_pending",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ApplicationKind.RETURN) | models.Q(until__isnull=False),
                name="application_until_when",
            ),
        ]
        indexes = [
            # The workers' poll: suspensions that end.
            models.Index(
                fields=["resume_at"],
                condition=models.Q(resume_at__isnull=False),
                name="application_resume",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.get_kind_display()} {self.get_state_display()}"


class SupervisionLetter(models.Model):
    """A supervision letter (督办函): it must be answered."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="letters")
    level = models.PositiveSmallIntegerField(_("督办级别"))
    text = models.TextField(_("督办要求"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("督办对象"),
    )  # fmt: skip
    issued_at = models.DateTimeField(_("发函时间"))
    issued_by = models.CharField(_("发函人"), max_length=100)
    due_at = models.DateTimeField(_("回复时限"), null=True)
    answered_at = models.DateTimeField(_("回复时间"), null=True)
    answered_by = models.CharField(_("回复人"), max_length=100, blank=True)
    answer = models.TextField(_("回复"), blank=True)

    class Meta:
        verbose_name = _("督办函")
        verbose_name_plural = _("督办函")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__range=(1, 3)), name="letter_level_one_to_three"
            )
        ]
        indexes = [
            # The letters that wait for an answer, oldest first.
            models.Index(
                fields=["issued_at"],
                condition=models.Q(answered_at__isnull=True),
                name="letter_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.level}级督办"


class Notice(models.Model):
    """What a rung, a letter or an instruction tells to whoever holds a post, not to a name."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    reach = models.CharField(_("触达"), max_length=20, choices=Reach.choices)
    deed = models.CharField(_("动作"), max_length=10, choices=Deed.choices, blank=True)
    # Where the post must be held: on this area, or in this department.
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        default_permissions = ("view",)
        indexes = [
            # A person's newest notices, by the place of a post.
            models.Index(fields=["area", "reach", "-at"], name="notice_area"),
            # The same by the department of a post.
            models.Index(fields=["department", "reach", "-at"], name="notice_department"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.get_reach_display()}"
