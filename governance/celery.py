"""Celery: workers look for what is undone, and every look is safe to repeat.

The ticks below only say "look". Each job claims its rows with SKIP LOCKED in short transactions,
so several workers and several schedulers may run, and a lost tick costs a second.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

app = Celery("yiwang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "escalate": {"task": "workorders.escalate_due", "schedule": 1.0, "options": {"expires": 1}},
    "announce": {"task": "dashboards.announce_undone", "schedule": 1.0, "options": {"expires": 1}},
    "fold": {"task": "dashboards.refresh_figures", "schedule": 1.0, "options": {"expires": 1}},
    "posts": {"task": "grids.end_due_posts", "schedule": 60.0, "options": {"expires": 60}},
}
