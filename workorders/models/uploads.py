"""Photos on their way from a phone: what is to come, and the pieces that have come."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.enums import PhotoStage
from workorders.models.orders import WorkOrder


class PhotoUpload(models.Model):
    """A photo that a phone has announced; deleted once it hangs on its order.

    `order` is the report that announced it: the photo joins it by itself as soon as it is
    complete. Without one it waits, complete or not, for an act that names it.
    """

    uuid = models.UUIDField(unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    order = models.ForeignKey(
        WorkOrder, models.CASCADE, null=True, related_name="uploads", verbose_name=_("工单")
    )
    stage = models.CharField(_("阶段"), max_length=10, choices=PhotoStage.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("字节"))
    received = models.PositiveIntegerField(_("已收字节"), default=0)
    touched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("上传中的照片")
        verbose_name_plural = _("上传中的照片")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="upload_received_to_size"
            ),
        ]
        indexes = [
            # How much one person has under way.
            models.Index(fields=["owner"], name="upload_owner"),
            # What nobody has gone on with for a long time.
            models.Index(fields=["touched_at"], name="upload_touched"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} {self.received}/{self.size}"

    @property
    def is_complete(self) -> bool:
        return self.received == self.size


class UploadPiece(models.Model):
    """Bytes of an upload from an offset on. In the database, so that any server may take the next.

    They are committed together with how far the upload is, whatever was cut.
    """

    upload = models.ForeignKey(PhotoUpload, models.CASCADE, related_name="pieces", db_index=False)
    offset = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            # Also serves the reading of all pieces in their order.
            models.UniqueConstraint(fields=["upload", "offset"], name="piece_once_per_offset"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}@{self.offset}"
