"""Fixtures of the console's tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.workorders.desk import Desk


@pytest.fixture
def desk(town: Any) -> Callable[[str], Client]:
    """Give a browser signed in as one of the town's people, by user name."""

    def client(username: str) -> Client:
        client = Client()
        client.force_login(town.people[username])
        return client

    return client


@pytest.fixture
def people(town: Any) -> Desk:
    """The town's people at work on several orders, a minute apart."""
    return Desk(town)


@pytest.fixture
def number(town: Any, channel_api: Any) -> str:
    """A fresh hotline order in the east street."""
    return channel_api("hotline", town.call()).data["number"]
