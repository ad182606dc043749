"""A month of made-up orders, carried through the real services at instants of the past.

A queue of what happens next, in order of time: each order's fate is drawn as it goes along, and
what would happen after the present is left undone. So every state has orders that look as if
work were going on.
"""

import heapq
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from dashboards.services import refresh_figures
from governance.demo.courses import Step
from governance.demo.fates import Fate
from governance.demo.made_up import MadeUp, Storyteller, hour_weight
from governance.demo.matters import LEAF_CODES
from governance.demo.town import Town, spots, spots_of
from governance.demo.turns import RESTING, Turn, choose_turn
from workorders.intake import ADAPTERS
from workorders.models import Announcement, Channel, Event, WorkOrder
from workorders.selectors import working_calendar
from workorders.services import fire_due, receive
from workorders.signals import workorder_event

DAYS = 30
ORDERS = 300
# The newest arrivals stop on purpose at one stage each, so that no view is empty.
STAGED = 30
# The last of them lie in the grids of the worker as whom visitors sign in: to sign, or in hand.
AT_HOME = (2, 3, 2, 3, 2)
HOME = "worker"
ESCALATION_STEP = timedelta(hours=3)


class History:
    """The queue of what happens next, up to the present."""

    def __init__(self, *, until: datetime) -> None:
        self.until = until
        self._queue: list[tuple[datetime, int, Step]] = []
        self._ties = itertools.count()

    def plan(self, at: datetime, step: Step) -> None:
        """Let something happen at an instant; after the present it never does."""
        if at < self.until:
            heapq.heappush(self._queue, (at, next(self._ties), step))

    def run(self) -> None:
        """Let all happen in order of time, with the clocks that run out between."""
        checked_at = self._queue[0][0] if self._queue else self.until
        while self._queue:
            at, _, step = heapq.heappop(self._queue)
            if at - checked_at > ESCALATION_STEP:
                checked_at = at
                fire_due(at=at)
            step(at)
        fire_due(at=self.until)


def load_history(*, at: datetime, orders: int = ORDERS) -> int:
    """Make up the last month's orders unless there are demo orders already; count them."""
    if WorkOrder.objects.filter(is_demo=True).exists():
        return 0
    with _without_doorbell(), transaction.atomic():
        _make_history(at, orders)
        _drop_announcements()
    refresh_figures(at=at)
    return WorkOrder.objects.filter(is_demo=True).count()


def _drop_announcements() -> None:
    """Tell nobody of what is past. By plain ids: the planner knows nothing yet of rows this new."""
    orders = WorkOrder.objects.filter(is_demo=True).values_list("pk", flat=True)
    events = Event.objects.filter(order__in=list(orders)).values_list("pk", flat=True)
    Announcement.objects.filter(pk__in=list(events)).delete()


@contextmanager
def _without_doorbell() -> Iterator[None]:
    """Keep thousands of past acts from ringing at pages that are open now."""
    receivers, workorder_event.receivers = workorder_event.receivers, []
    try:
        yield
    finally:
        workorder_event.receivers = receivers


def _make_history(at: datetime, count: int) -> None:
    history = History(until=at)
    story = Storyteller(spots(), seed=f"history {timezone.localdate(at)}")
    arrivals = Arrivals(history, story)
    times = arrival_times(until=at, count=count, chance=story.chance)
    for position, arrival in enumerate(times):
        staged = position - len(times) + STAGED
        if staged < 0:
            history.plan(arrival, arrivals.plain())
        elif staged < len(RESTING):
            history.plan(arrival, arrivals.resting(*RESTING[staged]))
        elif staged >= STAGED - len(AT_HOME):
            history.plan(arrival, arrivals.at_home(AT_HOME[staged - STAGED]))
        else:
            history.plan(arrival, arrivals.plain(stop_after=staged % 6))
    history.run()


class Arrivals:
    """Reports that arrive, each the beginning of a fate."""

    def __init__(self, history: History, story: Storyteller) -> None:
        self._plan, self._story = history.plan, story
        self._town, self._calendar = Town.read(), working_calendar()
        self._home = spots_of(HOME)
        self._channels = {channel.code: channel for channel in Channel.objects.all()}

    def plain(self, *, stop_after: int | None = None) -> Step:
        """Let a report arrive; left to itself, its order may take a turn."""

        def step(now: datetime) -> None:
            turn = choose_turn(self._story.chance) if stop_after is None else None
            self._begin(self._story.report(at=now), now, turn=turn, stop_after=stop_after)

        return step

    def resting(self, turn: Turn | None, stop_after: int) -> Step:
        """Let a report of a known place arrive, to rest in its turn; without one, of none."""

        def step(now: datetime) -> None:
            made_up = self._story.report(at=now)
            while made_up.is_placed is not bool(turn):
                made_up = self._story.report(at=now)
            self._begin(made_up, now, turn=turn, stop_after=stop_after)

        return step

    def at_home(self, stop_after: int) -> Step:
        """Let a grid matter arrive where the visitors' worker is at home."""

        def step(now: datetime) -> None:
            made_up = self._story.report(at=now, near=self._home)
            while not self._town.category(LEAF_CODES[made_up.leaf]).is_grid_matter:
                made_up = self._story.report(at=now, near=self._home)
            self._begin(made_up, now, turn=None, stop_after=stop_after)

        return step

    def _begin(
        self,
        made_up: MadeUp,
        now: datetime,
        *,
        turn: Turn | None,
        stop_after: int | None,
        into: str = "",
    ) -> None:
        payload = ADAPTERS[made_up.channel](data=made_up.payload)
        payload.is_valid(raise_exception=True)
        order, _ = receive(
            report=payload.to_report(), channel=self._channels[made_up.channel], at=now
        )
        fate = Fate(
            order.number, town=self._town, story=self._story, calendar=self._calendar,
            plan=self._plan, stop_after=stop_after,
        )  # fmt: skip
        fate.turn, fate.merges_into = turn, into
        fate.begin(now)
        if turn is Turn.TWIN:
            again = partial(self._again, made_up, number=order.number, is_resting=bool(stop_after))
            self._plan(now + timedelta(minutes=self._story.chance.uniform(2, 9)), again)

    def _again(self, first: MadeUp, now: datetime, *, number: str, is_resting: bool) -> None:
        made_up, stop_after = self._story.again(first, at=now), 1 if is_resting else None
        self._begin(made_up, now, turn=Turn.MERGED, stop_after=stop_after, into=number)


def arrival_times(
    *, until: datetime, count: int, chance: random.Random, days: int = DAYS
) -> list[datetime]:
    """Spread arrivals over the last days by the hours of real appeals, fewer at weekends."""
    hours = [until - timedelta(hours=back) for back in range(days * 24, 0, -1)]
    weights = [_weight(timezone.localtime(hour)) for hour in hours]
    chosen = chance.choices(hours, weights, k=max(count - STAGED, 0))
    times = [hour + timedelta(seconds=chance.randrange(3600)) for hour in chosen]
    recent = [until - timedelta(minutes=chance.uniform(70, 180)) for _ in range(min(STAGED, count))]
    return [*sorted(times), *sorted(recent)]


def _weight(hour: datetime) -> float:
    return hour_weight(hour.hour) * (0.6 if hour.weekday() >= 5 else 1.0)
