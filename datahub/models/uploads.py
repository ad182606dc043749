"""Files on their way to a load, piece by piece."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from datahub.enums import LoadMode
from datahub.models.catalogue import Resource
from grids.enums import Crs


class LoadUpload(models.Model):
    """A file that somebody has announced; deleted once it is a load with the same uuid."""

    uuid = models.UUIDField(unique=True)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    mode = models.CharField(_("方式"), max_length=8, choices=LoadMode.choices)
    crs = models.CharField(_("坐标系"), max_length=10, choices=Crs.choices, default=Crs.WGS84)
    file_name = models.CharField(_("文件名"), max_length=200)
    mark = models.CharField(max_length=200, blank=True)  # by which its sender knows the file again
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(_("字节"))
    received = models.BigIntegerField(_("已收字节"), default=0)
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        verbose_name = _("上传中的文件")
        verbose_name_plural = _("上传中的文件")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size"), received__gte=0, size__gt=0),
                name="loadupload_received_to_size",
            ),
        ]
        indexes = [
            # What one person has under way, of one resource or of all.
            models.Index(fields=["owner", "resource"], name="loadupload_owner"),
            # What nobody has gone on with for a long time.
            models.Index(fields=["touched_at"], name="loadupload_touched"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.received}/{self.size}"
