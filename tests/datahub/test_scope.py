"""Each URL of the hub × person, against a reference written by hand: status and words.

Every answer is searched for words of resources, rows and people that its reader may not see. A URL
or a method that is missing here fails.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from datahub.urls import api_urlpatterns, urlpatterns
from tests.datahub.world import (
    BAD,
    CODES,
    EAST,
    NAMES,
    PERSONAL,
    PLACE,
    SENT,
    WEST,
    World,
    build_world,
)
from tests.workorders.uploads import PIECE

# The reference. 城管局 owns roll (on conditions) and vault (withheld), 水务局 stalls (for all). The
# centre of 东街 was given its own rows of roll, two columns of them, for those who answer for 东街.
KNOWS = {
    "root": set(CODES), "administrator": set(CODES), "handler": set(CODES), "reporter": set(CODES),
    "other-handler": {"stalls", "roll"}, "east": {"stalls", "roll"}, "west": {"stalls", "roll"},
    "granted": set(CODES), "nobody": set(), "stranger": set(),
}  # fmt: skip
READS = {
    "root": set(CODES), "handler": set(CODES), "reporter": set(CODES), "granted": set(CODES),
    "other-handler": {"stalls"}, "west": {"stalls"}, "east": {"stalls"}, "administrator": set(),
}  # fmt: skip
SHARE = {"east": "roll"}
REVEALS = {"root": set(CODES), "handler": {"roll", "vault"}, "other-handler": {"stalls"}}
LOADS = {"root": set(CODES), "reporter": {"roll", "vault"}}
DECIDES = {"root": set(CODES), "handler": {"roll", "vault"}, "other-handler": {"stalls"}}
ADMINISTERS = {"root", "administrator"}
ON_DUTY = {*KNOWS} - {"administrator", "granted", "nobody", "stranger"}
FINDINGS = {"root", "handler", "reporter"}  # `granted` reads the rows, but answers for no place
CHECKS = {*FINDINGS, "granted"}
REQUESTS = {"root", "administrator", "handler", "west"}  # west asked for all of roll
GRIDS = {"root", "east"}


def by_resource(allowed: dict[str, set[str]], **more: str) -> Callable[[str, str], int]:
    """Refuse what is known, hide what is not; `more` are people with a part of a resource."""

    def status(person: str, code: str) -> int:
        if code in allowed.get(person, set()) or more.get(person) == code:
            return 200
        return 403 if code in KNOWS[person] else 404

    return status


def among(people: set[str], otherwise: int = 404) -> Callable[[str, str], int]:
    return lambda person, code: 200 if person in people else otherwise


def one_of(people: set[str], seen_by: set[str]) -> Callable[[str, str], int]:
    """Hide from those whom it does not concern, refuse those who may look only."""
    return lambda person, code: 200 if person in people else 403 if person in seen_by else 404


def asks(person: str, code: str) -> int:
    """Who may ask: on duty; whoever has all of it already is told so, and nothing is withheld."""
    if code not in KNOWS[person]:
        return 404
    if code == "vault":
        return 409
    return 403 if person not in ON_DUTY else 409 if code in READS.get(person, ()) else 200


def opens(person: str, code: str) -> int:
    """Who may open data: what is withheld is opened by nobody."""
    status = by_resource(DECIDES)(person, code)
    return 409 if status == 200 and code == "vault" else status


ANYBODY = among(set(KNOWS))
KNOWN, ROWS_OF = by_resource(KNOWS), by_resource(READS, **SHARE)
REVEALED, LOADED, DECIDED = map(by_resource, (REVEALS, LOADS, DECIDES))
A_LOAD, A_DRAFT = among({"root", "reporter"}), among({"root", "handler"})
OWN_UPLOAD, CHECK, FINDING = among({"reporter"}), among(CHECKS), among(FINDINGS)
REQUEST, ADMINISTRATION = among(REQUESTS), among(ADMINISTERS, 403)
PURPOSE = {"purpose": "核对"}
PLAN = {"plan": {"grade": {"treatment": "raw"}}, "licence": "注明来源"}
SOURCE = {"kind": "web", "address": "https://data.example/x.csv", "mode": "full",
          "cadence": "daily", "format": "csv", "auth": "none", "crs": "wgs84",
          "clock": "02:00"}  # fmt: skip
ASK = {"purpose": "核对", "ends_on": "2099-01-01"}
UPLOAD = {"uuid": "10000000-0000-4000-8000-000000000009", "file_name": "b.csv", "size": 3,
          "mode": "full"}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One way in: who gets through, what is sent, and what those are answered who do."""

    rule: Callable[[str, str], int]
    method: str = "get"
    sends: dict[str, Any] = field(default_factory=dict)
    done: int = 200
    act: str = ""
    is_open: bool = False  # without signing in
    reveals: bool = False


