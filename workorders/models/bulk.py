"""Acts on many orders at once, as a job: each row is done or refused by itself."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.enums import Action


class BulkJob(models.Model):
    """One act for many orders, by one person."""

    uuid = models.UUIDField(unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人")
    )
    action = models.CharField(_("动作"), max_length=24, choices=Action.choices)
    carried = models.JSONField(_("内容"), default=dict)
    asked_at = models.DateTimeField(_("提交时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("批量操作")
        verbose_name_plural = _("批量操作")
        default_permissions = ("view",)
        indexes = [
            # The jobs that the workers look at.
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True),
                name="bulkjob_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.asked_at:%Y-%m-%d %H:%M}"


class BulkRow(models.Model):
    """One order of a job: waiting, done, or refused with the reason."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="rows", db_index=False)
    number = models.CharField(_("工单号"), max_length=20)
    version = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    code = models.CharField(_("拒绝代码"), max_length=40, blank=True)
    detail = models.CharField(_("拒绝原因"), max_length=200, blank=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="bulkrow_once_per_order")
        ]
        indexes = [
            # What a worker has still to do.
            models.Index(
                fields=["job", "id"],
                condition=models.Q(done_at__isnull=True),
                name="bulkrow_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.number}"
