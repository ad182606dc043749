"""Filters of the queue that people keep under a name, for themselves or for their department."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department


class SavedFilter(models.Model):
    """A view with its filters, as the address says them; it shows each reader their own orders."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("保存人")
    )
    # Without a department it is the owner's alone.
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, related_name="+", verbose_name=_("共享给")
    )
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=1000)
    saved_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("保存的筛选")
        verbose_name_plural = _("保存的筛选")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="savedfilter_name_once")
        ]

    def __str__(self) -> str:
        return self.name
