"""The one way in: a channel's report becomes a numbered, located, clocked order, once."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from governance.lib.errors import DomainError, InvalidError
from governance.lib.masking import mask_text
from grids.enums import AreaLevel, Crs
from grids.models import Area
from grids.selectors import Location, locate_address, locate_point
from workorders.enums import Action, ClockKind, Nature, PlaceSource, State, Urgency
from workorders.models import Category, Channel, OrderSearch, WorkOrder
from workorders.report import Report
from workorders.selectors import suggest_category
from workorders.services.actors import Actor
from workorders.services.clocks import main_due_at, plan_clocks
from workorders.services.effects import put_in_area
from workorders.services.figures import facts_of
from workorders.services.journal import Journal
from workorders.services.reporters import reporters_of
from workorders.services.rows import insert_all
from workorders.workflow import Facts, delta_counts

CLOCK_SKEW = timedelta(minutes=10)  # channels' clocks run ahead of ours
OLDEST = timedelta(days=365 * 20)
# No vowels, no look-alikes: a code is read out over the telephone.
CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
TITLE_LENGTH = 40
SEARCH_LENGTH = 4000


class NoDistrictError(DomainError):
    code = "no_district"
    status = 503
    detail = "尚未载入本区边界，暂不能接收诉求。"


ALLOCATE = """
SELECT nextval(pg_get_serial_sequence('workorders_workorder', 'id')), nextval('workorders_number')
"""
# The key alone: nearly every delivery is new, and then there is no row to build.
REPEAT = "SELECT id FROM workorders_workorder WHERE channel_id = %s AND external_number = %s"


def receive(
    *, report: Report, channel: Channel, at: datetime, actor: Actor | None = None
) -> tuple[WorkOrder, bool]:
    """Register a report; return the order and whether it is new.

    A repeat of the channel's number returns the first order untouched. `actor` is the person who
    reports through our own page; without one the channel is on record. Raises InvalidError naming
    the field for a time or place that cannot be.
    """
    first = find_repeat(report=report, channel=channel)
    if first is not None:
        return first, False
    check_times(report=report, at=at)
    try:
        with transaction.atomic():
            return register(report=report, channel=channel, at=at, actor=actor), True
    except IntegrityError:
        # The same delivery on a second connection won the race.
        first = find_repeat(report=report, channel=channel)
        if first is None:
            raise
        return first, False


def find_repeat(*, report: Report, channel: Channel) -> WorkOrder | None:
    """Find the order that this delivery has made before."""
    with connection.cursor() as cursor:
        cursor.execute(REPEAT, [channel.pk, report.external_number])
        found = cursor.fetchone()
    return WorkOrder.objects.get(pk=found[0]) if found else None


def check_times(*, report: Report, at: datetime) -> None:
    if report.occurred_at > at + CLOCK_SKEW:
        raise InvalidError(fields={"occurred_at": ["时间在未来"]})
    if report.occurred_at < at - OLDEST:
        raise InvalidError(fields={"occurred_at": ["时间过于久远"]})


def register(
    *, report: Report, channel: Channel, at: datetime, actor: Actor | None = None
) -> WorkOrder:
    """Write the order, its reporter, event, clocks and figures; call inside a transaction."""
    order = _new_order(report, channel, at)
    device = {"device": dict(report.device)} if report.device else {}
    clocks = plan_clocks(order=order, kinds=[ClockKind.ACCEPTANCE], at=at)
    order.due_at = main_due_at(state=order.state, from_state="", clocks=clocks, current=None)
    journal = Journal()
    after = facts_of(order)
    journal.append(
        order=order,
        action=Action.REGISTER,
        actor=actor or Actor.from_channel(channel),
        at=at,
        from_state="",
        cell=after.cell,
        content={"external_number": order.external_number, "place": order.place_source, **device},
        is_public=True,
    )
    nothing = Facts(cell=(), state=None)
    counts = delta_counts(before=nothing, after=after, action=Action.REGISTER, outcome={})
    journal.count(counts=counts, at=at)
    reporters = reporters_of(order=order, details=report.reporter)
    words = OrderSearch(order=order, text=search_text(order))
    journal.write(*insert_all([order], clocks, reporters, [words]))
    return order


def search_text(order: WorkOrder) -> str:
    """Give the words by which an order is found."""
    # Masked, or a search for digits would tell those who may not see a number that it is there.
    words = mask_text(" ".join([order.title, order.address, order.text]))
    return f"{order.number} {order.external_number} {words}"[:SEARCH_LENGTH]


def _new_order(report: Report, channel: Channel, at: datetime) -> WorkOrder:
    order = sketch(report=report, channel=channel, at=at)
    order.pk, order.number = allocate(at=at)
    order.tracking_code = tracking_code()
    return order


def sketch(*, report: Report, channel: Channel, at: datetime) -> WorkOrder:
    """Make the order that a report would become, located and classed, without a number or a row.

    Raises InvalidError naming the field for a place or category that cannot be.
    """
    order = WorkOrder(
        state=State.REGISTERED,
        channel=channel,
        external_number=report.external_number,
        nature=report.nature or channel.default_nature or Nature.HELP,
        urgency=report.urgency or Urgency.NORMAL,
        title=report.title or title_of(mask_text(report.text)),
        text=report.text,
        category=_category(report),
        address=report.address,
        occurred_at=report.occurred_at,
        registered_at=at,
        is_confidential=report.is_confidential,
        is_demo=report.is_demo,
    )
    _locate(order, report)
    return order


def allocate(*, at: datetime) -> tuple[int, str]:
    """Take the next id and order number, such as 20261122-000042.

    Gaps are possible, repeats are not. The id is known before the row is written because the
    first digest of its history covers it.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALLOCATE)
        pk, serial = cursor.fetchone()
    return pk, f"{timezone.localdate(at):%Y%m%d}-{serial:06d}"


