"""What an act for many orders must carry: the orders, and once what the act itself must carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from governance.lib.errors import InvalidError, flatten_fields
from workorders.enums import Action
from workorders.forms.acts import ACT_FORMS
from workorders.forms.pages import read_form

MOST_ORDERS = 500
MOST_MATCHING = 2000  # that a filter may name at once


class BulkOrderForm(serializers.Serializer[Any]):
    number = serializers.RegexField(r"^[0-9-]{1,20}\Z", max_length=20)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class BulkForm(serializers.Serializer[Any]):
    """The same act on many orders; beside these fields come those of the act."""

    action = serializers.ChoiceField(
        label=_("动作"), choices=[(action.value, action.label) for action in ACT_FORMS]
    )
    orders = serializers.ListField(
        label=_("工单"), child=BulkOrderForm(), min_length=1, max_length=MOST_ORDERS
    )

    def validate_orders(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        numbers = [order["number"] for order in orders]
        if len(set(numbers)) < len(numbers):
            raise serializers.ValidationError(_("工单号重复"))
        return orders


@dataclass(frozen=True)
class AskedBulk:
    action: Action
    carried: dict[str, Any]
    rows: list[tuple[str, int | None]]


def asked_bulk(*, given: Any) -> AskedBulk:
    """Read a request by the form of its act; raise InvalidError naming each wrong field."""
    if not isinstance(given, Mapping):
        raise InvalidError(fields={"body": ["须为对象"]})
    outer = read_form(BulkForm(data=given)).validated_data
    action = Action(outer["action"])
    inner = {
        name: value for name, value in given.items() if name not in ("action", "orders", "version")
    }
    form = ACT_FORMS[action](data=inner)
    if not form.is_valid():
        raise InvalidError(fields=flatten_fields(form.errors))
    rows = [(order["number"], order.get("version")) for order in outer["orders"]]
    return AskedBulk(action, form.carried(), rows)


def read_ticked(words: str) -> list[tuple[str, int | None]]:
    """Read the orders that were ticked on a page, each with the version seen there: `n:v,n:v`."""
    pairs = [part.partition(":") for part in words.split(",") if part]
    if not pairs:
        raise InvalidError("请先勾选工单。")
    if len(pairs) > MOST_ORDERS:
        raise InvalidError(f"一次最多勾选 {MOST_ORDERS} 张，更多的请用「全选符合条件的」。")
    given = {"orders": [{"number": number, "version": version} for number, _, version in pairs]}
    form = BulkForm(data={"action": Action.REMARK.value, **given})
    if not form.is_valid():
        raise InvalidError("勾选的工单无效，请刷新后重试。")
    return [(row["number"], row.get("version")) for row in form.validated_data["orders"]]
