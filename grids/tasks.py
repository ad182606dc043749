from celery import shared_task
from django.utils import timezone

from grids import services
from grids.services.duties import end_silent_duties, forget_tracks


@shared_task(name="grids.end_due_posts")
def end_due_posts() -> int:
    """Grant posts that begin today and take back those that ended."""
    return services.settle_posts(on=timezone.localdate())


@shared_task(name="grids.end_silent_duties")
def end_unheard_duties() -> int:
    """End the duties of phones of which nothing was heard for hours."""
    return end_silent_duties(at=timezone.now())


@shared_task(name="grids.forget_tracks")
def forget_old_tracks() -> int:
    """Delete the ways that are old enough to be forgotten."""
    return forget_tracks(at=timezone.now())
