"""Clocks that run out: a flood drained, a steady stream on time, and each rung once over kills.

The workers are real: Celery as script/server runs it, two processes and the scheduler. The
yardstick is as many processes that only claim: a batch FOR UPDATE SKIP LOCKED, its UPDATE and the
commit, on a bare table of as many rows. Flood and yardstick take turns.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench.fill import Data, filled_database
from bench.measure import Figure, at_least, at_most, machine, percentile, report
from bench.place import ROOT, connect, environment

SCENARIO = "clocks"
WORKERS = 2
DRAIN_SHARE, LAG_LIMIT = 0.3, 1.0
DRAIN_WITHIN = 900.0
BARE_BATCH = 50
# The states of the filled orders have seven running clocks for six orders.
CLOCKS, ORDERS = 7, 6

BARE = f"""
import sys, psycopg2
connection = psycopg2.connect(sys.argv[1])
cursor, fired = connection.cursor(), 1
while fired:
    cursor.execute('''UPDATE bench_bare SET next_rung_at = NULL, fired_at = now() WHERE id IN (
        SELECT id FROM bench_bare WHERE next_rung_at <= now() ORDER BY next_rung_at
        LIMIT {BARE_BATCH} FOR UPDATE SKIP LOCKED)''')
    fired = cursor.rowcount
    connection.commit()
"""
MAKE_BARE = """
DROP TABLE IF EXISTS bench_bare;
CREATE TABLE bench_bare (id bigserial PRIMARY KEY, note text, next_rung_at timestamptz,
    fired_at timestamptz);
INSERT INTO bench_bare (note, next_rung_at)
SELECT repeat('x', 80), now() + interval '30 days' FROM generate_series(1, %(count)s);
CREATE INDEX bench_bare_due ON bench_bare (next_rung_at) WHERE next_rung_at IS NOT NULL;
VACUUM (ANALYZE) bench_bare
"""
ARM_BARE = """
UPDATE bench_bare SET next_rung_at = now() WHERE id IN (
    SELECT id FROM bench_bare WHERE next_rung_at > now() ORDER BY random() LIMIT %(count)s)
"""
# None of the kept clocks may be due but those that a round makes so.
CALM = """
UPDATE workorders_clock SET next_rung_at = now() + interval '30 days',
    due_at = greatest(due_at, now() + interval '30 days')
WHERE next_rung_at < now() + interval '2 days'
"""
FRESH = """
SELECT id FROM workorders_clock c WHERE next_rung_at IS NOT NULL AND breached_at IS NULL
AND NOT EXISTS (SELECT FROM workorders_escalation e WHERE e.clock_id = c.id)
ORDER BY (id * 7919) %% 1000003 LIMIT %(count)s
"""
ARM = """
UPDATE workorders_clock SET due_at = %(at)s + %(step)s * interval '1 second' * armed.n,
    next_rung_at = %(at)s + %(step)s * interval '1 second' * armed.n
FROM unnest(%(ids)s) WITH ORDINALITY AS armed(id, n) WHERE workorders_clock.id = armed.id
"""
IS_DUE = "SELECT EXISTS (SELECT FROM workorders_clock WHERE next_rung_at <= now())"


def run(cursor: Any, sql: str, **values: Any) -> None:
    for statement in sql.split(";\n"):
        cursor.execute(statement, values)


def fresh_clocks(cursor: Any, count: int) -> list[int]:
    """Choose clocks that have never fired, all over the table."""
    run(cursor, FRESH, count=count)
    found = [row[0] for row in cursor.fetchall()]
    if len(found) < count:
        raise SystemExit(f"Only {len(found):,} fresh clocks are left; drop the kept database.")
    return found


def now(cursor: Any) -> Any:
    cursor.execute("SELECT now()")
    return cursor.fetchone()[0]


@contextmanager
def workers(env: dict[str, str]) -> Iterator["Crew"]:
    """Run the worker and the scheduler as script/server does."""
    crew = Crew(env)
    try:
        yield crew
    finally:
        crew.stop()


class Crew:
    """The Celery worker, which may be killed and started again, and the scheduler."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        schedule = str(Path(env["YIWANG_VAR"]) / "bench-beat")
        self._beat = self._start(
            "beat", "--scheduler", "celery.beat:Scheduler", "--schedule", schedule
        )
        self._worker = self._start_worker()

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", "--concurrency", str(WORKERS))

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "--app", "governance", *arguments]
        with (Path(self._env["YIWANG_VAR"]) / "bench-celery.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--loglevel", "ERROR"], cwd=ROOT, env=self._env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def keep(self) -> None:
        """Start the worker anew where it has ended, as Docker would."""
        if self._worker.poll() is not None:
            self._worker = self._start_worker()

    def kill_one(self) -> bool:
        """Kill one of the worker's processes; its parent starts another."""
        self.keep()
        children = Path(f"/proc/{self._worker.pid}/task/{self._worker.pid}/children")
        found = [int(pid) for pid in children.read_text().split()] if children.exists() else []
        if found:
            os.kill(random.choice(found), signal.SIGKILL)
        return bool(found)

    def kill_all(self) -> None:
        """Kill the worker with all its processes, and start it anew."""
        os.killpg(self._worker.pid, signal.SIGKILL)
        self._worker.wait()
        self._worker = self._start_worker()

    def stop(self) -> None:
        for process in (self._beat, self._worker):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def flood(cursor: Any, crew: Crew, count: int) -> tuple[list[int], float]:
    """Make clocks due at one instant and wait until none is; return them and the seconds."""
    ids = fresh_clocks(cursor, count)
    run(cursor, ARM, ids=ids, at=now(cursor), step=0)
    began_at = time.perf_counter()
    wait_until_drained(cursor, crew)
    return ids, time.perf_counter() - began_at


