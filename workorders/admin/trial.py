"""The box 试算: a start, a limit and pauses in; the due instant, and why, out."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from workorders.admin.fields import AMOUNT_LIMIT, check_limit
from workorders.enums import ClockKind, Urgency
from workorders.models import Category, TimeLimit, WorkOrder
from workorders.models.catalogue import UNITS
from workorders.selectors import Reference, rank_limits, reference
from workorders.worktime import Limit, LimitUnit, Pause, due, explain

BY_TABLE, BY_HAND = "table", "hand"
PAUSES = (1, 2, 3)
YEARS = range(2000, 2101)


class InstantField(forms.DateTimeField):
    """A wall time of the district, to the minute."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "class": "trial__at"})
        messages = {"required": _("请填写时间。"), "invalid": _("请填写日期和时间。")}
        super().__init__(widget=widget, error_messages=messages, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
        return value

    def clean(self, value: Any) -> datetime | None:
        instant = super().clean(value)
        if instant is not None and instant.year not in YEARS:
            raise forms.ValidationError(_("年份须在 2000 至 2100 之间。"))
        return instant


class TrialForm(forms.Form):
    """What a trial needs: the limit comes from the table by an order's traits, or is given."""

    start = InstantField(label=_("起算时间"))
    source = forms.ChoiceField(
        label=_("时限"),
        choices=[(BY_TABLE, _("按时限表查找")), (BY_HAND, _("直接填写"))],
        initial=BY_TABLE,
        widget=UnfoldAdminRadioSelectWidget(radio_style=1),
    )
    clock = forms.ChoiceField(
        label=_("时钟"),
        choices=ClockKind.choices,
        required=False,
        initial=ClockKind.RESOLUTION,
        widget=UnfoldAdminSelectWidget(),
    )
    category = forms.ChoiceField(
        label=_("事项类别"), required=False, widget=UnfoldAdminSelectWidget()
    )
    urgency = forms.ChoiceField(
        label=_("紧急程度"), choices=Urgency.choices, required=False, initial=Urgency.NORMAL,
        widget=UnfoldAdminSelectWidget(),
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("渠道"), required=False, widget=UnfoldAdminSelectWidget())
    amount = forms.IntegerField(
        label=_("数量"), required=False, min_value=1, max_value=AMOUNT_LIMIT,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 1, "max": AMOUNT_LIMIT}),
    )  # fmt: skip
    unit = forms.ChoiceField(
        label=_("单位"), choices=UNITS, required=False, initial=LimitUnit.WORKING_DAY,
        widget=UnfoldAdminSelectWidget(),
    )  # fmt: skip
    is_to_end_of_day = forms.BooleanField(
        label=_("至当日结束"),
        required=False,
        help_text=_("起始日不计，最后一日计至结束"),
        widget=UnfoldBooleanWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = reference()
        channels = [(row.pk, row.name) for row in self.known.channels.values() if row.is_active]
        self._offer("category", [("", _("未定类别")), *_category_choices(self.known)])
        self._offer("channel", [("", _("不限")), *channels])
        for number in PAUSES:
            self.fields[f"from_{number}"] = InstantField(label=_("自"), required=False)
            self.fields[f"to_{number}"] = InstantField(label=_("至"), required=False)

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    @property
    def pauses(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Give the two ends of each pause together."""
        return [(self[f"from_{number}"], self[f"to_{number}"]) for number in PAUSES]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in PAUSES:
            self._check_pause(cleaned, number)
        if cleaned.get("source") == BY_HAND:
            self._check_given_limit(cleaned)
        elif cleaned.get("source") == BY_TABLE and not self.errors:
            cleaned["ranked"] = self._ranked(cleaned)
        return cleaned

    def _check_pause(self, cleaned: dict[str, Any], number: int) -> None:
        begins, ends = cleaned.get(f"from_{number}"), cleaned.get(f"to_{number}")
        if {f"from_{number}", f"to_{number}"} & self.errors.keys():
            return
        if begins and not ends:
            self.add_error(f"to_{number}", _("请填写暂停结束的时间。"))
        elif ends and not begins:
            self.add_error(f"from_{number}", _("请填写暂停开始的时间。"))
        elif begins and ends and ends < begins:
            self.add_error(f"to_{number}", _("暂停结束早于开始。"))

    def _check_given_limit(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("请填写时限数量。"))
        if not cleaned.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("请选择单位。"))
        check_limit(self)

    def _ranked(self, cleaned: dict[str, Any]) -> list[TimeLimit]:
        """Find the rows that fit an order of these traits; none is an error of the clock."""
        order = WorkOrder(urgency=cleaned["urgency"] or Urgency.NORMAL)
        for trait in ("category", "channel"):
            setattr(order, f"{trait}_id", int(cleaned[trait]) if cleaned[trait] else None)
        clock = ClockKind(cleaned["clock"] or ClockKind.RESOLUTION)
        ranked = rank_limits(order=order, clock=clock, known=self.known)
        if not ranked:
            self.add_error("clock", _("时限表没有适用的一行：这样的工单没有这个时钟。"))
        return ranked


def _category_choices(known: Reference) -> list[tuple[str, list[tuple[int, str]]]]:
    """Group the categories in use under their parents, each parent before its children."""
    rows = [row for row in known.categories.values() if row.is_active]
    rows.sort(key=lambda row: (_head(row, known).code, row.parent_id is not None, row.code))
    return [
        (name, [(row.pk, row.name) for row in group])
        for name, group in groupby(rows, key=lambda row: _head(row, known).name)
    ]


def _head(row: Category, known: Reference) -> Category:
    return known.category(row.parent_id) or row


@dataclass(frozen=True)
class Choice:
    """A row of the table that fits, and the traits it names."""

    row: TimeLimit
    limit: Limit
    traits: list[str]


@dataclass(frozen=True)
class Answer:
    """What a trial shows: the due instant, its lines as (days, text), and the rows that fit."""

    due_at: datetime
    due_text: str
    lines: list[tuple[list[str], str]]
    warnings: list[str]
    winner: Choice | None = None
    others: tuple[Choice, ...] = ()


def answer(form: TrialForm) -> Answer:
    """Work out a valid form."""
    cleaned = form.cleaned_data
    choices = [_choice(row, form.known) for row in cleaned.get("ranked", ())]
    limit = choices[0].limit if choices else _given_limit(cleaned)
    case: dict[str, Any] = {
        "start": cleaned["start"],
        "limit": limit,
        "calendar": form.known.calendar,
        "pauses": [
            Pause(cleaned[f"from_{number}"], cleaned[f"to_{number}"])
            for number in PAUSES
            if cleaned[f"from_{number}"]
        ],
    }
    parts = [line.partition("：") for line in explain(**case)]
    return Answer(
        due_at=due(**case),
        due_text=parts[-1][2],
        # A stretch of days may break between its ends, not within a date.
        lines=[(_ends(name), text) for name, _colon, text in parts if name != "注意"],
        warnings=[text for name, _colon, text in parts if name == "注意"],
        winner=choices[0] if choices else None,
        others=tuple(choices[1:]),
    )


def _ends(name: str) -> list[str]:
    first, to, last = name.partition("至")
    return [first, to + last] if to else [first]


def _given_limit(cleaned: dict[str, Any]) -> Limit:
    return Limit(cleaned["amount"], LimitUnit(cleaned["unit"]), cleaned["is_to_end_of_day"])


def _choice(row: TimeLimit, known: Reference) -> Choice:
    category = known.category(row.category_id)
    traits = [
        str(category) if category else "",
        str(row.get_urgency_display()),
        str(row.channel) if row.channel else "",
    ]
    limit = Limit(row.amount, LimitUnit(row.unit), row.is_to_end_of_day)
    return Choice(row, limit, [trait for trait in traits if trait])
