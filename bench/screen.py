"""A page's side of the live socket, as static/js/live.js does it, with a ledger of what came."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.sockets import WebSocket

PATH = "/ws/live/"
SIGNED_OUT = 4401
Frame = dict[str, Any]


def headers_of(port: int, cookie: str) -> dict[str, str]:
    site = f"127.0.0.1:{port}"
    return {"Host": site, "Origin": f"http://{site}", "Cookie": cookie}


class Screen:
    """One page: it comes back when it is sent away, and goes on from its places.

    `troubles` counts frames that came twice or out of order on one line; `frames` has those that
    counted, with their instants, `rereads` the instants at which it was told to read again.
    """

    def __init__(
        self, *, port: int, cookie: str, topics: list[str] | None = None,
        on_frame: Callable[[Frame], None] | None = None,
        on_reread: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        self._port, self._cookie, self._topics = port, cookie, topics
        self._on_frame, self._on_reread = on_frame, on_reread
        self.places: dict[str, list[Any]] = {}
        self.frames: list[tuple[int, Frame]] = []
        self.rereads: list[int] = []
        self.troubles: Counter[str] = Counter()
        self.is_open, self.is_over = False, False
        self._is_asking = False
        self._socket: WebSocket | None = None

    async def connect(self) -> None:
        """Open the socket; where nobody listens, try again a little later."""
        loop = asyncio.get_running_loop()
        headers = headers_of(self._port, self._cookie)
        try:
            _, self._socket = await loop.create_connection(
                lambda: WebSocket(
                    path=PATH, headers=headers, on_text=self._hear, on_open=self._ask,
                    on_lost=self._lose,
                ),
                "127.0.0.1", self._port,
            )  # fmt: skip
        except OSError:
            self._lose(1006)

    def close(self) -> None:
        self.is_over = True
        if self._socket is not None:
            self._socket.close()

    def _lose(self, code: int) -> None:
        self.is_open = False
        if self.is_over:
            return
        self.troubles[f"sent away {code}"] += 1
        asyncio.get_running_loop().call_later(random.uniform(0.1, 0.5), self._come_back)

    def _come_back(self) -> None:
        self._coming = asyncio.get_running_loop().create_task(self.connect())

    def _ask(self, socket: WebSocket) -> None:
        self._is_asking = True
        known = {topic: {"epoch": epoch, "seq": seq} for topic, (epoch, seq) in self.places.items()}
        if self._topics is None:
            wish: Frame = {"mine": known}
        else:
            wish = {"topics": {topic: known.get(topic) for topic in self._topics}}
        socket.say(json.dumps({"type": "subscribe", **wish}))

    def _ask_again(self, why: str) -> None:
        self.troubles[why] += 1
        if self._socket is not None:
            self._ask(self._socket)

    @property
    def read_at(self) -> int:
        """The instant at which it was last told to read again; 0 for never."""
        return max(self.rereads, default=0)

    def _hear(self, payload: bytes, at: int) -> None:
        frame: Frame = json.loads(payload)
        kind = frame["type"]
        if kind == "hello":
            self._greet(frame, at)
        elif self._is_asking:
            return
        elif kind == "resync":
            self._ask_again("asked to ask again")
        elif kind == "ping" and frame["topics"] != self.places:
            self._ask_again("a silent loss")
        elif kind == "snapshot":
            if self._on_frame:
                self._on_frame(frame)
        elif "seq" in frame:
            self._take(frame, at)

    def _greet(self, frame: Frame, at: int) -> None:
        self.places, self._is_asking, self.is_open = frame["topics"], False, True
        if frame["reread"]:
            self.rereads.append(at)
            if self._on_reread:
                self._on_reread()

    def _take(self, frame: Frame, at: int) -> None:
        places = {frame["topic"]: [frame["epoch"], frame["seq"]], **frame.get("also", {})}
        kinds = {self._compare(topic, *place) for topic, place in places.items()}
        if kinds != {"next"}:
            self.troubles["out of order" if "gap" in kinds else "doubled"] += 1
            if "gap" in kinds:
                self._ask_again("a gap")
            return
        self.places.update(places)
        self.frames.append((at, frame))
        if self._on_frame:
            self._on_frame(frame)

    def _compare(self, topic: str, epoch: str, seq: int) -> str:
        told = self.places.get(topic)
        if told is None or told[0] != epoch or seq > told[1] + 1:
            return "gap"
        return "next" if seq == told[1] + 1 else "known"


async def until(is_done: Callable[[], bool], *, within: float) -> bool:
    """Wait until something is so; False where it is not in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            while not is_done():
                await asyncio.sleep(0.02)
            return True
    return False
