"""The people of the demo: eight sign-ins for visitors, and those the demo traffic acts as."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from accounts.enums import Role
from accounts.models import Department, User
from governance.demo.departments import FUNCTIONAL, street_centre_code
from governance.lib.errors import ConflictError
from grids.enums import AreaLevel
from grids.models import Area, Post
from grids.services import appoint_all

DISTRICT = "320111"
JIANGPU = "320111004"
VISITORS_WORKER_GRIDS = 4
WORKERS_PER_STREET = 3


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    role: Role
    areas: tuple[str, ...] = ()
    department: str = ""


def visitors(jiangpu_grids: list[str]) -> list[Person]:
    """List the people whom a visitor signs in as."""
    return [
        Person("dispatcher", "演示区调度员", Role.DISPATCHER, (DISTRICT,)),
        Person("street-dispatcher", "演示江浦调度员", Role.DISPATCHER, (JIANGPU,)),
        Person("handler", "演示城管承办员", Role.HANDLER, (), "PK-CG"),
        Person(
            "worker",
            "演示江浦网格员",
            Role.GRID_WORKER,
            tuple(jiangpu_grids[:VISITORS_WORKER_GRIDS]),
        ),
        Person("clerk", "演示回访员", Role.CALLBACK_CLERK, (DISTRICT,)),
        Person("supervisor", "演示督办员", Role.SUPERVISOR, (DISTRICT,)),
        Person("leader", "演示区领导", Role.LEADER, (DISTRICT,)),
        Person("reporter", "演示环保报送员", Role.REPORTER, (), "PK-HB"),
    ]


def actors(streets: list[Area], grids: dict[str, list[str]]) -> list[Person]:
    """List the people whom the demo traffic acts as; nobody signs in as them by password."""
    people = [
        Person("demo-dispatcher", "演示调度员-区", Role.DISPATCHER, (DISTRICT,)),
        Person("demo-supervisor", "演示督办员-区", Role.SUPERVISOR, (DISTRICT,)),
        Person("demo-clerk", "演示回访员-区", Role.CALLBACK_CLERK, (DISTRICT,)),
        Person("demo-leader", "演示区领导-区", Role.LEADER, (DISTRICT,)),
    ]
    for code, (_, short) in FUNCTIONAL.items():
        username = f"demo-handler-{code.removeprefix('PK-').lower()}"
        people.append(Person(username, f"演示承办员-{short}", Role.HANDLER, (), code))
    for street in streets:
        people += _of_street(street, grids[street.code])
    return people


def _of_street(street: Area, grids: list[str]) -> list[Person]:
    short = street.name.removesuffix("街道")
    count = min(WORKERS_PER_STREET, len(grids))
    workers = [
        Person(
            f"demo-worker-{street.code}-{number:02d}",
            f"演示网格员-{short}-{number:02d}",
            Role.GRID_WORKER,
            tuple(grids[number - 1 :: count]),
        )
        for number in range(1, count + 1)
    ]
    return [
        Person(
            f"demo-dispatcher-{street.code}", f"演示调度员-{short}", Role.DISPATCHER, (street.code,)
        ),
        Person(
            f"demo-handler-{street.code}", f"演示承办员-{short}", Role.HANDLER, (),
            street_centre_code(street.code),
        ),
        *workers,
    ]  # fmt: skip


def load_people(*, departments: dict[str, Department], on: date) -> None:
    """Make the demo's people and appoint them; the sign-ins get the demo's password."""
    areas = {area.code: area for area in Area.objects.filter(is_active=True)}
    streets = sorted(
        (area for area in areas.values() if area.level == AreaLevel.STREET), key=lambda a: a.code
    )
    grids = {
        street.code: sorted(
            Area.objects.filter(
                level=AreaLevel.GRID, is_active=True, parent__parent=street
            ).values_list("code", flat=True)
        )
        for street in streets
    }
    _make_administrator()
    for person in visitors(grids[JIANGPU]):
        user = make_person(person.username, person.name)
        _set_demo_password(user)
        appoint_person(person, user, areas, departments, on)
    for person in actors(streets, grids):
        appoint_person(person, make_person(person.username, person.name), areas, departments, on)


def _make_administrator() -> None:
    user = make_person("admin", "演示管理员")
    if not user.is_superuser:
        user.is_staff = user.is_superuser = True
        user.save()
    _set_demo_password(user)


def make_person(username: str, name: str) -> User:
    """Find or make a person of the demo; a real person of that user name is never touched."""
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, name=name, is_demo=True)
        user.set_unusable_password()
        user.save()
    if not user.is_demo:
        raise ConflictError(f"账号 {username} 属于真实人员，演示数据不能使用。", code="not_demo")
    if not user.is_active:
        user.is_active = True
        user.save()
    return user


def _set_demo_password(user: User) -> None:
    if not user.check_password(settings.DEMO_PASSWORD):
        user.set_password(settings.DEMO_PASSWORD)
        user.save()


def appoint_person(
    person: Person,
    user: User,
    areas: dict[str, Area],
    departments: dict[str, Department],
    on: date,
) -> None:
    """Give the posts that the person does not hold yet."""
    held = Post.objects.filter(user=user, role=person.role, ends_on__isnull=True)
    held_areas = set(held.values_list("area__code", flat=True))
    department = departments[person.department] if person.department else None
    appoint_all(
        posts=[
            Post(
                user=user, role=person.role, department=department, starts_on=on,
                area=areas[code] if code else None,
            )
            for code in person.areas or (None,)
            if code not in held_areas
        ]
    )  # fmt: skip
