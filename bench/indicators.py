"""Values of indicators: read, kept current, and what they cost the acts that move them.

Four figures over the same orders. Reading all values of one area as the walls do, against a scan of
as many rows by primary key. An act's transaction with its deltas, against the same without them.
From an act's answer to the moved value in the database, with the real worker and scheduler. And the
cube against a recount of the newest day.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.clocks import workers
from bench.fill import Data, filled_database
from bench.lifecycle import sign_in
from bench.measure import Figure, at_most, machine, percentile, report
from bench.people import Caller
from bench.place import connect, environment, running_server
from bench.scope import set_up_django

SCENARIO = "indicators"
READ_LIMIT, DELTA_LIMIT, LAG_LIMIT = 3.0, 1.15, 1.0
VALUES = 400
POINT = {"lon": 118.625, "lat": 32.055}

SCAN = "SELECT * FROM bench_values WHERE id BETWEEN %s AND %s ORDER BY id"
MAKE_SCAN = """
DROP TABLE IF EXISTS bench_values;
CREATE TABLE bench_values AS SELECT v.*
    FROM dashboards_indicatorvalue v, generate_series(1, 50) LIMIT 20000;
ALTER TABLE bench_values DROP COLUMN id;
ALTER TABLE bench_values ADD COLUMN id serial PRIMARY KEY;
VACUUM (ANALYZE) bench_values
"""
MOVED = """
SELECT v.numerator FROM dashboards_indicatorvalue v
JOIN dashboards_indicator i ON i.id = v.indicator_id JOIN grids_area a ON a.id = v.area_id
WHERE i.code = %s AND a.level = 1
"""
PROBE = "bench-registered"


def seconds_of(work: Callable[[], Any], times: int) -> float:
    began_at = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began_at) / times


def read_rounds(url: str, options: argparse.Namespace) -> list[Figure]:
    """Read an area's values as a wall does, and as many rows by primary key, in turn."""
    from dashboards.models import IndicatorValue  # noqa: PLC0415
    from dashboards.selectors.standing import value_rows  # noqa: PLC0415
    from grids.models import Area  # noqa: PLC0415

    area = Area.objects.get(level=1)
    count = IndicatorValue.objects.filter(area=area).count()
    connection = connect(url)
    cursor = connection.cursor()
    for statement in MAKE_SCAN.split(";\n"):
        cursor.execute(statement)

    def scan() -> None:
        cursor.execute(SCAN, [1001, 1000 + count])
        assert len(cursor.fetchall()) == count

    def read() -> None:
        assert len(value_rows(area_id=area.pk)) == count

    mine, bare = [], []
    for _ in range(options.rounds + 1):
        mine.append(1000 * seconds_of(read, 100))
        bare.append(1000 * seconds_of(scan, 100))
    connection.close()
    shares = [one / other for one, other in zip(mine[1:], bare[1:], strict=True)]
    figure = partial(Figure, SCENARIO, size=options.orders)
    verdict = at_most(statistics.median(shares), READ_LIMIT)
    return [
        figure(name=f"read {count} values of one area", unit="ms", rounds=mine[1:]),
        figure(name=f"scan of {count} rows by primary key", unit="ms", rounds=bare[1:]),
        figure(name="read against the scan", unit="x", rounds=shares, note=verdict),
    ]


def act_rounds(options: argparse.Namespace) -> list[Figure]:
    """Lead orders through five acts with their deltas and without, in turn."""
    from workorders.services import journal  # noqa: PLC0415

    make, mine, bare = journal.deltas_of, [], []
    for number in range(options.rounds + 1):
        mine.append(1000 * seconds_of(partial(lead, f"D{number}"), options.lives) / 5)
        journal.deltas_of = lambda *, counts: []
        bare.append(1000 * seconds_of(partial(lead, f"N{number}"), options.lives) / 5)
        journal.deltas_of = make
    shares = [one / other for one, other in zip(mine[1:], bare[1:], strict=True)]
    figure = partial(Figure, SCENARIO, size=options.orders)
    verdict = at_most(statistics.median(shares), DELTA_LIMIT)
    return [
        figure(name="an act with its deltas", unit="ms", rounds=mine[1:]),
        figure(name="an act without deltas", unit="ms", rounds=bare[1:]),
        figure(name="cost of the deltas", unit="x", rounds=shares, note=verdict),
    ]


def let_go() -> None:
    """Count what was led without deltas, and close the connection to the database."""
    from django.db import connections  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from workorders.services.recount import compare_figures, repair_figures  # noqa: PLC0415

    for part in compare_figures(since=timezone.localdate()):
        repair_figures(differences=part.differences)
    connections.close_all()


