"""Search: any part of an order's words; telephones and names only where the reader may see them."""

from importlib import import_module

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.db import connection
from django.db.models import F, Value

from governance.lib.names import name_digest
from governance.lib.phones import fragment_pieces, phone_fragment, phone_pieces
from workorders.models import OrderSearch, Reporter, WorkOrder
from workorders.selectors.pieces import RUNS, Holds
from workorders.services import rotate_reporter_keys

TEXT = "东街一号Ａ座门口井盖缺失，车牌苏A·12345、12aB、on time，影响3路公交车通行"


@pytest.fixture
def order(town, channel_api):
    caller = {"name": "演示住户甲", "phone": "13912345678"}
    call = town.call("HX-2026-77", text=TEXT, address="滨江大道88号", caller=caller)
    channel_api("hotline", town.call("T-9", text="路灯不亮，请维修"))
    return WorkOrder.objects.get(number=channel_api("hotline", call).data["number"])


def found(api, person, words):
    rows = api(person).get("/api/v1/orders/", {"q": words}).data["results"]
    count = api(person).get("/api/v1/orders/count/", {"q": words}).data["count"]
    assert count == len(rows)
    return [row["number"] for row in rows]


@pytest.mark.parametrize(
    "words",
    ["井盖", "盖", "井盖缺失", "门口井盖", "滨江大道88号", "大道 井盖", "a座", "Ａ座", "HX-2026-77",
     "hx-2026", "3路", "12345", "A·123", "12a", "on", "失，车", "通行"],
)  # fmt: skip
@pytest.mark.parametrize("gathered", [10_000, -1])  # gathering what is found, or walking the queue
def test_any_part_of_the_words_finds_the_order(order, api, words, gathered, monkeypatch):
    monkeypatch.setattr("workorders.selectors.search.GATHERED", gathered)
    assert found(api, "dispatcher", words) == [order.number]


@pytest.mark.parametrize(
    "words",
    ["井缺", "井盖通行", "路灯 井盖", "盖井", "，", "··", "没有", "8号8", "井盖%", "井_", "'",
     "&|"],
)  # fmt: skip
@pytest.mark.parametrize("gathered", [10_000, -1])
def test_what_is_not_there_finds_nothing(order, api, words, gathered, monkeypatch):
    monkeypatch.setattr("workorders.selectors.search.GATHERED", gathered)
    assert found(api, "dispatcher", words) == []


def test_number_and_its_end_find_the_order(order, api):
    assert found(api, "dispatcher", order.number) == [order.number]
    assert order.number in found(api, "dispatcher", order.number[-6:])


@pytest.mark.parametrize("words", ["13912345678", "1391234", "5678", "139-1234-5678", "2345"])
@pytest.mark.parametrize("gathered", [10_000, -1])
def test_telephone_is_found_by_those_who_may_see_it(order, api, words, gathered, monkeypatch):
    monkeypatch.setattr("workorders.selectors.search.GATHERED", gathered)
    for person in ("dispatcher", "east", "worker", "clerk"):
        assert found(api, person, words) == [order.number], person
    for person in ("supervisor", "leader", "west", "handler", "west-worker"):
        expected = [order.number] if words == "2345" and person in ("supervisor", "leader") else []
        assert found(api, person, words) == expected, person


def test_telephone_of_another_place_stays_unfound(order, api, town, channel_api):
    west = town.call("T-2", point={"lon": 118.52, "lat": 32.02}, caller={"phone": "13912345678"})
    number = channel_api("hotline", west).data["number"]
    assert found(api, "west", "139123456") == [number]
    assert found(api, "east", "139123456") == [order.number]
    assert set(found(api, "dispatcher", "139123456")) == {order.number, number}


@pytest.mark.parametrize("words", ["1391234", "演示住户甲"])
def test_console_searches_as_the_api_does(order, desk, words):
    for person, count in (("dispatcher", 1), ("supervisor", 0), ("west", 0)):
        answer = desk(person).get("/console/queue/", {"view": "open", "q": words})
        assert len(answer.context["queue"].rows) == count, person


