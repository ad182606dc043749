"""The API's page of 50 orders, signed in, for people of several scopes, against the raw SQL.

One client in a closed loop. Page and yardstick take turns, request by request: the same orders,
by keyset on the same columns, read over psycopg2 on a connection of its own. Each person reads
page 1 and page 1,000 (the last full one where there are fewer), whose cursor is made from a row.
"""

import argparse
import base64
import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.fill import Data, filled_database
from bench.measure import Figure, at_most, keep, machine, percentile
from bench.people import USERNAMES, Caller, Person, people
from bench.place import connect, environment, running_server

SCENARIO = "queue"
PAGE, DEEP = 50, 1000
COLUMNS = (
    "number, version, state, title, channel_id, category_id, nature, urgency, address,"
    " place_source, street_id, community_id, grid_id, department_id, holder_area_id, level,"
    " occurred_at, registered_at, due_at, is_overdue, point, is_demo, id"
)
SHARE, GROWTH, DEPTH = 8.0, 1.3, 1.2
Place = tuple[Any, int]


@dataclass
class Case:
    """One person at one size: how to ask for the two pages, and what each took, by round."""

    size: int
    person: Person
    caller: Caller
    api: dict[int, Callable[[], bytes]]
    raw: dict[int, Callable[[], list[Any]]]
    deep: int
    seconds: dict[tuple[str, int], list[list[float]]] = field(default_factory=dict)

    def rounds(self, kind: str, page: int, share: float) -> list[float]:
        """Give one percentile in milliseconds for each round."""
        return [1000 * percentile(took, share) for took in self.seconds[kind, page]]

    def all_seconds(self, kind: str, page: int) -> list[float]:
        return [took for one in self.seconds[kind, page] for took in one]


def raw_sql(person: Person, *, columns: str, is_after: bool) -> str:
    """Write the keyset page by hand: one index range for each column and value of the scope."""
    after = "AND (registered_at, id) < (%(at)s, %(id)s)" if is_after else ""
    end = "ORDER BY registered_at DESC, id DESC LIMIT"
    branches = [
        f"(SELECT {columns} FROM workorders_workorder WHERE {column} = {value} {after}"
        f" {end} %(limit)s)"
        for column, value in person.branches
    ]
    if len(branches) == 1:
        return branches[0]
    return f"SELECT * FROM ({' UNION '.join(branches)}) rows {end} %(limit)s"


def make_case(size: int, url: str, port: int, person: Person, env: dict[str, str]) -> Case:
    """Prepare both pages of a person, and check that page and yardstick give the same orders."""
    caller, cursor = Caller(port), connect(url).cursor()
    token = caller.sign_in(person.username, env)
    deep, places = _deep_page(cursor, person)
    api: dict[int, Callable[[], bytes]] = {}
    raw: dict[int, Callable[[], list[Any]]] = {}
    for page, place in places.items():
        at, row_id = place or (None, 0)
        values = {"at": at, "id": row_id, "limit": PAGE + 1}
        sql = raw_sql(person, columns=COLUMNS, is_after=place is not None)
        target = "/api/v1/orders/" + (f"?{urlencode({'cursor': _cursor(place)})}" if place else "")

        api[page] = partial(caller.raw, "GET", target, token)
        raw[page] = partial(_read, cursor, sql, values)
        shown = [row["number"] for row in json.loads(api[page]())["results"]]
        if shown != [row[0] for row in raw[page]()[:PAGE]]:
            raise SystemExit(f"{person.username}, page {page}: the API gives other orders.")
    return Case(size, person, caller, api, raw, deep)


def _read(cursor: Any, sql: str, values: dict[str, Any]) -> list[Any]:
    cursor.execute(sql, values)
    return list(cursor.fetchall())


def _deep_page(cursor: Any, person: Person) -> tuple[int, dict[int, Place | None]]:
    """Find the row before page 1,000, or before the last full page of a smaller scope."""
    sql = raw_sql(person, columns="id, registered_at", is_after=False)
    cursor.execute(
        f"SELECT registered_at, id FROM ({sql}) rows ORDER BY registered_at DESC, id DESC",
        {"limit": PAGE * DEEP},
    )
    found = cursor.fetchall()
    deep = min(DEEP, max(len(found) // PAGE, 2))
    return deep, {1: None, deep: found[PAGE * (deep - 1) - 1]}


def _cursor(place: Place) -> str:
    at, row_id = place
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), row_id]).encode()).decode()