def wait_until_drained(cursor: Any, crew: Crew) -> None:
    began_at = time.perf_counter()
    while time.perf_counter() - began_at < DRAIN_WITHIN:
        cursor.execute(IS_DUE)
        if not cursor.fetchone()[0]:
            return
        crew.keep()
        time.sleep(0.05)
    raise SystemExit(f"Not drained within {DRAIN_WITHIN:.0f} s.")


def bare_flood(url: str, cursor: Any, count: int) -> float:
    """Let bare workers claim as many rows; return the seconds."""
    run(cursor, ARM_BARE, count=count)
    address = url.replace("postgis://", "postgresql://", 1)
    began_at = time.perf_counter()
    crew = [subprocess.Popen([sys.executable, "-c", BARE, address]) for _ in range(WORKERS)]
    for process in crew:
        process.wait()
    return time.perf_counter() - began_at


def drain_rounds(url: str, cursor: Any, crew: Crew, options: argparse.Namespace) -> list[Figure]:
    """Measure floods and the yardstick in turn."""
    rates, bare, rungs = [], [], []
    for number in range(options.rounds + 1):
        ids, seconds = flood(cursor, crew, options.due)
        fired = check_once(cursor, ids).rungs
        yardstick = bare_flood(url, cursor, options.due)
        label = f"round {number}" if number else "warm-up"
        print(
            f"  {label}: {options.due / seconds:,.0f} clocks/s with {fired / seconds:,.0f} rungs/s,"
            f" bare {options.due / yardstick:,.0f}/s",
            flush=True,
        )
        if number:
            rates.append(options.due / seconds)
            rungs.append(fired / seconds)
            bare.append(options.due / yardstick)
    shares = [mine / other for mine, other in zip(rates, bare, strict=True)]
    figure = partial(Figure, SCENARIO, size=options.pending)
    verdict = at_least(figure(name="", unit="", rounds=shares).median, DRAIN_SHARE)
    return [
        figure(name="flood drained", unit="/s", rounds=rates, note=f"{options.due:,} at once"),
        figure(name="rungs that fired in it", unit="/s", rounds=rungs),
        figure(name=f"bare claims of {BARE_BATCH}", unit="/s", rounds=bare),
        figure(name="flood / bare", unit="×", rounds=shares, note=verdict),
    ]


def steady_rounds(cursor: Any, options: argparse.Namespace) -> list[Figure]:
    """Let clocks run out one by one; the lag goes from the due instant to the visible event."""
    halves, tails = [], []
    for number in range(options.rounds + 1):
        lags = steady(cursor, rate=options.rate, seconds=options.seconds)
        if number:
            halves.append(percentile(lags, 0.5))
            tails.append(percentile(lags, 0.99))
            print(f"  steady round {number}: p99 {tails[-1]:.2f} s", flush=True)
    figure = partial(Figure, SCENARIO, unit="s", size=options.pending)
    verdict = at_most(figure(name="", rounds=tails).median, LAG_LIMIT)
    note = f"{options.rate}/s for {options.seconds:.0f} s"
    return [
        figure(name="lag p50", rounds=halves, note=note),
        figure(name="lag p99", rounds=tails, note=verdict),
    ]