@pytest.mark.parametrize("words", ["演示住户甲", "演 示 住 户甲", "演示·住户甲", " 演示住户甲 "])
@pytest.mark.parametrize("gathered", [10_000, -1])
def test_full_name_is_found_by_those_who_may_see_it(order, api, words, gathered, monkeypatch):
    monkeypatch.setattr("workorders.selectors.search.GATHERED", gathered)
    for person in ("dispatcher", "east", "worker", "clerk"):
        assert found(api, person, words) == [order.number], person
    for person in ("supervisor", "leader", "west", "handler", "west-worker"):
        assert found(api, person, words) == [], person


@pytest.mark.parametrize("words", ["演", "演*", "演**", "演示", "住户", "演示住户", "演示住户甲甲"])
def test_part_of_a_name_finds_nobody(order, api, words):
    assert found(api, "dispatcher", words) == []


def test_name_of_another_place_stays_unfound(order, api, town, channel_api):
    west = town.call("T-2", point={"lon": 118.52, "lat": 32.02}, caller={"name": "演示住户甲"})
    number = channel_api("hotline", west).data["number"]
    assert found(api, "west", "演示住户甲") == [number]
    assert found(api, "east", "演示住户甲") == [order.number]
    assert set(found(api, "dispatcher", "演示住户甲")) == {order.number, number}


def test_name_of_many_finds_the_newest(order, api, town, channel_api, monkeypatch):
    calls = [town.call(f"T-{n}", caller={"name": "匿名"}) for n in (20, 21, 22)]
    numbers = [channel_api("hotline", call).data["number"] for call in calls]
    monkeypatch.setattr("workorders.selectors.search.NAMED", 2)
    assert set(found(api, "dispatcher", "匿名")) == set(numbers[1:])


def test_name_is_kept_as_a_keyed_digest_and_found_under_each_key(order, api, settings):
    row = Reporter.objects.get(order=order)
    assert row.name_digest == name_digest("演示住户甲")
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert found(api, "dispatcher", "演示住户甲") == [order.number]
    rotate_reporter_keys()
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert found(api, "dispatcher", "演示住户甲") == [order.number]


def test_names_of_before_are_digested_by_the_migration(order, monkeypatch):
    migration = import_module("workorders.migrations.0029_digest_names")
    monkeypatch.setattr(migration, "BATCH", 1)
    first, last = Reporter.objects.order_by("pk")
    Reporter.objects.update(name_digest="")
    Reporter.objects.filter(pk=first.pk).update(name_cipher=b"of a lost key")
    migration.digest_names(apps, None)
    held = dict(Reporter.objects.values_list("pk", "name_digest"))
    assert held == {first.pk: "", last.pk: name_digest("演示住户甲")}


@pytest.mark.parametrize("words", ["5678", "3912", "13912345678", "12345678"])
def test_pieces_of_a_telephone_lie_in_it(words):
    held = set(phone_pieces("+86 139-1234-5678"))
    assert any(set(pieces) <= held for pieces in fragment_pieces(words))


@pytest.mark.parametrize("words", ["5679", "3921", "13912345679", "1239", "56785678"])
def test_pieces_in_another_order_do_not(words):
    held = set(phone_pieces("13912345678"))
    assert not any(set(pieces) <= held for pieces in fragment_pieces(words))


@pytest.mark.parametrize(
    ("words", "fragment"),
    [("139", ""), ("1391", "1391"), ("139 1234", "1391234"), ("井盖1391", ""), ("1" * 16, ""),
     ("-----", ""), ("１３９１", "")],
)  # fmt: skip
def test_only_digits_are_a_part_of_a_telephone(words, fragment):
    assert phone_fragment(words) == fragment


def test_digits_are_kept_as_keyed_digests_alone(order):
    row = Reporter.objects.get(order=order)
    assert len(row.phone_parts) == 8
    assert "1391" not in str(row.phone_parts)


def test_words_are_found_by_their_index(order):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = OrderSearch.objects.filter(Holds(F("grams"), Value("'井盖'"))).explain()
    assert "ordersearch_grams" in plan


def test_runs_are_the_same_on_both_sides(order):
    search = OrderSearch.objects.get(order=order)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(order_grams(%s))", [search.text])
        (held,) = cursor.fetchone()
    assert {run[:2] for run in RUNS.findall("东街一号门口井盖缺失")} <= set(held)