def run_round(cases: list[Case], *, requests: int) -> None:
    """Let each case ask its pages and the yardstick in turn."""
    for case in cases:
        case.caller.close()  # the server has hung up meanwhile
        case.api[1]()
        took: dict[tuple[str, int], list[float]] = {}
        for _ in range(requests):
            for page in case.api:
                for kind, read in (("api", case.api[page]), ("raw", case.raw[page])):
                    began_at = time.perf_counter()
                    read()
                    took.setdefault((kind, page), []).append(time.perf_counter() - began_at)
        for key, seconds in took.items():
            case.seconds.setdefault(key, []).append(seconds)


def figures_of(case: Case) -> list[Figure]:
    """Give a person's latencies, and their shares to the yardstick and of the deep page."""
    name, size = case.person.username, case.size
    figures = []
    for page in (1, case.deep):
        for kind in ("api", "raw"):
            for share in (0.5, 0.99):
                label = f"{name} {kind} page {page} p{share * 100:.0f}"
                figures.append(Figure(SCENARIO, label, "ms", size, case.rounds(kind, page, share)))
        shares = _ratio(case.rounds("api", page, 0.5), case.rounds("raw", page, 0.5))
        figures.append(_compared(f"{name} page {page}: API / raw p50", size, shares, SHARE))
    depth = _ratio(case.rounds("api", case.deep, 0.5), case.rounds("api", 1, 0.5))
    figures.append(_compared(f"{name} page {case.deep} / page 1 p50", size, depth, DEPTH))
    return figures


def growth(cases: list[Case]) -> list[Figure]:
    """Compare each person's p99 at every size with that at the smallest."""
    figures, smallest = [], min(case.size for case in cases)
    first = {case.person.username: case for case in cases if case.size == smallest}
    for case in cases:
        name = case.person.username
        if case.size > smallest:
            ratio = _ratio(case.rounds("api", 1, 0.99), first[name].rounds("api", 1, 0.99))
            label = f"{name} page 1 p99 / at {smallest:,}"
            figures.append(_compared(label, case.size, ratio, GROWTH))
    return figures


def _ratio(subject: list[float], yardstick: list[float]) -> list[float]:
    return [mine / other for mine, other in zip(subject, yardstick, strict=True)]


def _compared(name: str, size: int, ratios: list[float], target: float) -> Figure:
    figure = Figure(SCENARIO, name, "×", size, ratios)
    return Figure(SCENARIO, name, "×", size, ratios, at_most(figure.median, target))


def measure(options: argparse.Namespace) -> list[Figure]:
    """Serve every size at once and measure them in the same rounds."""
    with ExitStack() as stack:
        cases = []
        for size in sorted(options.orders):
            url = stack.enter_context(filled_database(Data.of(size), is_kept=options.keep))
            env = environment(url) | {"WEB_WORKERS": "1"}
            port = stack.enter_context(running_server(env))
            for person in people(env).values():
                if person.username in options.people:
                    cases.append(make_case(size, url, port, person, env))
        run_round(cases, requests=options.requests)  # warm-up
        for case in cases:
            case.seconds.clear()
        for number in range(1, options.rounds + 1):
            run_round(cases, requests=options.requests)
            print(f"  round {number} done, load {os.getloadavg()[0]:.1f}", flush=True)
        return [*(figure for case in cases for figure in figures_of(case)), *growth(cases)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench queue", description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[150_000, 1_000_000])
    parser.add_argument("--people", nargs="+", default=list(USERNAMES), choices=USERNAMES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300, help="of each page, a round")
    parser.add_argument("--keep", action="store_true", help="keep the databases for later runs")
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(machine())
    figures = measure(options)
    for size in sorted(options.orders):
        print(f"\n{SCENARIO} at {size:,} orders, {options.requests} requests of each page a round")
        for figure in figures:
            if figure.size == size:
                print(figure.line())
    print(f"  kept in {keep(figures, folder=Path(os.environ['YIWANG_VAR']))}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
