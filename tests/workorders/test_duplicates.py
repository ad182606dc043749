"""Duplicates are found by place, time and words; the reason is shown, and the scope is kept."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains

from tests.refusals import refusal
from tests.workorders.desk import MONDAY
from tests.workorders.pages import jpeg
from workorders.enums import Action as A
from workorders.enums import PhotoStage
from workorders.models import WorkOrder
from workorders.selectors.duplicates import duplicates_of
from workorders.services.photos import store_photo

TEXT = "东街一号门口的路灯坏了三天，晚上一片漆黑，老人摔倒了。"
HERE = (118.62, 32.02)


@pytest.fixture
def order(people):
    return people.call("T-1", text=TEXT, point=HERE)


@pytest.fixture
def found(people, order):
    def found(person="dispatcher"):
        rows = duplicates_of(order=order, scope=people.actor(person).scope)
        return [row.order.external_number for row in rows]

    return found


def beside(metres):
    """Give a point some metres to the east."""
    return HERE[0] + metres / 94_500, HERE[1]


def test_reason_names_place_time_and_words(people, order):
    other = people.call("T-2", text="东街一号门口路灯坏了，晚上漆黑一片。", point=beside(113))
    people.call("T-3", text="楼上施工噪声太大，无法休息。", point=beside(5))
    WorkOrder.objects.filter(pk=other.pk).update(registered_at=MONDAY - timedelta(days=3))
    (row,) = duplicates_of(order=order, scope=people.actor("dispatcher").scope)
    assert (row.order.pk, row.metres, row.can_take) == (other.pk, 113, True)
    assert row.reason == f"同网格、120 米内、3 天前、文字相似 {row.similarity}%"
    assert 30 <= row.similarity < 100


def test_same_words_far_away_or_long_ago_are_another_matter(people, found):
    people.call("far", text=TEXT, point=(118.68, 32.08))
    old = people.call("old", text=TEXT, point=HERE)
    WorkOrder.objects.filter(pk=old.pk).update(registered_at=MONDAY - timedelta(days=31))
    people.call("near", text=TEXT, point=HERE)
    assert found() == ["near"]


def test_other_side_of_a_border_is_near(people, order, found):
    """The point lies 90 m west of the border of its grid and of its community's other grid."""
    border = (118.65 - 90 / 94_500, 32.02)
    WorkOrder.objects.filter(pk=order.pk).update(point=f"SRID=4326;POINT({border[0]} {border[1]})")
    order.refresh_from_db()
    other = people.call("over", text=TEXT, point=(118.65 + 90 / 94_500, 32.02))
    assert other.grid_id != order.grid_id
    assert found() == ["over"]


def test_alike_but_for_its_words_where_place_and_category_are_the_same(people, town, found, order):
    same = people.call("same", text="黑灯瞎火看不见路", point=beside(20))
    people.call("other", text="黑灯瞎火看不见路", point=beside(20))
    category = {"category": town.categories["noise"]}
    WorkOrder.objects.filter(pk__in=[same.pk, order.pk]).update(**category)
    order.refresh_from_db()
    assert found() == ["same"]


def test_what_ended_unhandled_or_was_merged_is_left_out(people, order, found):
    rejected, master, merged = (people.call(name, text=TEXT) for name in "abc")
    people.act("dispatcher", rejected, A.REJECT, reason="no_fact")
    people.merge(merged, master)
    assert found() == ["b"]


def test_closed_orders_come_last_and_take_no_other(people, order, api):
    closed, still_open = people.call("a", text=TEXT), people.call("b", text=TEXT, point=beside(250))
    people.act("dispatcher", closed, A.ANSWER, answer="已修。")
    url = f"/api/v1/orders/{order.number}/duplicates/"
    rows = api("dispatcher").get(url).data["results"]
    assert [(row["order"]["number"], row["can_take"]) for row in rows] == [
        (still_open.number, True), (closed.number, False),
    ]  # fmt: skip


def test_no_more_than_ten_are_shown(people, found):
    for serial in range(12):
        people.call(f"D-{serial}", text=TEXT)
    assert len(found()) == 10


def test_place_unknown_is_compared_by_words_alone(people, order):
    lost = people.call("T-8", text=TEXT)
    unplaced = {"street": None, "community": None, "grid": None, "point": None}
    WorkOrder.objects.filter(pk=lost.pk).update(place_source="unknown", **unplaced)
    lost.refresh_from_db()
    rows = duplicates_of(order=lost, scope=people.actor("dispatcher").scope)
    assert [(row.order.pk, row.reason) for row in rows] == [
        (order.pk, f"1 小时内、文字相似 {rows[0].similarity}%")
    ]


def test_outsiders_see_neither_the_order_nor_what_they_may_not_see(people, order, api):
    people.call("T-2", text=TEXT, point=beside(10))
    url = f"/api/v1/orders/{order.number}/duplicates/"
    refusal(api("west").get(url), 404)
    assert len(api("east").get(url).data["results"]) == 1
    people.send(order)
    assert api("handler").get(url).data["results"] == []


def test_finding_costs_the_same_for_one_and_three(people, order, api, query_count):
    client, url = api("dispatcher"), f"/api/v1/orders/{order.number}/duplicates/"
    people.call("T-2", text=TEXT)
    client.get(url)
    one = query_count(lambda: client.get(url))
    for number in ("T-3", "T-4"):
        people.call(number, text=TEXT)
    assert query_count(lambda: client.get(url)) == one


def test_console_offers_the_merge_with_one_click(people, order, desk):
    other = people.call("T-2", text=TEXT, point=beside(10))
    client = desk("dispatcher")
    pane = client.get(f"/console/orders/{order.number}/", HTTP_HX_REQUEST="true").content.decode()
    url = f"/console/orders/{order.number}/duplicates/"
    assert url in pane
    section = client.get(url).content.decode()
    assert ("同网格、10 米内" in section, f'name="into" value="{other.number}"' in section) == (
        True, True,
    )  # fmt: skip
    form = {"version": order.version, "key": "k1", "into": other.number}
    done = client.post(f"/console/orders/{order.number}/merge/", form)
    assert (done.status_code, f"并单到 {other.number}" in done.content.decode()) == (200, True)
    assert 'name="into"' not in desk("clerk").get(url).content.decode()


def test_console_shows_photos_side_by_side(people, order, desk, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    twin, bare = people.call("T-2", text=TEXT, point=HERE), people.call("T-3", text=TEXT)
    photo = store_photo(order=twin, file=jpeg(), stage=PhotoStage.REPORT, at=MONDAY)
    page = desk("dispatcher").get(f"/console/orders/{order.number}/duplicates/")
    assertContains(page, "data-twin-photos", count=1)
    assertContains(page, f"/photos/{photo.uuid}/")
    assertContains(page, "没有照片", count=1)  # the order's own side
    own = store_photo(order=order, file=jpeg(), stage=PhotoStage.REPORT, at=MONDAY)
    page = desk("dispatcher").get(f"/console/orders/{order.number}/duplicates/")
    assertContains(page, f'src="/photos/{own.uuid}/"', count=1)
    assertContains(page, bare.number)
