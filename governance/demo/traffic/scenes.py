"""What happens in the demo traffic: one new report, or one act on an order in some state."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from governance.demo import answers
from governance.demo.fates import (
    ANSWERED,
    CONTACTED,
    REJECTED,
    REWORKED,
    SENT_BACK,
    UNREACHED,
    UNSOLVED,
    choose_satisfaction,
)
from governance.demo.made_up import Storyteller
from governance.demo.pictures import draw_picture
from governance.demo.town import PREFIX, Town
from governance.demo.traffic.client import Site
from workorders.enums import Nature, PhotoStage, RemarkKind, State

Order = Mapping[str, Any]
DISPATCHER, SUPERVISOR, CLERK = (
    f"{PREFIX}{name}" for name in ("dispatcher", "supervisor", "clerk")
)
# How often somebody turns to the orders of a state.
TURNS = {
    State.REGISTERED: 10,
    State.ACCEPTED: 10,
    State.DISPATCHED: 10,
    State.HANDLING: 16,
    State.RESOLVED: 9,
    State.FOLLOW_UP: 9,
}
PICKED_AMONG = 12
PHOTOGRAPHED = 0.35


class Traffic:
    """Plays scenes at the site; all it knows of the orders it reads from the site."""

    def __init__(self, site: Site, *, town: Town, story: Storyteller, photos_left: int) -> None:
        self._site, self._town, self._story = site, town, story
        self._photos_left = photos_left
        self._happens = story.chance.random
        self._choose = story.chance.choice
        self._scenes: dict[State, Callable[[Order], Any]] = {
            State.REGISTERED: self.look,
            State.ACCEPTED: self.dispatch,
            State.DISPATCHED: self.sign,
            State.HANDLING: self.work,
            State.RESOLVED: self.check,
            State.FOLLOW_UP: self.call_back,
        }

    def report(self, at: datetime) -> Order | None:
        """Let a channel deliver a new report; now and then it delivers twice, as channels do."""
        made_up = self._story.report(at=at)
        if self._happens() < 0.02:
            self._site.deliver(made_up.channel, made_up.payload)
        return self._site.deliver(made_up.channel, made_up.payload)

    def act(self) -> Any:
        """Let somebody turn to an order, in a state that has any."""
        states = list(TURNS)
        while states:
            state = self._story.chance.choices(states, [TURNS[state] for state in states])[0]
            orders = self._orders(state)
            if orders:
                return self._scenes[state](self._choose(orders))
            states.remove(state)
        return None

    def _orders(self, state: State) -> list[dict[str, Any]]:
        """Read the orders of a state, the most urgent first, or now and then the newest."""
        ordering = "due_at" if self._happens() < 0.6 else "-registered_at"
        return self._site.find(DISPATCHER, state=state.value, ordering=ordering, size=PICKED_AMONG)

    def _desk(self, order: Order) -> str:
        """Name who accepts: the street's dispatcher where the place is known."""
        street = order["street"]["code"] if order["street"] else None
        return self._town.dispatcher(street)

    def _holder(self, order: Order) -> str | None:
        grid, department = order["holder_area"], order["department"]
        return self._town.holder(
            grid=grid and grid["code"], department=department and department["code"]
        )

    def look(self, order: Order) -> Any:
        """Reject, answer or accept."""
        desk = self._desk(order)
        if self._happens() < REJECTED:
            reason, note = self._choose(answers.REJECTS)
            return self._site.act(desk, order, "reject", reason=reason.value, note=note)
        if order["nature"] == Nature.ADVICE and self._happens() < ANSWERED:
            return self._site.act(desk, order, "answer", answer=self._choose(answers.ANSWERS))
        return self._accept(desk, order)

    def _accept(self, desk: str, order: Order) -> Any:
        carried = {}
        if order["category"] is None:
            carried["category"] = self._town.default_category.code
        if order["street"] is None:
            carried["area"] = self._town.some_grid(self._story.chance).code
        return self._site.act(desk, order, "accept", **carried)

    def dispatch(self, order: Order) -> Any:
        """Send a grid matter to its grid, anything else to the department of its kind."""
        category = self._town.category(order["category"]["code"])
        if category.is_grid_matter and order["grid"]:
            return self._site.act(self._desk(order), order, "dispatch", grid=order["grid"]["code"])
        department = category.department.code if category.department else ""
        return self._site.act(self._desk(order), order, "dispatch", department=department)

    def sign(self, order: Order) -> Any:
        """Sign, or send back what is not one's own."""
        holder = self._holder(order)
        if holder is None:
            return None
        if self._happens() < SENT_BACK:
            reason = self._choose(answers.SEND_BACKS)
            return self._site.act(holder, order, "send_back", reason=reason)
        return self._site.act(holder, order, "sign")

    def work(self, order: Order) -> Any:
        """Call the resident, or resolve with a photo or a word of proof."""
        holder = self._holder(order)
        if holder is None:
            return None
        if self._happens() < CONTACTED / 2:
            kind, text = self._choose(
                (
                    (RemarkKind.CONTACTED.value, answers.CONTACTS),
                    (RemarkKind.PROGRESS.value, answers.PROGRESS),
                )
            )
            return self._site.act(holder, order, "remark", kind=kind, text=self._choose(text))
        self._photograph(holder, order)
        category = order["category"]
        return self._site.act(
            holder,
            order,
            "resolve",
            result=self._story.result(category["code"] if category else ""),
            proof=self._choose(answers.PROOFS),
        )

    def _photograph(self, holder: str, order: Order) -> None:
        if self._photos_left <= 0 or self._happens() >= PHOTOGRAPHED:
            return
        self._photos_left -= 1
        picture = draw_picture(caption=order["number"], is_clean=True, seed=order["number"])
        self._site.photograph(holder, order, PhotoStage.AFTER.value, picture)

    def check(self, order: Order) -> Any:
        """Pass the check, or ask for more."""
        if self._happens() < REWORKED:
            finding = self._choose(answers.REWORKS)
            return self._site.act(SUPERVISOR, order, "rework", finding=finding)
        return self._site.act(
            SUPERVISOR, order, "pass_check", finding=self._choose(answers.FINDINGS)
        )

    def call_back(self, order: Order) -> Any:
        """Ring the resident: nobody there, not solved, or solved."""
        if self._happens() < UNREACHED:
            return self._follow_up(order, is_reached=False, note="无人接听")
        if self._happens() < UNSOLVED:
            note = self._choose(answers.DISSATISFIED)
            return self._follow_up(order, is_reached=True, is_solved=False, note=note)
        chosen = choose_satisfaction(self._story.chance)
        return self._follow_up(
            order,
            is_reached=True,
            is_solved=True,
            satisfaction=chosen.value,
            note=self._choose(answers.CALL_BACKS),
        )

    def _follow_up(self, order: Order, **carried: Any) -> Any:
        return self._site.act(CLERK, order, "follow_up", **carried)
