"""Requests for sharing in the demo: one of each fate, between people who are plainly demo."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from datahub.models import Resource, SharingRequest
from datahub.services import approve_sharing, ask_sharing, current_reader, refuse_sharing
from datahub.services.sharing import read_cut
from governance.demo.people import JIANGPU

DISPATCHER, HANDLER = "dispatcher", "handler"
# (who asks, resource, purpose, personal columns, days, what becomes of it)
REQUESTS = (
    (DISPATCHER, "ga-resident", "汛期转移低洼地住户，按应急预案核对名单", True, 60, "approved"),
    (DISPATCHER, "zj-danger", "台风前逐户通知老旧房屋住户", False, 30, "waiting"),
    (DISPATCHER, "mz-allowance", "统计各社区困难家庭数", True, 90, "refused"),
    (HANDLER, "ga-vehicle", "违停拖移前通知车主挪车", True, 20, "waiting"),
    (HANDLER, "zj-rental", "核对群租整治线索", False, 45, "approved"),
)
# Given back to a street: its rows by the community they name, for all who answer for it.
STREET = "street-dispatcher"
DELIVERIES = (
    (STREET, "ga-floating", "流动人口登记返还街道，用于走访登记", 180, "approved"),
    (STREET, "mz-allowance", "低保名册返还街道，用于困难家庭走访", 90, "waiting"),
)
AREA_COLUMN = "community"


def load_requests(*, at: datetime) -> int:
    """Ask and decide through the services, where nothing was asked yet; count the requests."""
    people = User.objects.in_bulk(field_name="username")
    resources = Resource.objects.in_bulk(field_name="code")
    if SharingRequest.objects.exists():
        return 0
    count = 0
    delivered = ((*known[:3], False, *known[3:]) for known in DELIVERIES)
    for username, code, purpose, is_personal, days, fate in (*REQUESTS, *delivered):
        if code not in resources:
            continue
        by, resource = people[username], resources[code]
        asked = ask_sharing(
            resource=resource,
            reader=current_reader(user=by),
            by=by,
            purpose=purpose,
            is_personal=is_personal,
            ends_on=timezone.localdate(at + timedelta(days=days)),
            at=at - timedelta(hours=days),
            cut=read_cut(
                area=JIANGPU if username == STREET else "", column=AREA_COLUMN, columns=()
            ),
        )
        owner = people[f"demo-handler-{code.partition('-')[0]}"]
        _decide(asked, owner, fate, at - timedelta(hours=days / 2))
        count += 1
    return count


def _decide(asked: SharingRequest, owner: User, fate: str, at: datetime) -> None:
    reader = current_reader(user=owner)
    if fate == "approved":
        approve_sharing(
            request=asked, reader=reader, by=owner, granted_until=asked.ends_on, at=at,
            answer="同意，限本项工作使用",
        )  # fmt: skip
    elif fate == "refused":
        refuse_sharing(
            request=asked, reader=reader, by=owner, at=at, answer="统计口径已公布，不需要个人信息"
        )