def tracking_code() -> str:
    """Draw the secret half of what opens an order to the person who asked."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(10))


def title_of(text: str) -> str:
    """Take the first line of a masked text as the title."""
    line = text.strip().splitlines()[0]
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"


def _category(report: Report) -> Category | None:
    if report.category:
        category = Category.objects.filter(code=report.category, is_active=True).first()
        if category is None:
            raise InvalidError(fields={"category": ["没有这个类别"]})
        return category
    return suggest_category(text=f"{report.title} {report.text}")


def _locate(order: WorkOrder, report: Report) -> None:
    """Place the order by its point, the named grid or its address, else mark it as unknown."""
    order.place_source = PlaceSource.UNKNOWN
    location: Location | None = None
    if report.lon is not None and report.lat is not None:
        location = locate_point(lon=report.lon, lat=report.lat, crs=Crs(report.crs))
        if location.district_id is None:
            raise InvalidError("位置不在本区范围内。", fields={"point": ["不在本区范围内"]})
        order.point = Point(location.lon, location.lat, srid=4326)
        order.place_source = PlaceSource.POINT
    elif report.grid:
        put_in_area(order, _named_grid(report.grid))
        return
    elif report.address:
        location = locate_address(text=report.address)
        order.place_source = PlaceSource.ADDRESS
    _put(order, location)


def _named_grid(code: str) -> Area:
    grid = (
        Area.objects.filter(code=code, level=AreaLevel.GRID, is_active=True)
        .select_related("parent__parent__parent")
        .first()
    )
    if grid is None:
        raise InvalidError(fields={"grid": ["没有这个网格"]})
    return grid


def _district_id() -> int:
    pk = Area.objects.filter(code=settings.DISTRICT_CODE).values_list("pk", flat=True).first()
    if pk is None:
        raise NoDistrictError()
    return pk


def _put(order: WorkOrder, location: Location | None) -> None:
    if location is None or location.street_id is None:
        # Not lost: the district centre's view "place unknown" shows it.
        order.place_source = PlaceSource.UNKNOWN
        order.district_id = _district_id()
        return
    assert location.district_id is not None  # noqa: S101
    order.district_id = location.district_id
    order.street_id = location.street_id
    order.community_id = location.community_id
    order.grid_id = location.grid_id
    order.boundary_version_id = location.boundary_version_id
    if order.point is None and location.lon is not None:
        order.point = Point(location.lon, location.lat, srid=4326)
