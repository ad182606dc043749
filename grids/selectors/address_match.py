"""Matching a free text to the standard addresses: candidates with a score and its reasons."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from grids.models import Address
from grids.selectors.gazetteer import Gazetteer, gazetteer_of
from grids.selectors.location import Location, current_atlas, located

CANDIDATES = 60
# Below this a candidate says more about the index than about the place.
WORTH_SHOWING = 0.3
# All parts that both name agree, though one names more than the other.
AGREEING, SURE = 0.9, 0.99
OTHER_AREA, UNNAMED = 0.3, 0.95
ESTATES = "小区|花园|新村|家园|公寓|广场|大厦|苑|园|府|庭|城"
ROAD = re.compile(r"(\D{1,12}?(?:大道|路|街|巷|弄))(?:(\d+(?:-\d+)?)号)?")
ESTATE = re.compile(rf"\D{{1,12}}?(?:{ESTATES})(?=\d|[a-z]|$)")
BUILDING = re.compile(r"([a-z]?\d+|[a-z])栋")
UNIT = re.compile(r"(\d+)单元")
ROOM = re.compile(r"(?:(?<=单元)|(?<=栋)|(?<=层))-?(\d{2,4})(?:室|房)?$|(\d{2,4})(?:室|房)$")


@dataclass(frozen=True)
class AddressParts:
    """What an address says beneath its community; empty where it says nothing."""

    road: str = ""
    number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""


LABELS = {"road": "路名", "number": "门牌号", "estate": "小区", "building": "楼栋", "unit": "单元",
          "room": "房号"}  # fmt: skip
# What another part costs: another road is another place, another room the same house.
COSTS = {"road": 0.3, "number": 0.5, "estate": 0.4, "building": 0.6, "unit": 0.75, "room": 0.85}


@dataclass(frozen=True)
class AddressMatch:
    """A standard address, how sure it is (1: to the letter), why, and where it lies."""

    address: Address
    score: float
    reasons: tuple[str, ...]
    location: Location


def parts_of(text: str) -> AddressParts:
    """Take a normalized address without streets and communities apart."""
    road = ROAD.search(text)
    rest = text[road.end() :] if road else text
    estate, room = ESTATE.search(rest), ROOM.search(rest)
    building, unit = BUILDING.search(rest), UNIT.search(rest)
    return AddressParts(
        road=road[1] if road else "",
        number=(road[2] or "") if road else "",
        estate=estate[0] if estate else "",
        building=building[1] if building else "",
        unit=unit[1] if unit else "",
        room=(room[1] or room[2]) if room else "",
    )


def match_addresses(*, text: str, limit: int = 5) -> list[AddressMatch]:
    """Find the standard addresses that a text may mean, the surest first."""
    gazetteer = gazetteer_of(current_atlas())
    pieces = gazetteer.pieces(text)
    if not pieces:
        return []
    piece = pieces[0]
    named, wanted = gazetteer.named(piece), parts_of(gazetteer.bare(piece))
    rows = address_candidates(text=piece, parts=wanted)
    found = [_judged(gazetteer, row, piece, wanted, named) for row in rows]
    worth = [match for match in found if match.score >= WORTH_SHOWING]
    return sorted(worth, key=lambda match: (-match.score, match.address.pk))[:limit]


def address_candidates(*, text: str, parts: AddressParts) -> QuerySet[Address]:
    """Find addresses like a normalized text, or with its house, by the index `address_trgm`."""
    likeness = Greatest(
        TrigramSimilarity("normalized", text), TrigramWordSimilarity(text, "normalized")
    )
    alike = Q(normalized__trigram_similar=text) | Q(normalized__trigram_word_similar=text)
    if parts.road and parts.number:
        alike |= Q(normalized__contains=f"{parts.road}{parts.number}号")
    if parts.estate and parts.building:
        alike |= Q(normalized__contains=f"{parts.estate}{parts.building}栋")
    found = Address.objects.filter(alike).annotate(likeness=likeness)
    return found.order_by("-likeness", "pk")[:CANDIDATES]


def _judged(
    gazetteer: Gazetteer, row: Address, piece: str, wanted: AddressParts, named: Location | None
) -> AddressMatch:
    lon, lat = row.point.coords
    place = gazetteer.atlas.place_at(lon, lat)
    location = located(gazetteer.atlas, place, lon=lon, lat=lat, matched=row.text, how="similar")
    if row.normalized == piece:
        return AddressMatch(row, 1.0, ("写法完全相同",), location)
    compared = list(_compared(wanted, parts_of(gazetteer.bare(row.normalized))))
    score = float(row.likeness)  # type: ignore[attr-defined]
    agrees = compared and all(cost >= UNNAMED for _, cost in compared)
    if agrees and {wanted.number, wanted.building} != {""}:
        score = max(score, AGREEING)
    reasons = [reason for reason, _ in compared]
    for _, cost in compared:
        score *= cost
    if named is not None and not _lies_in(location, named):
        score, reasons = score * OTHER_AREA, [*reasons, f"不在“{named.matched}”"]
    likeness = f"文字相似 {row.likeness:.0%}"  # type: ignore[attr-defined]
    return AddressMatch(row, round(min(score, SURE), 3), (*reasons, likeness), location)


def _compared(wanted: AddressParts, known: AddressParts) -> Iterator[tuple[str, float]]:
    """Say for each part that the text names whether the address has the same, and its cost."""
    for field in fields(AddressParts):
        asked, has = getattr(wanted, field.name), getattr(known, field.name)
        label = LABELS[field.name]
        if asked and asked == has:
            yield f"{label}相同：{has}", 1.0
        elif asked and has:
            yield f"{label}不同：{asked} / {has}", COSTS[field.name]
        elif asked:
            yield f"标准地址没有{label}：{asked}", UNNAMED
        elif has:
            yield f"没有说{label}：{has}", UNNAMED


def _lies_in(location: Location, named: Location) -> bool:
    levels = ("community_id", "street_id")
    known = next((one for one in levels if getattr(named, one) is not None), "")
    return not known or getattr(location, known) == getattr(named, known)
