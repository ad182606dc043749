"""Coordinate systems, coverage check and point location, against independent referees."""

import math
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.affinity import translate

from grids.geometry import (
    Crs,
    DefectKind,
    GridIndex,
    NamedArea,
    UnknownCrs,
    area_m2,
    check_coverage,
    check_nesting,
    coverage_union,
    distance_m,
    from_wgs84,
    to_wgs84,
)
from grids.geometry.measure import metres_per_degree

GEOD = Geod(ellps="WGS84")
WEST, SOUTH, STEP = 118.4, 31.9, 0.005
ROWS, COLUMNS = 6, 7
PUKOU = (118.628, 32.058)
in_china = st.tuples(st.floats(73.5, 135.0), st.floats(3.0, 53.5))


def mesh(rows=ROWS, columns=COLUMNS, jitter=0.0013):
    """Make a coverage of crooked quadrilaterals whose shared corners are equal."""

    def corner(row, column):
        swing = math.sin(row * 12.9898 + column * 78.233)
        return (
            round(WEST + STEP * column + jitter * swing, 6),
            round(SOUTH + STEP * row + jitter * math.cos(9 * swing), 6),
        )

    return [
        NamedArea(
            f"{row:02}{column:02}",
            shapely.Polygon(
                [
                    corner(row, column),
                    corner(row, column + 1),
                    corner(row + 1, column + 1),
                    corner(row + 1, column),
                ]
            ),
        )
        for row in range(rows)
        for column in range(columns)
    ]


def whole(areas):
    return coverage_union([area.geometry for area in areas])


def replaced(areas, position, geometry):
    changed = list(areas)
    changed[position] = NamedArea(areas[position].code, geometry)
    return changed


def geodesic_m2(shape):
    return abs(GEOD.geometry_area_perimeter(shape)[0])


# Coordinate systems


@given(in_china)
def test_gcj02_inverse_returns_within_a_centimetre(place):
    there = from_wgs84(shapely.Point(place), Crs.GCJ02)
    back = to_wgs84(there, Crs.GCJ02)
    assert GEOD.inv(*place, back.x, back.y)[2] < 0.01


@given(in_china)
def test_gcj02_shifts_by_some_hundred_metres(place):
    there = from_wgs84(shapely.Point(place), Crs.GCJ02)
    assert 10 < GEOD.inv(*place, there.x, there.y)[2] < 1200


def test_gcj02_of_tiananmen_matches_the_published_example():
    there = from_wgs84(shapely.Point(116.391349, 39.907375), Crs.GCJ02)
    assert (round(there.x, 5), round(there.y, 5)) == (116.39759, 39.90878)


@pytest.mark.parametrize("place", [(2.35, 48.85), (-74.0, 40.7), (151.2, -33.9), (139.7, 35.7)])
def test_outside_china_gcj02_is_unchanged(place):
    assert to_wgs84(shapely.Point(place), "gcj02").coords[0] == place


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000"])
def test_wgs84_and_cgcs2000_pass_unchanged(crs):
    assert to_wgs84(shapely.Point(PUKOU), crs).coords[0] == PUKOU


def test_unknown_crs_is_refused():
    with pytest.raises(UnknownCrs):
        to_wgs84(shapely.Point(PUKOU), "bd09")


def test_conversion_keeps_the_shape_of_a_multipolygon():
    shape = shapely.MultiPolygon([area.geometry for area in mesh()[::9]])
    there = from_wgs84(shape, "gcj02")
    assert there.geom_type == "MultiPolygon"
    assert to_wgs84(there, "gcj02").equals_exact(shape, 1e-9)


# Measures


@given(st.floats(1e-5, 0.5), st.floats(1e-5, 0.5), st.floats(20, 50))
def test_area_agrees_with_the_geodesic_area(width, height, south):
    box = shapely.segmentize(shapely.box(118.0, south, 118.0 + width, south + height), 0.02)
    assert area_m2(box) == pytest.approx(geodesic_m2(box), rel=5e-5)


def test_distance_agrees_with_the_geodesic():
    other = (118.7, 32.1)
    assert distance_m(PUKOU, other) == pytest.approx(GEOD.inv(*PUKOU, *other)[2], rel=1e-4)


# Coverage


def test_exact_coverage_has_no_fault():
    areas = mesh()
    assert check_coverage(areas, whole(areas)).defects == ()
    assert check_coverage(areas).defects == ()


def test_the_parent_may_have_fewer_vertices():
    areas = mesh(jitter=0.0)
    parent = whole(areas).simplify(0)
    assert check_coverage(areas, parent).is_clean