def steady(cursor: Any, *, rate: int, seconds: float) -> list[float]:
    ids = fresh_clocks(cursor, int(rate * seconds))
    begun = now(cursor)
    run(cursor, ARM, ids=ids, at=begun, step=1 / rate)
    due = {clock: (n + 1) / rate for n, clock in enumerate(ids)}
    lags: dict[int, float] = {}
    until = time.perf_counter() + seconds + 30
    while len(lags) < len(ids) and time.perf_counter() < until:
        # Asked by clock, not by id: ids become visible out of order.
        cursor.execute(
            "SELECT clock_id, extract(epoch FROM clock_timestamp() - %s)::float"
            " FROM workorders_escalation WHERE clock_id = ANY(%s)",
            [begun, [clock for clock in ids if clock not in lags][: rate * 3]],
        )
        for clock, seen in cursor.fetchall():
            lags.setdefault(clock, seen - due[clock])
        time.sleep(0.02)
    check_once(cursor, ids)
    return list(lags.values())


def killed_round(cursor: Any, crew: Crew, options: argparse.Namespace) -> list[Figure]:
    """Drain a flood while workers are killed, and count what fired."""
    ids = fresh_clocks(cursor, options.due)
    run(cursor, ARM, ids=ids, at=now(cursor), step=0)
    began_at, kills = time.perf_counter(), 0
    while kills < options.kills and time.perf_counter() - began_at < DRAIN_WITHIN:
        time.sleep(random.uniform(0.5, 1.5))
        if kills % 5 == 4:
            crew.kill_all()
            kills += 1
        else:
            kills += crew.kill_one()
        cursor.execute(IS_DUE)
        if not cursor.fetchone()[0]:
            break
    wait_until_drained(cursor, crew)
    faults = check_once(cursor, ids).faults
    note = f"{kills} × kill -9 in {time.perf_counter() - began_at:.1f} s; {options.due:,} clocks"
    return [Figure(SCENARIO, "missing or doubled over kills", "", options.pending, [faults], note)]


class Fired(NamedTuple):
    """What clocks that came due have put on record."""

    rungs: int
    faults: float


FAULTS = """
WITH fired AS (
    SELECT c.id, c.order_id, count(e.id) AS rungs,
           count(e.id) FILTER (WHERE e.rung_id IS NULL) AS dues,
           count(DISTINCT coalesce(e.rung_id, 0)) FILTER (WHERE e.id IS NOT NULL) AS kinds
    FROM workorders_clock c LEFT JOIN workorders_escalation e ON e.clock_id = c.id
    WHERE c.id = ANY(%(ids)s) GROUP BY c.id
)
SELECT count(*) FILTER (WHERE dues = 0), count(*) FILTER (WHERE dues > 1 OR rungs <> kinds),
       (SELECT count(*) FROM workorders_event v WHERE v.action = 'escalate'
        AND v.order_id IN (SELECT order_id FROM fired)
        AND NOT EXISTS (SELECT FROM workorders_escalation e JOIN workorders_clock c
                        ON c.id = e.clock_id WHERE c.order_id = v.order_id AND e.fired_at = v.at)),
       sum(rungs)
FROM fired
"""


def check_once(cursor: Any, ids: list[int]) -> Fired:
    """Count the rungs of clocks that came due; end on one missing, fired twice or told of twice."""
    run(cursor, FAULTS, ids=ids)
    missing, doubled, loose, rungs = cursor.fetchone()
    if missing or doubled or loose:
        raise SystemExit(
            f"Of {len(ids):,} clocks {missing} have not fired, {doubled} have a rung twice,"
            f" {loose} events are without a rung."
        )
    return Fired(rungs=int(rungs), faults=float(missing + doubled + loose))


def measure(options: argparse.Namespace) -> list[Figure]:
    """Fill, start the workers, and measure the three promises."""
    size = options.pending * ORDERS // CLOCKS
    with filled_database(Data.of(size, open_share=1.0), is_kept=options.keep) as url:
        connection = connect(url)
        with connection.cursor() as cursor:
            cursor.execute("SET work_mem = '128MB'")
            run(cursor, CALM)
            run(cursor, MAKE_BARE, count=options.pending)
            run(cursor, "VACUUM (ANALYZE) workorders_clock;\nCHECKPOINT")
            with workers(environment(url)) as crew:
                figures = drain_rounds(url, cursor, crew, options)
                figures += steady_rounds(cursor, options)
                figures += killed_round(cursor, crew, options)
            run(cursor, "DROP TABLE bench_bare")
        connection.close()
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench clocks", description=__doc__)
    parser.add_argument("--pending", type=int, default=2_000_000, help="running clocks")
    parser.add_argument("--due", type=int, default=100_000, help="due at once")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=200, help="clocks a second, steady")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of a steady round")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--keep", action="store_true", help="keep the database for later runs")
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(machine())
    figures = measure(options)
    print(f"\n{SCENARIO} with {options.pending:,} pending, {WORKERS} workers")
    report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
