"""Processes die while commands flow: nothing acknowledged is lost, nothing happens twice.

A centre of its own (PostgreSQL, Redis, web, worker, scheduler) is killed, frozen, restarted part by
part while clients live orders over HTTP and clocks come due. Each command is repeated with its key
until it is answered. In the end the database must equal the plain model of the tests. Each recovery
is measured to the moment when the site is healthy and a clock that has just come due has fired; the
yardstick is a start of the whole centre to the same moment.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg2

from bench.clients import Client, Ledger
from bench.measure import Figure, at_most, machine, report
from bench.people import Caller
from bench.place import ROOT, connect
from bench.stack import FAULTS, PARTS, Stack, own_stack, wait_for

SCENARIO = "faults"
PEOPLE = ("dispatcher", "handler", "supervisor", "clerk")
RECOVERY_SHARE = 2.0
QUIET_WITHIN = 60.0

ARM = """
UPDATE workorders_clock SET due_at = now() + %(after)s * interval '1 second',
    next_rung_at = now() + %(after)s * interval '1 second'
WHERE id = (SELECT c.id FROM workorders_clock c JOIN workorders_workorder o ON o.id = c.order_id
            WHERE o.external_number LIKE 'sleeper-%%' AND c.met_at IS NULL
            AND c.breached_at IS NULL AND c.due_at > now() + interval '5 minutes' LIMIT 1)
RETURNING id
"""
HAS_FIRED = "SELECT EXISTS (SELECT FROM workorders_escalation WHERE clock_id = %(clock)s)"
LEFT = """
SELECT (SELECT count(*) FROM workorders_delta), (SELECT count(*) FROM workorders_announcement),
       (SELECT count(*) FROM workorders_clock
        WHERE next_rung_at <= now() OR (id = ANY(%(clocks)s) AND breached_at IS NULL))
"""
ORDERS = """
SELECT o.external_number, o.number, o.state, o.version, d.code, o.return_count, o.reopen_count,
       ARRAY(SELECT c.kind FROM workorders_clock c WHERE c.order_id = o.id AND c.met_at IS NULL
             ORDER BY c.kind),
       ARRAY(SELECT v.action FROM workorders_event v WHERE v.order_id = o.id
             AND v.action NOT IN ('register', 'escalate') ORDER BY v.sequence),
       (SELECT count(*) FROM workorders_event v WHERE v.order_id = o.id AND v.action = 'register')
FROM workorders_workorder o LEFT JOIN accounts_department d ON d.id = o.department_id
"""
RUNGS = """
SELECT c.id, count(e.id) FILTER (WHERE e.rung_id IS NULL), count(e.id),
       count(DISTINCT coalesce(e.rung_id, 0)) FILTER (WHERE e.id IS NOT NULL)
FROM workorders_clock c LEFT JOIN workorders_escalation e ON e.clock_id = c.id
WHERE c.id = ANY(%(clocks)s) GROUP BY c.id
"""
DEPARTMENTS = {"城管局": "PK-CG", None: None}
PROVE = """
import json, django
django.setup()
from workorders.models import Event, WorkOrder
from workorders.services import count_held, recount
from workorders.services.journal import digest_of
broken = []
for order in WorkOrder.objects.all():
    digest = b""
    for sequence, event in enumerate(Event.objects.filter(order=order).order_by("sequence"), 1):
        digest = digest_of(event, digest)
        if (event.sequence, bytes(event.digest)) != (sequence, digest):
            broken.append(f"{order.number}: the chain of events breaks at {sequence}")
    if bytes(order.history_digest) != digest:
        broken.append(f"{order.number}: the chain of events lacks its end")
held, counted = count_held(), recount(orders=WorkOrder.objects.all())
broken += [f"figure {cell}: {held[cell]} held, {counted[cell]} counted"
           for cell in {*held, *counted} if held[cell] != counted[cell]]