def posts(rule: Callable[[str, str], int], done: int, **more: Any) -> Way:
    return Way(rule, "post", done=done, **more)


PAGES: dict[str, list[Way]] = {
    "catalogue": [Way(ANYBODY)],
    "import": [Way(among(ADMINISTERS)), posts(among(ADMINISTERS), 400)],
    "notices": [Way(ANYBODY)],
    "requests": [Way(ANYBODY)],
    "request": [Way(REQUEST)],
    "request-act": [
        posts(one_of({"root", "handler"}, REQUESTS), 302, act="refuse", sends={"answer": "不"}),
        posts(one_of({"west"}, REQUESTS), 302, act="withdraw"),
    ],
    "quality": [Way(ANYBODY)],
    "quality-all": [Way(ANYBODY)],
    "quality-of": [Way(among({*KNOWS} - {"nobody", "stranger"}))],
    "checks": [Way(ANYBODY)],
    "check": [Way(CHECK)],
    "finding": [Way(FINDING), posts(one_of({"root"}, FINDINGS), 200, sends=PURPOSE, reveals=True)],
    "finding-act": [
        posts(one_of({"root", "handler"}, FINDINGS), 302, act="dismiss", sends={"reason": "不是"})
    ],
    "elements": [Way(ANYBODY, sends={"grid": "320111001001001"})],
    "addresses": [Way(ANYBODY, sends={"q": "东街"})],
    "open-act": [posts(A_DRAFT, 302, act="publish"), posts(A_DRAFT, 302, act="withdraw")],
    "resource": [Way(KNOWN)],
    "opening": [Way(DECIDED), posts(opens, 400)],
    "rows": [Way(ROWS_OF), posts(REVEALED, 200, sends=PURPOSE, reveals=True)],
    "groups": [
        Way(ROWS_OF, sends={"by": "no"}),
        posts(REVEALED, 200, sends=PURPOSE, reveals=True),
    ],
    "ask-for": [posts(asks, 400, sends=ASK)],
    "ask-load": [posts(LOADED, 400)],
    "source": [Way(LOADED), posts(LOADED, 302, sends=SOURCE)],
    "source-act": [posts(LOADED, 302, act="fetch"), posts(LOADED, 302, act="forget")],
    "load": [Way(A_LOAD)],
    "give-up": [posts(OWN_UPLOAD, 302)],
    "load-act": [posts(A_LOAD, 302, act="undo"), posts(A_LOAD, 409, act="cancel")],
    "open": [Way(ANYBODY, is_open=True)],
    "open-dcat": [Way(ANYBODY, is_open=True)],
    "open-resource": [Way(among(set(KNOWS)), is_open=True)],
    "open-csv": [Way(among(set(KNOWS)), is_open=True)],
    "open-jsonl": [Way(among(set(KNOWS)), is_open=True)],
}
API: dict[str, list[Way]] = {
    "catalogue-dcat": [Way(ANYBODY)],
    "catalogue-workbook": [Way(ANYBODY)],
    "catalogue-import": [posts(ADMINISTRATION, 400)],
    "quality-boards": [Way(ANYBODY)],
    "quality-standings": [Way(ANYBODY)],
    "hub-notices": [Way(ANYBODY)],
    "reminders": [Way(ANYBODY)],
    "resources": [Way(ANYBODY), Way(ANYBODY, sends={"q": "资源"})],
    "resource-content": [Way(KNOWN)],
    "resource-rows": [Way(ROWS_OF)],
    "row-count": [Way(ROWS_OF)],
    "rows-sheet": [Way(ROWS_OF)],
    "reveal-rows": [posts(REVEALED, 200, sends=PURPOSE, reveals=True)],
    "resource-groups": [Way(ROWS_OF), Way(ROWS_OF, sends={"by": "no"})],
    "groups-sheet": [Way(ROWS_OF, sends={"by": "no"})],
    "reveal-groups": [posts(REVEALED, 200, sends={**PURPOSE, "by": "home"}, reveals=True)],
    "resource-quality": [Way(KNOWN)],
    "resource-loads": [Way(KNOWN), posts(LOADED, 400)],
    "load-uploads": [Way(KNOWN), posts(LOADED, 200, sends=UPLOAD)],
    "load-upload": [Way(OWN_UPLOAD), Way(OWN_UPLOAD, "patch"), Way(OWN_UPLOAD, "delete", done=204)],
    "resource-source": [Way(LOADED), Way(LOADED, "put", SOURCE), Way(LOADED, "delete", done=204)],
    "fetch-now": [posts(LOADED, 202)],
    "fetches": [Way(LOADED)],
    "ask-sharing": [posts(asks, 400, sends=ASK)],
    "open-ask": [Way(KNOWN), posts(opens, 202, sends=PLAN)],
    "open-read": [Way(A_DRAFT)],
    "open-publish": [posts(A_DRAFT, 200)],
    "open-withdraw": [posts(A_DRAFT, 200)],
    "sharing-requests": [Way(ANYBODY)],
    "sharing-request": [Way(REQUEST)],
    "sharing-approve": [
        posts(one_of({"root", "handler"}, REQUESTS), 200, sends={"granted_until": "today"})
    ],
    "sharing-refuse": [posts(one_of({"root", "handler"}, REQUESTS), 200, sends={"answer": "不"})],
    "sharing-revoke": [posts(one_of({"root", "handler"}, REQUESTS), 409, sends={"reason": "不"})],
    "sharing-withdraw": [posts(one_of({"west"}, REQUESTS), 200)],
    "cross-checks": [Way(ANYBODY)],
    "cross-check": [Way(CHECK)],
    "findings-list": [Way(CHECK)],
    "findings-count": [Way(CHECK)],
    "findings-map": [Way(CHECK)],
    "findings-sheet": [Way(CHECK)],
    "findings-one": [Way(FINDING)],
    "findings-reveal": [posts(one_of({"root"}, FINDINGS), 200, sends=PURPOSE, reveals=True)],
    "findings-dismiss": [
        posts(one_of({"root", "handler"}, FINDINGS), 200, sends={"reason": "不是"})
    ],
    "findings-restore": [posts(one_of({"root", "handler"}, FINDINGS), 409)],
    "load-content": [Way(A_LOAD)],
    "load-cancel": [posts(A_LOAD, 409)],
    "load-undo": [posts(A_LOAD, 200)],
    "load-faults": [Way(A_LOAD)],
    "table-schema": [Way(KNOWN), Way(ADMINISTRATION, "put", done=400)],
}


