"""What a grid holds (people, places, organisations, facilities), and the visits paid to it."""

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from grids.enums import ElementKind, VisitOutcome, VisitPurpose
from grids.models.places import Area


class Element(models.Model):
    """Something a grid worker looks after. Of a person the name here is masked, as the telephone
    is of everybody; both are read in full through `services.elements` only, which logs it.
    """

    kind = models.CharField(_("类别"), max_length=12, choices=ElementKind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="elements", verbose_name=_("网格"))
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    point = models.PointField(_("位置"), srid=4326, null=True, blank=True)
    attributes = models.JSONField(
        _("属性"), default=dict, blank=True, help_text=_('名称和内容，如 {"层数": "6"}')
    )
    name_cipher = models.BinaryField(default=bytes)
    phone_cipher = models.BinaryField(default=bytes)
    # A person's full name finds them among the words that a list is narrowed by.
    name_digest = models.CharField(max_length=64, blank=True, db_default="")
    phone_masked = models.CharField(_("电话（脱敏）"), max_length=30, blank=True)
    added_at = models.DateTimeField(_("登记时间"))
    visited_at = models.DateTimeField(_("最近走访"), null=True)
    is_active = models.BooleanField(_("在册"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("网格要素")
        verbose_name_plural = _("网格要素")
        indexes = [
            # What a grid holds, newest first.
            models.Index(fields=["area", "-added_at", "-id"], name="element_of_area"),
            # Pages over several grids, newest first.
            models.Index(fields=["-added_at", "-id"], name="element_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Visit(models.Model):
    """Somebody of the grid was at an element: why, whom they met, what they found."""

    id = models.UUIDField(_("编号"), primary_key=True, help_text=_("由手机给出"))
    element = models.ForeignKey(
        Element, models.PROTECT, related_name="visits", verbose_name=_("要素")
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("人员")
    )
    purpose = models.CharField(_("事由"), max_length=12, choices=VisitPurpose.choices)
    outcome = models.CharField(_("结果"), max_length=12, choices=VisitOutcome.choices)
    findings = models.TextField(_("发现"), blank=True)
    at = models.DateTimeField(_("时间"), help_text=_("按手机与服务器的时钟差校正"))
    device_at = models.DateTimeField(_("手机时间"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("走访记录")
        verbose_name_plural = _("走访记录")
        default_permissions = ("view",)
        indexes = [
            # The visits of an element, newest first.
            models.Index(fields=["element", "-at"], name="visit_of_element"),
        ]

    def __str__(self) -> str:
        return f"{self.element_id} {self.at:%Y-%m-%d %H:%M}"
