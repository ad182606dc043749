"""Whole lives of orders through HTTP, signed in, at several sizes of the database.

One lifecycle is four requests: the hotline delivers, a dispatcher accepts and dispatches in one go,
a handler signs and resolves in one go, the dispatcher finds the order by its number. `--single`
sends each act by itself: six requests. The yardstick in the same run is the database's floor: one
INSERT and five UPDATEs of one bare row, each committed, over psycopg2.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.fill import Data, filled_database, run_threads
from bench.measure import Figure, Stopwatch, machine, percentile, report
from bench.people import Caller
from bench.place import connect, environment, running_server

SCENARIO = "lifecycle"
TARGET = 40.0
DEPARTMENT, CATEGORY, POINT = "PK-CG", "0101", {"lon": 118.625, "lat": 32.055}
STEPS = ("create", "dispatch", "resolve", "search")
DECISION = [
    {"action": "accept", "category": CATEGORY},
    {"action": "dispatch", "department": DEPARTMENT},
]
WORK = [{"action": "sign"}, {"action": "resolve", "result": "已清运", "proof": "清运记录"}]


@dataclass
class Signed:
    """The tokens of those who act, and whether they send each act by itself."""

    hotline: str
    dispatcher: str
    handler: str
    is_single: bool


def sign_in(port: int, env: dict[str, str], *, is_single: bool) -> Signed:
    """Get the tokens as a script would: the channel's own, and two people's by password."""
    caller = Caller(port)

    file = Path(env["YIWANG_VAR"]) / "secrets" / "channel-tokens.json"
    hotline = json.loads(file.read_text())["hotline"]
    return Signed(
        hotline=f"Bearer {hotline}",
        dispatcher=caller.sign_in("dispatcher", env),
        handler=caller.sign_in("handler", env),
        is_single=is_single,
    )


@dataclass
class Tally:
    """What the clients of one round have done."""

    lives: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})


def live(caller: Caller, signed: Signed, name: str, note: Callable[[str, float], None]) -> None:
    """Carry one order from the call to its result, and find it."""

    def timed(step: str, *arguments: Any) -> Any:
        began_at = time.perf_counter()
        answer = caller.call(*arguments)
        note(step, time.perf_counter() - began_at)
        return answer

    report = {
        "ticket_number": name,
        "occurred_at": "2026-01-05T10:00:00+08:00",
        "text": f"垃圾桶满溢，垃圾堆积到路边，请安排清运。{name}",
        "point": POINT,
        "caller": {"name": "演示居民", "phone": "13900000000"},
        "is_demo": True,
    }
    number = timed("create", "POST", "/api/v1/intake/hotline/", signed.hotline, report)["number"]
    url, desk, crew = f"/api/v1/orders/{number}", signed.dispatcher, signed.handler
    for step, authorization, acts in (("dispatch", desk, DECISION), ("resolve", crew, WORK)):
        for acts_at_once in [[act] for act in acts] if signed.is_single else [acts]:
            timed(step, "POST", f"{url}/acts/", authorization, {"acts": acts_at_once})
    found = timed("search", "GET", f"/api/v1/orders/?q={number}", desk)["results"]
    if [row["number"] for row in found] != [number] or found[0]["state"] != "resolved":
        raise SystemExit(f"{number} was not found as resolved.")


def lifecycles(port: int, signed: Signed, *, clients: int, seconds: float) -> tuple[float, Tally]:
    """Let the clients live orders in a closed loop; give lives a second."""
    tally, lock, watch, mark = Tally(), threading.Lock(), Stopwatch(seconds), time.time_ns()

    def work(client: int) -> None:
        count = 0
        while watch.is_running:
            caller = Caller(port)
            live(
                caller, signed, f"L{mark}-{client}-{count}",
                lambda step, took: tally.seconds[step].append(took),
            )  # fmt: skip
            caller.close()
            count += 1
        with lock:
            tally.lives += count

    run_threads([partial(work, client) for client in range(clients)])
    return tally.lives / watch.elapsed, tally


def floor(url: str, *, clients: int, seconds: float) -> float:
    """Give the bare lives a second that the database can commit: six commits of one row."""
    with connect(url).cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_floor"
            " (id bigserial PRIMARY KEY, state int, text text)"
        )
    watch, counts = Stopwatch(seconds), [0] * clients

    def work(client: int) -> None:
        connection = connect(url)
        with connection.cursor() as cursor:
            while watch.is_running:
                cursor.execute(
                    "INSERT INTO bench_floor (state, text) VALUES (0, %s) RETURNING id", ["x" * 200]
                )
                (row_id,) = cursor.fetchone()
                for state in range(1, 6):
                    cursor.execute(
                        "UPDATE bench_floor SET state = %s WHERE id = %s", [state, row_id]
                    )
                counts[client] += 1
        connection.close()

    run_threads([partial(work, client) for client in range(clients)])
    return sum(counts) / watch.elapsed


def measure(size: int, options: argparse.Namespace) -> list[Figure]:
    """Measure at one size: rounds of subject and yardstick, one after the other."""
    print(f"\n{SCENARIO} at {size:,} orders", flush=True)
    with filled_database(Data.of(size), is_kept=options.keep) as url:
        env = environment(url)
        with running_server(env) as port:
            return _rounds(size, url, port, sign_in(port, env, is_single=options.single), options)


def _rounds(
    size: int, url: str, port: int, signed: Signed, options: argparse.Namespace
) -> list[Figure]:
    given = {"clients": options.clients, "seconds": options.seconds}
    lifecycles(port, signed, **given)  # warm-up
    lives, floors, tallies = [], [], []
    for number in range(1, options.rounds + 1):
        rate, tally = lifecycles(port, signed, **given)
        bare = floor(url, clients=options.clients, seconds=min(options.seconds, 3))
        print(f"  round {number}: {rate:.1f} lifecycles/s, floor {bare:.0f}/s", flush=True)
        lives.append(rate)
        floors.append(bare)
        tallies.append(tally)
    return [*_rates(size, lives, floors), *_latencies(size, tallies)]


def _rates(size: int, lives: list[float], floors: list[float]) -> list[Figure]:
    shares = [100 * rate / bare for rate, bare in zip(lives, floors, strict=True)]
    verdict = "target reached" if Figure("", "", "", 0, lives).median >= TARGET else "BELOW"
    return [
        Figure(SCENARIO, "lifecycles", "/s", size, lives, f"target {TARGET:.0f}/s: {verdict}"),
        Figure(SCENARIO, "floor: insert + 5 updates", "/s", size, floors),
        Figure(SCENARIO, "share of the floor", "%", size, shares),
    ]


def _latencies(size: int, tallies: list[Tally]) -> list[Figure]:
    """Give the median and the 95th percentile of all requests, and of each step, by round."""
    figures = []
    for step in ("request", *STEPS):
        for share in (0.5, 0.95):
            rounds = [1000 * percentile(_seconds(tally, step), share) for tally in tallies]
            figures.append(Figure(SCENARIO, f"{step} p{share * 100:.0f}", "ms", size, rounds))
    return figures


def _seconds(tally: Tally, step: str) -> list[float]:
    if step in tally.seconds:
        return tally.seconds[step]
    return [took for seconds in tally.seconds.values() for took in seconds]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench lifecycle", description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--clients", type=int, default=6, help="clients in a closed loop")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0, help="length of a round")
    parser.add_argument("--single", action="store_true", help="one request per act")
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(machine())
    for size in options.orders:
        figures = measure(size, options)
        report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
