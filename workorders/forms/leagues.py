"""What a league table is asked for, by page and API alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Department
from governance.lib.errors import ForbiddenError, InvalidError, NotFoundError
from governance.lib.fields import InstantField
from grids.models import Area
from grids.selectors import Scope
from workorders.forms.pages import read_form
from workorders.selectors import reference
from workorders.selectors.leagues import LeagueBy, Month, Part, may_read_leagues, reader_areas
from workorders.workflow.rates import RATES_BY_CODE, Rate

FIRST_YEAR = 2000


@extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "example": "2026-10"})
class MonthField(serializers.Field[date, str, str, Any]):
    """A month such as 2026-10, as its first day."""

    def to_internal_value(self, data: Any) -> date:
        text = str(data)
        try:
            first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month has no zone
        except ValueError:
            first = None
        if first is None or len(text) != 7 or first.year < FIRST_YEAR:
            raise serializers.ValidationError(_("须为年月，如 2026-10"))
        return first

    def to_representation(self, value: date) -> str:
        return f"{value:%Y-%m}"


class LeagueForm(serializers.Serializer[Any]):
    by = serializers.ChoiceField(
        label=_("考核对象"), choices=LeagueBy.choices, default=LeagueBy.DEPARTMENT
    )
    month = MonthField(label=_("月份"), required=False, help_text="年月，如 2026-10；默认本月")
    as_of = InstantField(
        label=_("截至"), required=False,
        help_text="按此刻所知计算，须带时区；默认为该月结束或现在，取较早者",
    )  # fmt: skip
    within = serializers.CharField(
        label=_("范围"), required=False, max_length=40, help_text="只看这个区域之内，区域编码"
    )


class LeagueTableForm(LeagueForm):
    sort = serializers.ChoiceField(
        label=_("排序"), choices=[(code, rate.name) for code, rate in RATES_BY_CODE.items()],
        required=False, help_text="按某项指标由好到差；默认按编码",
    )  # fmt: skip


class LeagueActsForm(LeagueForm):
    key = serializers.CharField(
        label=_("部门或区域"), required=False, max_length=40, help_text="编码；不填为合计"
    )
    rate = serializers.ChoiceField(
        label=_("指标"), choices=[(code, rate.name) for code, rate in RATES_BY_CODE.items()]
    )
    part = serializers.ChoiceField(label=_("分子或分母"), choices=Part.choices)
    assessed = serializers.BooleanField(
        label=_("剔除后"), default=True, help_text="false 时包括剔除考核的工单"
    )


@dataclass(frozen=True)
class AskedLeague:
    """A league table that this reader may see."""

    by: LeagueBy
    month: Month
    areas: frozenset[int]
    within: Area | None
    sort: str = ""


@dataclass(frozen=True)
class AskedActs:
    """One figure of a league table that this reader may see; `place` None means everybody."""

    league: AskedLeague
    place: Area | Department | None
    rate: Rate
    part: Part
    is_assessed: bool


def asked_league(*, given: Mapping[str, Any], scope: Scope, now: datetime) -> AskedLeague:
    """Read a request for a table.

    Raises ForbiddenError without a right to any, InvalidError naming each wrong field, and
    NotFoundError for an area outside the scope.
    """
    return _league(_read(LeagueTableForm, given, scope), scope, now)


def asked_acts(*, given: Mapping[str, Any], scope: Scope, now: datetime) -> AskedActs:
    """Read a request for the acts behind a figure; raises as `asked_league` does."""
    read = _read(LeagueActsForm, given, scope)
    league = _league(read, scope, now)
    place = _place(read["key"], league) if read.get("key") else None
    return AskedActs(
        league, place, RATES_BY_CODE[read["rate"]], Part(read["part"]), read["assessed"]
    )


def _read(form: type[LeagueForm], given: Mapping[str, Any], scope: Scope) -> Mapping[str, Any]:
    if not may_read_leagues(scope=scope):
        raise ForbiddenError("只有督办员和领导可以查看考核表。")
    filled = {name: value for name, value in given.items() if value}
    validated: Mapping[str, Any] = read_form(form(data=filled)).validated_data
    return validated


def _league(read: Mapping[str, Any], scope: Scope, now: datetime) -> AskedLeague:
    first = read.get("month") or timezone.localdate(now).replace(day=1)
    if first > timezone.localdate(now):
        raise InvalidError(fields={"month": ["这个月还没有开始"]})
    month = Month.of(first=first, now=now, as_of=read.get("as_of"))
    if month.as_of > now:
        raise InvalidError(fields={"as_of": ["不能晚于现在"]})
    if month.as_of < month.start:
        raise InvalidError(fields={"as_of": ["早于所选月份"]})
    areas = reader_areas(scope=scope)
    within = _covered(read["within"], areas) if read.get("within") else None
    by = LeagueBy(read["by"])
    kept = areas if within is None else frozenset({within.pk})
    return AskedLeague(by, month, kept, within, read.get("sort", ""))


def _place(code: str, league: AskedLeague) -> Area | Department:
    if league.by.level is not None:
        area = _covered(code, league.areas)
        if area.level != league.by.level:
            raise NotFoundError("没有这个区域，或它不在您的范围内。")
        return area
    department = reference().departments_by_code.get(code)
    if department is None:
        raise NotFoundError("没有这个部门。")
    return department


def _covered(code: str, areas: frozenset[int]) -> Area:
    """Find an area within the given ones, by its code."""
    found = reference().areas_by_code.get(code)
    above: Area | None = found
    while above is not None:
        if above.pk in areas:
            assert found is not None  # noqa: S101  # where the walk began
            return found
        above = above.parent if above.parent_id else None
    raise NotFoundError("没有这个区域，或它不在您的范围内。")