@settings(max_examples=60)
@given(
    st.integers(0, ROWS * COLUMNS - 1),
    st.floats(0, 2 * math.pi),
    st.floats(1e-6, 2e-3),
)
def test_every_overlap_of_a_moved_area_is_found_and_measured(position, bearing, distance):
    areas = mesh()
    moved = translate(
        areas[position].geometry, distance * math.cos(bearing), distance * math.sin(bearing)
    )
    changed = replaced(areas, position, moved)
    expected = {
        tuple(sorted((changed[position].code, other.code))): geodesic_m2(shared)
        for other in changed
        if other.code != changed[position].code
        and geodesic_m2(shared := moved.intersection(other.geometry)) >= 1.05
    }
    found = {
        defect.codes: defect.size_m2
        for defect in check_coverage(changed).of(DefectKind.OVERLAP)
        if defect.size_m2 >= 1.05
    }
    assert found == pytest.approx(expected, rel=1e-3, abs=0.1)


@settings(max_examples=60)
@given(st.integers(0, ROWS * COLUMNS - 1), st.floats(1.3, 2000))
def test_every_gap_is_found_measured_and_placed(position, size_m2):
    areas = mesh()
    parent = whole(areas)
    centre = areas[position].geometry.centroid
    east_m, north_m = metres_per_degree(centre.y)
    side = math.sqrt(size_m2)
    hole = shapely.box(centre.x, centre.y, centre.x + side / east_m, centre.y + side / north_m)
    torn = replaced(areas, position, areas[position].geometry.difference(hole))
    (gap,) = check_coverage(torn, parent).defects
    assert gap.kind is DefectKind.GAP
    assert gap.codes == (areas[position].code,)
    assert gap.size_m2 == pytest.approx(geodesic_m2(hole), rel=1e-3, abs=0.1)
    assert hole.distance(shapely.Point(gap.lon, gap.lat)) < 1e-6


def test_a_sliver_of_twenty_centimetres_is_found_on_both_sides():
    areas = mesh()
    corners = list(areas[8].geometry.exterior.coords)[:-1]
    corners[1] = (corners[1][0] + 2e-6, corners[1][1])
    moved = shapely.Polygon(corners)
    report = check_coverage(replaced(areas, 8, moved), whole(areas))
    expected = {
        "overlap": geodesic_m2(moved.difference(areas[8].geometry)),
        "gap": geodesic_m2(areas[8].geometry.difference(moved)),
    }
    found = {kind: sum(d.size_m2 for d in report.of(DefectKind(kind))) for kind in expected}
    assert found == pytest.approx(expected, abs=0.2)
    assert all(areas[8].code in defect.codes for defect in report.defects)


def test_an_area_inside_another_is_an_overlap():
    areas = mesh()
    inner = areas[10].geometry.buffer(-0.0005)
    report = check_coverage([*areas, NamedArea("9999", inner)], whole(areas))
    (defect,) = report.defects
    assert (defect.kind, defect.codes) == (DefectKind.OVERLAP, (areas[10].code, "9999"))
    assert defect.size_m2 == pytest.approx(geodesic_m2(inner), rel=1e-3)


def test_a_missing_area_is_a_gap_with_its_neighbours_named():
    areas = mesh()
    rest = areas[:10] + areas[11:]
    (with_parent,) = check_coverage(rest, whole(areas)).defects
    (without,) = check_coverage(rest).defects
    assert with_parent == without
    assert with_parent.codes == (*("0002", "0003", "0004", "0102", "0104", "0202", "0203", "0204"),)
    assert areas[10].geometry.covers(shapely.Point(without.lon, without.lat))


def test_the_hole_of_one_area_alone_is_no_gap():
    ring = shapely.box(118, 32, 118.1, 32.1).difference(shapely.box(118.04, 32.04, 118.05, 32.05))
    assert check_coverage([NamedArea("1", ring)]).is_clean


def test_ground_beyond_the_parent_is_named():
    areas = mesh()
    parent = whole(areas[:-1])
    (defect,) = check_coverage(areas, parent).defects
    assert (defect.kind, defect.codes) == (DefectKind.OUTSIDE, (areas[-1].code,))
    assert defect.size_m2 == pytest.approx(geodesic_m2(areas[-1].geometry), rel=1e-3)


