"""Lists of orders as spreadsheets, made by a worker and kept for a while."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportJob(models.Model):
    """One list that somebody asked for: which orders, how far it is, where the file lies."""

    uuid = models.UUIDField(unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("导出人")
    )
    title = models.CharField(_("内容"), max_length=200)
    # The orders as they matched when the list was asked for, in the order of the queue.
    order_ids = ArrayField(models.BigIntegerField(), default=list)
    total = models.PositiveIntegerField(_("总数"))
    done = models.PositiveIntegerField(_("已完成"), default=0)
    written = models.PositiveIntegerField(_("行数"), default=0)
    asked_at = models.DateTimeField(_("提交时间"))
    seen_at = models.DateTimeField(null=True)  # when a worker last said that it is at it
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    failure = models.CharField(_("失败原因"), max_length=200, blank=True)
    file = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(_("删除时间"), null=True)

    class Meta:
        verbose_name = _("导出")
        verbose_name_plural = _("导出")
        default_permissions = ()
        indexes = [
            # What the workers have still to make.
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True, cancelled_at__isnull=True),
                name="exportjob_waiting",
            ),
            # One's own lists, newest first.
            models.Index(fields=["actor", "-id"], name="exportjob_own"),
            # The files whose time is over.
            models.Index(
                fields=["asked_at"],
                condition=models.Q(removed_at__isnull=True),
                name="exportjob_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.asked_at:%Y-%m-%d %H:%M}"
