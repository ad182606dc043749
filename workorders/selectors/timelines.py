"""An order's history in plain words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from governance.lib.masking import mask_text
from workorders.enums import (
    Action,
    ApplicationKind,
    ClockKind,
    Deed,
    Reach,
    Satisfaction,
    State,
)
from workorders.models import Category, Event, WorkOrder
from workorders.selectors.reference import reference

ALARMS = (Action.ESCALATE, Action.SEND_BACK, Action.REWORK, Action.SUPERVISE)
SENT_AT_ONCE = timedelta(minutes=5)
Content = Mapping[str, Any]
Categories = Mapping[int, Category]


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: what was done, in words, and whether the resident sees it."""

    at: datetime
    who: str
    deed: str
    note: str
    is_public: bool
    state: str
    state_label: str
    is_alarm: bool = False
    is_instruction: bool = False


def timeline(*, order: WorkOrder) -> list[Entry]:
    """Tell an order's events, newest first; the events are those prefetched by `order_detail`."""
    categories = reference().categories
    return [_entry(event, categories) for event in reversed(order.events.all())]


def _entry(event: Event, categories: Categories) -> Entry:
    words = DEEDS.get(event.action)
    deed = words(event.content, categories) if words else ""
    moved = event.from_state != event.to_state
    return Entry(
        at=event.at,
        who=event.actor_label,
        deed=f"{event.get_action_display()}{deed}{device_words(event)}",
        note=event.note,
        is_public=event.is_public,
        state=event.to_state if moved else "",
        state_label=str(State(event.to_state).label) if moved else "",
        is_alarm=event.action in ALARMS,
        is_instruction=event.action == Action.INSTRUCT,
    )


def _asked_to_verify(content: Content, categories: Categories) -> str:
    return f"：{content['place']}" if content.get("place") else ""


def _registered(content: Content, categories: Categories) -> str:
    number = content.get("external_number")
    return f"，渠道编号 {number}" if number else ""


def _accepted(content: Content, categories: Categories) -> str:
    category = categories.get(content.get("category", 0))
    return f"，类别为「{category.name}」" if category else ""


def _answered(content: Content, categories: Categories) -> str:
    entry = content.get("knowledge")
    return f"，依据问答「{entry['question']}」" if entry else ""


def _dispatched(content: Content, categories: Categories) -> str:
    limit = f"，办理时限 {_instant(content['due_at'])}" if content.get("due_at") else ""
    return f"给 {content['holder']}{limit}" if content.get("holder") else ""


def device_words(event: Event) -> str:
    """Say when a phone without signal had it done, where that was not just before."""
    device = event.content.get("device")
    if not device:
        return ""
    skew = timedelta(seconds=device.get("skew_seconds", 0))
    done = datetime.fromisoformat(device["at"]) + skew
    if abs(event.at - done) < SENT_AT_ONCE:
        return ""
    wrong = (
        f"，手机时钟偏差 {round(abs(skew) / timedelta(minutes=1))} 分钟"
        if abs(skew) > SENT_AT_ONCE
        else ""
    )
    return f"（现场 {timezone.localtime(done):%m-%d %H:%M} 操作，离线补发{wrong}）"


