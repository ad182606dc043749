"""Celery: workers look for what is undone, and every look is safe to repeat.

The ticks below only say "look". Each job claims its rows with SKIP LOCKED in short transactions,
so several workers and several schedulers may run, and a lost tick costs a second.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

app = Celery("yiwang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Twice as often as the promise: a rung fires within a second of its instant.
    "escalate": {"task": "workorders.escalate_due", "schedule": 0.5, "options": {"expires": 1}},
    "recalculate": {
        "task": "workorders.recalculate_clocks",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "resume": {"task": "workorders.resume_due", "schedule": 1.0, "options": {"expires": 1}},
    "announce": {"task": "dashboards.announce_undone", "schedule": 1.0, "options": {"expires": 1}},
    "fold": {"task": "dashboards.refresh_figures", "schedule": 1.0, "options": {"expires": 1}},
    "remedy": {"task": "dashboards.open_orders", "schedule": 1.0, "options": {"expires": 1}},
    "findings": {"task": "dashboards.tend_findings", "schedule": 10.0, "options": {"expires": 10}},
    # While the district sleeps: the first does it all, the others find it done.
    "inspect": {"task": "workorders.inspect", "schedule": crontab(minute="10,40", hour="2,3")},
    "uploads": {
        "task": "workorders.drop_abandoned_uploads",
        "schedule": crontab(minute="20", hour="4"),
    },
    "drafts": {"task": "workorders.drop_old_drafts", "schedule": crontab(minute="40", hour="4")},
    "thin": {"task": "dashboards.thin_readings", "schedule": crontab(minute="50", hour="3")},
    "bulk": {"task": "workorders.work_bulk", "schedule": 1.0, "options": {"expires": 1}},
    "duties": {"task": "grids.end_silent_duties", "schedule": 60.0, "options": {"expires": 60}},
    "forget": {"task": "grids.forget_tracks", "schedule": crontab(minute="20", hour="3")},
    # A load runs for as long as it takes; the ticks meanwhile find its slot taken.
    "load": {"task": "datahub.work_loads", "schedule": 1.0, "options": {"expires": 1}},
    "fetch": {"task": "datahub.work_fetches", "schedule": 5.0, "options": {"expires": 5}},
    "open": {"task": "datahub.prepare_publications", "schedule": 5.0, "options": {"expires": 5}},
    "sharing": {"task": "datahub.end_due_sharing", "schedule": 60.0, "options": {"expires": 60}},
    "overdue": {"task": "datahub.remind_overdue", "schedule": 60.0, "options": {"expires": 60}},
    "checks": {"task": "datahub.run_due_checks", "schedule": 60.0, "options": {"expires": 60}},
    "sweep": {"task": "datahub.sweep", "schedule": crontab(minute="35", hour="3")},
    "exports": {"task": "workorders.work_exports", "schedule": 5.0, "options": {"expires": 5}},
    "posts": {"task": "grids.end_due_posts", "schedule": 60.0, "options": {"expires": 60}},
}


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**kwargs: Any) -> None:
    """Stop a worker or scheduler that production must not run, as the web process stops."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    from governance.checks import refuse_unsafe  # noqa: PLC0415

    try:
        refuse_unsafe()
    except ImproperlyConfigured as error:
        # Celery logs what a signal raises and goes on; it does not go on past an exit.
        raise SystemExit(str(error)) from error