print(json.dumps(broken, ensure_ascii=False))
"""


class Watch:
    """A look into the stack's database that survives the database's own deaths."""

    def __init__(self, url: str) -> None:
        self._url, self._connection = url, None
        self.clocks: list[int] = []

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Read or write once; raises psycopg2.Error while the database is away."""
        try:
            self._connection = self._connection or connect(self._url)
            with self._connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error:
            self._connection = None
            raise

    def arm(self, after: float) -> int:
        """Let a sleeping clock come due after so many seconds."""
        clock = int(self.rows(ARM, after=after)[0][0])
        self.clocks.append(clock)
        return clock


def bring_up(stack: Stack, watch: Watch, begin: Callable[[], None]) -> float:
    """Start what is down; give the seconds until the site is healthy and a due clock has fired."""
    began_at = time.monotonic()
    begin()
    clock: list[int] = []

    def is_up() -> bool:
        for name in PARTS:
            stack.bring_back(name)
        try:
            if not clock:
                clock.append(watch.arm(0))
            return bool(watch.rows(HAS_FIRED, clock=clock[0])[0][0]) and stack.is_healthy()
        except psycopg2.Error:
            return False

    wait_for(is_up, what="recovery")
    return time.monotonic() - began_at


def tokens(stack: Stack) -> dict[str, str]:
    caller = Caller(stack.site.port)
    file = stack.places.secrets / "channel-tokens.json"
    return {
        "hotline": f"Bearer {json.loads(file.read_text())['hotline']}",
        **{name: caller.sign_in(name, stack.env) for name in PEOPLE},
    }


def break_parts(
    stack: Stack, watch: Watch, rounds: int, draw: random.Random
) -> dict[str, list[float]]:
    """Break each part once a round, in any order and way; give the seconds of each recovery."""
    recoveries: dict[str, list[float]] = {name: [] for name in PARTS}
    for number in range(1, rounds + 1):
        for name in draw.sample(PARTS, len(PARTS)):
            time.sleep(draw.uniform(0.3, 1.5))
            fault = draw.choice(FAULTS[name])
            for after in (0.0, draw.uniform(0, 2), draw.uniform(0, 5)):
                watch.arm(after)
            fault(stack, name)
            took = bring_up(stack, watch, lambda: None)
            recoveries[name].append(took)
            print(f"  round {number}: {fault.__name__} {name}, {took:.1f} s", flush=True)
    return recoveries


def settle(watch: Watch, ledger: Ledger) -> None:
    """Wait until nothing is left to be told, folded or fired, nor armed for a moment to come."""
    deadline = time.monotonic() + QUIET_WITHIN
    left: tuple[Any, ...] = ()
    while time.monotonic() < deadline:
        left = watch.rows(LEFT, clocks=watch.clocks)[0]
        if not any(left):
            return
        time.sleep(0.2)
    names = ("deltas", "announcements", "due clocks")
    ledger.violations += [
        f"{count} {name} are left" for name, count in zip(names, left, strict=False) if count
    ]


def check_orders(watch: Watch, ledger: Ledger) -> list[str]:
    """Compare each order with the model: there once, each act once and in order, state equal."""
    found = {row[0]: row[1:] for row in watch.rows(ORDERS)}
    wrong = [f"{ticket} is lost" for ticket in ledger.tickets if ticket not in found]
    for ticket, row in found.items():
        number = ledger.tickets.get(ticket)
        if number is None:
            wrong.append(f"{ticket} was never acknowledged, though its sender went on asking")
            continue
        order = ledger.model.orders[number]
        told = (
            number, order.state, order.version, DEPARTMENTS[order.holder], order.returns,
            order.reopenings, sorted(clock.kind for clock in order.running()),
            [action for action, _ in ledger.acts[number]], 1,
        )  # fmt: skip
        if told != row:
            wrong.append(f"{ticket}: {row}, but the model says {told}")
    return wrong


