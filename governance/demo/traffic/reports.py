"""What happens in the departments of the demo: each feed is sent when it is due."""

from collections.abc import Sequence
from datetime import datetime

from dashboards.services.reports import Observation
from governance.demo.feeds import Feed
from governance.demo.traffic.client import Site

AT_ONCE = 8  # feeds sent between two acts, so that a start after a pause is no burst


class Reporting:
    """Sends what is due; after a start the newest values once more, which changes nothing."""

    def __init__(self, site: Site, feeds: Sequence[Feed]) -> None:
        self._site, self._feeds = site, feeds
        self._sent: dict[str, datetime] = {}

    def send_due(self, now: datetime) -> int:
        """Send up to a few feeds; count them. A silent department sends its newest value later."""
        due = [
            feed
            for feed in self._feeds
            if self._sent.get(feed.indicator.code) != feed.traits.slot(now)
            and not feed.is_silent(now)
        ]
        for feed in due[:AT_ONCE]:
            slot = feed.traits.slot(now)
            rows = [as_row(observation) for observation in feed.observe(slot)]
            self._site.report(feed.username, feed.indicator.code, rows)
            self._sent[feed.indicator.code] = slot
        return len(due[:AT_ONCE])


def as_row(observation: Observation) -> dict[str, str | float]:
    return {
        "at": observation.at.isoformat(),
        "value": observation.value,
        "area": observation.area_code,
    }
