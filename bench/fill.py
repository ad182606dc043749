"""Databases full of orders: written in parts by two connections, kept by size for the next run."""

import hashlib
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from bench.place import connect, drop_database, environment, make_database, manage, url_of

SQL = Path(__file__).parent / "orders.sql"
BEFORE, PART, AFTER = "-- before each connection's parts", "-- each part", "-- after all parts"
PART_SIZE = 250_000
CONNECTIONS = 2
# What hangs on an order is four fifths of its bytes; older orders than this many go without.
WHOLE_LIMIT = 3_000_000
TABLES = ("workorder", "ordersearch", "reporter", "event", "clock")


@dataclass(frozen=True)
class Data:
    """What a database holds: so many orders, the newest of them open, the newest whole."""

    size: int
    open: int
    whole: int

    @classmethod
    def of(cls, size: int, *, open_share: float = 0.02, whole: int = WHOLE_LIMIT) -> "Data":
        return cls(size, int(size * open_share), min(size, whole))

    @property
    def name(self) -> str:
        return f"bench_orders_{self.size}_{self.open}_{self.whole}"

    def __str__(self) -> str:
        hung = "all" if self.whole == self.size else f"the newest {self.whole:,}"
        return f"{self.size:,} orders, {self.open:,} open, {hung} with events and clocks"


@contextmanager
def filled_database(data: Data, *, is_kept: bool) -> Iterator[str]:
    """Give the URL of a database with these orders: the kept one if it is still true, or anew."""
    # What a scenario has started must end with it, however it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    url, mark = url_of(data.name), _mark()
    env = environment(url)
    if _read_mark(url) == mark:
        # Brought forward as a district's would be; passwords and tokens are this installation's.
        manage("migrate", "--verbosity=0", env=env)
        manage("load_demo", "--no-history", env=env)
        print(f"  {data}: kept from an earlier run", flush=True)
    else:
        make_database(data.name)
        manage("migrate", "--verbosity=0", env=env)
        manage("load_demo", "--no-history", env=env)
        fill(url, data)
        _run(url, [f"COMMENT ON DATABASE {data.name} IS '{mark}'"])
    try:
        yield url
    finally:
        if not is_kept:
            drop_database(data.name)


def fill(url: str, data: Data) -> None:
    """Write the orders without their secondary indexes, make these again, inform the planner."""
    began_at = time.perf_counter()
    before, part, after = _sections()
    dropped, plain = _drop_indexes(url), _plain_columns(url)
    _run(url, [f"ALTER TABLE {column} SET DEFAULT {zero}" for column, zero in plain])
    parts = [_values(data, first) for first in range(1, data.size + 1, PART_SIZE)]
    _side_by_side(url, before, [(part, values) for values in parts])
    written_at = time.perf_counter()
    _side_by_side(url, [], [([statement], None) for statement in dropped])
    _run(url, [f"ALTER TABLE {column} DROP DEFAULT" for column, _ in plain])
    _run(url, [*after, "VACUUM (ANALYZE)", "CHECKPOINT"], _values(data, 1))
    print(
        f"  {data}, {_size_of(url)}: rows {written_at - began_at:.0f} s,"
        f" indexes and statistics {time.perf_counter() - written_at:.0f} s",
        flush=True,
    )


def _values(data: Data, first: int) -> dict[str, int]:
    last = min(first + PART_SIZE - 1, data.size)
    return {"first": first, "last": last, "count": data.size, "open": data.open} | {
        "whole": data.whole
    }


def _sections() -> tuple[list[str], list[str], list[str]]:
    _, before, rest = SQL.read_text().replace(PART, BEFORE, 1).split(BEFORE)
    part, after = rest.split(AFTER)
    return _statements(before), _statements(part), _statements(after)


def _statements(text: str) -> list[str]:
    return [statement for statement in text.split(";\n") if statement.strip()]


def _run(url: str, statements: Sequence[str], values: dict[str, int] | None = None) -> None:
    connection = connect(url)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
    connection.close()


def _side_by_side(
    url: str, first: Sequence[str], jobs: Sequence[tuple[Sequence[str], dict[str, int] | None]]
) -> None:
    """Let the connections take the jobs in turn, each after what it must do first."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work() -> None:
        connection = connect(url)
        with connection.cursor() as cursor:
            for statement in [*first, "SET maintenance_work_mem = '1GB'"]:
                cursor.execute(statement, {})
            for statements, values in _taken(waiting):
                for statement in statements:
                    cursor.execute(statement, values)
        connection.close()

    run_threads([work] * CONNECTIONS)


def _taken(waiting: "queue.SimpleQueue[Any]") -> Iterator[Any]:
    try:
        while True:
            yield waiting.get_nowait()
    except queue.Empty:
        return


def run_threads(jobs: Sequence[Callable[[], None]]) -> None:
    """Run jobs side by side; the first that fails fails all."""
    failures: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


# A primary key stays: its rows come in order, which costs little, and foreign keys lean on it.
INDEXES = """
SELECT i.relname, c.conname, t.relname,
       CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.oid)
            ELSE format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', t.relname, c.conname,
                        pg_get_constraintdef(c.oid)) END
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u')
WHERE t.relname = ANY(%(tables)s) AND NOT x.indisprimary
ORDER BY i.relname LIKE '%%trgm%%' DESC, i.relname LIKE 'event%%' DESC, i.relname
"""


def _drop_indexes(url: str) -> list[str]:
    """Drop all but the primary keys; return the statements that make them again, longest first."""
    connection = connect(url)
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, {"tables": [f"workorders_{table}" for table in TABLES]})
        found = cursor.fetchall()
        for index, constraint, table, _ in found:
            cursor.execute(
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}"'
                if constraint
                else f'DROP INDEX "{index}"'
            )
    connection.close()
    return [statement for *_, statement in found]


COLUMNS = """
SELECT format('%%I ALTER COLUMN %%I', table_name, column_name), data_type
FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY(%(tables)s)
AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
"""
ZEROS = {
    "boolean": "false", "smallint": "0", "integer": "0", "bigint": "0", "jsonb": "'{}'",
    "text": "''", "character varying": "''", "bytea": "''",
}  # fmt: skip


def _plain_columns(url: str) -> list[tuple[str, str]]:
    """List the columns that Django fills itself, each with what it is while nobody names it."""
    with connect(url).cursor() as cursor:
        cursor.execute(COLUMNS, {"tables": [f"workorders_{table}" for table in TABLES]})
        return [(name, ZEROS[kind]) for name, kind in cursor.fetchall() if kind in ZEROS]


def _size_of(url: str) -> str:
    with connect(url).cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        return str(cursor.fetchone()[0])


def _mark() -> str:
    """Digest what makes the rows; migrations are brought to them instead."""
    return hashlib.sha256(SQL.read_bytes()).hexdigest()


def _read_mark(url: str) -> str:
    """Read the digest that a finished fill left on its database; empty where there is none."""
    try:
        connection = connect(url)
    except psycopg2.OperationalError:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = current_database()"
        )
        (found,) = cursor.fetchone()
    connection.close()
    return str(found or "")
