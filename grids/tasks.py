from celery import shared_task
from django.utils import timezone

from grids import services


@shared_task(name="grids.end_due_posts")
def end_due_posts() -> int:
    """Grant posts that begin today and take back those that ended."""
    return services.settle_posts(on=timezone.localdate())
