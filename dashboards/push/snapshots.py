"""What a topic's state is read with, for those who come anew; registered by kind of topic."""

from collections.abc import Callable, Mapping
from typing import Any

Provider = Callable[[str], Mapping[str, Any]]

_providers: dict[str, Provider] = {}


def register_snapshot(kind: str, provider: Provider) -> None:
    """Let topics of a kind be answered with their state, read from the database by `provider`.

    It is called in a thread with the topic's name; frames told before the call must be contained.
    """
    _providers[kind] = provider


def has_snapshot(kind: str) -> bool:
    return kind in _providers


def provider_for(kind: str) -> Provider:
    return _providers[kind]
