"""Setting a source: who may, what is refused, and secrets that nobody sees again."""

from datetime import UTC, datetime, time, timedelta

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db.models import BinaryField
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from datahub.enums import Cadence, FetchState, LoadMode, SourceAuth
from datahub.models import Fetch, Source
from datahub.services import rotate_source_keys
from datahub.states import next_fetch
from governance.checks import check_settings, check_sources
from governance.lib import crypto
from governance.lib.errors import InvalidError
from tests.datahub.catalogue import add_resource
from tests.datahub.sources import AT, LOOPBACK, allow, fetch, give, save, serving

API = "/api/v1/resources/people/source/"
PLACE = "https://data.example"
SECRET = "tide-of-8-o-clock"
WANTED = {"kind": "web", "address": f"{PLACE}/a.csv", "mode": "full", "cadence": "daily"}


@pytest.fixture
def source(hub, people):
    allow(f"{PLACE}:443")
    return save(hub.people, people["reporter"], f"{PLACE}/a.csv", auth=SourceAuth.BASIC,
                user="hub-user", secret=SECRET, cadence=Cadence.DAILY)  # fmt: skip


@pytest.fixture
def page(client, people):
    client.force_login(people["reporter"])
    return client


def test_secrets_are_encrypted_and_never_shown(source, api, page, people):
    assert crypto.decrypt(source.secret_cipher) == SECRET
    root = Client()
    root.force_login(people["root"])
    answers = [
        api("reporter").get(API).content,
        page.get(reverse("datahub:source", args=["people"])).content,
        page.get(reverse("datahub:resource", args=["people"])).content,
        root.get(f"/admin/datahub/source/{source.pk}/change/").content,
        root.get("/admin/datahub/source/").content,
        str(vars(source)).replace(str(source.secret_cipher), "").encode(),
    ]
    for answer in answers:
        assert SECRET.encode() not in answer
        assert b"hub-user" not in answer


def test_empty_secret_keeps_the_one_that_is_there(source, hub, people):
    same = {"auth": SourceAuth.BASIC}
    saved = save(hub.people, people["reporter"], f"{PLACE}/b.csv", **same)
    assert crypto.decrypt(saved.secret_cipher) == SECRET
    saved = save(hub.people, people["reporter"], f"{PLACE}/b.csv", secret="new", **same)
    assert (crypto.decrypt(saved.user_cipher), crypto.decrypt(saved.secret_cipher)) == (
        "hub-user", "new",
    )  # fmt: skip


@pytest.mark.parametrize("address", ["https://other.example/a.csv", "https://data.example:444/a",
                                     "http://data.example:443/a.csv"])  # fmt: skip
def test_secret_is_never_sent_to_another_place(source, hub, people, address):
    allow("https://other.example:443")
    allow("https://data.example:444")
    with pytest.raises(InvalidError) as refused:
        save(hub.people, people["reporter"], address, auth=SourceAuth.BASIC)
    assert list(refused.value.fields) == ["user"]


def test_secret_is_forgotten_with_the_need_for_it(source, hub, people):
    saved = save(hub.people, people["reporter"], f"{PLACE}/a.csv")
    assert (bytes(saved.user_cipher), bytes(saved.secret_cipher)) == (b"", b"")


def test_rotation_takes_secrets_along(source, settings):
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *old]
    assert rotate_source_keys() == 1
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    source.refresh_from_db()
    assert crypto.decrypt(source.secret_cipher) == SECRET
    assert crypto.decrypt(source.user_cipher) == "hub-user"