def check_rungs(watch: Watch) -> list[str]:
    """Each clock that came due has fired once for its due instant and once for each rung."""
    rows = watch.rows(RUNGS, clocks=watch.clocks)
    return [
        f"clock {clock}: {due} due instants and {rungs} rungs of {kinds} kinds have fired"
        for clock, due, rungs, kinds in rows
        if due != 1 or rungs != kinds
    ]


def check_figures_and_chains(stack: Stack) -> list[str]:
    env = stack.env | {"DJANGO_SETTINGS_MODULE": "governance.settings"}
    told = subprocess.run(
        [sys.executable, "-c", PROVE], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    return list(json.loads(told.stdout))


def run(options: argparse.Namespace) -> tuple[list[Figure], Ledger]:
    draw, ledger = random.Random(options.seed), Ledger()
    with own_stack() as stack:
        watch = Watch(stack.url)
        for name in PARTS[2:]:
            stack.start(name)
        wait_for(stack.is_healthy, what="the site")
        signed = tokens(stack)
        clients = [
            Client(port=stack.site.port, tokens=signed, ledger=ledger, seed=f"{options.seed}-{n}")
            for n in range(options.clients)
        ]
        for _ in range(options.rounds * len(PARTS) * 4 + 2 * options.starts + 2):
            clients[0].register("sleeper")
        starts = bare_starts(stack, watch, options.starts)
        threads = [threading.Thread(target=client.work, daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        recoveries = break_parts(stack, watch, options.rounds, draw)
        ledger.is_over.set()
        for thread in threads:
            thread.join(timeout=150)
        settle(watch, ledger)
        ledger.violations += check_orders(watch, ledger) + check_rungs(watch)
        ledger.violations += check_figures_and_chains(stack)
        ledger.violations += tracebacks(stack)
    return figures(options, starts, recoveries, ledger, len(watch.clocks)), ledger


def bare_starts(stack: Stack, watch: Watch, count: int) -> list[float]:
    """Measure starts of the whole centre."""
    seconds = []
    for _ in range(count):
        stack.stop_all()
        seconds.append(bring_up(stack, watch, stack.start_all))
        print(f"  a bare start: {seconds[-1]:.1f} s", flush=True)
    return seconds


def tracebacks(stack: Stack) -> list[str]:
    """Find the requests that ended in a fault of the web server's own."""
    log = (stack.places.logs / "web.log").read_text(errors="replace")
    faults = Counter(line for line in log.splitlines() if "Internal Server Error" in line)
    return [f"web.log: {count} × {line}" for line, count in faults.items()]


def figures(
    options: argparse.Namespace,
    starts: list[float],
    recoveries: dict[str, list[float]],
    ledger: Ledger,
    clocks: int,
) -> list[Figure]:
    def figure(name: str, unit: str, rounds: list[float], note: str = "") -> Figure:
        return Figure(SCENARIO, name, unit, options.rounds, rounds, note)

    bare = figure("bare start of the centre", "s", starts)
    made = [figure(f"recovery of {name}", "s", took) for name, took in recoveries.items() if took]
    worst = max(one.median for one in made) / bare.median
    return [
        bare, *made,
        figure("slowest recovery / bare start", "×", [worst], at_most(worst, RECOVERY_SHARE)),
        figure("commands acknowledged", "", [ledger.acknowledged], f"{ledger.retried} retries"),
        figure("longest wait for an answer", "s", [ledger.longest_wait]),
        figure("clocks that came due", "", [clocks]),
        figure("violations", "", [len(ledger.violations)], "target 0"),
    ]  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="each breaks every part once")
    parser.add_argument("--clients", type=int, default=3)
    parser.add_argument("--starts", type=int, default=2, help="bare starts, the yardstick")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(f"{machine()}\n{SCENARIO}, {options.rounds} rounds, seed {options.seed}", flush=True)
    measured, ledger = run(options)
    report(measured)
    for violation in ledger.violations[:50]:
        print(f"VIOLATION {violation}", flush=True)
    return 1 if ledger.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
