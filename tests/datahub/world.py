"""A hub in which there is one of everything, each with words of its own to look for."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from guardian.shortcuts import assign_perm

from datahub.enums import FetchState, RequestState
from datahub.models import (
    CrossCheck,
    Fetch,
    Load,
    LoadUpload,
    OverdueReminder,
    Publication,
    Resource,
    SharingRequest,
    Source,
)
from datahub.services import (
    announce_file,
    ask_publication,
    current_reader,
    prepare_publications,
    publish_publication,
    run_cross_check,
)
from datahub.services.uploads import AnnouncedFile
from tests.datahub.checks import add_table, both
from tests.datahub.loading import id_number, load
from tests.datahub.sources import allow, save
from tests.town import EAST_POINT, WEST_POINT

CODES = ("stalls", "roll", "vault")
LABELS = ("编号", "身份证号", "单位名称", "等级", "数量", "日期", "位置", "所属社区", "住址")
# Of each resource: its name, words of its rows in the east and in the west, and of its people.
NAMES = {code: f"资源{code}" for code in CODES}
EAST = {"stalls": ("SE-1", "摊东记"), "roll": ("RE-1", "户东记"), "vault": ("VE-1", "档东记")}
WEST = {"stalls": ("SW-1", "摊西记"), "roll": ("RW-1", "户西记"), "vault": ("VW-1", "档西记")}
PERSONAL = {
    code: (id_number(100 + place), id_number(200 + place), f"演示住处{code}")
    for place, code in enumerate(CODES)
}
BAD, PLACE, SENT = "坏数字", "data.example/roll", "待传的文件"
GRADE = "公开的等级"
GRID = "320111001001001"


@dataclass
class World:
    load: Load
    upload: LoadUpload
    source: Source
    draft: Publication
    request: SharingRequest
    check: CrossCheck

    @property
    def finding(self):
        return self.check.findings.order_by("id").first()


def sheet_of(code):
    """Write a row in the east, one in the west, six alike that may be opened, and a bad one."""
    place = CODES.index(code)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(LABELS)
    home = PERSONAL[code][2]
    for words, point, area, number in (
        (EAST[code], EAST_POINT, "东街", 100 + place), (WEST[code], WEST_POINT, "西街", 200 + place)
    ):  # fmt: skip
        where = f"{point['lon']} {point['lat']}"
        writer.writerow([words[0], id_number(number), words[1], "", 1, "", where, area, home])
    for serial in range(6):
        writer.writerow([f"{code}{serial}", "", "", GRADE, 1, "", "", "", ""])
    writer.writerow(["x", "", "", "", BAD, "", "", "", ""])
    return out.getvalue().encode()


def build_world(town, people) -> World:
    owner, other = town.departments["城管局"], town.departments["水务局"]
    tables = {
        "stalls": add_table("stalls", other),
        "roll": add_table("roll", owner, "conditional"),
        "vault": add_table("vault", owner, "withheld"),
    }
    loads = {
        code: load(tables[code], people["root"], sheet_of(code), mode="append") for code in CODES
    }
    Resource.objects.filter(code__in=CODES).update(library="residents")
    for table in tables.values():
        table.refresh_from_db()
        assign_perm("view_rows", people["granted"], table)
    now = timezone.now()
    _deliver(tables["roll"], people, town, now)
    _remind(tables["vault"], now)
    world = World(
        load=loads["roll"], upload=_send(tables["roll"], people),
        source=_fetch(tables, people, now),
        draft=_open(tables["roll"], people["handler"], now), check=_compare(tables, now),
        request=_ask(tables["roll"], people["west"], now, RequestState.WAITING),
    )  # fmt: skip
    publish_publication(
        publication=_open(tables["stalls"], people["root"], now),
        reader=current_reader(user=people["root"]), by=people["root"], at=now,
    )  # fmt: skip
    return world


def _ask(resource, asker, now, state, **more):
    return SharingRequest.objects.create(
        uuid=UUID(int=SharingRequest.objects.count() + 1, version=4), resource=resource,
        asked_by=asker, unit="x", purpose="核对名册", ends_on=now.date() + timedelta(days=9),
        asked_at=now, state=state, **more,
    )  # fmt: skip


def _deliver(roll, people, town, now):
    _ask(
        roll, people["east"], now, RequestState.APPROVED, area=town.areas["东街"],
        area_column="area", columns=["no", "area"], decided_by=people["handler"], decided_at=now,
        granted_until=now.date() + timedelta(days=9),
    )  # fmt: skip


def _remind(vault, now):
    Resource.objects.filter(pk=vault.pk).update(due_at=now)
    OverdueReminder.objects.create(resource=vault, due_at=now, share=100, reach="owners", at=now)


def _send(roll, people):
    file = AnnouncedFile(
        uuid=UUID(int=7, version=4), file_name=f"{SENT}.csv", size=5, mode="append"
    )
    by = people["reporter"]
    announce_file(
        resource=roll, file=file, reader=current_reader(user=by), by=by, at=timezone.now()
    )
    return LoadUpload.objects.get()


def _fetch(tables, people, now):
    allow("https://data.example:443")
    save(tables["vault"], people["root"], "https://data.example/vault.csv")
    save(tables["stalls"], people["root"], "https://data.example/stalls.csv")
    source = save(tables["roll"], people["root"], f"https://{PLACE}.csv")
    Fetch.objects.create(
        uuid="1" * 32, source=source, started_at=now, finished_at=now, state=FetchState.FAILED,
        detail=f"{PLACE} 没有回答",
    )  # fmt: skip
    Source.objects.filter(pk=source.pk).update(attempts=1)
    return source


def _open(resource, by, now):
    made = ask_publication(
        resource=resource, plan={"grade": {"treatment": "raw"}}, description="", licence="注明来源",
        reader=current_reader(user=by), by=by, at=now,
    )  # fmt: skip
    prepare_publications()
    made.refresh_from_db()
    return made


def _compare(tables, now):
    check = both(
        "both", (tables["roll"], {"key_column": "grade", "label_column": "title"}),
        (tables["stalls"], {"key_column": "grade"}),
    )  # fmt: skip
    run_cross_check(check=check, at=now)
    return check
