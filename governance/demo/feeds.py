"""Which feeds the demo's departments have, who sends them, and the values of the last day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from accounts.enums import Role
from accounts.models import Department, User
from dashboards.enums import JudgedLevel, Source
from dashboards.models import Indicator
from dashboards.selectors.reported import areas_reached, newest_reported
from dashboards.services.reports import Observation, report_values
from dashboards.states import at_level, read_table
from dashboards.states.wire import PERCENT, to_wire
from governance.demo.curves import Traits, is_silent, mistaken, value_at
from governance.demo.departments import FUNCTIONAL
from governance.demo.people import Person, appoint_person, make_person

PAST = timedelta(days=1)
STEP = timedelta(hours=1)  # between the values of the past
USUAL_INTERVAL = 3600


@dataclass(frozen=True)
class Feed:
    """One indicator as its department sends it."""

    indicator: Indicator
    username: str
    department: str
    areas: tuple[str, ...]
    traits: Traits
    is_careless: bool

    def observe(self, at: datetime) -> list[Observation]:
        """Give what is sent for an instant, an observation for each area."""
        return [Observation(at, self._wire(code, at), code) for code in self.areas]

    def is_silent(self, at: datetime) -> bool:
        return is_silent(name=self.indicator.code, department=self.department, at=at)

    def _wire(self, code: str, at: datetime) -> float:
        name = f"{self.indicator.code}@{code}"
        value = value_at(name=name, traits=self.traits, at=at)
        if self.is_careless:
            value = mistaken(value, name=name, at=at)
        return to_wire(value, unit=self.indicator.unit)


def load_reporters(*, on: date) -> None:
    """Make and appoint one person for each department that owns what is reported."""
    for department in _owners():
        short = FUNCTIONAL.get(department.code, ("", department.name))[1]
        username = username_of(department.code)
        person = Person(username, f"演示数据报送员-{short}", Role.REPORTER, (), department.code)
        user = make_person(username, person.name)
        appoint_person(person, user, {}, {department.code: department}, on)


def username_of(department: str) -> str:
    return f"demo-reporter-{department.removeprefix('PK-').lower()}"


def read_feeds() -> list[Feed]:
    """List the feeds of the departments that have somebody of the demo to send them."""
    rows = list(_reported().select_related("owner").order_by("position", "code"))
    people = User.objects.filter(is_demo=True, is_active=True, posts__role=Role.REPORTER)
    known = set(people.values_list("username", flat=True))
    owners = Counter(row.owner.code for row in rows if row.owner)
    careless = owners.most_common(1)[0][0] if owners else ""
    return [
        _feed(row, row.owner, row.owner.code == careless)
        for row in rows
        if row.owner is not None and username_of(row.owner.code) in known
    ]


def load_reports(*, at: datetime) -> int:
    """Report the last day through the service, thinly; feeds that are up to date are left alone."""
    people = {user.username: user for user in User.objects.filter(is_demo=True)}
    newest = {pk: seen for (pk, _), (_, seen) in newest_reported().items()}
    count = 0
    for feed in read_feeds():
        seen = newest.get(feed.indicator.pk)
        if seen is not None and seen >= min(feed.traits.slot(at), at - STEP):
            continue
        observations = [one for slot in _past(feed, at) for one in feed.observe(slot)]
        report_values(
            indicator=feed.indicator,
            observations=observations,
            reporter=people[feed.username],
            at=at,
        )
        count += len(observations)
    return count


def _past(feed: Feed, at: datetime) -> Iterator[datetime]:
    """List the instants of the last day that were reported, and the newest in any case."""
    newest = feed.traits.slot(at)
    step = max(STEP, timedelta(seconds=feed.traits.interval))
    for back in range(int(PAST / step), 0, -1):
        slot = feed.traits.slot(newest - back * step)
        if not feed.is_silent(slot):
            yield slot
    yield newest


def _reported() -> QuerySet[Indicator]:
    return Indicator.objects.filter(source=Source.REPORT, is_active=True, owner__isnull=False)


def _owners() -> list[Department]:
    owners = _reported().values("owner")
    return list(Department.objects.filter(pk__in=owners).order_by("code"))


def _feed(row: Indicator, owner: Department, is_careless: bool) -> Feed:
    traits = Traits(
        direction=row.direction,
        table=at_level(read_table(row.thresholds, direction=row.direction), JudgedLevel.DISTRICT),
        low=row.plausible_low,
        high=row.plausible_high,
        decimals=row.precision + (2 if row.unit == PERCENT else 0),
        interval=row.interval_seconds or USUAL_INTERVAL,
    )
    areas = tuple(area.code for area in areas_reached(indicator=row))
    return Feed(row, username_of(owner.code), owner.code, areas, traits, is_careless)
