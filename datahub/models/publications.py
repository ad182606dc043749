"""Open data: what of a resource everybody may download, and how it was made safe."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from datahub.enums import PublicationState
from datahub.models.catalogue import Resource, SchemaVersion

OPEN_FOLDER = "open"
S = PublicationState


class Publication(models.Model):
    """One desensitised snapshot of a resource: prepared, looked at, published, withdrawn."""

    uuid = models.UUIDField(unique=True, editable=False)
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="publications", verbose_name=_("数据资源")
    )
    schema = models.ForeignKey(
        SchemaVersion, models.PROTECT, related_name="+", verbose_name=_("结构版本")
    )
    plan = models.JSONField(_("各列的处理"), default=dict)
    k = models.PositiveSmallIntegerField(_("最小群组"))
    description = models.CharField(_("说明"), max_length=400, blank=True)
    licence = models.CharField(_("使用许可"), max_length=400)
    state = models.CharField(_("状态"), max_length=10, choices=S.choices, default=S.WAITING)
    detail = models.CharField(_("原因"), max_length=400, blank=True)
    report = models.JSONField(_("脱敏报告"), default=dict)
    updated_at = models.DateTimeField(_("数据更新时间"), null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    asked_at = models.DateTimeField(_("提交时间"))
    prepared_at = models.DateTimeField(_("脱敏完成时间"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("开放数据")
        verbose_name_plural = _("开放数据")
        default_permissions = ("view",)
        constraints = [
            # It also serves the public page of a resource.
            models.UniqueConstraint(
                fields=["resource"],
                condition=models.Q(state=S.PUBLISHED),
                name="publication_one_published",
            ),
            models.UniqueConstraint(
                fields=["resource"],
                condition=models.Q(state__in=[S.WAITING, S.PREPARED]),
                name="publication_one_draft",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=S.PUBLISHED) | models.Q(published_by__isnull=False),
                name="publication_published_by",
            ),
        ]
        indexes = [
            # What a worker has still to prepare.
            models.Index(
                fields=["id"], condition=models.Q(state=S.WAITING), name="publication_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.get_state_display()}"