def test_same_code_twice_is_a_duplicate():
    areas = mesh()
    twice = [*areas[:-1], NamedArea(areas[0].code, areas[-1].geometry)]
    (defect,) = check_coverage(twice, whole(areas)).defects
    assert (defect.kind, defect.detail) == (DefectKind.DUPLICATE, "code")
    assert defect.codes == (areas[0].code, areas[0].code)


def test_same_ground_twice_is_a_duplicate():
    areas = mesh()
    shape = shapely.reverse(areas[3].geometry)
    (defect,) = check_coverage([*areas, NamedArea("9999", shape)], whole(areas)).defects
    assert (defect.kind, defect.detail) == (DefectKind.DUPLICATE, "geometry")
    assert defect.codes == (areas[3].code, "9999")


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "Self-intersection[0.5 0.5]"),
        (shapely.Polygon(), "empty"),
        (shapely.Point(118.41, 31.91), "not a polygon: Point"),
        (shapely.Polygon([(0, 0), (math.inf, 1), (1, 0)]), "Invalid Coordinate[inf 1]"),
    ],
)
def test_invalid_areas_are_named_with_the_reason(shape, reason):
    report = check_coverage([NamedArea("bad", shape)])
    (defect,) = report.defects
    assert (defect.kind, defect.codes, defect.detail) == (DefectKind.INVALID, ("bad",), reason)


def test_an_empty_shape_hides_no_other_fault():
    areas = replaced(mesh(), 0, shapely.Polygon())
    report = check_coverage(areas, whole(mesh()))
    assert [(defect.kind.value, defect.codes) for defect in report.defects] == [
        ("gap", ("0001", "0100", "0101")),
        ("invalid", ("0000",)),
    ]


def test_a_bow_tie_hides_no_other_fault():
    areas = mesh()
    ring = list(areas[0].geometry.exterior.coords)
    bow = shapely.Polygon([ring[0], ring[2], ring[1], ring[3]])
    inner = NamedArea("9999", areas[20].geometry.buffer(-0.001))
    report = check_coverage([*replaced(areas, 0, bow), inner], whole(areas))
    assert report.of(DefectKind.INVALID)[0].codes == ("0000",)
    assert ("0206", "9999") in {defect.codes for defect in report.of(DefectKind.OVERLAP)}
    assert report.as_dict()["counts"]["invalid"] == 1


def test_nesting_checks_each_parent_on_its_own():
    areas = [
        NamedArea(area.code, area.geometry, parent="W" if area.code[2:] < "03" else "E")
        for area in mesh()
    ]
    parents = {
        code: NamedArea(code, whole([area for area in areas if area.parent == code]))
        for code in "WE"
    }
    assert check_nesting(areas, parents).is_clean
    stray = NamedArea(areas[0].code, areas[0].geometry, parent="E")
    report = check_nesting([stray, *areas[1:]], parents)
    assert [(defect.kind.value, defect.codes) for defect in report.defects] == [
        ("gap", ("W", "0001", "0100", "0101")),
        ("outside", ("0000", "E")),
    ]


# Point to area


def test_a_corner_belongs_to_the_lowest_code():
    areas = mesh()
    index = GridIndex(list(reversed(areas)))
    for area in areas:
        for lon, lat in area.geometry.exterior.coords:
            touching = [
                other.code for other in areas if other.geometry.covers(shapely.Point(lon, lat))
            ]
            assert index.locate(lon, lat) == min(touching)


@given(st.floats(WEST - 0.01, WEST + 0.045), st.floats(SOUTH - 0.01, SOUTH + 0.04))
def test_any_point_agrees_with_a_plain_search(lon, lat):
    areas = mesh()
    covering = [area.code for area in areas if area.geometry.covers(shapely.Point(lon, lat))]
    index = GridIndex(areas)
    assert index.locate(lon, lat) == min(covering, default=None)
    assert index.locate_many([(lon, lat)]) == [min(covering, default=None)]


def test_edge_midpoints_agree_between_one_and_many():
    areas = mesh()
    index = GridIndex(areas)
    points = [
        ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        for area in areas
        for one, other in pairwise(area.geometry.exterior.coords)
    ]
    assert index.locate_many(points) == [index.locate(*point) for point in points]


@pytest.mark.parametrize("place", [(0.0, 0.0), (float("nan"), 32.0), (118.5, float("inf"))])
def test_nowhere_is_none(place):
    index = GridIndex(mesh())
    assert index.locate(*place) is None
    assert index.locate_many([place]) == [None]


def test_an_empty_index_finds_nothing():
    assert GridIndex([]).locate(*PUKOU) is None
    assert GridIndex([]).locate_many([PUKOU]) == [None]
