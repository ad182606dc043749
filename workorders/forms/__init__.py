"""What each act must carry, in one place for pages and API alike."""

from workorders.forms.acts import ACT_FORMS, ActsForm
from workorders.forms.base import ActForm
from workorders.forms.pages import patrol_report, public_report, read_form

__all__ = ["ACT_FORMS", "ActForm", "ActsForm", "patrol_report", "public_report", "read_form"]