def methods_of(pattern: Any) -> set[str]:
    view = getattr(pattern.callback, "cls", None)
    known = ("get", "post", "put", "patch", "delete")
    return {method for method in known if hasattr(view, method)}


def test_every_url_and_method_stands_in_the_table():
    assert {one.name for one in urlpatterns} == PAGES.keys()
    found = {one.name: methods_of(one) for one in api_urlpatterns}
    assert found == {name: {way.method for way in ways} for name, ways in API.items()}


@pytest.fixture
def world(town, people, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return build_world(town, people)


def converters_of(name: str) -> dict[str, Any]:
    pattern = next(one for one in (*urlpatterns, *api_urlpatterns) if one.name == name)
    return pattern.pattern.converters


def address_of(name: str, way: Way, code: str, world: World) -> str:
    ids = {
        "load": world.load.uuid, "give-up": world.upload.uuid, "request": world.request.uuid,
        "sharing": world.request.uuid, "open": world.draft.uuid, "check": world.check.code,
    }  # fmt: skip
    wanted = converters_of(name)
    given: dict[str, Any] = {"action": way.act}
    if "uuid" in wanted:
        word = name.partition("-")[0]
        given["uuid"] = world.upload.uuid if name == "load-upload" else ids.get(name) or ids[word]
    if "pk" in wanted:
        given["pk"] = world.finding.pk
    given["code"] = code
    if name.startswith(("check", "finding", "cross")):
        given["code"] = world.check.code
    elif way.is_open:
        given["code"] = "stalls"
    elif name == "quality-of":
        given["code"] = "D2"
    place = "datahub:" if name in PAGES else ""
    return reverse(f"{place}{name}", kwargs={one: given[one] for one in wanted})


def takes_resource(name: str, way: Way) -> bool:
    return "code" in converters_of(name) and not way.is_open and way.rule not in (CHECK, FINDING)


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace")


def hidden_from(person: str, way: Way) -> set[str]:
    """List the words that an answer must not have."""
    words = set()
    for code in CODES:
        if code not in KNOWS[person] and not way.is_open:
            words.add(NAMES[code])
        if code not in READS.get(person, set()):
            words |= {*EAST[code], *WEST[code]}
            words -= {EAST[code][0]} if SHARE.get(person) == code else set()
        if not (way.reveals and code in REVEALS.get(person, set())):
            words |= {*PERSONAL[code]}
    words |= {BAD, PLACE} if "roll" not in LOADS.get(person, set()) else set()
    return words if person == "reporter" else words | {SENT}


def expected(person: str, name: str, way: Way, code: str) -> int:
    if person == "stranger" and not way.is_open:
        return 302 if name in PAGES else 401
    status = way.rule(person, code)
    return way.done if status == 200 else status


def send(client: APIClient, url: str, name: str, way: Way) -> Any:
    if way.method == "get":
        return client.get(url, way.sends)
    if way.method == "patch":
        return client.generic("PATCH", url, b"x", PIECE, HTTP_UPLOAD_OFFSET="0")
    today = timezone.localdate().isoformat()
    body = {key: today if value == "today" else value for key, value in way.sends.items()}
    kind = "multipart" if name in (*PAGES, "resource-loads", "catalogue-import") else "json"
    return getattr(client, way.method)(url, body, format=kind)


@pytest.mark.parametrize("person", KNOWS)
def test_each_way_in_answers_as_the_reference_says(world, people, person):
    client = APIClient()
    if person != "stranger":
        client.force_login(people[person])
    wrong = []
    for name, ways in (PAGES | API).items():
        for way in ways:
            codes = CODES if takes_resource(name, way) else CODES[1:2]
            for code in codes:
                url = address_of(name, way, code, world)
                with transaction.atomic():
                    answer = send(client, url, name, way)
                    text = text_of(answer)
                    transaction.set_rollback(True)
                wanted = expected(person, name, way, code)
                told = sorted(word for word in hidden_from(person, way) if word in text)
                if (answer.status_code, told) != (wanted, []):
                    wrong.append((way.method, url, answer.status_code, wanted, told))
    assert not wrong, "\n".join(map(str, wrong))
