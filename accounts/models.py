"""People, departments and the log of who came in and who saw personal data."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccessKind, DepartmentKind, Right


class User(AbstractUser):
    """A person who signs in. What one may do comes from posts, not from flags here."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60)
    is_demo = models.BooleanField(_("演示账号"), default=False, editable=False)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Department(models.Model):
    """A place in the tree of departments that can hold work orders."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=20, choices=DepartmentKind.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级部门"),
    )
    is_active = models.BooleanField(_("在用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        default_permissions = ("add", "change", "delete", "view")
        permissions = [
            (Right.VIEW_ORDERS, "Can view the department's orders"),
            (Right.HANDLE_ORDERS, "Can handle the department's orders"),
            (Right.VIEW_PERSONAL, "Can view personal data in the department's orders"),
            (Right.REPORT_VALUES, "Can report values of the department's indicators"),
            (Right.LOAD_RECORDS, "Can load rows of the department's resources"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="department_not_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AccessLog(models.Model):
    """One sign-in, refusal or view of unmasked personal data; never changed, never deleted."""

    at = models.DateTimeField(_("时间"), db_index=True)  # serves the audit page, newest first
    kind = models.CharField(_("类别"), max_length=20, choices=AccessKind.choices)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员")
    )
    username = models.CharField(_("账号"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("IP 地址"), null=True, blank=True)
    subject = models.CharField(_("对象"), max_length=80, blank=True)
    purpose = models.CharField(_("事由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("访问日志")
        verbose_name_plural = _("访问日志")
        default_permissions = ("view",)
        indexes = [
            # "Who looked at this order's reporter?"
            models.Index(fields=["subject", "-at"], name="accesslog_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()} {self.username}"
