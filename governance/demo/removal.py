"""Removing the demo: its orders with all that hangs on them, its data, people, addresses."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from guardian.models import UserObjectPermission
from knox.models import AuthToken

from accounts.models import User
from dashboards.models import DutyShift
from dashboards.services import refresh_figures
from dashboards.services.reports import drop_reports
from datahub.services import remove_demo_resources
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
from workorders.models import KnowledgeEntry
from workorders.services import remove_demo_orders


@dataclass(frozen=True)
class Removed:
    """What went; people whom real records name stay, without any right and unable to sign in."""

    orders: int
    people: int
    kept_people: int
    addresses: int


def remove_demo() -> Removed:
    """Remove what is marked as demo; places, departments and catalogue stay, for real work."""
    orders = 0
    while removed := remove_demo_orders():
        orders += removed
    drop_reports(reporters=User.objects.filter(is_demo=True), at=timezone.now())
    refresh_figures(at=timezone.now())
    remove_patrols()
    KnowledgeEntry.objects.filter(is_demo=True).delete()
    remove_demo_resources()
    people, kept = remove_people()
    addresses, _ = Address.objects.filter(is_demo=True).delete()
    return Removed(orders, people, kept, addresses)


@transaction.atomic
def remove_patrols() -> None:
    """Remove the demo's points, elements, plans and visits, and the duties of its people."""
    Visit.objects.filter(element__is_demo=True).delete()
    Visit.objects.filter(worker__is_demo=True).delete()
    Element.objects.filter(is_demo=True).delete()
    CheckIn.objects.filter(point__is_demo=True).delete()
    CheckIn.objects.filter(worker__is_demo=True).delete()
    PatrolPlan.objects.filter(is_demo=True).delete()
    PatrolPoint.objects.filter(is_demo=True).delete()
    Duty.objects.filter(worker__is_demo=True).delete()


@transaction.atomic
def remove_people() -> tuple[int, int]:
    """Take every right from the demo's people and delete those whom no record names."""
    people = User.objects.filter(is_demo=True)
    AuthToken.objects.filter(user__in=people).delete()
    UserObjectPermission.objects.filter(user__in=people).delete()
    Post.objects.filter(user__in=people).delete()
    DutyShift.objects.filter(person__in=people).delete()
    gone = sum(_delete_or_disable(user) for user in people)
    return gone, User.objects.filter(is_demo=True).count()


def _delete_or_disable(user: User) -> bool:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        user.is_active = user.is_staff = user.is_superuser = False
        user.set_unusable_password()
        user.save()
        return False
    return True
