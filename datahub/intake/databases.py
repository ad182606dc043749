"""Fetching rows from a department's PostgreSQL: one query, in one transaction that cannot write."""

import csv
import io
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

import psycopg2

from datahub.enums import SourceKind
from datahub.intake.remote import (
    Fetched,
    FetchError,
    Limits,
    Sink,
    check_allowed,
    inner_address,
    read_place,
    too_slow,
)
from governance.lib.outbound import InnerAddressError, UnknownNameError, addresses_of

ROWS = 5000
CONNECT_SECONDS = 10
TABLE = re.compile(r"([^\W\d][\w$]*)(?:\.([^\W\d][\w$]*))?")
# The query is a value, so that it is one statement, and a cursor opens nothing but a query.
OPEN = (
    "DO $$ DECLARE found refcursor := 'yiwang'; BEGIN"
    " OPEN found FOR EXECUTE current_setting('yiwang.query'); END $$"
)
REASONS = {
    "42P01": "没有这张表（或视图）",
    "42703": "没有查询中的某一列",
    "42601": "查询语句有语法错误",
    "42P11": "只能填一条查询语句",
    "42501": "对方没有给这个用户读取的权限",
    "25006": "查询想要改动数据，已拒绝",
    "57014": "查询超过了规定时间",
    "55P03": "表被对方锁住了",
}


@dataclass(frozen=True)
class WantedRows:
    """A query of a database, and who asks."""

    address: str
    query: str
    user: str
    password: str


def copy_rows(*, wanted: WantedRows, into: BinaryIO, limits: Limits) -> Fetched:
    """Write what a query or a table gives as CSV; raise FetchError for what went wrong."""
    try:
        with _connected(wanted, limits) as connection:
            sink = Sink(into, limits)
            _write(connection, wanted.query, sink)
            return Fetched(sink.hash.hexdigest(), sink.size)
    except psycopg2.Error as error:
        if limits.deadline.left <= 0:
            raise too_slow() from None
        raise _failed(error) from None
    except (ValueError, OverflowError):
        raise FetchError("有的值读不出来（例如公元前的日期）。", is_final=True) from None


def _failed(error: psycopg2.Error) -> FetchError:
    """Say what happened without the other side's words, which may quote values."""
    code = error.pgcode or ""
    if code in REASONS:
        return FetchError(f"{REASONS[code]}（{code}）。", is_final=code not in ("57014", "55P03"))
    return FetchError(f"对方数据库中断或出错（{code}）。" if code else "与对方数据库的连接断了。")


@contextmanager
def _connected(wanted: WantedRows, limits: Limits) -> Iterator[Any]:
    place = read_place(SourceKind.DATABASE, wanted.address)
    check_allowed(place, limits)
    try:
        addresses = addresses_of(place.host, place.port)
    except InnerAddressError:
        raise inner_address(place.host) from None
    except UnknownNameError:
        raise FetchError(f"找不到主机 {place.host}，请核对地址。") from None
    milliseconds = max(int(limits.deadline.left * 1000), 1)
    try:
        connection = psycopg2.connect(
            host=place.host, hostaddr=addresses[0], port=place.port,
            dbname=place.path.strip("/"), user=wanted.user, password=wanted.password,
            passfile=os.devnull, connect_timeout=CONNECT_SECONDS, application_name="yiwang",
            client_encoding="UTF8", gssencmode="disable",
            keepalives_idle=30, keepalives_interval=10, keepalives_count=3,
            options="-c default_transaction_read_only=on"
                    f" -c statement_timeout={milliseconds} -c lock_timeout=30000",
        )  # fmt: skip
    except psycopg2.OperationalError:
        raise FetchError("连不上对方的数据库，或者对方不认这里的用户名和密码。") from None
    try:
        connection.set_session(readonly=True, isolation_level="REPEATABLE READ")
        with _cut_at(connection, limits):
            yield connection
    finally:
        connection.close()


@contextmanager
def _cut_at(connection: Any, limits: Limits) -> Iterator[None]:
    """Hang up at the deadline, however silently the other side keeps the line open."""
    line = socket.socket(fileno=os.dup(connection.fileno()))
    timer = threading.Timer(max(limits.deadline.left, 0), _hang_up, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        line.close()


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is down already
        return


def _write(connection: Any, query: str, sink: Sink) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yiwang.query', %s, true)", [as_query(query)])
        cursor.execute(OPEN)
    rows = connection.cursor("yiwang")
    found = rows.fetchmany(ROWS)
    _lines(sink, [[column.name for column in rows.description]])
    while found:
        _lines(sink, ([_text(value) for value in row] for row in found))
        found = rows.fetchmany(ROWS)


def as_query(text: str) -> str:
    """Give the query itself; the name of a table stands for all of it."""
    plain = text.strip().rstrip(";").strip()
    if match := TABLE.fullmatch(plain):
        names = ".".join(f'"{name}"' for name in match.groups() if name)
        return f"SELECT * FROM {names}"  # noqa: S608  # names of letters and digits only
    return plain


def _lines(sink: Sink, rows: Any) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    sink.write(out.getvalue().encode())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
