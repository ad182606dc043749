"""Two cross-checks of the demo, over resources of different departments, and who reads them."""

from datetime import datetime
from typing import Any

from guardian.shortcuts import assign_perm

from accounts.models import Department, User
from dashboards.models import FindingRemedy
from datahub.enums import CheckKind
from datahub.models import CheckSide, CrossCheck, Resource
from datahub.services import run_cross_check

CHECKS: tuple[tuple[str, CheckKind, str, str, tuple[dict[str, Any], ...]], ...] = (
    (
        "elderly-death", CheckKind.BOTH, "死亡人员仍在领取高龄津贴",
        "津贴发放日期在死亡日期之后。先由社区核实是否同一人，再由民政停发、追回。",
        (
            {"resource": "mz-elderly", "key_column": "id_no", "label_column": "name",
             "place_column": "community", "conditions": "age >= 80\npaid_on > 2.died_on"},
            {"resource": "wj-death", "key_column": "id_no", "conditions": "died_on 不为空"},
        ),
    ),
    (
        "catering-fire", CheckKind.MISSING, "在营餐饮单位没有消防检查记录",
        "登记在营的餐饮单位，消防监督检查中没有它的记录。请消防上门检查，或核实是否已歇业。",
        (
            {"resource": "sc-licence", "key_column": "uscc", "label_column": "firm",
             "place_column": "point", "conditions": "trade = 餐饮\nstate = 1"},
            {"resource": "xf-check", "key_column": "uscc", "is_absent": True},
        ),
    ),
)  # fmt: skip
# Nobody but their owners reads these; people of the district do so for the first check.
READERS = ("dispatcher", "street-dispatcher", "supervisor", "leader")
GRANTED = ("mz-elderly", "wj-death")
REMEDY, OWNER, CAP = "catering-fire", "PK-XF", 5


def load_checks(*, at: datetime) -> int:
    """Make the checks whose resources are there and run them; count the new ones."""
    resources = Resource.objects.filter(is_demo=True).in_bulk(field_name="code")
    count = 0
    for code, kind, name, about, sides in CHECKS:
        is_whole = {side["resource"] for side in sides} <= resources.keys()
        if not is_whole or CrossCheck.objects.filter(code=code).exists():
            continue
        check = CrossCheck.objects.create(
            code=code, kind=kind, name=name, about=about, changed_at=at
        )
        for position, side in enumerate(sides, 1):
            given = {**side, "resource": resources[side["resource"]]}
            CheckSide.objects.create(cross_check=check, position=position, **given)
        _grant(resources)
        _remedy(check)
        run_cross_check(check=check, at=at)
        count += 1
    return count


def _grant(resources: dict[str, Resource]) -> None:
    for user in User.objects.filter(username__in=READERS, is_demo=True):
        for code in GRANTED:
            if code in resources:
                assign_perm("view_rows", user, resources[code])


def _remedy(check: CrossCheck) -> None:
    if check.code == REMEDY:
        owner = Department.objects.filter(code=OWNER).first()
        FindingRemedy.objects.create(cross_check=check, owner=owner, cap=CAP)
