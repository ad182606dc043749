"""What grids hold: seen by right, contacts masked and shown on record, visits recorded once."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import AccessLog, User
from governance.lib.names import name_digest
from grids.models import Element, Visit
from grids.services import end_post
from grids.services.elements import full_name, rotate_element_keys, save_element

NAME, PHONE = "演示住户 1", "139-0000-0001"
SEE_PEOPLE = {"dispatcher", "east", "worker", "clerk"}
SEE_PLACES = SEE_PEOPLE | {"supervisor", "leader"}
EVERYBODY = SEE_PLACES | {"west", "west-worker", "handler", "reporter"}


def add(area, kind="person", name=NAME, phone=PHONE, **facts):
    element = Element(kind=kind, area=area, is_demo=True, **facts)
    return save_element(element=element, name=name, phone=phone)


@pytest.fixture
def person(town):
    return add(
        town.areas["东街1社区1格"],
        address="演示路 1 号 13900000009",
        point=Point(118.62, 32.02),
        attributes={"关爱类型": "独居老人"},
    )


@pytest.fixture
def place(town):
    return add(town.areas["东街1社区1格"], kind="place", name="演示小区 1", phone="")


@pytest.fixture
def visit(api):
    def visit(element, username="worker", **changes):
        now = timezone.now().isoformat()
        facts = {"purpose": "care", "outcome": "met", "device_at": now, "sent_at": now}
        body = {"id": str(uuid4()), **facts, **changes}
        return api(username).post(f"/api/v1/elements/{element.pk}/visits/", body, format="json")

    return visit


def names(answer):
    return [row["name"] for row in answer.data["results"]]


def test_elements_are_seen_by_place_and_people_by_the_right_on_personal_data(api, person, place):
    seen = {name: set(names(api(name).get("/api/v1/elements/"))) for name in EVERYBODY}
    people = {name for name, found in seen.items() if "演**" in found}
    places = {name for name, found in seen.items() if "演示小区 1" in found}
    assert (people, places) == (SEE_PEOPLE, SEE_PLACES)
    path = f"/api/v1/elements/{person.pk}/visits/"
    read = {name for name in EVERYBODY if api(name).get(path).status_code == 200}
    assert read == SEE_PEOPLE


def test_contact_is_encrypted_and_masked_everywhere(api, person):
    assert (person.name, person.phone_masked) == ("演**", "139******01")
    stored = bytes(person.name_cipher) + bytes(person.phone_cipher)
    assert (NAME.encode() in stored, b"0000" in stored) == (False, False)
    row = api("worker").get("/api/v1/elements/").data["results"][0]
    assert (row["name"], row["phone_masked"]) == ("演**", "139******01")
    assert "13900000009" not in str(row)


def test_contact_is_shown_on_record_to_those_entitled_alone(api, person, place):
    def ask(username, element=person, **body):
        path = f"/api/v1/elements/{element.pk}/contact/"
        return api(username).post(path, body or {"purpose": "回访"}, format="json")

    answer = ask("worker")
    assert answer.data == {"name": NAME, "phone": "13900000001"}
    log = AccessLog.objects.get(kind="personal_viewed")
    assert (log.username, log.subject, log.purpose) == ("worker", f"element {person.pk}", "回访")
    refused = {name: ask(name).status_code for name in ("west", "west-worker", "leader", "handler")}
    assert set(refused.values()) == {404}
    assert ask("leader", place).status_code == 403
    assert list(ask("worker", purpose=" ").data["fields"]) == ["purpose"]
    assert AccessLog.objects.filter(kind="personal_viewed").count() == 1


def test_list_is_read_by_keyset_kind_area_and_words(api, town, place):
    for number in (2, 3):
        add(town.areas["东街2社区1格"], kind="place", name=f"演示小区 {number}", phone="")
    add(town.areas["东街2社区1格"], kind="facility", name="演示消防栓", phone="", address="河边")
    client = api("east")
    first = client.get("/api/v1/elements/?size=3")
    rest = client.get("/api/v1/elements/", {"size": 3, "cursor": first.data["next_cursor"]})
    assert names(first) + names(rest) == ["演示消防栓", "演示小区 3", "演示小区 2", "演示小区 1"]
    assert rest.data["next_cursor"] == ""
    code = town.areas["东街2社区"].code
    assert names(client.get("/api/v1/elements/", {"area": code, "kind": "place"})) == [
        "演示小区 3", "演示小区 2",
    ]  # fmt: skip
    assert names(client.get("/api/v1/elements/?q=河")) == ["演示消防栓"]


def test_person_is_found_by_the_full_name_where_people_are_seen(api, person):
    def finders(words):
        path = "/api/v1/elements/"
        return {name for name in EVERYBODY if names(api(name).get(path, {"q": words}))}

    assert finders("演示 住户 1") == SEE_PEOPLE
    assert finders("演示住户") == set()
    save_element(element=person, name="演示住户 2", phone=None)
    assert (finders(NAME), finders("演示住户 2")) == (set(), SEE_PEOPLE)


def test_names_of_before_are_digested_by_the_migration(person, place, monkeypatch):
    migration = import_module("grids.migrations.0011_name_digest")
    monkeypatch.setattr(migration, "BATCH", 1)
    lost = add(person.area, name="演示住户 2")
    Element.objects.update(name_digest="")
    Element.objects.filter(pk=lost.pk).update(name_cipher=b"of a lost key")
    migration.digest_names(apps, None)
    held = dict(Element.objects.values_list("pk", "name_digest"))
    assert held == {person.pk: name_digest(NAME), place.pk: "", lost.pk: ""}


@pytest.mark.parametrize(
    ("asked", "field"),
    [("kind=x", "kind"), ("size=0", "size"), ("size=999", "size"), ("cursor=x", "cursor")],
)
def test_bad_questions_are_named(api, asked, field):
    answer = api("worker").get(f"/api/v1/elements/?{asked}")
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])


def test_list_costs_the_same_for_one_row_and_three(api, town, place, query_count):
    client = api("worker")
    client.get("/api/v1/elements/")
    one = query_count(lambda: client.get("/api/v1/elements/"))
    for number in (2, 3):
        add(town.areas["东街1社区1格"], kind="place", name=f"演示小区 {number}", phone="")
    assert query_count(lambda: client.get("/api/v1/elements/")) == one


def test_visit_counts_once_and_masks_what_was_found(visit, person, api):
    name = str(uuid4())
    first = visit(person, id=name, findings="家属电话 13900000002")
    assert (first.status_code, first.data["findings"]) == (201, "家属电话 139******02")
    assert visit(person, id=name, findings="再来一次").data == first.data
    person.refresh_from_db()
    assert person.visited_at == Visit.objects.get().at
    rows = api("east").get(f"/api/v1/elements/{person.pk}/visits/").data["results"]
    assert [row["outcome_label"] for row in rows] == ["见到"]


def test_number_of_another_visit_is_refused(visit, person, place):
    name = str(uuid4())
    visit(person, id=name)
    answer = visit(place, id=name)
    assert (answer.status_code, list(answer.data["fields"])) == (409, ["id"])


@pytest.mark.parametrize(
    ("username", "status"),
    [("west-worker", 404), ("handler", 404), ("leader", 404), ("dispatcher", 403), ("east", 403)],
)
def test_only_the_grids_own_worker_records_a_visit(visit, person, username, status):
    assert visit(person, username).status_code == status
    assert not Visit.objects.exists()


def test_visit_without_a_line_is_when_the_phone_says(visit, person):
    now, ago = timezone.now(), timedelta(days=5)
    skewed = {"device_at": (now - ago).isoformat(), "sent_at": now.isoformat()}
    assert visit(person, **skewed).status_code == 201
    assert abs(now - ago - Visit.objects.get().at) < timedelta(seconds=20)
    visit(person, device_at=(now - timedelta(days=9)).isoformat())
    person.refresh_from_db()
    assert abs(now - ago - person.visited_at) < timedelta(seconds=20)
    late = visit(person, device_at=(now - timedelta(days=61)).isoformat())
    assert (late.status_code, list(late.data["fields"])) == (409, ["device_at"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"purpose": "x"}, "purpose"), ({"outcome": ""}, "outcome"), ({"id": "1"}, "id"),
     ({"findings": "长" * 2001}, "findings"), ({"device_at": "2026-01-01"}, "device_at")],
)  # fmt: skip
def test_bad_visits_are_named(visit, person, changes, field):
    answer = visit(person, **changes)
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])


def test_post_that_ended_takes_no_visit_but_repeats_its_answer(visit, person, town):
    name = str(uuid4())
    visit(person, id=name)
    yesterday = timezone.localdate() - timedelta(days=1)
    end_post(post=town.people["worker"].posts.get(), ends_on=yesterday)
    assert (visit(person).status_code, visit(person, id=name).status_code) == (404, 201)


def test_keys_are_rotated(person, settings):
    settings.FIELD_KEYS = ["YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=", *settings.FIELD_KEYS]
    assert rotate_element_keys() == 1
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    person.refresh_from_db()
    assert full_name(person) == NAME


def test_admin_keeps_contacts_encrypted_and_shows_them_masked(town, client):
    client.force_login(User.objects.create_superuser("root", password="x", name="超级"))
    typed = {
        "kind": "person", "label": NAME, "phone": PHONE, "area": town.areas["东街1社区1格"].pk,
        "address": "演示路 1 号", "lon": "118.62", "lat": "32.02", "attributes": "{}",
        "is_active": "on",
    }  # fmt: skip
    assert client.post("/admin/grids/element/add/", typed).status_code == 302
    element = Element.objects.get()
    assert (element.name, full_name(element), element.point.x) == ("演**", NAME, 118.62)
    path = f"/admin/grids/element/{element.pk}/change/"
    page = client.get(path).content.decode()
    assert (NAME in page, "13900000001" in page, "演**" in page) == (False, False, True)
    kept = {**typed, "label": "", "phone": "", "lon": "", "lat": "", "address": "演示路 2 号"}
    assert client.post(path, kept).status_code == 302
    element.refresh_from_db()
    assert (full_name(element), element.phone_masked, element.point, element.address) == (
        NAME, "139******01", None, "演示路 2 号",
    )  # fmt: skip
    assert client.get("/admin/grids/element/").status_code == 200
    assert client.get("/admin/grids/visit/").status_code == 200
