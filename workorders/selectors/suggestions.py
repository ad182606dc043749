"""Who should get an order, and why; and the search boxes that name departments and areas."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.enums import DepartmentKind, Right
from accounts.models import Department
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import Scope
from workorders.enums import Action
from workorders.models import Category, Channel, WorkOrder
from workorders.selectors.levels import Holder, holder_above, holders_below
from workorders.selectors.reference import reference

CHOICES_LIMIT = 20
LONGEST_WORDS = 40
# Most orders go to a department of the district, fewest straight to a community's station.
KINDS: list[str] = [
    DepartmentKind.FUNCTIONAL,
    DepartmentKind.DISTRICT_CENTRE,
    DepartmentKind.STREET_CENTRE,
    DepartmentKind.COMMUNITY_STATION,
]


@dataclass(frozen=True)
class Choice:
    """One line of a search box: `field` is the form's field that takes the code."""

    field: str
    code: str
    name: str
    detail: str = ""


@dataclass(frozen=True)
class Suggestion:
    choice: Choice
    reason: str


@dataclass(frozen=True)
class FilterChoices:
    """What the queue's filters offer."""

    streets: list[Area]
    channels: list[Channel]
    categories: list[Category]


def suggest_holder(*, order: WorkOrder) -> Suggestion | None:
    """Suggest who handles an order: its grid for a grid matter, else the category's department."""
    category = order.category
    if category is None:
        return None
    if category.is_grid_matter and order.grid is not None:
        choice = Choice("grid", order.grid.code, order.grid.name, "网格")
        return Suggestion(choice, f"「{category.name}」是入格事项，由所在网格处置")
    department = reference().department(category.department_id)
    if department is None or not department.is_active:
        return None
    choice = Choice("department", department.code, department.name, "部门")
    return Suggestion(choice, f"「{category.name}」由{department.name}承办")


def find_holders(*, words: str, scope: Scope) -> list[Choice]:
    """Find departments and grids that an order may be dispatched to, by part of the name."""
    found = find_departments(words=words)
    room = CHOICES_LIMIT - len(found) // 2
    grids = _areas(words, scope).filter(level=AreaLevel.GRID)[:room]
    return found + [_area_choice("grid", area) for area in grids]


def holder_choices(*, order: WorkOrder, action: Action, words: str = "") -> list[Choice]:
    """List who may get an order from its holder, the one of the order's own place first."""
    above = holder_above(order)
    holders = [above] if above else []
    if action is Action.PASS_DOWN:
        holders = holders_below(order)
    named = [holder for holder in holders if words in holder.name]
    return [_holder_choice(holder) for holder in named[:CHOICES_LIMIT]]


def _holder_choice(holder: Holder) -> Choice:
    if holder.grid is not None:
        return _area_choice("grid", holder.grid)
    assert holder.department is not None  # noqa: S101  # a holder is a grid or a department
    row = holder.department
    return Choice("department", row.code, row.name, row.get_kind_display())


def find_departments(*, words: str) -> list[Choice]:
    """Find active departments by part of the name."""
    return [
        Choice("department", row.code, row.name, row.get_kind_display())
        for row in _departments(words)[:CHOICES_LIMIT]
    ]


def _departments(words: str) -> list[Department]:
    """List the active departments of that name: those that begin with it, then by kind."""
    named = [row for row in reference().departments.values() if row.is_active and words in row.name]
    return sorted(
        named,
        key=lambda row: (not row.name.startswith(words), KINDS.index(row.kind), row.code),
    )


def find_areas(*, words: str, scope: Scope, right: Right = Right.DISPATCH_ORDERS) -> list[Choice]:
    """Find streets, communities and grids where a right is held, the wider ones first."""
    return [_area_choice("area", area) for area in _areas(words, scope, right)[:CHOICES_LIMIT]]


def find_any_areas(*, words: str) -> list[Choice]:
    """Find streets, communities and grids by part of the name, whoever answers for them.

    Only a grid is a place by its code; the others are found again by their name.
    """
    areas = [row for row in reference().areas.values() if row.is_active and words in row.name]
    named = [row for row in areas if row.level != AreaLevel.DISTRICT]
    named.sort(key=lambda row: (not row.name.startswith(words), row.level, row.code))
    return [
        _area_choice("grid" if row.level == AreaLevel.GRID else "name", row)
        for row in named[:CHOICES_LIMIT]
    ]


def find_categories(*, words: str) -> list[Choice]:
    """Find active categories by part of the name or by a keyword."""
    rows = Category.objects.filter(is_active=True, children=None)
    rows = rows.select_related("parent").order_by("code")
    if words:
        named = Q(name__icontains=words[:LONGEST_WORDS])
        rows = rows.filter(named | Q(keywords__contains=[words[:LONGEST_WORDS]]))
    return [
        Choice("category", row.code, row.name, row.parent.name if row.parent else "")
        for row in rows[: CHOICES_LIMIT * 2]
    ]


def filter_choices(*, scope: Scope) -> FilterChoices:
    """List streets, channels and categories to filter by; a person of one street picks none."""
    held = reference()
    sees_district = (
        scope.sees_everything
        or bool(scope.departments)
        or any(AreaLevel.DISTRICT in levels for levels in scope.areas.values())
    )
    streets = [area for area in held.areas.values() if area.level == AreaLevel.STREET]
    return FilterChoices(
        streets=sorted(streets, key=lambda area: area.code) if sees_district else [],
        channels=sorted(held.channels.values(), key=lambda channel: channel.pk),
        categories=[row for row in held.categories.values() if row.is_active],
    )


def _named(words: str) -> dict[str, str]:
    return {"name__icontains": words[:LONGEST_WORDS]} if words else {}


def _areas(words: str, scope: Scope, right: Right = Right.DISPATCH_ORDERS) -> QuerySet[Area]:
    areas = Area.objects.filter(is_active=True, **_named(words))
    if not scope.sees_everything:
        ids = list(scope.area_ids(right))
        beneath = (
            Q(pk__in=ids) | Q(parent__in=ids) | Q(parent__parent__in=ids)
            | Q(parent__parent__parent__in=ids)
        )  # fmt: skip
        areas = areas.filter(beneath)
    return areas.select_related("parent__parent").order_by("level", "code")


def _area_choice(field: str, area: Area) -> Choice:
    above = [area.parent.name] if area.parent else []
    if area.level == AreaLevel.GRID and area.parent and area.parent.parent:
        above.insert(0, area.parent.parent.name)
    return Choice(field, area.code, area.name, " / ".join(above))
