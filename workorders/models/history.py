"""What happened to an order, its photos, and which happenings are not announced yet."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from grids.models import Area
from workorders.enums import Action, ActorKind, PhotoStage, State
from workorders.models.catalogue import Category
from workorders.models.orders import WorkOrder


class Event(models.Model):
    """One act on one order. Appended, never changed or deleted (a trigger refuses both).

    `area`, `category` and `department` say where the act counts: the finest known area, and who
    held the order after the act (for a return: before it). `is_overdue` is how it stood after.
    `digest` is SHA-256 over the event and the digest of the one before it (`workflow.chain`).
    """

    order = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="events", db_index=False, verbose_name=_("工单")
    )
    sequence = models.PositiveIntegerField(_("序号"))
    action = models.CharField(_("动作"), max_length=24, choices=Action.choices)
    from_state = models.CharField(_("原状态"), max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(_("新状态"), max_length=20, choices=State.choices)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_label = models.CharField(_("操作人"), max_length=100)
    at = models.DateTimeField(_("时间"))
    note = models.TextField(_("说明"), blank=True)
    content = models.JSONField(_("内容"), default=dict)
    is_public = models.BooleanField(_("对诉求人可见"), default=False)
    idempotency_key = models.CharField(max_length=80, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("区域")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("类别"),
    )  # fmt: skip
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("承办单位"),
    )  # fmt: skip
    is_overdue = models.BooleanField(_("办理超期"), default=False)
    digest = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("工单事件")
        verbose_name_plural = _("工单事件")
        default_permissions = ("view",)
        constraints = [
            # Also serves the timeline of one order.
            models.UniqueConstraint(fields=["order", "sequence"], name="event_order_sequence"),
            models.UniqueConstraint(
                fields=["actor", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="event_once_per_key",
            ),
        ]
        indexes = [
            # What one person did today: the phone's own counts and most used categories.
            models.Index(
                fields=["actor", "-at"],
                condition=models.Q(actor__isnull=False),
                name="event_actor_at",
            ),
            # The events of a month: league tables. Events are appended in the order of time.
            BrinIndex(fields=["at"], name="event_at_brin"),
            # What was overdue at a past instant.
            models.Index(
                fields=["order", "sequence"],
                condition=models.Q(is_overdue=True),
                name="event_overdue",
            ),
            # What was excluded from assessment by a past instant.
            models.Index(
                fields=["order", "at"],
                condition=models.Q(action=Action.EXCLUDE),
                name="event_excluded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}#{self.sequence} {self.get_action_display()}"


class Announcement(models.Model):
    """An event that nobody has told the open pages about yet; deleted once told.

    It carries all that is told, so that telling reads no other row.
    """

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True)
    at = models.DateTimeField()
    number = models.CharField(max_length=20)
    action = models.CharField(max_length=24)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    topics = models.JSONField(default=list)
    # Those who could see the order before the act and cannot now: they hear that it is gone.
    gone = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)


def photo_path(photo: "Photo", filename: str) -> str:
    """Name the file by its content: the sender's file name is never used."""
    extension = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[photo.content_type]
    return f"photos/{photo.sha256[:2]}/{photo.sha256}-{photo.uuid}.{extension}"


class Photo(models.Model):
    """A photo of an order, taken before, after or when reporting."""

    uuid = models.UUIDField(unique=True)
    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="photos")
    stage = models.CharField(_("阶段"), max_length=10, choices=PhotoStage.choices)
    file = models.FileField(_("文件"), upload_to=photo_path, max_length=160)
    content_type = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("字节"))
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.get_stage_display()}"
