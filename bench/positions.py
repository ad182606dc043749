"""Fixes of phones on duty through the API, in batches, against a bare COPY of the same fixes.

Each client is a grid worker on duty with one connection, in a closed loop. The yardstick in the
same rounds is COPY over psycopg2 into a plain table of one row per fix with an index on
worker and time, in batches of the same size, each committed.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bench.measure import Figure, Stopwatch, at_least, machine, report
from bench.people import Caller
from bench.place import (
    ROOT,
    connect,
    drop_database,
    environment,
    make_database,
    manage,
    running_server,
    url_of,
)

SCENARIO = "positions"
TARGET, SHARE = 30_000.0, 0.25
TABLE = """
CREATE TABLE bench_fix (worker_id bigint NOT NULL, at timestamptz NOT NULL,
    lon double precision NOT NULL, lat double precision NOT NULL, accuracy real NOT NULL);
CREATE INDEX ON bench_fix (worker_id, at);
"""
# People are made as the administrator would: an account, and a post in a grid.
PROGRAM = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from accounts.enums import Role
from accounts.models import User
from grids.models import Area
from grids.services import appoint
hashed, today = make_password(settings.DEMO_PASSWORD), timezone.localdate()
grids = Area.objects.filter(level=4).order_by("code")
for number, grid in enumerate(grids[: int(sys.argv[1])]):
    name = f"bench-worker-{number}"
    user = User.objects.create(username=name, name="演示网格员", password=hashed)
    appoint(user=user, role=Role.GRID_WORKER, area=grid, starts_on=today)
"""


class Phone:
    """A worker on duty, who sends batches of fixes as fast as they are answered."""

    def __init__(self, *, port: int, number: int, env: dict[str, str], batch: int) -> None:
        self.caller = Caller(port)
        self.token = self.caller.sign_in(f"bench-worker-{number}", env)
        begun = self.caller.call("POST", "/api/v1/duties/", self.token, {"id": str(uuid4())})
        self.url = f"/api/v1/duties/{begun['id']}/track/"
        self.fixes = json.dumps(fixes(time.time(), batch))

    def begin(self) -> None:
        """Connect anew: the server hangs up on those who say nothing for long."""
        self.caller.close()

    def send(self) -> int:
        """Send one batch; return how many fixes the server kept."""
        sent_at = datetime.now(UTC).isoformat()
        body = f'{{"id": "{uuid4()}", "sent_at": "{sent_at}", "fixes": {self.fixes}}}'
        return int(json.loads(self.caller.raw("POST", self.url, self.token, body))["kept"])


class Copier:
    """The yardstick: one connection that copies the same fixes into a table, ready as text."""

    def __init__(self, *, url: str, number: int, batch: int) -> None:
        self.cursor, self.batch = connect(url).cursor(), batch
        self.lines = "".join(
            f"{number}\t{datetime.fromtimestamp(at, UTC).isoformat()}\t{lon}\t{lat}\t{metres}\n"
            for at, lon, lat, metres in fixes(time.time(), batch)
        )

    def begin(self) -> None:
        """Stay connected."""

    def send(self) -> int:
        """Copy one batch in a transaction of its own; return how many fixes it has."""
        self.cursor.copy_expert("COPY bench_fix FROM STDIN", io.StringIO(self.lines))
        return self.batch


def fixes(now: float, count: int) -> list[list[float]]:
    """Make a walk of so many fixes that ends now, within the leeway before a duty's begin."""
    step = 20 / count
    return [
        [round(now - step * (count - n), 3), 118.62 + n * 1e-6, 32.05 + n * 1e-6, 6.5]
        for n in range(count)
    ]


def rate(senders: list[Any], *, seconds: float) -> float:
    """Let all senders send side by side; return the fixes a second that were kept."""
    for sender in senders:
        sender.begin()
    watch, kept = Stopwatch(seconds), [0] * len(senders)

    def work(place: int) -> None:
        while watch.is_running:
            kept[place] += senders[place].send()

    with ThreadPoolExecutor(len(senders)) as pool:
        list(pool.map(work, range(len(senders))))
    return sum(kept) / watch.elapsed


def measure(options: argparse.Namespace) -> list[Figure]:
    make_database("bench_positions")
    url = url_of("bench_positions")
    env = environment(url)
    manage("migrate", "--noinput", "--verbosity=0", env=env)
    manage("load_demo", "--no-history", env=env)
    program = [sys.executable, "-c", PROGRAM, str(options.phones)]
    subprocess.run(
        program, cwd=ROOT, env=env | {"DJANGO_SETTINGS_MODULE": "governance.settings"}, check=True
    )
    connect(url).cursor().execute(TABLE)
    with running_server(env) as port:
        phones = [
            Phone(port=port, number=n, env=env, batch=options.batch) for n in range(options.phones)
        ]
        copiers = [Copier(url=url, number=n, batch=options.batch) for n in range(options.phones)]
        rounds = _rounds(phones, copiers, options)
        _prove(url, options)
    drop_database("bench_positions")
    return _figures(rounds, options)


def _rounds(phones: list[Any], copiers: list[Any], options: argparse.Namespace) -> Any:
    rate(phones, seconds=2)  # warm-up
    rate(copiers, seconds=1)
    taken = []
    for number in range(1, options.rounds + 1):
        taken.append([rate(kind, seconds=options.seconds) for kind in (phones, copiers)])
        print(f"  round {number} done, load {os.getloadavg()[0]:.1f}", flush=True)
    return taken


def _prove(url: str, options: argparse.Namespace) -> None:
    """Every duty's newest position must be the last fix that was answered."""
    cursor = connect(url).cursor()
    cursor.execute(
        "SELECT count(*) FROM grids_workerposition p JOIN (SELECT duty_id, max(ended_at) ended_at"
        " FROM grids_trackpiece GROUP BY 1) t USING (duty_id) WHERE t.ended_at = p.at"
    )
    if cursor.fetchone()[0] != options.phones:
        raise SystemExit("A newest position is not the newest fix.")


def _figures(rounds: list[list[float]], options: argparse.Namespace) -> list[Figure]:
    size = options.batch
    api, copied = [one[0] for one in rounds], [one[1] for one in rounds]
    shares = [mine / other for mine, other in rounds]
    found = Figure(SCENARIO, "fixes kept through the API", "/s", size, api)
    share = Figure(SCENARIO, "API / bare COPY", "×", size, shares)
    return [
        Figure(SCENARIO, found.name, "/s", size, api, at_least(found.median, TARGET)),
        Figure(SCENARIO, "fixes by bare COPY", "/s", size, copied),
        Figure(SCENARIO, share.name, "×", size, shares, at_least(share.median, SHARE)),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench positions", description=__doc__)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--batch", type=int, default=1000, help="fixes in a batch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(machine())
    figures = measure(options)
    print(f"\n{SCENARIO}: {options.phones} phones, batches of {options.batch} fixes")
    report(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
