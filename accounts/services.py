"""Writes of accounts: the access log and the people of a department."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from knox.models import AuthToken

from accounts.enums import AccessKind
from accounts.models import AccessLog, User
from governance.lib.errors import DomainError

ADMINISTRATORS = "管理员"
EDIT = ("add", "change", "view")
# What an administrator works on. Orders, reporters and photos are not among it.
REFERENCE_DATA: dict[str, tuple[str, ...]] = {
    "accounts.user": EDIT,
    "accounts.department": EDIT,
    "accounts.accesslog": ("view",),
    "grids.area": EDIT,
    "grids.boundaryversion": ("view",),
    "grids.boundary": ("view",),
    "grids.address": (*EDIT, "delete"),
    "grids.post": EDIT,
    "grids.patrolpoint": EDIT,
    "grids.patrolplan": (*EDIT, "delete"),
    "grids.checkin": ("view",),
    "grids.element": EDIT,
    "grids.visit": ("view",),
    "workorders.channel": EDIT,
    "workorders.category": EDIT,
    "workorders.knowledgeentry": EDIT,
    "workorders.outdatedmark": ("view",),
    "workorders.timelimit": (*EDIT, "delete"),
    "workorders.rung": (*EDIT, "delete"),
    "workorders.workcalendar": ("change", "view"),
    "workorders.calendarday": (*EDIT, "delete"),
    "datahub.codelist": EDIT,
    "datahub.codeitem": (*EDIT, "delete"),
    "datahub.resource": EDIT,
    "datahub.crosscheck": EDIT,
    "datahub.checkside": (*EDIT, "delete"),
    "datahub.checkrun": ("view",),
    "datahub.schemaversion": ("view",),
    "datahub.qualityrule": (*EDIT, "delete"),
    "datahub.overduerung": (*EDIT, "delete"),
    "datahub.overduereminder": ("view",),
    "datahub.sharingrequest": ("view",),
    "dashboards.reportedvalue": ("change", "view"),
    "dashboards.findingremedy": EDIT,
    "dashboards.wall": EDIT,
    "dashboards.displaytoken": EDIT,
}


def lock_out_minutes() -> int:
    """Give the minutes after which a lock-out ends by itself."""
    return int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


class LockedOutError(DomainError):
    """Too many wrong passwords were tried for this user from this address."""

    code = "locked_out"
    status = 429

    def __init__(self) -> None:
        minutes = lock_out_minutes()
        super().__init__(f"密码多次错误，该账号在此地址已锁定，请 {minutes} 分钟后再试。")


def record_access(
    *,
    kind: AccessKind,
    at: datetime,
    user: User | None = None,
    username: str = "",
    address: str | None = None,
    subject: str = "",
    purpose: str = "",
) -> AccessLog:
    """Append one line to the access log; `subject` names what was seen, such as an order."""
    return AccessLog.objects.create(
        kind=kind,
        at=at,
        user=user,
        username=(user.username if user else username)[:150],
        address=address,
        subject=subject[:80],
        purpose=purpose[:200],
    )


@transaction.atomic
def grant_administration(*, user: User) -> None:
    """Let a person into the admin pages with the rights on reference data."""
    user.groups.add(administrators())
    user.is_staff = True
    user.save(update_fields=["is_staff"])


@transaction.atomic
def revoke_administration(*, user: User) -> None:
    """Take the admin pages from a person; a superuser keeps them."""
    user.groups.remove(administrators())
    user.is_staff = user.is_superuser
    user.save(update_fields=["is_staff"])


@transaction.atomic
def administrators() -> Group:
    """Give the group of administrators, its permissions brought up to date."""
    group, _ = Group.objects.get_or_create(name=ADMINISTRATORS)
    wanted = Q(pk__in=[])
    for label, verbs in REFERENCE_DATA.items():
        app, model = label.split(".")
        names = [f"{verb}_{model}" for verb in verbs]
        wanted |= Q(content_type__app_label=app, content_type__model=model, codename__in=names)
    group.permissions.set(Permission.objects.filter(wanted))
    return group


def drop_tokens(*, user: User) -> int:
    """End every token of a person, as after a new password or a lost post; count them."""
    count, _ = AuthToken.objects.filter(user=user).delete()
    return count
