"""Topics as numbered lines: a place on a line, its newest frames, and what one has missed of it.

One message may stand on several lines, with a number of its own on each. A socket that hears
several of them gets one frame, which says its place on all of them; `merge` finds what belongs
together by the number of the message.
"""

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

RING = 256  # newest frames of a topic that are kept for those who come back


@dataclass(frozen=True, slots=True)
class Place:
    """How far a topic has been told; numbers of another epoch say nothing."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A message on one line: the number of the message, the one on the line, and its body."""

    number: int
    seq: int
    is_gone: bool
    body: str

    @classmethod
    def parse(cls, text: str) -> "Entry":
        number, seq, kind, body = text.split(" ", 3)
        return cls(int(number), int(seq), kind == "gone", body)


@dataclass
class Line:
    """A topic as a server process knows it."""

    topic: str
    place: Place
    ring: deque[Entry] = field(default_factory=lambda: deque(maxlen=RING))
    openers: int = 0  # sockets that are about to hear it

    def add(self, entry: Entry) -> None:
        self.place = Place(self.place.epoch, entry.seq)
        self.ring.append(entry)

    def extend(self, place: Place, entries: list[Entry]) -> bool:
        """Move on to a place by what came before it; tell whether that is all that was missed."""
        expected = range(self.place.seq + 1, place.seq + 1)
        told = [entry.seq for entry in entries]
        is_whole = place.epoch == self.place.epoch and told == list(expected)
        if not is_whole:
            self.ring.clear()
        self.ring.extend(entries)
        self.place = place
        return is_whole

    def since(self, place: Place | None) -> list[Entry] | None:
        """List what came after a place; None where the ring does not reach back to it."""
        if place is None or place.epoch != self.place.epoch:
            return None
        missing = self.place.seq - place.seq
        if not 0 <= missing <= len(self.ring):
            return None
        return list(islice(self.ring, len(self.ring) - missing, None))


def merge(missed: Mapping[str, Iterable[Entry]]) -> list[dict[str, Entry]]:
    """Bring the entries of several topics together by message, in the order of the messages."""
    found: dict[int, dict[str, Entry]] = {}
    for topic, entries in missed.items():
        for entry in entries:
            found.setdefault(entry.number, {})[topic] = entry
    return [found[number] for number in sorted(found)]


def compose(entries: Mapping[str, Entry], epochs: Mapping[str, str]) -> str:
    """Write a message as one frame for a socket that hears these of its topics.

    Whoever still sees an order by one topic is not told that it is gone by another.
    """
    (topic, entry), *others = sorted(entries.items(), key=lambda each: each[1].is_gone)
    head: dict[str, Any] = {"topic": topic, "epoch": epochs[topic], "seq": entry.seq}
    if others:
        head["also"] = {name: [epochs[name], other.seq] for name, other in others}
    return f"{write(head)[:-1]},{entry.body[1:]}"


def write(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)
