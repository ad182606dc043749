"""The only writers of indicators, values and walls; announcing and refreshing."""

from dashboards.services.announcements import announce, announce_undone
from dashboards.services.catalogue import ensure_wall, load_indicators
from dashboards.services.figures import look_again, refresh_figures
from dashboards.services.findings import follow_finding_orders, open_finding_orders
from dashboards.services.listeners import read_topics, tell_rights_changed, topics_for
from dashboards.services.readings import thin_readings
from dashboards.services.remedies import open_orders

__all__ = [
    "announce",
    "announce_undone",
    "ensure_wall",
    "follow_finding_orders",
    "load_indicators",
    "look_again",
    "open_finding_orders",
    "open_orders",
    "read_topics",
    "refresh_figures",
    "tell_rights_changed",
    "thin_readings",
    "topics_for",
]
