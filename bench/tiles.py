"""Vector tiles through HTTP: made anew against the bare SQL, and kept ones against a static file.

The yardstick of a new tile is the statement itself with `ST_AsMVT` over psycopg2, whose bytes must
be the same. That of a kept one is a static file of about its size from the same server. One client
in a closed loop takes each in turn, for the tiles of a screen at three zooms. Between rounds a new
boundary version makes every kept tile old.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.fill import Data, filled_database
from bench.measure import Figure, at_most, machine, percentile, report
from bench.people import Caller
from bench.place import ROOT, connect, environment, running_server

SCENARIO = "tiles"
NEW, KEPT = 1.2, 1.5
ZOOMS = (10, 12, 14)
SCREEN = (1920, 1080)
SIDE = 512  # pixels of a tile's side
PERSON = "dispatcher"
NEWER = """
INSERT INTO grids_boundaryversion (level, loaded_at, source, crs, note)
SELECT level, now(), 'bench', crs, '' FROM grids_boundaryversion ORDER BY id DESC LIMIT 1
"""
MIDDLE = """
SELECT ST_X(point), ST_Y(point) FROM (SELECT ST_PointOnSurface(geometry) AS point
FROM grids_boundary b JOIN grids_area a ON a.id = b.area_id WHERE a.level = 2
AND b.valid_to IS NULL ORDER BY a.code LIMIT 1) middle
"""
# The statements as the application sends them, with their values.
PROGRAM = """
import json, sys, django
django.setup()
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from accounts.models import User
from governance.lib.tiles import Tile
from grids.selectors.tiles import area_tile
from grids.services import current_scope
from workorders.models import WorkOrder
from workorders.selectors.tiles import order_tile
scope = current_scope(user=User.objects.get(username=sys.argv[1]))
found = []
for z, x, y in json.loads(sys.argv[2]):
    tile, sent = Tile(z, x, y), {}
    for kind, draw in (
        ("areas", lambda: area_tile(tile=tile, scope=scope)),
        ("orders", lambda: order_tile(tile=tile, at=timezone.now(),
                                      orders=WorkOrder.objects.visible_to(scope))),
    ):
        with CaptureQueriesContext(connection) as queries:
            draw()
        sent[kind] = queries[-1]["sql"]
    found.append(sent)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Screen:
    """The tiles of one kind that a screen opens at one zoom, with the statement of each."""

    kind: str
    zoom: int
    targets: list[str]
    statements: list[str]


class Reader(Caller):
    """A client that reads what it is sent to the end and throws it away."""

    def read(self, target: str, token: str = "") -> int:
        return len(self.raw("GET", target, token))


def screen_tiles(zoom: int, lon: float, lat: float) -> list[tuple[int, int, int]]:
    """List the tiles of a screen around a point."""
    size = 2**zoom
    column = (lon + 180) / 360 * size
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
    wide, high = (pixels / SIDE / 2 for pixels in SCREEN)
    columns = range(int(column - wide), int(column + wide) + 1)
    rows = range(int(row - high), int(row + high) + 1)
    return [(zoom, x, y) for x in columns for y in rows]


def screens(cursor: Any, env: dict[str, str]) -> list[Screen]:
    """Ask the application for its statements."""
    cursor.execute(MIDDLE)
    middle = cursor.fetchone()
    tiles = [tile for zoom in ZOOMS for tile in screen_tiles(zoom, *middle)]
    command = [sys.executable, "-c", PROGRAM, PERSON, json.dumps(tiles)]
    env = env | {"DJANGO_SETTINGS_MODULE": "governance.settings"}
    told = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    sent = list(zip(tiles, json.loads(told.stdout), strict=True))
    return [
        Screen(
            kind,
            zoom,
            [
                "/api/v1/tiles/{}/{}/{}/{}/".format(kind, *tile)
                for tile, _ in sent
                if tile[0] == zoom
            ],
            [statements[kind] for tile, statements in sent if tile[0] == zoom],
        )
        for kind in ("areas", "orders")
        for zoom in ZOOMS
    ]


