"""When resources are due, and reminding those who owe them: each rung once for each due date."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from datahub.enums import Frequency
from datahub.models import OverdueReminder, OverdueRung, Resource
from datahub.states import next_due, rung_instant

DUE = ["counted_from", "due_at", "remind_at"]


def settle_due(*, resource: Resource) -> None:
    """Bring a resource's due date and next reminder to its frequency and newest data.

    Where there has never been data, the period runs from the first publication of its columns.
    """
    since = resource.loaded_at or _first_published(resource)
    resource.counted_from = since if resource.is_active else None
    resource.due_at = None
    if resource.counted_from:
        zone = timezone.get_default_timezone()
        resource.due_at = next_due(Frequency(resource.frequency), resource.counted_from, zone)
    resource.remind_at = _next_rung(resource, _shares(resource))
    resource.save(update_fields=DUE)


def _first_published(resource: Resource) -> datetime | None:
    versions = resource.versions.order_by("number")
    return versions.values_list("published_at", flat=True).first()


def _shares(resource: Resource) -> list[int]:
    """List the rungs that have not been reached for this due date, the first one first."""
    if resource.due_at is None:
        return []
    reached = OverdueReminder.objects.filter(resource=resource, due_at=resource.due_at)
    rungs = OverdueRung.objects.exclude(share__in=reached.values("share"))
    return list(rungs.order_by("share").values_list("share", flat=True))


def _next_rung(resource: Resource, shares: list[int]) -> datetime | None:
    if not shares or resource.due_at is None or resource.counted_from is None:
        return None
    return rung_instant(resource.counted_from, resource.due_at, shares[0])


def settle_reminders() -> None:
    """Take over changed rungs: what is reminded next is looked up anew for every resource."""
    for resource in Resource.objects.filter(is_active=True).order_by("id"):
        resource.remind_at = _next_rung(resource, _shares(resource))
        resource.save(update_fields=["remind_at"])


def remind_overdue(*, at: datetime) -> int:
    """Reach the rungs that are due, a resource at a time; count them."""
    count = 0
    while (reached := _remind_one(at)) is not None:
        count += reached
    return count


@transaction.atomic
def _remind_one(at: datetime) -> int | None:
    owed = Resource.objects.filter(due_at__isnull=False, counted_from__isnull=False)
    due = owed.filter(remind_at__lte=at).order_by("remind_at")
    resource = due.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if resource is None or resource.due_at is None or resource.counted_from is None:
        return None
    since, due_at = resource.counted_from, resource.due_at
    shares = _shares(resource)
    reached = [share for share in shares if rung_instant(since, due_at, share) <= at]
    rungs = OverdueRung.objects.in_bulk(reached, field_name="share")
    OverdueReminder.objects.bulk_create(
        OverdueReminder(
            resource=resource, due_at=due_at, share=share, reach=rungs[share].reach, at=at
        )
        for share in reached
    )
    resource.remind_at = _next_rung(resource, shares[len(reached) :])
    resource.save(update_fields=["remind_at"])
    return len(reached)
