"""A call as the registration form posts it, brought into the hotline's own shape."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from governance.lib.errors import InvalidError, flatten_fields
from governance.lib.fields import CleanCharField, InputSerializer
from grids.selectors import Scope
from workorders.forms.base import TEXT_LIMIT as ANSWER_LIMIT
from workorders.forms.base import CodeField, active_grid, category_field
from workorders.forms.pages import read_form
from workorders.intake.base import TEXT_LIMIT
from workorders.intake.hotline import HotlinePayload
from workorders.report import Report
from workorders.selectors.knowledge import quotable_entry
from workorders.services.calls import CallAnswer

FILL_IN = {"required": _("请填写来电内容"), "blank": _("请填写来电内容")}
# What the form holds, all of which a draft keeps.
TYPED = (
    "text", "name", "phone", "address", "grid", "spot", "pin", "category", "category_words",
    "nature", "urgency", "is_confidential", "asked", "mode", "answer", "entry", "entry_words",
)  # fmt: skip
PARTS = {"point": ("pin", "spot")}  # what a field of the payload is made of
UNSAID = "…"
ANSWERED = "answer"  # the way of sending the form that also closes the order
RENAMED = {
    "caller.name": "name", "caller.phone": "phone", "ticket_number": "record_uuid",
    "point.lon": "point", "point.lat": "point",
}  # fmt: skip


class CallForm(HotlinePayload):
    """A call that a dispatcher takes: the hotline's payload, and a grid that was picked by name."""

    text = CleanCharField(
        max_length=TEXT_LIMIT, error_messages={**FILL_IN, "max_length": _("内容过长")}
    )
    category = category_field()  # type: ignore[assignment]
    grid = CodeField(label=_("网格"), find=active_grid, required=False)
    is_demo = None  # type: ignore[assignment]  # says the person, not the form

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        category, grid = attrs.get("category"), attrs.get("grid")
        return {
            **attrs,
            "category": category.code if category else "",
            "grid": grid.code if grid else "",
            "is_demo": False,
        }

    def to_report(self, *, is_demo: bool = False) -> Report:
        return replace(super().to_report(is_demo=is_demo), grid=self.validated_data["grid"])


class CallAnswerForm(InputSerializer):
    """The answer that a caller has been given, and the entry of the knowledge base it is from."""

    answer = CleanCharField(
        max_length=ANSWER_LIMIT,
        error_messages={"required": _("请填写答复内容"), "blank": _("请填写答复内容")},
    )
    entry = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


def read_answer(post: Mapping[str, str], *, scope: Scope, on: date) -> CallAnswer | None:
    """Read the answer where the call is to be answered directly; raise InvalidError by field."""
    if post.get("mode") != ANSWERED:
        return None
    form = CallAnswerForm(data={name: post[name] for name in ("answer", "entry") if post.get(name)})
    known = read_form(form).validated_data
    pk = known.get("entry")
    entry = quotable_entry(pk=pk, scope=scope, on=on) if pk else None
    return CallAnswer(known["answer"], entry)


def typed_call(post: Mapping[str, str]) -> dict[str, str]:
    """Give the fields of the form that hold something."""
    return {name: post[name] for name in TYPED if post.get(name, "").strip()}


def read_call(post: Mapping[str, str], *, uuid: str, at: datetime, is_demo: bool = False) -> Report:
    """Read a call; raise InvalidError naming each field at fault as the form names it."""
    form = CallForm(data=_payload(post, uuid, at))
    faults = _unpicked(post)
    if not form.is_valid():
        faults = {**_renamed(flatten_fields(form.errors)), **faults}
    if faults:
        raise InvalidError(str(_("请检查标出的内容，填写的都还在。")), fields=faults)
    return form.to_report(is_demo=is_demo)


def sketched_call(post: Mapping[str, str], *, at: datetime, is_demo: bool = False) -> Report:
    """Read a call that is still being typed: what cannot be read yet is left out."""
    kept = {name: value for name, value in post.items() if name != "category_words"}
    kept = {"text": UNSAID, **typed_call(kept)}
    try:
        return read_call(kept, uuid=UNSAID, at=at, is_demo=is_demo)
    except InvalidError as error:
        wrong = {part for name in error.fields for part in PARTS.get(name, (name,))}
        readable = {name: value for name, value in kept.items() if name not in wrong}
        return read_call({"text": UNSAID, **readable}, uuid=UNSAID, at=at, is_demo=is_demo)


def _payload(post: Mapping[str, str], uuid: str, at: datetime) -> dict[str, Any]:
    given = typed_call(post)
    names = ("text", "address", "category", "grid", "nature", "urgency")
    return {
        "ticket_number": uuid,
        "occurred_at": at,
        "caller": {name: given[name].strip() for name in ("name", "phone") if name in given},
        "is_confidential": "is_confidential" in given,
        **{name: given[name].strip() for name in names if name in given},
        **_point(given),
    }


def _point(given: Mapping[str, str]) -> dict[str, Any]:
    """Read the point: a click on the map goes before what a list offered."""
    spot = given.get("pin") or given.get("spot")
    if not spot:
        return {}
    lon, _comma, lat = spot.partition(",")
    return {"point": {"lon": lon, "lat": lat}}


def _unpicked(post: Mapping[str, str]) -> dict[str, list[str]]:
    if post.get("category_words", "").strip() and not post.get("category"):
        return {"category": [str(_("请从列表中选择，或清空由系统建议"))]}
    return {}


def _renamed(faults: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {RENAMED.get(name, name): words for name, words in faults.items()}
