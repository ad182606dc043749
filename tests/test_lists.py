"""The lists of the API: what they cost, and what they hold."""

import pytest


@pytest.mark.parametrize(
    "url",
    ["/api/v1/orders/", "/api/v1/orders/count/", "/api/v1/categories/", "/api/v1/departments/"],
)
def test_lists_cost_the_same_for_one_row_and_three(town, api, channel_api, query_count, url):
    client = api("dispatcher")
    channel_api("hotline", town.call("T-1"))
    client.get(url)
    one = query_count(lambda: client.get(url))
    for number in ("T-2", "T-3"):
        channel_api("hotline", town.call(number))
    assert query_count(lambda: client.get(url)) == one


def test_reference_lists_hold_what_is_in_use(town, api):
    town.categories["noise"].is_active = False
    town.categories["noise"].save()
    town.departments["水务局"].is_active = False
    town.departments["水务局"].save()
    client = api("worker")
    categories = client.get("/api/v1/categories/").data["results"]
    assert [row["code"] for row in categories] == ["manhole"]
    assert categories[0]["department"] == {"code": "D2", "name": "城管局"}
    departments = client.get("/api/v1/departments/", {"kind": "functional"}).data["results"]
    assert [(row["code"], row["parent"]) for row in departments] == [("D2", "D1")]
