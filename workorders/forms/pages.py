"""What the phone and the public page post, brought into the shape that every channel has."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from governance.lib.errors import InvalidError, flatten_fields
from workorders.enums import Urgency
from workorders.intake import ADAPTERS
from workorders.models import Category
from workorders.report import Report

SHORTEST_TEXT = 5
PUBLIC_TEXT_LIMIT = 2000


def read_form(form: serializers.Serializer[Any]) -> Any:
    """Validate a form; raise InvalidError naming the fields at fault."""
    if not form.is_valid():
        raise InvalidError(_("请检查标出的内容。"), fields=flatten_fields(form.errors))
    return form


def patrol_report(post: QueryDict, *, at: datetime) -> Report:
    """Read what a grid worker found; the category alone may say it."""
    payload = {
        **_common(post, at),
        "text": _text(post) or named_after(post.get("category", "")),
        "category": post.get("category", "")[:20],
        "grid": post.get("grid", "")[:20],
        "urgency": Urgency.URGENT if post.get("urgent") else Urgency.NORMAL,
    }
    return read_form(ADAPTERS["patrol"](data=payload)).to_report()


def public_report(post: QueryDict, *, at: datetime) -> Report:
    """Read what a resident asks; the name and telephone only with the resident's consent."""
    resident = {name: post.get(name, "").strip() for name in ("name", "phone")}
    if any(resident.values()) and not post.get("consent"):
        raise InvalidError(fields={"consent": [_("填写姓名或电话须先同意使用说明")]})
    payload = {**_common(post, at), "text": _public_text(post), "resident": resident}
    return read_form(ADAPTERS["public"](data=payload)).to_report()


def _common(post: QueryDict, at: datetime) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "record_uuid": post.get("record_uuid", "")[:64],
        "occurred_at": at,
        "address": post.get("address", "").strip(),
    }
    if post.get("lon") or post.get("lat"):
        payload["point"] = {"lon": post.get("lon"), "lat": post.get("lat")}
    return payload


def _text(post: QueryDict) -> str:
    return post.get("text", "").strip()


def named_after(code: str) -> str:
    """Say what was found by its category alone; raise InvalidError where there is none."""
    name = Category.objects.filter(code=code[:20].replace("\x00", "")).values_list("name").first()
    if name is None:
        raise InvalidError(
            _("请选择类别，或写几个字说明。"), fields={"text": [_("请选择类别，或写几个字说明")]}
        )
    return _("现场发现：%(name)s") % {"name": name[0]}


def _public_text(post: QueryDict) -> str:
    text = _text(post)
    if len(text) < SHORTEST_TEXT:
        raise InvalidError(fields={"text": [_("请再写几个字，说明是什么事、在哪里")]})
    if len(text) > PUBLIC_TEXT_LIMIT:
        raise InvalidError(fields={"text": [_("最多 %(limit)d 字") % {"limit": PUBLIC_TEXT_LIMIT}]})
    return text
