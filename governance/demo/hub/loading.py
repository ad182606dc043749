"""Loading the demo's departments' data: entries and schemas, then files through the real loads."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Department, User
from datahub.enums import Frequency, Library, LoadMode, Sharing
from datahub.models import CodeItem, CodeList, Load, QualityRule, Resource
from datahub.services import ask_load, current_reader, publish_schema, work_loads
from governance.demo.departments import FUNCTIONAL
from governance.demo.feeds import username_of
from governance.demo.hub.entries import ENTRIES, RULES, Entry
from governance.demo.hub.fields import CODE_LISTS, codes_of
from governance.demo.hub.files import Habit, World, as_file, columns_of, write_rows
from governance.demo.hub.scenes import make_firms, make_residents
from governance.demo.people import Person, appoint_person, make_person
from governance.demo.town import spots
from grids.enums import AreaLevel, Crs
from grids.models import Area

F = Frequency
PERIOD = {
    F.REALTIME: timedelta(hours=1), F.DAILY: timedelta(days=1), F.WEEKLY: timedelta(days=7),
    F.MONTHLY: timedelta(days=30), F.QUARTERLY: timedelta(days=91),
    F.YEARLY: timedelta(days=365), F.IRREGULAR: timedelta(days=90),
}  # fmt: skip
# Never handed in, and handed in with too many bad rows to replace what is there.
NEVER, REFUSED = {"wl-relic", "tj-census"}, {"zj-danger", "ny-farm"}
TRIED, EARLIER = 0.4, 0.25  # shares of the rows in a refused and in an earlier file
LIBRARIES = {
    "ga-resident": Library.RESIDENTS, "ga-floating": Library.RESIDENTS,
    "ga-lodging": Library.CERTIFICATES, "mz-homes": Library.FILES,
}  # fmt: skip
KEPT_FOR = timedelta(days=400)  # since when the entries are in the catalogue


@dataclass(frozen=True)
class Manner:
    """How a department keeps its duty: how often it is late, and how careful it is."""

    late: float
    habit: Habit


def manner_of(owner: str) -> Manner:
    chance = random.Random(owner)  # noqa: S311
    haste, laxity = chance.random(), chance.random()
    habit = Habit(bad=0.002 + 0.04 * haste**3, empty=0.01 + 0.3 * haste**2)
    return Manner(late=0.45 * laxity**1.5, habit=habit)


def load_hub(*, at: datetime, tell: Callable[[str], None] = lambda line: None) -> int:
    """Load the entries that are not there yet, and hand in their files; count these."""
    known = set(Resource.objects.values_list("code", flat=True))
    missing = [entry for entry in ENTRIES if entry.code not in known]
    if not missing:
        return 0
    _load_code_lists()
    departments = {one.code: one for one in Department.objects.all()}
    people = _load_people(departments, on=timezone.localdate(at))
    world = World(make_residents(), make_firms(), spots(), _communities())
    made = {entry: _make_resource(entry, departments[entry.owner], at=at) for entry in missing}
    _make_rules({resource.code: resource for resource in made.values()})
    count = 0
    referred = {other for _, _, _, other, _, _ in RULES}
    # What others refer to first.
    for entry, resource in sorted(made.items(), key=lambda pair: pair[0].code not in referred):
        count += _hand_in(entry, resource, people[entry.owner], world, at)
    tell(f"{len(missing)} resources, {count} files.")
    return count


def _load_code_lists() -> None:
    for code, (name, source, _) in CODE_LISTS.items():
        made, is_new = CodeList.objects.get_or_create(
            code=code, defaults={"name": name, "source": source, "is_demo": True}
        )
        if is_new:
            CodeItem.objects.bulk_create(_items(made, code))


def _items(made: CodeList, code: str) -> Iterator[CodeItem]:
    labels = CODE_LISTS[code][2].split()
    for position, (one, label) in enumerate(zip(codes_of(code), labels, strict=True)):
        yield CodeItem(code_list=made, code=one, label=label, position=position)


def _load_people(departments: dict[str, Department], *, on: date) -> dict[str, User]:
    """Make sure that each owner has somebody who hands its files in."""
    people = {}
    for owner in sorted({entry.owner for entry in ENTRIES}):
        name = f"演示数据报送员-{FUNCTIONAL[owner][1]}"
        person = Person(username_of(owner), name, Role.REPORTER, (), owner)
        people[owner] = make_person(person.username, person.name)
        appoint_person(person, people[owner], {}, departments, on)
    return people


def _communities() -> list[str]:
    areas = Area.objects.filter(level=AreaLevel.COMMUNITY, is_active=True)
    return list(areas.order_by("code").values_list("name", flat=True))


def _make_resource(entry: Entry, owner: Department, *, at: datetime) -> Resource:
    since = at - KEPT_FOR
    names = [column.label for column in columns_of(entry)]
    about = entry.about or f"含{'、'.join(names[:4])}等 {len(names)} 项。演示数据，由程序生成。"
    resource = Resource.objects.create(
        code=entry.code,
        name=entry.name,
        department=owner,
        description=about,
        frequency=entry.frequency,
        sharing=entry.sharing,
        sharing_terms=entry.terms,
        is_open=entry.is_open and entry.sharing == Sharing.UNCONDITIONAL,
        library=LIBRARIES.get(entry.code, ""),
        contact="信息化科（演示）",
        telephone="025-58000000",
        is_demo=True,
        changed_at=since,
    )
    publish_schema(resource=resource, columns=columns_of(entry), at=since)
    return resource


def _make_rules(known: dict[str, Resource]) -> None:
    QualityRule.objects.bulk_create(
        QualityRule(
            resource=known[code],
            kind=kind,
            column=column,
            other_resource=known.get(other),
            other_column=other_column,
            days=days,
        )
        for code, kind, column, other, other_column, days in RULES
        if code in known and (not other or other in known)
    )


def _hand_in(entry: Entry, resource: Resource, by: User, world: World, at: datetime) -> int:
    """Hand in an earlier file and the newest, each as if at its time."""
    manner, chance = manner_of(entry.owner), random.Random(entry.code)  # noqa: S311
    is_late = chance.random() < manner.late
    ages = chance.uniform(1.3, 2.6) if is_late else chance.uniform(0.05, 0.95)
    newest = at - PERIOD[entry.frequency] * ages
    files = [(newest - PERIOD[entry.frequency], EARLIER, manner.habit), (newest, 1.0, manner.habit)]
    if entry.code in REFUSED:
        tried = newest + min(PERIOD[entry.frequency] / 2, (at - newest) / 2)
        files.append((tried, TRIED, Habit(0.3, 0.3)))
    if entry.code in NEVER:
        files = []
    for when, share, habit in files:
        rows = write_rows(entry, world=world, habit=habit, at=when, share=share)
        _load(resource, as_file(entry, rows), by, when)
    return len(files)


def _load(resource: Resource, file: tuple[str, bytes], by: User, when: datetime) -> None:
    load = ask_load(
        resource=resource,
        file=SimpleUploadedFile(*file),
        mode=LoadMode.FULL,
        crs=Crs.WGS84,
        reader=current_reader(user=by),
        by=by,
        at=when,
    )
    work_loads()
    end = when + timedelta(seconds=20)
    Load.objects.filter(pk=load.pk).update(started_at=when, finished_at=end)
    Resource.objects.filter(pk=resource.pk).update(changed_at=end)
    resource.refresh_from_db()