def lead(name: str) -> None:
    """Register an order and lead it through four acts, each in its own transaction."""
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import Department, User  # noqa: PLC0415
    from workorders.enums import Action  # noqa: PLC0415
    from workorders.models import Category, Channel  # noqa: PLC0415
    from workorders.report import Report  # noqa: PLC0415
    from workorders.services import Actor, apply, receive  # noqa: PLC0415

    at = timezone.now()
    people = {name: Actor.from_user(User.objects.get(username=name))
              for name in ("dispatcher", "handler")}  # fmt: skip
    report = Report(
        channel="hotline", external_number=f"{name}-{time.perf_counter_ns()}", occurred_at=at,
        text="垃圾桶满溢，请清运。", lon=POINT["lon"], lat=POINT["lat"],
    )  # fmt: skip
    order, _ = receive(report=report, channel=Channel.objects.get(code="hotline"), at=at)
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("dispatcher", "accept", {"category": Category.objects.get(code="0101")}),
        ("dispatcher", "dispatch", {"department": Department.objects.get(code="PK-CG")}),
        ("handler", "sign", {}),
        ("handler", "resolve", {"result": "已清运", "proof": "清运记录"}),
    ]
    for person, action, carried in steps:
        apply(
            number=order.number, action=Action(action), actor=people[person], at=at,
            carried=carried,
        )  # fmt: skip


def lag_rounds(url: str, env: dict[str, str], options: argparse.Namespace) -> list[Figure]:
    """Let calls come in through HTTP and wait for each until the district's value has moved."""
    connection, lags = connect(url), []
    cursor = connection.cursor()
    with running_server(env) as port, workers(env):
        signed = sign_in(port, env, is_single=False)
        time.sleep(3)
        for number in range(options.acts):
            before = probe(cursor)
            register(Caller(port), signed.hotline, number)
            answered_at = time.perf_counter()
            while probe(cursor) <= before and time.perf_counter() - answered_at < 10:
                time.sleep(0.005)
            lags.append(time.perf_counter() - answered_at)
            time.sleep(options.pause)
    connection.close()
    figure = partial(Figure, SCENARIO, size=options.orders)
    p99 = percentile(lags, 0.99)
    return [
        figure(name="act to value, p50", unit="s", rounds=[percentile(lags, 0.5)]),
        figure(name="act to value, p99", unit="s", rounds=[p99], note=at_most(p99, LAG_LIMIT)),
    ]


def probe(cursor: Any) -> float:
    cursor.execute(MOVED, [PROBE])
    row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def register(caller: Caller, hotline: str, number: int) -> None:
    report = {
        "ticket_number": f"I{time.time_ns()}-{number}",
        "occurred_at": "2026-01-05T10:00:00+08:00",
        "text": "垃圾桶满溢，垃圾堆积到路边，请安排清运。",
        "point": POINT,
        "is_demo": True,
    }
    caller.call("POST", "/api/v1/intake/hotline/", hotline, report)


def recount_round(options: argparse.Namespace) -> list[Figure]:
    """Count how many cells of the newest day differ from a recount of its events."""
    from django.utils import timezone  # noqa: PLC0415

    from workorders.services.recount import compare_figures  # noqa: PLC0415

    today = timezone.localdate()
    parts = [part for part in compare_figures(since=today) if part.day is not None]
    differing = float(sum(len(part.differences) for part in parts))
    figure = partial(Figure, SCENARIO, size=options.orders)
    cells = sum(part.cells for part in parts)
    return [figure(name=f"of {cells} cells differ from a recount", unit="", rounds=[differing])]


def prepare() -> None:
    """Have as many values as the target names, and one that every call moves."""
    from django.utils import timezone  # noqa: PLC0415

    from dashboards.models import Indicator  # noqa: PLC0415
    from dashboards.services import load_indicators, refresh_figures  # noqa: PLC0415

    load_indicators()
    Indicator.objects.get_or_create(
        code=PROBE,
        defaults={
            "name": "测量用登记数", "theme": "social_governance", "unit": "件", "source": "cube",
            "direction": "lower", "window": "today", "formula": "count(registered)",
        },
    )  # fmt: skip
    codes = list(Indicator.objects.filter(is_active=True).order_by("pk").values_list("pk"))
    Indicator.objects.filter(pk__in=[pk for (pk,) in codes[VALUES - 1 :]]).exclude(
        code=PROBE
    ).update(is_active=False)
    refresh_figures(at=timezone.now())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench indicators", description=__doc__)
    parser.add_argument("--orders", type=int, default=15_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lives", type=int, default=40, help="orders led through acts a round")
    parser.add_argument("--acts", type=int, default=200, help="acts whose value is waited for")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between such acts")
    parser.add_argument("--keep", action="store_true", help="keep the database")
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(machine())
    with filled_database(Data.of(options.orders), is_kept=options.keep) as url:
        env = environment(url)
        set_up_django(env)
        prepare()
        figures = lag_rounds(url, env, options) + recount_round(options)
        figures += read_rounds(url, options) + act_rounds(options)
        let_go()
        report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
