"""The project's one signal: a doorbell rung after commit. The event row is the truth."""

from django.dispatch import Signal

# Sent once per transaction, with announcements: list[Announcement].
workorder_event = Signal()
