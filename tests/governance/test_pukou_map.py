"""The committed map of Pukou tiles exactly at every level."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from grids.geometry import NamedArea, area_m2, check_nesting

FOLDER = Path(__file__).parents[2] / "governance/demo/pukou"
LEVELS = ["district", "streets", "communities", "grids"]


def features(level):
    return json.loads((FOLDER / f"{level}.geojson").read_text(encoding="utf-8"))["features"]


def areas(level):
    return [
        NamedArea(
            feature["properties"]["code"],
            shape(feature["geometry"]),
            feature["properties"]["name"],
            feature["properties"].get("parent", ""),
        )
        for feature in features(level)
    ]


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(LEVELS)))
def test_each_level_tiles_the_one_above(upper, lower):
    parents = {area.code: area for area in areas(upper)}
    report = check_nesting(areas(lower), parents)
    assert report.defects == ()
    assert {area.parent for area in areas(lower)} == set(parents)


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("district", {"district": 1}),
        ("streets", {"street": 5, "farm": 2, "park": 4}),
        ("communities", {"community": 99, "village": 26}),
        ("grids", {"comprehensive": 478, "dedicated": 24}),
    ],
)
def test_levels_hold_the_published_numbers(level, kinds):
    assert Counter(feature["properties"]["kind"] for feature in features(level)) == kinds


def test_streets_bear_the_published_names():
    assert {area.name for area in areas("streets")} == {
        *("江浦街道", "桥林街道", "汤泉街道", "永宁街道", "星甸街道", "老山林场", "汤泉农场"),
        *("浦口经济开发区", "高新区", "珍珠泉旅游度假区", "农创园"),
    }


@pytest.mark.parametrize(("level", "length"), list(zip(LEVELS, [6, 9, 12, 15], strict=True)))
def test_codes_are_unique_and_grids_carry_their_community(level, length):
    found = areas(level)
    assert len({area.code for area in found}) == len(found)
    assert {len(area.code) for area in found} == {length}
    if level == "grids":
        assert [area.code for area in found if not area.code.startswith(area.parent)] == []


@pytest.mark.parametrize("level", LEVELS)
def test_every_area_is_one_plain_polygon_of_six_decimals(level):
    for area in areas(level):
        assert area.geometry.geom_type == "Polygon"
        assert not area.geometry.interiors
        points = shapely.get_coordinates(area.geometry)
        assert (points == points.round(6)).all()


def test_no_grid_is_a_needle():
    roundness = {
        area.name: 4 * 3.1416 * area.geometry.area / area.geometry.length**2
        for area in areas("grids")
    }
    assert {name: value for name, value in roundness.items() if value < 0.4} == {}


def test_the_district_is_the_outline():
    (outline,) = features("outline")
    (district,) = areas("district")
    difference = shape(outline["geometry"]).symmetric_difference(district.geometry)
    assert area_m2(difference) < 5000
    assert district.geometry.hausdorff_distance(shape(outline["geometry"])) < 1e-6
