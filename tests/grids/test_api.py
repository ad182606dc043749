"""Places through the API: locate and areas."""

import pytest
from shapely.geometry import Point, shape

from tests.town import EAST_POINT

LOCATE = "/api/v1/grids/locate/"
AREAS = "/api/v1/grids/areas/"


def codes(answer):
    return [feature["properties"]["code"] for feature in answer.data["features"]]


def test_locate_gives_every_level_of_a_point(town, api):
    answer = api("worker").get(LOCATE, EAST_POINT)
    assert answer.status_code == 200
    levels = ("district", "street", "community", "grid")
    names = [answer.data[level]["name"] for level in levels]
    assert names == ["区", "东街", "东街1社区", "东街1社区1格"]
    assert answer.data["grid"]["code"] == town.areas["东街1社区1格"].code
    assert (answer.data["score"], answer.data["lon"], answer.data["lat"]) == (1.0, 118.62, 32.02)


def test_locate_converts_the_coordinate_system(town, api):
    # GCJ-02 lies some 500 m east of WGS-84 here: the same numbers are another grid.
    near_edge = {"lon": 118.602, "lat": 32.02}
    answers = [api("worker").get(LOCATE, {**near_edge, "crs": crs}) for crs in ("wgs84", "gcj02")]
    assert [answer.data["street"]["name"] for answer in answers] == ["东街", "西街"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, {"lon", "lat"}),
        ({"lon": 118.6}, {"lat"}),
        ({"lat": 32}, {"lon"}),
        ({"lon": "nan", "lat": 32}, {"lon"}),
        ({"lon": "inf", "lat": "-inf"}, {"lon", "lat"}),
        ({"lon": "1e999", "lat": 32}, {"lon"}),
        ({"lon": 32.02, "lat": 118.62}, {"lat"}),
        ({"lon": "east", "lat": "north"}, {"lon", "lat"}),
        ({"lon": 118.6, "lat": 32, "crs": "mars"}, {"crs"}),
        ({"lon": 118.6, "lat": 32, "address": "东街"}, {"lon"}),
        ({"address": "东街", "crs": "gcj02"}, {"crs"}),
        ({"address": ""}, {"address"}),
        ({"address": "东" * 201}, {"address"}),
    ],
)  # fmt: skip
def test_locate_names_the_wrong_parameter(town, api, query, fields):
    answer = api("worker").get(LOCATE, query)
    assert (answer.status_code, answer.data["code"]) == (400, "invalid")
    assert set(answer.data["fields"]) == fields


@pytest.mark.parametrize("query", [{"lon": 0, "lat": 0}, {"address": "火星大道九千号"}])
def test_locate_tells_what_lies_nowhere(town, api, query):
    answer = api("worker").get(LOCATE, query)
    assert (answer.status_code, answer.data["code"]) == (404, "place_not_found")


def test_areas_are_drawn_with_their_facts(town, api):
    answer = api("dispatcher").get(AREAS, {"level": "street"})
    assert answer.status_code == 200
    east = answer.data["features"][0]
    assert east["id"] == town.areas["东街"].pk
    label = east["properties"].pop("label")
    assert shape(east["geometry"]).contains(Point(label["lon"], label["lat"]))
    assert east["properties"] == {
        "code": "320111001", "name": "东街", "kind": "street", "level": 2, "parent": "320111",
        "centre": {"code": town.departments["东街中心"].code, "name": "东街中心"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("person", "level", "names"),
    [
        ("dispatcher", "street", ["东街", "西街"]),
        ("leader", "street", ["东街", "西街"]),
        ("handler", "street", ["东街", "西街"]),
        ("east", "street", ["东街"]),
        ("west", "street", ["西街"]),
        ("west", "community", ["西街1社区", "西街2社区"]),
        ("worker", "street", []),
        ("worker", "grid", ["东街1社区1格"]),
        ("east", "district", []),
    ],
)  # fmt: skip
def test_areas_keep_to_the_callers_own(town, api, person, level, names):
    answer = api(person).get(AREAS, {"level": level})
    assert [feature["properties"]["name"] for feature in answer.data["features"]] == names


def test_areas_of_a_parent_at_any_level_above(town, api):
    east = town.areas["东街"].code
    assert len(codes(api("dispatcher").get(AREAS, {"level": "grid", "parent": east}))) == 4
    assert codes(api("west").get(AREAS, {"level": "grid", "parent": east})) == []
    assert codes(api("dispatcher").get(AREAS, {"level": "grid", "parent": "999"})) == []


def test_areas_are_sent_again_only_when_they_changed(town, api):
    client = api("east")
    first = client.get(AREAS, {"level": "grid"})
    again = client.get(AREAS, {"level": "grid"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    area = town.areas["东街1社区1格"]
    area.name = "改名网格"
    area.save()
    changed = client.get(AREAS, {"level": "grid"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "level"),
        ({"level": "moon"}, "level"),
        ({"level": "grid", "simplify": "nan"}, "simplify"),
        ({"level": "grid", "simplify": "-1"}, "simplify"),
        ({"level": "grid", "parent": "x" * 21}, "parent"),
    ],
)
def test_areas_name_the_wrong_parameter(town, api, query, field):
    answer = api("dispatcher").get(AREAS, query)
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])


def test_simplified_neighbours_still_touch(town, api):
    answer = api("dispatcher").get(AREAS, {"level": "grid", "simplify": 50})
    shapes = [shape(feature["geometry"]) for feature in answer.data["features"]]
    assert shapes[0].touches(shapes[1])


def test_areas_cost_the_same_for_one_and_for_four(town, api, query_count):
    east, worker = api("east"), api("worker")
    for client in (east, worker):  # what each may see is in memory from now on
        client.get(AREAS, {"level": "grid"})
    one = query_count(lambda: worker.get(AREAS, {"level": "grid"}))
    assert query_count(lambda: east.get(AREAS, {"level": "grid"})) == one


@pytest.mark.parametrize("url", [LOCATE, AREAS])
def test_strangers_are_refused(town, client, url):
    answer = client.get(url)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
