"""After each commit: tell the pages what happened and whose rights changed, refresh figures."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from dashboards.services import announce, tell_rights_changed
from dashboards.tasks import REFRESH, send_refresh
from grids.models import Post
from workorders.models import Announcement
from workorders.signals import workorder_event


@receiver(workorder_event)
def on_workorder_event(announcements: list[Announcement], **kwargs: Any) -> None:
    if announce(announcements=announcements, claiming=REFRESH).is_claimed:
        send_refresh()


@receiver([post_save, post_delete], sender=Post)
def on_post(instance: Post, **kwargs: Any) -> None:
    """A grant is written or taken back together with its post."""
    _tell_rights_changed(instance.user_id)


@receiver(post_save, sender=User)
def on_user(instance: User, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    if update_fields != {"last_login"}:
        _tell_rights_changed(instance.pk)


@receiver(post_delete, sender=Session)
def on_sign_out(instance: Session, **kwargs: Any) -> None:
    if instance.expire_date < timezone.now():
        return  # swept up: nobody was signed in by it any more
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is not None:
        _tell_rights_changed(int(user_id))


def _tell_rights_changed(user_id: int) -> None:
    transaction.on_commit(lambda: tell_rights_changed(user_ids=[user_id]))
