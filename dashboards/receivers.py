"""The doorbell rings after each commit: tell the pages, then ask for fresh figures."""

from typing import Any

from django.dispatch import receiver

from dashboards.services import announce_event
from dashboards.tasks import request_refresh
from workorders.signals import workorder_event


@receiver(workorder_event)
def on_workorder_event(event_id: int, **kwargs: Any) -> None:
    if announce_event(event_id=event_id):
        request_refresh()