def _passed(content: Content, categories: Categories) -> str:
    hours, minutes = divmod(int(content.get("held_seconds", 0)) // 60, 60)
    used = f"{hours}小时{minutes}分" if hours else f"{minutes}分钟"
    return f"{_dispatched(content, categories)}，原承办用时 {used}（工作时间）{_void(content)}"


def _asked(content: Content, categories: Categories) -> str:
    return f"，至 {_instant(content['until'])}" if content.get("until") else ""


def _decided(content: Content, categories: Categories) -> str:
    kind = content.get("kind", "")
    label = ApplicationKind(kind).label if kind in ApplicationKind.values else ""
    return f"：{label}{_asked(content, categories)}"


def _left(content: Content, categories: Categories) -> str:
    return _void(content)


def _void(content: Content) -> str:
    kind = content.get("withdrawn", "")
    return f"；{ApplicationKind(kind).label}申请随之失效" if kind else ""


def _reclassified(content: Content, categories: Categories) -> str:
    old, new = (categories.get(content.get(name) or 0) for name in ("old", "category"))
    return f"，由「{old.name if old else '未分类'}」改为「{new.name if new else ''}」"


def _excluded(content: Content, categories: Categories) -> str:
    return "" if content.get("is_excluded") else "（撤销，恢复考核）"


def _instant(text: str) -> str:
    at = timezone.localtime(datetime.fromisoformat(text))
    return f"{at:%Y-%m-%d %H:%M}"


def _resolved(content: Content, categories: Categories) -> str:
    proof = f"；佐证：{mask_text(content['proof'])}" if content.get("proof") else ""
    is_on_time = content.get("met", {}).get(ClockKind.RESOLUTION)
    return f"，在时限内{proof}{_void(content)}" if is_on_time else f"{proof}{_void(content)}"


def _called(content: Content, categories: Categories) -> str:
    if not content.get("is_reached"):
        return f"，第 {content.get('attempt', 1)} 次未接通"
    satisfaction = content.get("satisfaction")
    told = [
        "已接通",
        "诉求人认为已解决" if content.get("is_solved") else "诉求人认为未解决",
        str(Satisfaction(satisfaction).label) if satisfaction else "",
    ]
    return f"，{'，'.join(part for part in told if part)}"


def _remarked(content: Content, categories: Categories) -> str:
    return {"contacted": "：已联系诉求人", "progress": "：进展说明", "arrived": "：已到现场"}.get(
        content.get("kind", ""), ""
    )


def _supervised(content: Content, categories: Categories) -> str:
    letter = "，发督办函，须限时回复" if content.get("is_letter") else ""
    return f"（{content.get('level', 1)} 级）{letter}"


def _escalated(content: Content, categories: Categories) -> str:
    deeds = [_deed_words(deed) for deed in content.get("deeds", ())]
    return f"：{'、'.join(dict.fromkeys(deeds))}" if deeds else ""


def _deed_words(deed: Content) -> str:
    label = str(Deed(deed["deed"]).label)
    return f"{label}{Reach(deed['reach']).label}" if deed.get("reach") else label


def _merged(content: Content, categories: Categories) -> str:
    into = content.get("into")
    return f"到 {into}{_reason(content)}" if into else ""


def _unmerged(content: Content, categories: Categories) -> str:
    master = content.get("from")
    return f"，不再随 {master} 办理{_reason(content)}" if master else ""


def _shared_out(content: Content, categories: Categories) -> str:
    if content.get("part_of"):
        return f"自 {content['part_of']}，交 {content.get('holder', '')}"
    parts = [f"{part['holder']}（{part['number']}）" for part in content.get("parts", ())]
    return f"给 {'、'.join(parts)}" if parts else ""


def _reason(content: Content) -> str:
    return f"：{mask_text(content['reason'])}" if content.get("reason") else ""


DEEDS: dict[str, Callable[[Content, Categories], str]] = {
    Action.REGISTER: _registered,
    Action.ACCEPT: _accepted,
    Action.ANSWER: _answered,
    Action.REQUEST_VERIFICATION: _asked_to_verify,
    Action.DISPATCH: _dispatched,
    Action.PASS_DOWN: _passed,
    Action.PASS_UP: _passed,
    Action.SEND_BACK: _left,
    Action.CANCEL: _left,
    Action.MERGE: _left,
    Action.REQUEST_EXTENSION: _asked,
    Action.REQUEST_SUSPENSION: _asked,
    Action.APPROVE: _decided,
    Action.REFUSE: _decided,
    Action.RECLASSIFY: _reclassified,
    Action.EXCLUDE: _excluded,
    Action.RESOLVE: _resolved,
    Action.FOLLOW_UP: _called,
    Action.REMARK: _remarked,
    Action.SUPERVISE: _supervised,
    Action.ESCALATE: _escalated,
    Action.MERGE: _merged,
    Action.UNMERGE: _unmerged,
    Action.SPLIT: _shared_out,
    Action.ASSIST: _shared_out,
}
