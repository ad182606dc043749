"""Loads of files into the tables of resources, and the rows that could not be taken."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from datahub.enums import Fault, LoadMode, LoadState
from datahub.models.catalogue import Resource, SchemaVersion
from grids.enums import Crs

FOLDER = "loads"


class Load(models.Model):
    """One file for one resource: asked for once, done by a worker, whole or not at all."""

    uuid = models.UUIDField(unique=True, editable=False)
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="loads", db_index=False, verbose_name=_("数据资源")
    )
    schema = models.ForeignKey(
        SchemaVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("结构版本")
    )
    mode = models.CharField(_("方式"), max_length=8, choices=LoadMode.choices)
    crs = models.CharField(_("坐标系"), max_length=10, choices=Crs.choices, default=Crs.WGS84)
    file = models.FileField(_("文件"), upload_to=FOLDER, max_length=200, blank=True)
    file_name = models.CharField(_("文件名"), max_length=200)
    file_bytes = models.BigIntegerField(_("字节"), default=0)
    digest = models.CharField(_("SHA-256"), max_length=64)
    state = models.CharField(
        _("状态"), max_length=10, choices=LoadState.choices, default=LoadState.WAITING
    )
    detail = models.CharField(_("说明"), max_length=400, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    asked_at = models.DateTimeField(_("提交时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    is_cancel_asked = models.BooleanField(_("要求取消"), default=False)
    progress = models.PositiveSmallIntegerField(_("进度 %"), default=0)
    rows_read = models.BigIntegerField(_("读入行"), default=0)
    rows_loaded = models.BigIntegerField(_("写入行"), default=0)
    rows_bad = models.BigIntegerField(_("问题行"), default=0)
    rows_same = models.BigIntegerField(_("重复行"), default=0)
    rows_replaced = models.BigIntegerField(_("替换行"), default=0)
    faults = models.JSONField(_("问题统计"), default=dict)
    measures = models.JSONField(_("质量"), default=list, editable=False)
    is_undoable = models.BooleanField(_("可撤销"), default=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("数据装载")
        verbose_name_plural = _("数据装载")
        default_permissions = ("view",)
        indexes = [
            # A resource's loads, the newest first.
            models.Index(fields=["resource", "-asked_at", "-id"], name="load_newest"),
            # What a worker has still to do.
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True),
                name="load_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.get_state_display()}"


class BadRow(models.Model):
    """A row in quarantine: what the file said, and what is wrong with it."""

    load = models.ForeignKey(Load, models.CASCADE, related_name="bad_rows", db_index=False)
    row = models.BigIntegerField(_("行"))
    content = models.JSONField(_("内容"), default=dict)
    faults = models.JSONField(_("问题"), default=dict)

    class Meta:
        verbose_name = _("问题行")
        verbose_name_plural = _("问题行")
        default_permissions = ()
        constraints = [
            # It also serves the error sheet, row by row.
            models.UniqueConstraint(fields=["load", "row"], name="badrow_once")
        ]

    def __str__(self) -> str:
        reasons = "、".join(str(Fault(fault).label) for fault in self.faults.values())
        return f"{self.row}：{reasons}"
