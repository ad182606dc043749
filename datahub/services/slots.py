"""Advisory locks of a worker's own connection: if it dies, they go with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from datahub.services.tables import scalar

# The first halves of the locks.
LOADING, RESOURCE, FETCHING, SOURCE = 7_301, 7_302, 7_303, 7_304


@contextmanager
def slot(kind: int, places: int) -> Iterator[bool]:
    """Take one of a few places for work that is long; say whether one was free."""
    for place in range(places):
        if lock(kind, place):
            try:
                yield True
            finally:
                unlock(kind, place)
            return
    yield False


def lock(kind: int, key: int) -> bool:
    return bool(scalar(f"SELECT pg_try_advisory_lock({kind}, {key % 2**31})::int"))


def unlock(kind: int, key: int) -> None:
    if connection.connection is not None and not connection.connection.closed:
        scalar(f"SELECT pg_advisory_unlock({kind}, {key % 2**31})::int")
