"""Groups worked out by DuckDB, in this process or in workers that Dask keeps.

PostgreSQL hands out the rows in parts; each part is dealt by its keys, so that a group lies in one
hand; each hand is grouped by the query that PostgreSQL itself would run. Here there is one part.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dask
import duckdb
import psycopg2
from dask.delayed import Delayed
from distributed import Client, KilledWorker, wait
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction

from datahub.columns.grouping import group_sql, kinds_of
from datahub.columns.sql import literal
from datahub.selectors.grouping.postgresql import timed_cursor
from datahub.selectors.grouping.question import EngineAwayError, Question, TooSlowError

CONNECT_SECONDS = 5
PARTS_EACH = 2  # for a thread, of a large table: the first to be ready takes the next
LARGE = 10_000  # pages, 80 MB
ABSENT = r"\N"
DUCKDB = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
          "enable_external_access": "true"}  # fmt: skip
Rows = list[tuple[Any, ...]]


class TableChangedError(Exception):
    """A load has put another table in the place of the one that was being read."""


# Of the line to the scheduler, of a worker that died, of what a worker met.
FAILURES = (
    OSError, RuntimeError, KilledWorker, duckdb.Error, DatabaseError, psycopg2.Error,
    TableChangedError,
)  # fmt: skip


def work_out_here(question: Question) -> Rows:
    """Group in this process."""
    try:
        (found,) = dask.compute(*_plan(question, [""], "", 0, 1), scheduler="synchronous")
    except duckdb.Error as error:
        raise EngineAwayError from error
    return found


def work_out_there(question: Question) -> Rows:
    """Group in the workers of the scheduler that the settings name."""
    try:
        with Client(
            settings.ANALYTICS_SCHEDULER, timeout=CONNECT_SECONDS, set_as_default=False
        ) as client:
            threads = sum(client.nthreads().values())
            if not threads:
                raise ConnectionError("the scheduler has no workers")
            try:
                return _gathered(client, question, threads)
            except TableChangedError:  # a full load came between: read what it has brought
                return _gathered(client, question, threads)
    except FAILURES as error:
        raise EngineAwayError from error


def _gathered(client: Client, question: Question, threads: int) -> Rows:
    """Let all parts be read as of one moment: this transaction's, which the readers join."""
    with transaction.atomic(), connection.cursor() as cursor:
        seconds = int(settings.ANALYTICS_SECONDS)
        cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{seconds * 2}s'")
        cursor.execute(
            "SELECT pg_export_snapshot(), %s::regclass::oid::bigint,"
            " pg_relation_size(%s) / current_setting('block_size')::int",
            [question.table] * 2,
        )
        snapshot, table, blocks = cursor.fetchone()
        parts = _parts(blocks, threads * (PARTS_EACH if blocks > LARGE else 1))
        futures = client.compute(_plan(question, parts, snapshot, table, threads))
        try:
            if wait(futures, timeout=seconds).not_done:
                raise TooSlowError
            answers = client.gather(futures)
        except TimeoutError as error:
            raise TooSlowError from error
        finally:
            client.cancel(futures, force=True)
    return [row for found in answers for row in found]


def _parts(blocks: int, wanted: int) -> list[str]:
    """Cut a table into runs of its pages; the last one is open, for what is being added."""
    size = max(1, -(-blocks // wanted))
    starts = list(range(0, max(blocks, 1), size))
    return [
        f"ctid >= '({start},0)'" + (f" AND ctid < '({start + size},0)'" if more else "")
        for start, more in zip(starts, [*starts[1:], 0], strict=True)
    ]


def _plan(
    question: Question, parts: Sequence[str], snapshot: str, table: int, hands: int
) -> list[Delayed]:
    hands = hands if question.grouping.keys else 1
    read, group = dask.delayed(read_part, nout=hands, pure=False), dask.delayed(group_hand)
    dealt = [read(question, part, snapshot, table, hands) for part in parts]
    return [group(question, [part[hand] for part in dealt]) for hand in range(hands)]


def read_part(
    question: Question, part: str, snapshot: str, table: int, hands: int
) -> tuple[bytes, ...]:
    """Fetch a part of the rows and deal it by its keys: a Parquet file for each hand."""
    with tempfile.TemporaryDirectory() as place:
        sheet = Path(place) / "rows.csv"
        with sheet.open("wb") as file:
            _copy(question, part, snapshot, table, file)
        return _dealt(question, sheet, hands)


def _copy(question: Question, part: str, snapshot: str, table: int, file: Any) -> None:
    rows = f"{question.rows} AND {part}" if part else question.rows
    command = f"COPY ({rows}) TO STDOUT WITH (FORMAT csv, NULL {literal(ABSENT)})"
    if not snapshot:
        with timed_cursor() as cursor:
            cursor.copy_expert(command, file)
        return
    close_old_connections()  # what the server has closed meanwhile
    with timed_cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        cursor.copy_expert(command, file)
        # After the rows, whose reading holds the table: a full load gives its name to another.
        cursor.execute("SELECT %s::regclass::oid::bigint", [question.table])
        if cursor.fetchone()[0] != table:
            raise TableChangedError(question.table)


def _duckdb(place: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            **DUCKDB,
            "memory_limit": f"{settings.ANALYTICS_MEGABYTES}MB",
            "temp_directory": place,
            "threads": "1",
        },
    )


def _dealt(question: Question, sheet: Path, hands: int) -> tuple[bytes, ...]:
    kinds = ", ".join(f"{name}: '{kind}'" for name, kind in kinds_of(question.grouping).items())
    keys = ", ".join(f"k{place}" for place in range(len(question.grouping.keys)))
    rows = (
        f"read_csv({literal(str(sheet))}, header = false, auto_detect = false, delim = ',',"
        f" quote = '\"', escape = '\"', nullstr = {literal(ABSENT)}, allow_quoted_nulls = false,"
        f" parallel = false, columns = {{{kinds}}})"
    )
    with _duckdb(str(sheet.parent)) as engine:
        engine.execute(f"CREATE TABLE part AS SELECT * FROM {rows}")
        return tuple(
            _piece(engine, sheet.parent / f"{hand}", f"hash({keys}) % {hands} = {hand}")
            if hands > 1
            else _piece(engine, sheet.parent / "0", "true")
            for hand in range(hands)
        )


def _piece(engine: duckdb.DuckDBPyConnection, path: Path, condition: str) -> bytes:
    chosen = f"SELECT * FROM part WHERE {condition}"
    engine.execute(f"COPY ({chosen}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
    return path.read_bytes()


def group_hand(question: Question, pieces: Sequence[bytes]) -> Rows:
    """Group what was dealt to one hand: all rows of its groups, and no others."""
    with tempfile.TemporaryDirectory() as place:
        for number, piece in enumerate(pieces):
            (Path(place) / f"{number}.parquet").write_bytes(piece)
        source = f"read_parquet({literal(f'{place}/*.parquet')})"
        sql = group_sql(question.grouping, source=source, limit=question.limit)
        with _duckdb(place) as engine:
            return engine.execute(sql).fetchall()
