"""A town small enough to know by heart.

Two streets side by side in degrees: east and west of lon 118.6, each 0.1 wide, with two
communities (south and north of lat 32.05) of two grids each. Three people appear in most tests:
`dispatcher` of the district, `east` of the east street, and `west`, who must see nothing of it.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import MultiPolygon, Polygon

from accounts.enums import DepartmentKind, Role
from accounts.models import Department, User
from grids.enums import AreaKind, AreaLevel, Crs
from grids.models import Area, Boundary, BoundaryVersion
from grids.services import appoint
from tests.kept_rows import built_once
from workorders.enums import ClockKind, Domain, Urgency
from workorders.models import CalendarChange, Category, Channel, TimeLimit
from workorders.services import change_calendar, issue_token
from workorders.worktime import LimitUnit as U

PASSWORD = "town-pass-2026"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
EAST_POINT = {"lon": 118.62, "lat": 32.02}
WEST_POINT = {"lon": 118.52, "lat": 32.02}


@dataclass
class Town:
    areas: dict[str, Area] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, number: str = "T-1", **changes: Any) -> dict[str, Any]:
        """Make a hotline payload in the east street's first grid."""
        return {
            "ticket_number": number,
            "occurred_at": "2026-03-02T09:00:00+08:00",
            "text": "东街一号门口井盖缺失，存在安全隐患。",
            "point": EAST_POINT,
            "caller": {"name": "演示居民", "phone": "13900000000"},
            **changes,
        }


@lru_cache
def password_hash() -> str:
    """Hash the town's one password once: argon2 is slow on purpose."""
    return make_password(PASSWORD)


def build_town() -> Town:
    """Build the town, or put it back as it was built: it takes some 400 statements."""
    return built_once(_new_town, by_triggers=[CalendarChange])


def _new_town() -> Town:
    town = Town()
    _build_areas(town)
    _build_departments(town)
    _build_people(town)
    _build_catalogue(town)
    return town


def square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return MultiPolygon(Polygon(ring))


def _build_areas(town: Town) -> None:
    versions = {
        level: BoundaryVersion.objects.create(
            level=level, loaded_at=BEGINNING, source="town", crs=Crs.WGS84
        )
        for level in AreaLevel
    }

    def add(
        key: str, code: str, level: AreaLevel, kind: str, parent: str | None, *box: float
    ) -> None:
        area = Area.objects.create(
            code=code, name=key, level=level, kind=kind, parent=town.areas.get(parent or "")
        )
        Boundary.objects.create(
            area=area, version=versions[level], geometry=square(*box), valid_from=BEGINNING
        )
        town.areas[key] = area

    add("区", "320111", AreaLevel.DISTRICT, AreaKind.DISTRICT, None, 118.5, 32.0, 118.7, 32.1)
    for number, (street, west) in enumerate((("东街", 118.6), ("西街", 118.5)), start=1):
        code = f"32011100{number}"
        add(street, code, AreaLevel.STREET, AreaKind.STREET, "区", west, 32.0, west + 0.1, 32.1)
        for half, south in ((1, 32.0), (2, 32.05)):
            community = f"{street}{half}社区"
            add(
                community, f"{code}00{half}", AreaLevel.COMMUNITY, AreaKind.COMMUNITY, street,
                west, south, west + 0.1, south + 0.05,
            )  # fmt: skip
            for side in (1, 2):
                left = west + 0.05 * (side - 1)
                add(
                    f"{community}{side}格", f"{code}00{half}00{side}", AreaLevel.GRID,
                    AreaKind.COMPREHENSIVE, community, left, south, left + 0.05, south + 0.05,
                )  # fmt: skip


def _build_departments(town: Town) -> None:
    def add(key: str, kind: DepartmentKind, parent: str | None, area: str | None = None) -> None:
        department = Department.objects.create(
            code=f"D{len(town.departments) + 1}", name=key, kind=kind,
            parent=town.departments.get(parent or ""),
        )  # fmt: skip
        town.departments[key] = department
        if area:
            Area.objects.filter(pk=town.areas[area].pk).update(centre=department)
            town.areas[area].centre = department

    add("区中心", DepartmentKind.DISTRICT_CENTRE, None, "区")
    add("城管局", DepartmentKind.FUNCTIONAL, "区中心")
    add("水务局", DepartmentKind.FUNCTIONAL, "区中心")
    for street in ("东街", "西街"):
        add(f"{street}中心", DepartmentKind.STREET_CENTRE, "区中心", street)
        for half in (1, 2):
            community = f"{street}{half}社区"
            add(f"{community}站", DepartmentKind.COMMUNITY_STATION, f"{street}中心", community)


def _build_people(town: Town) -> None:
    posts: list[tuple[str, Role, str | None, str | None]] = [
        ("dispatcher", Role.DISPATCHER, "区", None),
        ("east", Role.DISPATCHER, "东街", None),
        ("west", Role.DISPATCHER, "西街", None),
        ("handler", Role.HANDLER, None, "城管局"),
        ("other-handler", Role.HANDLER, None, "水务局"),
        ("worker", Role.GRID_WORKER, "东街1社区1格", None),
        ("west-worker", Role.GRID_WORKER, "西街1社区1格", None),
        ("clerk", Role.CALLBACK_CLERK, "区", None),
        ("supervisor", Role.SUPERVISOR, "区", None),
        ("leader", Role.LEADER, "区", None),
        ("reporter", Role.REPORTER, None, "城管局"),
        ("other-reporter", Role.REPORTER, None, "水务局"),
    ]
    for username, role, area, department in posts:
        user = User.objects.create(username=username, password=password_hash(), name=username)
        town.people[username] = user
        appoint(
            user=user,
            role=role,
            starts_on=date(2026, 1, 1),
            area=town.areas[area] if area else None,
            department=town.departments[department] if department else None,
        )


def _build_catalogue(town: Town) -> None:
    change_calendar(days=[(date(2026, 1, 1), False, "元旦")])
    for code, name, domain, words in (
        ("manhole", "井盖缺失", Domain.URBAN_MANAGEMENT, ["井盖"]),
        ("noise", "噪声扰民", Domain.ENVIRONMENT, ["噪声"]),
    ):
        town.categories[code] = Category.objects.create(
            code=code, name=name, domain=domain, keywords=words,
            department=town.departments["城管局"],
        )  # fmt: skip
    for clock, amount, unit, urgency in (
        (ClockKind.ACCEPTANCE, 30, U.WORKING_MINUTE, ""),
        (ClockKind.ACCEPTANCE, 15, U.MINUTE, Urgency.URGENT),
        (ClockKind.VERIFICATION, 4, U.WORKING_HOUR, ""),
        (ClockKind.DISPATCH, 30, U.WORKING_MINUTE, ""),
        (ClockKind.SIGNING, 2, U.WORKING_HOUR, ""),
        (ClockKind.FIRST_CONTACT, 1, U.WORKING_DAY, ""),
        (ClockKind.RESOLUTION, 5, U.WORKING_DAY, ""),
        (ClockKind.CHECK, 4, U.WORKING_HOUR, ""),
        (ClockKind.FOLLOW_UP, 2, U.WORKING_DAY, ""),
        (ClockKind.SUPERVISION, 1, U.WORKING_DAY, ""),
    ):
        TimeLimit.objects.create(clock=clock, amount=amount, unit=unit, urgency=urgency)
    for code in ("hotline", "patrol", "police", "petition", "public"):
        channel = Channel.objects.create(code=code, name=code, adapter=code)
        town.channels[code] = channel
        town.tokens[code] = issue_token(channel=channel)
