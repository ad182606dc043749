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
