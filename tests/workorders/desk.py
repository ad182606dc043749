"""People of the town at work on several orders, a minute apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.town import Town
from workorders.enums import Action, State
from workorders.models import WorkOrder
from workorders.report import Report
from workorders.services import Actor, apply, receive

# Monday 2026-03-02, 10:00 in Shanghai: inside working time.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NEXT_YEAR = datetime.now(tz=UTC).year + 1  # for forms that are sent now
SOLVED = {"is_reached": True, "is_solved": True, "satisfaction": "satisfied"}


class Desk:
    def __init__(self, town: Town) -> None:
        self.town, self.at = town, MONDAY

    def call(
        self,
        number: str,
        text: str = "东街一号路灯不亮",
        point: tuple[float, float] = (118.62, 32.02),
        **changes: Any,
    ) -> WorkOrder:
        report = Report(
            channel="hotline", external_number=number, occurred_at=MONDAY, text=text,
            lon=point[0], lat=point[1], **changes,
        )  # fmt: skip
        return receive(report=report, channel=self.town.channels["hotline"], at=self.at)[0]

    def actor(self, person: str) -> Actor:
        return (
            Actor.resident() if person == "resident" else Actor.from_user(self.town.people[person])
        )

    def act(self, person: str, order: WorkOrder, action: Action, **carried: Any) -> WorkOrder:
        self.at += timedelta(minutes=1)
        actor = self.actor(person)
        return apply(number=order.number, action=action, actor=actor, at=self.at, carried=carried)

    def merge(
        self, order: WorkOrder, into: WorkOrder, person: str = "dispatcher", **carried: Any
    ) -> WorkOrder:
        return self.act(person, order, Action.MERGE, into=into.number, **carried)

    def send(self, order: WorkOrder, department: str = "城管局") -> WorkOrder:
        """Accept an order and send it to a department."""
        self.act("dispatcher", order, Action.ACCEPT, category=self.town.categories["noise"])
        holder = self.town.departments[department]
        return self.act("dispatcher", order, Action.DISPATCH, department=holder)

    def begin(self, number: str) -> WorkOrder:
        """Take a call and carry it to the desk of the handler."""
        order = self.call(number)
        self.send(order)
        return self.act("handler", order, Action.SIGN)

    def finish(self, order: WorkOrder) -> WorkOrder:
        """Carry an order that was sent up to the question whether it is solved."""
        order.refresh_from_db()
        if order.state == State.DISPATCHED:
            self.act("handler", order, Action.SIGN)
        self.act("handler", order, Action.RESOLVE, result="已更换灯泡", proof="维修单")
        return self.act("supervisor", order, Action.PASS_CHECK)
