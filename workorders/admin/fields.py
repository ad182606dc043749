"""What the forms of limits check alike."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workorders.worktime import LimitUnit

# Of any unit: 9,999 natural days are 27 years.
AMOUNT_LIMIT = 9999


def check_limit(form: forms.BaseForm) -> None:
    """Refuse a limit to the end of the day in a unit that is no day."""
    cleaned = form.cleaned_data
    unit = cleaned.get("unit")
    if cleaned.get("is_to_end_of_day") and unit and not LimitUnit(unit).is_day:
        form.add_error("is_to_end_of_day", _("只有按工作日或自然日计的时限可以至当日结束。"))
