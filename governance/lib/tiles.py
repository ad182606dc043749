"""Vector tiles: which tile is asked for, and those made lately, kept in memory."""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _

from governance.lib.errors import InvalidError

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
EXTENT = 4096  # units of a tile's side
DEEPEST = 22
KEPT_BYTES = 64 * 1024 * 1024
LONGEST = 8  # digits


@dataclass(frozen=True)
class Tile:
    """One square of the web map: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int


def read_tile(*, z: str, x: str, y: str) -> Tile:
    """Read a tile's address; raise InvalidError naming what is no number or lies off the map."""
    read = {name: _number(value) for name, value in (("z", z), ("x", x), ("y", y))}
    zoom = read["z"]
    if zoom is None or zoom > DEEPEST:
        raise InvalidError(fields={"z": [_("须为 0 至 %(most)d 的整数") % {"most": DEEPEST}]})
    most = 2**zoom - 1
    wrong = [name for name in ("x", "y") if (value := read[name]) is None or value > most]
    if wrong:
        words = _("须为 0 至 %(most)d 的整数") % {"most": most}
        raise InvalidError(fields={name: [words] for name in wrong})
    return Tile(zoom, int(x), int(y))


def _number(value: str) -> int | None:
    is_plain = value.isascii() and value.isdigit() and len(value) <= LONGEST
    return int(value) if is_plain else None


def tile_corner(tile: Tile, share: float) -> tuple[float, float]:
    """Give longitude and latitude (WGS-84) of a tile's north-west corner, `share` of it inwards."""
    size = 2**tile.z
    lat = math.atan(math.sinh(math.pi * (1 - 2 * (tile.y + share) / size)))
    return (tile.x + share) / size * 360 - 180, math.degrees(lat)


def tile_tag(*facts: Any) -> str:
    """Digest all that a tile depends on: the name it is kept under, and its ETag."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


class KeptTiles:
    """The tiles of this process by tag; the longest unused go first."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._tiles: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str) -> bytes | None:
        with self._lock:
            content = self._tiles.get(tag)
            if content is not None:
                self._tiles.move_to_end(tag)
            return content

    def put(self, tag: str, content: bytes) -> None:
        with self._lock:
            self._bytes += len(content) - len(self._tiles.pop(tag, b""))
            self._tiles[tag] = content
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._tiles.popitem(last=False)[1])


_kept = KeptTiles(most_bytes=KEPT_BYTES)


def answer_tile(request: HttpRequest, *, tag: str, make: Callable[[], bytes]) -> HttpResponse:
    """Answer a tile: nothing where the browser has it, the kept one, or a new one.

    The tag says whose view of which state of the data it is, so a kept tile is never another's.
    """
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    content = _kept.get(tag)
    if content is None:
        content = make()
        _kept.put(tag, content)
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)