def static_file(size: float) -> str:
    """Find the project's own static file whose size is nearest."""
    files = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    nearest = min(files, key=lambda path: abs(math.log((path.stat().st_size + 1) / (size + 1))))
    return f"/static/{nearest.relative_to(ROOT / 'static').as_posix()}"


def timed(act: Callable[[], Any]) -> float:
    began_at = time.perf_counter()
    act()
    return time.perf_counter() - began_at


def run_bare(cursor: Any, statement: str) -> None:
    cursor.execute(statement)
    cursor.fetchone()


def run_new(screen: Screen, reader: Reader, token: str, cursor: Any) -> tuple[float, float]:
    """Make each tile of a screen once by either way; give the seconds of all."""
    reader.close()  # the server has hung up meanwhile
    cursor.execute(NEWER)
    reader.read(f"/api/v1/tiles/{screen.kind}/22/0/0/", token)  # who may see what is read again
    ours = theirs = 0.0
    for target, statement in zip(screen.targets, screen.statements, strict=True):
        ours += timed(partial(reader.read, target, token))
        theirs += timed(partial(run_bare, cursor, statement))
    return ours, theirs


def run_kept(target: str, file: str, reader: Reader, token: str, times: int) -> tuple[float, float]:
    """Read a kept tile and a static file in turn; give the median seconds of either."""
    reader.read(target, token)
    ours, theirs = [], []
    for _ in range(times):
        ours.append(timed(lambda: reader.read(target, token)))
        theirs.append(timed(lambda: reader.read(file)))
    return percentile(ours, 0.5), percentile(theirs, 0.5)


def figures_of(
    label: str, names: tuple[str, str], size: int, rounds: list[tuple[float, float]], most: float
) -> list[Figure]:
    ours, theirs = ([1000 * one[side] for one in rounds] for side in (0, 1))
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    verdict = at_most(Figure(SCENARIO, "", "", size, ratios).median, most)
    return [
        Figure(SCENARIO, f"{label}: {names[0]}", "ms", size, ours),
        Figure(SCENARIO, f"{label}: {names[1]}", "ms", size, theirs),
        Figure(SCENARIO, f"{label}: share", "×", size, ratios, verdict),
    ]


def measure(url: str, port: int, env: dict[str, str], options: argparse.Namespace) -> list[Figure]:
    """Measure every screen in every round."""
    cursor, reader = connect(url).cursor(), Reader(port)
    token = reader.sign_in(PERSON, env)
    shown = screens(cursor, env)
    new: dict[tuple[str, int], list[tuple[float, float]]] = {}
    kept: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for number in range(options.rounds + 1):  # the first warms up
        for screen in shown:
            took = run_new(screen, reader, token, cursor)
            fullest = max(screen.targets, key=lambda target: reader.read(target, token))
            file = static_file(reader.read(fullest, token))
            once = run_kept(fullest, file, reader, token, options.requests)
            if number:
                new.setdefault((screen.kind, screen.zoom), []).append(took)
                kept.setdefault((screen.kind, screen.zoom), []).append(once)
        print(f"  round {number} of {options.rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
    figures = []
    for screen in shown:
        key, label = (screen.kind, screen.zoom), f"{screen.kind} at zoom {screen.zoom}"
        count = len(screen.targets)
        names = (f"{count} new tiles", "bare SQL")
        figures += figures_of(label, names, options.orders, new[key], NEW)
        figures += figures_of(label, ("a kept tile", "a file"), options.orders, kept[key], KEPT)
    whole = [
        tuple(map(sum, zip(*rounds, strict=True))) for rounds in zip(*new.values(), strict=True)
    ]
    figures += figures_of("all screens", ("new tiles", "bare SQL"), options.orders, whole, NEW)  # type: ignore[arg-type]
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench tiles", description=__doc__)
    parser.add_argument("--orders", type=int, default=190_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="of each kept tile, a round")
    parser.add_argument("--keep", action="store_true", help="keep the database for later runs")
    return parser.parse_args()


def main() -> int:
    options = _options()
    print(machine())
    with filled_database(Data.of(options.orders), is_kept=options.keep) as url:
        env = environment(url) | {"WEB_WORKERS": "1"}
        with running_server(env) as port:
            report(measure(url, port, env, options))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