def test_every_encrypted_column_is_rotated(source, settings):
    """Whoever adds a column of this kind adds it to the command as well."""
    made = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *made]
    call_command("rotate_field_keys", stdout=open("/dev/null", "w"))  # noqa: SIM115
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    known = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.name.endswith("_cipher")
    }
    assert known == {
        "datahub.Source.secret_cipher", "datahub.Source.user_cipher",
        "grids.Element.name_cipher", "grids.Element.phone_cipher",
        "workorders.CallDraft.content_cipher", "workorders.Reporter.id_number_cipher",
        "workorders.Reporter.name_cipher", "workorders.Reporter.phone_cipher",
    }  # fmt: skip
    source.refresh_from_db()
    assert crypto.decrypt(source.secret_cipher) == SECRET


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "https://elsewhere.example/a.csv"}, "address"),
        ({"address": "ftp://data.example/a.csv"}, "address"),
        ({"address": "file:///etc/passwd"}, "address"),
        ({"address": "https://me:secret@data.example/a.csv"}, "address"),
        ({"address": "https://data.example\\@elsewhere.example/"}, "address"),
        ({"address": "https://"}, "address"),
        ({"address": "https://data.example:99999/"}, "address"),
        ({"kind": "database", "query": "t", "auth": "basic"}, "address"),
        ({"kind": "database", "address": "postgresql://data.example:443/x", "query": " ",
          "auth": "basic"}, "query"),
        ({"kind": "database", "address": "postgresql://data.example:443/x", "query": "t"}, "auth"),
        ({"kind": "database", "address": "postgresql://data.example:443/x?host=a", "query": "t"},
         "address"),
        ({"auth": "basic", "user": "a"}, "secret"),
        ({"auth": "header", "header": "Host", "secret": "x"}, "header"),
        ({"auth": "header", "header": "X-A: b", "secret": "x"}, "header"),
        ({"auth": "header", "header": "X-A", "secret": "x\r\nY: z"}, "secret"),
        ({"cadence": "sometimes"}, "cadence"),
        ({"clock": "25:00"}, "clock"),
        ({"format": "exe"}, "format"),
    ],
)  # fmt: skip
def test_bad_source_is_refused_by_field(hub, people, api, changes, field):
    allow(f"{PLACE}:443")
    answer = api("reporter").put(API, {**WANTED, **changes})
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])
    assert not Source.objects.exists()


def test_host_of_another_department_is_not_listed(hub, people, town, api):
    allow(f"{PLACE}:443", department=town.departments["水务局"])
    assert api("reporter").put(API, WANTED).status_code == 400
    allow(f"{PLACE}:443", department=town.departments["城管局"])
    assert api("reporter").put(API, WANTED).status_code == 200


def test_upsert_needs_a_key(hub, people, town):
    allow(f"{PLACE}:443")
    bare = add_resource("bare", "无结构", town.departments["城管局"], hub.people.sharing)
    with pytest.raises(InvalidError):
        save(bare, people["reporter"], f"{PLACE}/a.csv", mode=LoadMode.UPSERT)


LOADERS = {"reporter", "root"}


@pytest.mark.parametrize(
    "name", ["reporter", "root", "handler", "supervisor", "other-reporter", "administrator",
             "granted", "nobody"],
)  # fmt: skip
def test_only_loaders_of_the_owner_see_and_set(source, api, people, name):
    may = name in LOADERS
    caller = api(name)
    seen = [
        caller.get(API), caller.put(API, WANTED), caller.get(f"{API}fetches/"),
        caller.post(f"{API}fetch/"), caller.delete(API),
    ]  # fmt: skip
    codes = [answer.status_code for answer in seen]
    if may:
        assert codes == [200, 200, 200, 202, 204]
    else:
        assert set(codes) <= {403, 404}
        assert len(set(codes)) == 1
    browser = Client()
    browser.force_login(people[name])
    for path in (reverse("datahub:source", args=["people"]),):
        assert (browser.get(path).status_code == 200) == may
        assert (browser.post(path, WANTED).status_code in (302, 400)) == may
    own = browser.get(reverse("datahub:resource", args=["people"])).content.decode()
    assert ("自动抓取" in own) == may


def test_page_sets_shows_and_forgets(hub, people, page):
    allow(f"{PLACE}:443")
    path = reverse("datahub:source", args=["people"])
    form = {**WANTED, "format": "csv", "auth": "header", "header": "X-Token", "secret": SECRET,
            "crs": "wgs84", "clock": "03:30", "active": "on"}  # fmt: skip
    assert page.post(path, form).status_code == 302
    saved = Source.objects.get()
    assert (saved.clock, saved.is_active, saved.header) == (time(3, 30), True, "X-Token")
    refused = page.post(path, {**form, "address": "https://elsewhere.example/x.csv"})
    assert refused.status_code == 400
    assert 'value="https://elsewhere.example/x.csv"' in refused.content.decode()
    assert page.post(reverse("datahub:source-act", args=["people", "fetch"])).status_code == 302
    saved.refresh_from_db()
    assert saved.asked_by == people["reporter"]
    assert page.post(reverse("datahub:source-act", args=["people", "other"])).status_code == 404
    assert page.post(reverse("datahub:source-act", args=["people", "forget"])).status_code == 302
    assert not Source.objects.exists()


