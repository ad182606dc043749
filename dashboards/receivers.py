"""The doorbell rings after each commit: tell the pages, then ask for fresh figures."""

from typing import Any

from django.dispatch import receiver

from dashboards.services import announce
from dashboards.tasks import request_refresh
from workorders.models import Announcement
from workorders.signals import workorder_event


@receiver(workorder_event)
def on_workorder_event(announcements: list[Announcement], **kwargs: Any) -> None:
    if announce(announcements=announcements):
        request_refresh()
