"""The warning that a year of the calendar is not entered."""

from django import template
from django.utils import timezone

from workorders.selectors import missing_years

register = template.Library()


@register.simple_tag
def missing_calendar_years() -> list[str]:
    """List the years that should have been entered by now."""
    return [str(year) for year in missing_years(on=timezone.localdate())]
