"""The names of areas, as they are found in addresses."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from grids.enums import AreaLevel
from grids.selectors.location import (
    KEPT_ATLASES,
    Atlas,
    How,
    Location,
    atlas_of,
    current_atlas,
    located,
)

# What a caller says of the place fits in this; the rest of a long text is no address.
LONGEST_TEXT = 200
# How sure a name is, 1 being a known address to the letter.
SURE_GRID, SURE_COMMUNITY_AND_STREET, SURE_COMMUNITY = 0.95, 0.8, 0.7
SURE_STREET, SURE_SHORT_STREET = 0.5, 0.4

DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")}
DIGITS |= {letter: value for value, letter in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2}
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100}
NUMERAL = re.compile(
    f"([{''.join(DIGITS)}{''.join(TENS)}]+)(?=号|栋|幢|座|单元|室|层|楼|组|弄|巷|网格|专属)"
)
BUILDING = re.compile(r"(?<=\d)(?:号楼|幢|座|#楼)")
GRID_NUMBER = re.compile(r"第?0*(\d+)号?(专属)?网格")
PARTS = re.compile(r"[，。；、！？,;!?\s]+")


def normalize_address(text: str, *, district: str = "") -> str:
    """Bring an address to one spelling: width, digits, buildings, no signs, no larger places.

    With a district's name all before and including it is cut.
    """
    plain = unicodedata.normalize("NFKC", text[: LONGEST_TEXT * 4]).lower()
    letters = "".join(letter for letter in plain if letter.isalnum() or letter in "#-")
    numbered = NUMERAL.sub(lambda found: str(_number(found[1])), letters)
    uniform = BUILDING.sub("栋", numbered).replace("#", "号")
    uniform = GRID_NUMBER.sub(lambda found: f"第{found[1]}{found[2] or ''}网格", uniform)
    if district and district in uniform[: len(district) + 12]:
        uniform = uniform.partition(district)[2]
    return uniform[:LONGEST_TEXT]


def _number(numeral: str) -> int:
    """Read a Chinese numeral below a thousand: 十二, 一百零三, 二〇三."""
    if not any(letter in TENS for letter in numeral):
        return int("".join(str(DIGITS[letter]) for letter in numeral))
    total, digit = 0, 0
    for letter in numeral:
        if letter in TENS:
            total, digit = total + (digit or 1) * TENS[letter], 0
        else:
            digit = DIGITS[letter]
    return total + digit


@dataclass(frozen=True)
class Gazetteer:
    """The names of one map, normalized, each with the codes that bear it."""

    atlas: Atlas
    district: str
    names: dict[AreaLevel, dict[str, list[str]]]
    short_streets: dict[str, list[str]]
    upper_names: re.Pattern[str]

    def pieces(self, text: str) -> list[str]:
        """Return the whole text and its parts between signs, normalized, longest first."""
        parts = [text, *PARTS.split(text[: LONGEST_TEXT * 4])]
        found = {normalize_address(part, district=self.district) for part in parts}
        return sorted(found - {""}, key=lambda piece: (-len(piece), piece))

    def bare(self, text: str) -> str:
        """Return a normalized text without the names of streets and communities."""
        return self.upper_names.sub("", text)

    def named(self, text: str) -> Location | None:
        """Find the finest area that a normalized text names; None where it names none or two."""
        atlas = self.atlas
        streets = _codes_in(text, self.names[AreaLevel.STREET])
        sure_street = SURE_STREET if streets else SURE_SHORT_STREET
        streets = streets or _codes_in(text, self.short_streets)
        communities = _beneath(atlas, _codes_in(text, self.names[AreaLevel.COMMUNITY]), streets)
        grids = _beneath(atlas, _codes_in(text, self.names[AreaLevel.GRID]), communities or streets)
        sure_community = SURE_COMMUNITY_AND_STREET if streets else SURE_COMMUNITY
        if len(grids) == 1:
            return _named(atlas, AreaLevel.GRID, grids[0], "grid", SURE_GRID)
        if len(communities) == 1:
            level, code = AreaLevel.COMMUNITY, communities[0]
            return _named(atlas, level, code, "community", sure_community)
        if len(streets) == 1:
            return _named(atlas, AreaLevel.STREET, streets[0], "street", sure_street)
        return None


def _named(atlas: Atlas, level: AreaLevel, code: str, how: How, score: float) -> Location:
    name = atlas.names[level][code]
    return located(atlas, atlas.places[code], how=how, score=score, matched=name)


def gazetteer_of(atlas: Atlas) -> Gazetteer:
    """Give the names of a map, kept in memory as long as the map."""
    return _gazetteer(atlas.version_id)


def spell_address(text: str) -> str:
    """Bring an address to the spelling by which known ones are found, without the district."""
    return normalize_address(text, district=gazetteer_of(current_atlas()).district)


@lru_cache(maxsize=KEPT_ATLASES)
def _gazetteer(version_id: int) -> Gazetteer:
    atlas = atlas_of(version_id)
    names: dict[AreaLevel, dict[str, list[str]]] = {level: defaultdict(list) for level in AreaLevel}
    short: dict[str, list[str]] = defaultdict(list)
    for level, areas in atlas.names.items():
        for code, name in areas.items():
            for spelling in _spellings(normalize_address(name), level):
                names[level][spelling].append(code)
    for code, name in atlas.names[AreaLevel.STREET].items():
        if len(core := normalize_address(name.removesuffix("街道"))) > 1:
            short[core].append(code)
    district = min(names[AreaLevel.DISTRICT], default="")
    upper = {*names[AreaLevel.STREET], *names[AreaLevel.COMMUNITY]}
    pattern = "|".join(map(re.escape, sorted(upper, key=len, reverse=True)))
    # Without any name the pattern must match nothing, not everywhere.
    return Gazetteer(atlas, district, names, short, re.compile(pattern or "(?!)"))


def _spellings(name: str, level: AreaLevel) -> set[str]:
    """List how an area is called; a one-letter name would be found everywhere."""
    found = {name}
    if level == AreaLevel.COMMUNITY:
        core = name.removesuffix("社区").removesuffix("村")
        found |= {f"{core}{suffix}" for suffix in ("居委会", "村委会", "社居委", "居民委员会")}
    return {spelling for spelling in found if len(spelling) > 1}


def _codes_in(text: str, names: dict[str, list[str]]) -> list[str]:
    """List the codes of the names that the text holds, but not of names inside longer ones."""
    held = [name for name in names if name in text]
    longest = [name for name in held if not any(name != other and name in other for other in held)]
    return [code for name in longest for code in names[name]]


def _beneath(atlas: Atlas, codes: Iterable[str], above: list[str]) -> list[str]:
    """Keep the codes whose area lies in one of those above; all where none is above."""
    ids = {_finest(atlas, code) for code in above}
    places = {code: atlas.places[code] for code in codes if code in atlas.places}
    return [
        code
        for code, place in places.items()
        if not ids or ids & {place.street_id, place.community_id}
    ]


def _finest(atlas: Atlas, code: str) -> int | None:
    place = atlas.places[code]
    return place.grid_id or place.community_id or place.street_id
