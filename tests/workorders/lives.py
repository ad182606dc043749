"""One order and its people in the small town, acting at instants that a test names."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.enums import Role
from accounts.models import User
from grids.services import appoint
from tests.town import Town
from workorders.enums import Action, ClockKind
from workorders.models import Clock, Event, WorkOrder
from workorders.report import Report
from workorders.services import Actor, apply, receive

# Monday 2026-03-02, 10:00 in Shanghai: inside working time, and no holiday for weeks.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def beijing(text: str) -> datetime:
    """Read "03-06 17:00" of 2026 as the district's time."""
    return datetime.fromisoformat(f"2026-{text}:00+08:00")


class Life:
    """An order registered on Monday at ten; each act is a minute after the last, or at `at`."""

    def __init__(self, town: Town, *, serial: int = 1, **changes: Any) -> None:
        self.town, self.now = town, MONDAY
        facts: dict[str, Any] = {
            "channel": "hotline", "external_number": f"L-{serial}", "occurred_at": MONDAY,
            "text": "井盖缺失", "lon": 118.62, "lat": 32.02,
        }  # fmt: skip
        report = Report(**{**facts, **changes})
        self.number = receive(report=report, channel=town.channels["hotline"], at=MONDAY)[0].number

    def act(self, person: str, action: Action, at: datetime | None = None, **carried: Any) -> Any:
        self.now = at or self.now + timedelta(minutes=1)
        actor = {"resident": Actor.resident, "system": Actor.system}.get(person)
        return apply(
            number=self.number,
            action=action,
            actor=actor() if actor else Actor.from_user(self.town.people[person]),
            at=self.now,
            carried={name: self._named(name, value) for name, value in carried.items()},
        )

    def _named(self, name: str, value: Any) -> Any:
        kinds: dict[str, dict[str, Any]] = {
            "department": self.town.departments, "grid": self.town.areas,
            "area": self.town.areas, "category": self.town.categories,
        }  # fmt: skip
        return kinds[name][value] if name in kinds else value

    def dispatch(self, **holder: Any) -> WorkOrder:
        """Accept and dispatch, by default to the city management bureau."""
        self.act("dispatcher", Action.ACCEPT, category="noise")
        return self.act("dispatcher", Action.DISPATCH, **(holder or {"department": "城管局"}))

    def handle(self, person: str = "handler", **holder: Any) -> WorkOrder:
        self.dispatch(**holder)
        return self.act(person, Action.SIGN)

    def close(self) -> WorkOrder:
        """Handle, check and call back until the order is closed."""
        self.handle()
        self.act("handler", Action.RESOLVE, result="已处理", proof="有")
        self.act("supervisor", Action.PASS_CHECK)
        return self.act(
            "clerk", Action.FOLLOW_UP, is_reached=True, is_solved=True, satisfaction="satisfied"
        )

    @property
    def order(self) -> WorkOrder:
        return WorkOrder.objects.get(number=self.number)

    def clock(self, kind: ClockKind) -> Clock:
        return Clock.objects.filter(order__number=self.number, kind=kind).latest("started_at", "id")

    def last(self, action: Action) -> Event:
        return Event.objects.filter(order__number=self.number, action=action).latest("sequence")


def employ(town: Town, department: str) -> str:
    """Give a department somebody who works on its orders; answer the user name."""
    username = f"of {department}"
    if username not in town.people:
        user = User.objects.create(username=username, name=username)
        town.people[username] = user
        appoint(
            user=user, role=Role.HANDLER, starts_on=date(2026, 1, 1),
            department=town.departments[department],
        )  # fmt: skip
    return username
