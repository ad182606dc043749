"""Fixtures that every test may use: a small town, its people, and clients signed in as them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from knox.models import AuthToken
from rest_framework.test import APIClient
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.clearing import clear, migrated_rows
from tests.town import Town, build_town

# How long an example takes says how busy the machine is, not whether the code is right. The same
# draws each time: what fails has been changed. Other draws: YIWANG_DRAWS=random script/test.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("YIWANG_DRAWS") != "random",
)
settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: in the end one worker would wait for the other."""
    items.sort(key=lambda item: item.path.name != "test_faults.py")


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """Share the list of static files: every test client would make one of its own, in 75 ms."""
    listed = WhiteNoiseMiddleware().files
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            WhiteNoiseMiddleware, "add_files_from_finders", lambda self: self.files.update(listed)
        )
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The migrated database, to which tests that commit return by deleting their rows."""
    with django_db_blocker.unblock():
        kept = migrated_rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: clear(kept))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_argon2() -> Iterator[None]:
    """Keep passwords as the product does, but cheaply: a hash is slow on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield


@pytest.fixture
def town(db: Any) -> Town:
    """Two streets of squares, departments, posts, limits and channels."""
    return build_town()


@pytest.fixture
def django_db_history(town: Town) -> Callable[[], Any]:
    """Give each generated history the town as it was, and roll back what the history did."""

    @contextmanager
    def history() -> Iterator[Town]:
        savepoint = transaction.savepoint()
        try:
            yield town
        finally:
            transaction.savepoint_rollback(savepoint)

    return history


@pytest.fixture
def api(town: Town) -> Callable[[str], APIClient]:
    """Give an API client signed in as one of the town's people, by user name."""

    def client(username: str) -> APIClient:
        client = APIClient()
        _, token = AuthToken.objects.create(user=town.people[username])
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return client


@pytest.fixture
def channel_api(town: Town) -> Callable[..., Any]:
    """Deliver a payload through a channel with its token."""

    def deliver(channel: str, payload: Any, token: str | None = None) -> Any:
        header = f"Bearer {town.tokens[channel] if token is None else token}"
        return APIClient().post(
            f"/api/v1/intake/{channel}/", payload, format="json", HTTP_AUTHORIZATION=header
        )

    return deliver


@pytest.fixture
def query_count() -> Callable[[Callable[[], Any]], int]:
    """Count the queries of one call."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count


@pytest.fixture
def held_connection() -> Iterator[None]:
    """Let requests through the bare WSGI application leave the test's transaction open."""
    rung = (request_started, request_finished)
    for signal in rung:
        signal.disconnect(close_old_connections)
    yield
    for signal in rung:
        signal.connect(close_old_connections)
