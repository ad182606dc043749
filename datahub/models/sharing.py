"""Requests for the data of another department, and what became of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from datahub.enums import RequestState
from datahub.models.catalogue import Resource
from grids.models import Area


class SharingRequest(models.Model):
    """One person's wish to use a resource for a purpose until a day, and its owner's decision."""

    uuid = models.UUIDField(unique=True, editable=False)
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="requests", verbose_name=_("数据资源")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("申请人"),
    )
    unit = models.CharField(_("申请单位"), max_length=120)
    purpose = models.CharField(_("用途"), max_length=200)
    is_personal = models.BooleanField(_("需要个人信息原值"), default=False)
    # Only the rows of one street or community, for all who answer for it (数据返还).
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("返还到的区域"),
    )
    area_column = models.CharField(_("区域列"), max_length=40, blank=True)
    columns = models.JSONField(_("返还的列"), default=list, blank=True)
    ends_on = models.DateField(_("申请用到"))
    asked_at = models.DateTimeField(_("申请时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=RequestState.choices, default=RequestState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("审批人"),
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    answer = models.CharField(_("审批意见"), max_length=200, blank=True)
    granted_until = models.DateField(_("授权到"), null=True)
    # What the person held before, from elsewhere, and keeps after this.
    had_rows = models.BooleanField(default=False, editable=False)
    had_personal = models.BooleanField(default=False, editable=False)
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    ending = models.CharField(_("终止原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("共享申请")
        verbose_name_plural = _("共享申请")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "asked_by"],
                condition=models.Q(state=RequestState.WAITING),
                name="sharingrequest_one_waiting",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RequestState.APPROVED)
                | models.Q(granted_until__isnull=False, decided_by__isnull=False),
                name="sharingrequest_approved_until",
            ),
            models.CheckConstraint(
                condition=models.Q(area__isnull=True) | ~models.Q(area_column=""),
                name="sharingrequest_area_by_column",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RequestState.REFUSED) | ~models.Q(answer=""),
                name="sharingrequest_refused_why",
            ),
        ]
        indexes = [
            # A person's own requests, the newest first.
            models.Index(fields=["asked_by", "-asked_at", "-id"], name="sharingrequest_own"),
            # The grants of a person that may have run out, and all that have by a day.
            models.Index(
                fields=["asked_by", "granted_until"],
                condition=models.Q(state=RequestState.APPROVED),
                name="sharingrequest_granted",
            ),
            # What is delivered to areas now.
            models.Index(
                fields=["area", "granted_until"],
                condition=models.Q(state=RequestState.APPROVED, area__isnull=False),
                name="sharingrequest_delivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.get_state_display()}"
