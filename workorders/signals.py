"""The project's one signal: a doorbell rung after commit. The event row is the truth."""

from django.dispatch import Signal

# Sent with event_id: int.
workorder_event = Signal()
