"""Days of the district: where one begins, as an instant."""

from datetime import date, datetime, time

from django.utils import timezone


def start_of(day: date) -> datetime:
    """Give the instant at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))
