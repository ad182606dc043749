"""Where resources are fetched from, every attempt to fetch, and the hosts that may be asked."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from datahub.enums import Cadence, FetchState, FileFormat, LoadMode, SourceAuth, SourceKind
from datahub.models.catalogue import Resource
from datahub.models.loads import Load
from grids.enums import Crs

HOST_NAME = RegexValidator(r"\A[0-9a-z._:-]+\Z", _("请填写小写的主机名或地址，不带协议和路径。"))


class AllowedHost(models.Model):
    """A host and port that sources may ask: of one department, or of all of them."""

    host = models.CharField(_("主机"), max_length=253, validators=[HOST_NAME])
    port = models.PositiveIntegerField(
        _("端口"), default=443, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    department = models.ForeignKey(
        Department,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("只供部门"),
        help_text=_("空着表示各部门的资源都可以从这里取"),
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("允许抓取的主机")
        verbose_name_plural = _("允许抓取的主机")
        constraints = [
            # It also serves the look whether a host is allowed.
            models.UniqueConstraint(
                fields=["host", "port", "department"],
                name="allowedhost_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Source(models.Model):
    """Where a resource's data is fetched from, when, and as whom."""

    resource = models.OneToOneField(
        Resource, models.CASCADE, related_name="source", verbose_name=_("数据资源")
    )
    kind = models.CharField(_("来源"), max_length=10, choices=SourceKind.choices)
    address = models.CharField(_("地址"), max_length=500)
    query = models.TextField(_("表名或查询"), max_length=4000, blank=True)
    format = models.CharField(
        _("格式"), max_length=8, choices=FileFormat.choices, default=FileFormat.CSV
    )
    auth = models.CharField(
        _("身份"), max_length=8, choices=SourceAuth.choices, default=SourceAuth.NONE
    )
    header = models.CharField(_("请求头"), max_length=60, blank=True)
    user_cipher = models.BinaryField(default=b"")
    secret_cipher = models.BinaryField(default=b"")
    mode = models.CharField(_("方式"), max_length=8, choices=LoadMode.choices)
    crs = models.CharField(_("坐标系"), max_length=10, choices=Crs.choices, default=Crs.WGS84)
    cadence = models.CharField(_("多久取一次"), max_length=12, choices=Cadence.choices)
    clock = models.TimeField(_("几点"), default=time(2))
    is_active = models.BooleanField(_("启用"), default=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("设置人")
    )
    saved_at = models.DateTimeField(_("设置时间"))
    next_at = models.DateTimeField(_("下次"), null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    attempts = models.PositiveIntegerField(_("连续失败"), default=0)
    # What is known of the content that came last.
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    seen_version = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("数据来源")
        verbose_name_plural = _("数据来源")
        default_permissions = ("view",)
        indexes = [
            # What a worker has to fetch next.
            models.Index(
                fields=["next_at"],
                condition=models.Q(is_active=True, next_at__isnull=False),
                name="source_next",
            )
        ]

    def __str__(self) -> str:
        return self.address


class Fetch(models.Model):
    """One attempt to fetch a source."""

    uuid = models.UUIDField(unique=True, editable=False)
    source = models.ForeignKey(
        Source, models.CASCADE, related_name="fetches", db_index=False, verbose_name=_("数据来源")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("提出人"),
    )
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=FetchState.choices, default=FetchState.RUNNING
    )
    detail = models.CharField(_("说明"), max_length=300, blank=True)
    file_bytes = models.BigIntegerField(_("字节"), default=0)
    load = models.OneToOneField(
        Load, models.SET_NULL, null=True, related_name="fetch", verbose_name=_("数据装载")
    )

    class Meta:
        verbose_name = _("抓取记录")
        verbose_name_plural = _("抓取记录")
        default_permissions = ("view",)
        indexes = [
            # A source's attempts, the newest first.
            models.Index(fields=["source", "-started_at", "-id"], name="fetch_newest"),
            # What has had its time.
            models.Index(fields=["started_at"], name="fetch_old"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.get_state_display()}"
