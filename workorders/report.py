"""What a channel delivers, in one shape for all channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# An answer on the road costs seconds; a clock that is set wrong is off by more.
SKEW_TOLD = timedelta(minutes=5)
LONGEST_AWAY = timedelta(days=60)  # a phone may keep what it has not sent


@dataclass(frozen=True)
class DeviceTime:
    """When something was done and when it was sent, both by a phone's own clock, which may err."""

    at: datetime
    sent_at: datetime | None = None

    def skew(self, *, now: datetime) -> timedelta:
        """Tell the server's clock less the phone's, when it sent."""
        return now - self.sent_at if self.sent_at is not None else timedelta()

    def corrected(self, *, now: datetime) -> datetime:
        """Give the instant by the server's clock, never ahead of it.

        A clock that differs by minutes is believed; one that was set anew in between cannot be.
        """
        is_believed = abs(self.skew(now=now)) < SKEW_TOLD
        # How long ago it was, never an instant: no clock is so wrong that this leaves the calendar.
        ago = now - self.at if is_believed or self.sent_at is None else self.sent_at - self.at
        return now - ago if timedelta() <= ago <= LONGEST_AWAY else now

    def facts(self, *, now: datetime) -> dict[str, Any]:
        """Give what is kept on record beside the server's time."""
        sent = {"sent_at": self.sent_at.isoformat()} if self.sent_at is not None else {}
        return {
            "at": self.at.isoformat(),
            **sent,
            "skew_seconds": round(self.skew(now=now).total_seconds()),
        }


@dataclass(frozen=True)
class ReporterDetails:
    """The person who asks. Plain here, encrypted as soon as it is stored."""

    name: str = ""
    phone: str = ""
    id_number: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.id_number)


@dataclass(frozen=True)
class Report:
    """One delivery of a channel: its own number, when and what, where, and who asks."""

    channel: str
    external_number: str
    occurred_at: datetime
    text: str
    title: str = ""
    address: str = ""
    lon: float | None = None  # degrees in `crs`
    lat: float | None = None
    crs: str = "wgs84"
    grid: str = ""  # code of the grid that the reporter named; used where there is no point
    category: str = ""  # code; empty: suggested from the text
    nature: str = ""
    urgency: str = "normal"
    reporter: ReporterDetails = field(default_factory=ReporterDetails)
    is_confidential: bool = False
    is_demo: bool = False
    device: Mapping[str, Any] = field(default_factory=dict)  # a phone's own times
