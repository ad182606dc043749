"""What a channel delivers, in one shape for all channels."""

from dataclasses import dataclass, field
from datetime import datetime


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
