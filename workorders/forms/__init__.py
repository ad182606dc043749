"""What each act must carry, in one place for pages and API alike."""

from workorders.forms.acts import ACT_FORMS, ActForm

__all__ = ["ACT_FORMS", "ActForm"]
