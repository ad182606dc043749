"""A call that is being written down: kept from the first words on, until it is an order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class CallDraft(models.Model):
    """What one dispatcher has typed of one call, encrypted; `uuid` becomes the order's number."""

    uuid = models.UUIDField(unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("登记人"))
    content_cipher = models.BinaryField()
    turn = models.PositiveIntegerField(default=0)  # of the page: an older save never wins
    begun_at = models.DateTimeField(_("接听时间"))
    saved_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("来电草稿")
        verbose_name_plural = _("来电草稿")
        default_permissions = ()
        indexes = [
            # The drafts whose time is over.
            models.Index(fields=["saved_at"], name="calldraft_saved"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
