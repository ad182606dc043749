"""Removing the demo: nothing marked stays at work, and real orders and figures stay whole."""

from pathlib import Path
from uuid import uuid4

from django.core.management import call_command
from django.utils import timezone

from accounts.enums import AccessKind
from accounts.models import AccessLog, User
from accounts.services import record_access
from governance.checks import has_demo_accounts
from governance.demo.history import load_history
from governance.demo.loading import load_reference
from governance.demo.removal import remove_demo
from grids.enums import CheckInWay, VisitOutcome, VisitPurpose
from grids.models import (
    Address,
    CheckIn,
    Duty,
    Element,
    PatrolPlan,
    PatrolPoint,
    Post,
    Visit,
)
from grids.services import current_scope
from grids.services.duties import Told, begin_duty
from grids.services.elements import VisitReport, record_visit
from grids.services.patrols import Presence, check_in
from workorders.intake import ADAPTERS
from workorders.models import Channel, Cube, Event, Photo, WorkOrder
from workorders.services import Actor, apply, count_held, receive, recount


def real_order():
    payload = ADAPTERS["hotline"](
        data={
            "ticket_number": "R-1",
            "occurred_at": timezone.now().isoformat(),
            "text": "路灯不亮",
            "point": {"lon": 118.625, "lat": 32.055},
        }
    )
    payload.is_valid(raise_exception=True)
    channel = Channel.objects.get(code="hotline")
    return receive(report=payload.to_report(), channel=channel, at=timezone.now())[0]


def patrol():
    """Let the demo's grid worker be on duty, at a point and with a resident."""
    worker, at = User.objects.get(username="worker"), timezone.now()
    duty = begin_duty(user=worker, duty_id=uuid4(), area=None, at=at)
    code = PatrolPoint.objects.filter(area=duty.area).earliest("code").code
    presence = Presence(uuid4(), code, CheckInWay.QR, at, at)
    check_in(user=worker, duty_id=duty.pk, presence=presence, at=at)
    told, person = (
        Told(at, at),
        Element.objects.filter(area=duty.area, kind="person").earliest("pk"),
    )
    report = VisitReport(uuid4(), VisitPurpose.CARE, VisitOutcome.MET, "", told)
    scope = current_scope(user=worker)
    record_visit(user=worker, scope=scope, element_id=person.pk, report=report, at=at)


def test_nothing_of_the_demo_stays(demo, settings, django_capture_on_commit_callbacks):
    load_history(at=timezone.now(), orders=50)
    patrol()
    assert Event.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remove_demo", yes=True)
    assert (WorkOrder.objects.count(), Event.objects.count(), Photo.objects.count()) == (0, 0, 0)
    assert not Cube.objects.exclude(value=0).exists()
    assert (User.objects.count(), Address.objects.count(), Post.objects.count()) == (0, 0, 0)
    for model in (PatrolPoint, PatrolPlan, CheckIn, Duty, Element, Visit):
        assert not model.objects.exists()
    photos = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert photos == []


def test_real_orders_and_their_figures_stay(demo):
    load_history(at=timezone.now(), orders=40)
    order = real_order()
    actor = Actor.from_user(User.objects.get(username="dispatcher"))
    apply(number=order.number, action="accept", actor=actor, at=timezone.now())
    removed = remove_demo()
    assert list(WorkOrder.objects.values_list("number", flat=True)) == [order.number]
    assert recount(orders=WorkOrder.objects.all()) == count_held()
    # The real order's event names the demo's dispatcher.
    assert removed.kept_people == 1


def test_account_in_the_access_log_is_switched_off_and_comes_back(demo):
    user = User.objects.get(username="leader")
    record_access(kind=AccessKind.SIGN_IN, at=timezone.now(), user=user)
    assert remove_demo().kept_people == 1
    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password(), has_demo_accounts()) == (False,) * 3
    assert AccessLog.objects.get().user == user
    load_reference(at=timezone.now())
    user.refresh_from_db()
    assert (user.is_active, user.check_password("demo-pass-2026")) == (True, True)
