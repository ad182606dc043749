"""The first page of 50 orders by the columns of a scope, against one guardian row per order.

The yardstick is `get_objects_for_user` over the same orders for the same person, whose rows are
written to guardian's table first: as many as the person sees orders. Both give the same page.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench.fill import Data, filled_database
from bench.measure import Figure, at_least, machine, report
from bench.people import Person, people
from bench.place import connect, environment

SCENARIO = "scope"
TARGET = 500.0
PAGE = 50
READS = 20  # of ours for each of guardian's

GRANT = """
INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)
SELECT o.id::text, p.content_type_id, p.id, %(user)s FROM workorders_workorder o, auth_permission p
JOIN django_content_type t ON t.id = p.content_type_id
WHERE p.codename = 'view_workorder' AND t.app_label = 'workorders' AND t.model = 'workorder'
AND ({condition})
"""
REVOKE = """
DELETE FROM guardian_userobjectpermission g USING django_content_type t
WHERE t.id = g.content_type_id AND t.app_label = 'workorders' AND t.model = 'workorder'
"""


@contextmanager
def granted(url: str, person: Person) -> Iterator[int]:
    """Give guardian one row for each order that the person sees; take them back at the end."""
    condition = " OR ".join(f"{column} = {value}" for column, value in person.branches)
    connection = connect(url)
    with connection.cursor() as cursor:
        cursor.execute(REVOKE)
        cursor.execute(GRANT.format(condition=condition), {"user": person.user_id})
        count = cursor.rowcount
        cursor.execute("VACUUM (ANALYZE) guardian_userobjectpermission")
        try:
            yield count
        finally:
            cursor.execute(REVOKE)
            cursor.execute("VACUUM (ANALYZE) guardian_userobjectpermission")
    connection.close()


def set_up_django(env: dict[str, str]) -> None:
    """Make this process the application, over the scenario's database."""
    os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "governance.settings"})
    import django  # noqa: PLC0415  # reads the environment of now

    django.setup()


def readers(person: Person) -> dict[str, Callable[[], list[Any]]]:
    """Give the two ways to the first page, newest first, as the rows that a queue shows."""
    from guardian.shortcuts import get_objects_for_user  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from grids.services import current_scope  # noqa: PLC0415
    from workorders.models import WorkOrder  # noqa: PLC0415
    from workorders.selectors import listed_orders, take_orders  # noqa: PLC0415

    user = User.objects.get(pk=person.user_id)
    scope = current_scope(user=user)

    def by_columns() -> list[Any]:
        page = take_orders(scope=scope, key="-registered_at", size=PAGE)
        return page.rows

    def by_guardian() -> list[Any]:
        seen = get_objects_for_user(user, "workorders.view_workorder", WorkOrder)
        return list(listed_orders(seen).order_by("-registered_at", "-id")[:PAGE])

    return {"columns": by_columns, "guardian": by_guardian}


def seconds_of(read: Callable[[], list[Any]], times: int) -> float:
    began_at = time.perf_counter()
    for _ in range(times):
        read()
    return (time.perf_counter() - began_at) / times


def measure(person: Person, size: int, count: int, rounds: int) -> list[Figure]:
    """Measure both ways in turn."""
    ways = readers(person)
    ours, theirs = (ways[name]() for name in ("columns", "guardian"))  # warm-up
    if [order.id for order in ours] != [order.id for order in theirs]:
        raise SystemExit(f"{person.username}: the two ways give other orders.")
    columns, guardian = [], []
    for number in range(1, rounds + 1):
        columns.append(1000 * seconds_of(ways["columns"], READS))
        guardian.append(1000 * seconds_of(ways["guardian"], 1))
        print(f"  {person.username}, round {number}: {columns[-1]:.2f} ms, guardian"
              f" {guardian[-1]:.0f} ms", flush=True)  # fmt: skip
    ratios = [theirs / ours for ours, theirs in zip(columns, guardian, strict=True)]
    figure = partial(Figure, SCENARIO, size=size)
    name, note = person.username, f"{count:,} orders visible"
    verdict = at_least(Figure(SCENARIO, "", "", size, ratios).median, TARGET)
    return [
        figure(name=f"{name} by columns", unit="ms", rounds=columns, note=note),
        figure(name=f"{name} by guardian", unit="ms", rounds=guardian, note=note),
        figure(name=f"{name} guardian / columns", unit="×", rounds=ratios, note=verdict),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench scope", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--people", nargs="+", default=["dispatcher", "street-dispatcher"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="keep the database for later runs")
    return parser.parse_args()


def main() -> int:
    options, figures = _options(), []
    print(machine())
    with filled_database(Data.of(options.orders), is_kept=options.keep) as url:
        env = environment(url)
        set_up_django(env)
        for name in options.people:
            person = people(env)[name]
            with granted(url, person) as count:
                figures += measure(person, options.orders, count, options.rounds)
    print(f"\n{SCENARIO} at {options.orders:,} orders")
    report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
