"""What a page says to the server: which topics it wants, and how far it knows them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboards.push.lines import Place
from dashboards.push.topics import is_well_formed

SIZE_LIMIT = 60_000  # characters
TOPIC_LIMIT = 64  # topics that a page may name
MINE_LIMIT = 1024  # places of one's own topics: a person may answer for many grids

Places = Mapping[str, Place | None]


class BadWishError(Exception):
    """A message that no page of ours sends; `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Wish:
    """The topics that a page names, and whether it wants those of its person besides.

    A topic without a place is wanted from nothing.
    """

    topics: Places = field(default_factory=dict)
    mine: Places | None = field(default_factory=dict)


def read_wish(text: str | None) -> Wish:
    """Read a page's message; raise BadWishError for anything else than a subscription."""
    if not text or len(text) > SIZE_LIMIT:
        raise BadWishError("too_large" if text else "bad_message")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise BadWishError("bad_message") from None
    if not isinstance(content, dict) or content.get("type") != "subscribe":
        raise BadWishError("bad_message")
    topics = _places(content.get("topics"), limit=TOPIC_LIMIT)
    mine = _places(content.get("mine"), limit=MINE_LIMIT)
    # A page that names nothing at all wants what is its person's.
    return Wish(topics or {}, {} if mine is None and topics is None else mine)


def _places(content: Any, *, limit: int) -> Places | None:
    if content is None:
        return None
    if not isinstance(content, dict):
        raise BadWishError("bad_message")
    if len(content) > limit:
        raise BadWishError("too_many_topics")
    if not all(map(is_well_formed, content)):
        raise BadWishError("bad_topic")
    return {topic: _place(told) for topic, told in content.items()}


def _place(told: Any) -> Place | None:
    """Read a place; one that makes no sense counts as none."""
    if not isinstance(told, dict):
        return None
    epoch, seq = told.get("epoch"), told.get("seq")
    return Place(epoch, seq) if isinstance(epoch, str) and type(seq) is int else None
