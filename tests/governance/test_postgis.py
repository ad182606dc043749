"""Kept connections: one that the server has ended is known without asking it."""

import pytest
from django.db import connection


@pytest.fixture
def other(db):
    """A second connection to the test database."""
    made = connection.copy()
    yield made
    made.close()


def end(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)


def test_connection_that_the_server_has_ended_is_not_usable(other):
    assert not other.is_usable()
    other.ensure_connection()
    assert other.is_usable()
    end(other.connection.info.backend_pid)
    assert not other.is_usable()


def test_ended_connection_is_replaced_at_the_next_request(other):
    other.settings_dict["CONN_HEALTH_CHECKS"] = True
    other.ensure_connection()
    former = other.connection.info.backend_pid
    end(former)
    other.close_if_unusable_or_obsolete()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (former,)
