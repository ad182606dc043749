"""From a spoken or written address to a place, and how sure that is."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q
from django.db.models.functions import Greatest, Length

from grids.models import Address
from grids.selectors.address_match import match_addresses
from grids.selectors.gazetteer import Gazetteer, gazetteer_of, spell_address
from grids.selectors.location import Atlas, Location, current_atlas, located

SIMILAR_ENOUGH = 0.5
# Roads are the same when their names are nearly so; a shared street's name proves nothing.
SAME_ROAD = 0.7
# Two houses this near in likeness are a doubt, not a find.
DOUBT = 0.05
# As many similar addresses are a crowd: what the first of them share says nothing of the rest.
CANDIDATES = 50
# A shorter road name is a syllable found everywhere.
SHORTEST_ROAD = 3
# A part of an address that its index can find.
SHORTEST_PART = 3
# Only the letters themselves make an address certain.
SURE_SIMILAR = 0.95
# A similar address with another house number shows the neighbourhood, not the house.
OTHER_NUMBER = 0.7
NUMBERS = re.compile(r"\d+")
# The text up to its last house number: what follows tells what happened there.
HOUSE = re.compile(r".*\d(?:号|栋|单元|层|楼|室|组)")


def locate_address(*, text: str) -> Location | None:
    """Find the place that an address names; None where nothing matches well enough.

    A known address gives its grid; a similar one too, unless its house number differs. A
    community or street named in the text gives itself and no grid. `score` says how sure, `how`
    by which way, `matched` by which words.
    """
    atlas = current_atlas()
    gazetteer = gazetteer_of(atlas)
    pieces = _with_houses(gazetteer.pieces(text))
    if not pieces:
        return None
    named = gazetteer.named(pieces[0])
    known = _exact(atlas, pieces)
    if known or (named and named.grid_id):
        return known or named
    candidates = _candidates(gazetteer, _house(pieces[0]) or pieces[0], named)
    same = _only([found for found, is_house in candidates if is_house])
    if same or (named and named.community_id):
        return same or named
    around = _on_road(gazetteer, pieces[0], named) or [found for found, _ in candidates]
    return _neighbourhood(around) or named


def locate_many(*, texts: Collection[str]) -> dict[str, Location]:
    """Find the places of many addresses with one query: to the letter, or by the area they name.

    What matches nothing is left out; nothing is guessed by likeness.
    """
    atlas = current_atlas()
    gazetteer = gazetteer_of(atlas)
    pieces = {text: _with_houses(gazetteer.pieces(text)) for text in texts}
    wanted = {piece for found in pieces.values() for piece in found}
    known = {row.normalized: row for row in Address.objects.filter(normalized__in=wanted)}
    located = {text: _first(gazetteer, found, known) for text, found in pieces.items() if found}
    return {text: location for text, location in located.items() if location}


def _first(
    gazetteer: Gazetteer, pieces: list[str], known: Mapping[str, Address]
) -> Location | None:
    row = next((known[piece] for piece in pieces if piece in known), None)
    return _at(gazetteer.atlas, row) if row else gazetteer.named(pieces[0])


def find_addresses(*, words: str, limit: int = 6) -> list[Address]:
    """Find known addresses by a part of them, the shortest first, else those that are alike.

    The index holds three letters.
    """
    spelled = spell_address(words)
    if len(spelled) < SHORTEST_PART:
        return []
    found = Address.objects.filter(normalized__contains=spelled).order_by(Length("normalized"))
    if known := list(found[:limit]):
        return known
    alike = match_addresses(text=words, limit=limit)
    return [match.address for match in alike if match.score >= SIMILAR_ENOUGH]


def _with_houses(pieces: Sequence[str]) -> list[str]:
    found = {*pieces, *filter(None, map(_house, pieces))}
    return sorted(found, key=lambda piece: (-len(piece), piece))


def _house(piece: str) -> str:
    match = HOUSE.match(piece)
    return match[0] if match else ""


def _exact(atlas: Atlas, pieces: list[str]) -> Location | None:
    """Find a known address to the letter, the longest piece of the text first."""
    known = {row.normalized: row for row in Address.objects.filter(normalized__in=pieces)}
    found = (known[piece] for piece in pieces if piece in known)
    row = next(found, None)
    return _at(atlas, row) if row else None


def _candidates(
    gazetteer: Gazetteer, piece: str, named: Location | None
) -> list[tuple[Location, bool]]:
    """List similar known addresses, the likest first, and whether each is the same house.

    Those on another road or elsewhere than the area that the text names are left out.
    """
    likeness = Greatest(
        TrigramSimilarity("normalized", piece), TrigramWordSimilarity(piece, "normalized")
    )
    rows = (
        Address.objects.filter(
            Q(normalized__trigram_similar=piece) | Q(normalized__trigram_word_similar=piece)
        )
        .annotate(likeness=likeness)
        .filter(likeness__gte=SIMILAR_ENOUGH)
        .order_by("-likeness", "pk")[:CANDIDATES]
    )
    found = [
        (
            replace(
                _at(gazetteer.atlas, row),
                score=round(min(row.likeness, SURE_SIMILAR), 3),
                how="similar",
            ),
            NUMBERS.findall(row.normalized) == NUMBERS.findall(piece) != [],
        )
        for row in rows
        if _is_same_road(gazetteer.bare(row.normalized), gazetteer.bare(piece))
    ]
    return [(location, is_house) for location, is_house in found if _agrees(location, named)]


def _on_road(gazetteer: Gazetteer, piece: str, named: Location | None) -> list[Location]:
    """List known addresses on the road that the text begins with."""
    road = NUMBERS.split(gazetteer.bare(piece))[0]
    if len(road) < SHORTEST_ROAD:
        return []
    rows = Address.objects.filter(normalized__contains=road).order_by("pk")[:CANDIDATES]
    found = [replace(_at(gazetteer.atlas, row), score=SIMILAR_ENOUGH) for row in rows]
    return [location for location in found if _agrees(location, named)]


def _is_same_road(one: str, other: str) -> bool:
    road, other_road = NUMBERS.sub("", one), NUMBERS.sub("", other)
    return SequenceMatcher(None, road, other_road, autojunk=False).ratio() >= SAME_ROAD


def _only(found: list[Location]) -> Location | None:
    """Give the likest place unless another grid is about as like."""
    rivals = [each for each in found if each.score > found[0].score - DOUBT]
    return found[0] if len({each.grid_id for each in rivals}) == 1 else None


def _at(atlas: Atlas, row: Address) -> Location:
    lon, lat = row.point.coords
    place = atlas.place_at(lon, lat)
    return located(atlas, place, lon=lon, lat=lat, matched=row.text, how="exact")


def _agrees(found: Location, named: Location | None) -> bool:
    """Say whether a found address lies in the district and in the area that the text names."""
    if found.street_id is None or named is None:
        return found.street_id is not None
    if named.community_id is not None:
        return named.community_id == found.community_id
    return named.street_id == found.street_id


def _neighbourhood(found: list[Location]) -> Location | None:
    """Give what the similar addresses share: their community, else their street."""
    if not 0 < len(found) < CANDIDATES or len({location.street_id for location in found}) > 1:
        return None
    score = round(found[0].score * OTHER_NUMBER, 3)
    shared = replace(found[0], grid_id=None, lon=None, lat=None, score=score, how="near")
    if len({location.community_id for location in found}) > 1:
        return replace(shared, community_id=None)
    return shared