def test_failure_stands_on_the_resource(hub, people, page, settings, tmp_path):
    settings.MEDIA_ROOT, settings.FETCH_NETWORKS = str(tmp_path), [LOOPBACK]
    with serving() as server:
        allow(server.origin)
        server.answers["/a.csv"] = give(b"", status=404)
        made = save(hub.people, people["reporter"], f"{server.origin}/a.csv")
        fetch(made)
    for name in ("datahub:resource", "datahub:source"):
        shown = page.get(reverse(name, args=["people"])).content.decode()
        assert "对方没有这个文件（404）。" in shown


def test_what_is_off_or_under_way_is_not_asked_for(source, api):
    Fetch.objects.create(uuid="0" * 32, source=source, started_at=AT, state=FetchState.RUNNING)
    assert api("reporter").post(f"{API}fetch/").status_code == 409
    Fetch.objects.all().delete()
    Source.objects.update(is_active=False)
    assert api("reporter").post(f"{API}fetch/").status_code == 409


def test_attempts_are_listed_with_a_constant_number_of_queries(source, api, query_count):
    def add(n):
        Fetch.objects.create(uuid=f"{n:032}", source=source, started_at=AT)

    caller = api("reporter")
    add(1)
    once = query_count(lambda: caller.get(f"{API}fetches/"))
    add(2)
    add(3)
    assert query_count(lambda: caller.get(f"{API}fetches/")) == once


def test_checks_name_wrong_networks_and_unlisted_sources(source, settings):
    settings.FETCH_NETWORKS = ["10.0.0.0/8", "ten"]
    assert [one.id for one in check_settings() if "FETCH" in one.msg] == ["yiwang.E017"]
    settings.FETCH_NETWORKS, settings.FETCH_MINUTES = [], 0
    assert [one.id for one in check_settings() if "FETCH" in one.msg] == ["yiwang.E006"]
    assert check_sources(databases=["default"]) == []
    Source.objects.update(address="https://gone.example/a.csv")
    (warned,) = check_sources(databases=["default"])
    assert (warned.id, "people" in warned.msg) == ("yiwang.W019", True)


def test_loopback_is_closed_in_production(settings):
    settings.IS_PRODUCTION, settings.FETCH_NETWORKS = True, ["127.0.0.0/8"]
    assert "yiwang.E018" in [one.id for one in check_settings()]


def shanghai(*parts):
    from django.utils import timezone  # noqa: PLC0415

    return datetime(*parts, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("cadence", "after", "expected"),
    [
        (Cadence.BY_HAND, shanghai(2026, 3, 2, 1), None),
        (Cadence.QUARTER_HOUR, shanghai(2026, 3, 2, 1), shanghai(2026, 3, 2, 1, 15)),
        (Cadence.HOURLY, shanghai(2026, 3, 2, 1), shanghai(2026, 3, 2, 2)),
        (Cadence.DAILY, shanghai(2026, 3, 2, 1), shanghai(2026, 3, 2, 2)),
        (Cadence.DAILY, shanghai(2026, 3, 2, 2), shanghai(2026, 3, 3, 2)),
        (Cadence.WEEKLY, shanghai(2026, 3, 2, 3), shanghai(2026, 3, 9, 2)),  # a Monday
        (Cadence.MONTHLY, shanghai(2026, 12, 1, 3), shanghai(2027, 1, 1, 2)),
    ],
)
def test_schedule(cadence, after, expected):
    zone = after.tzinfo
    assert next_fetch(cadence, time(2), after.astimezone(UTC), zone) == expected


@given(st.sampled_from(Cadence), st.times(), st.integers(0, 10**9))
def test_next_fetch_is_always_later(cadence, clock, seconds):
    after = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    found = next_fetch(cadence, clock, after, shanghai(2026, 1, 1).tzinfo)
    assert found is None or found > after
    assert (found is None) == (cadence == Cadence.BY_HAND)
