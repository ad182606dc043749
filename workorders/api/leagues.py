"""League tables: every rate with its numerator, its denominator and the acts behind them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.masking import mask_text
from governance.lib.pagination import PAGE_SIZE_LIMIT
from governance.lib.schema import ERRORS
from workorders.api.orders import page_size
from workorders.api.serializers import instant
from workorders.enums import Action
from workorders.forms.leagues import (
    LeagueActsForm,
    LeagueTableForm,
    asked_acts,
    asked_league,
)
from workorders.models import Event
from workorders.selectors.leagues import LeagueActs, Pair, league_acts, read_league
from workorders.services import Actor
from workorders.workflow.rates import RATES, Figure


class RateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    direction = serializers.ChoiceField(choices=["up", "down", "none"])
    unit = serializers.ChoiceField(choices=["share", "seconds"])


class FigureSerializer(serializers.Serializer[Any]):
    numerator = serializers.FloatField()
    denominator = serializers.FloatField()
    value = serializers.FloatField(allow_null=True, help_text="分母为 0 时为空")


class PairSerializer(serializers.Serializer[Any]):
    all = FigureSerializer(help_text="全部工单")
    assessed = FigureSerializer(help_text="不含剔除考核的工单")


class LeagueRowSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    figures = serializers.DictField(child=PairSerializer(), help_text="按指标编码")


class LeagueSerializer(serializers.Serializer[Any]):
    by = serializers.CharField()
    month = serializers.CharField()
    as_of = serializers.DateTimeField()
    basically_satisfied_weight = serializers.FloatField()
    rates = RateSerializer(many=True)
    total = serializers.DictField(child=PairSerializer())
    results = LeagueRowSerializer(many=True)


class LeagueActSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(allow_null=True, help_text="工单已移出您的范围时为空")
    title = serializers.CharField(allow_null=True)
    sequence = serializers.IntegerField()
    action = serializers.CharField()
    action_label = serializers.CharField()
    at = serializers.DateTimeField()
    is_excluded = serializers.BooleanField()
    held_seconds = serializers.IntegerField(allow_null=True)
    satisfaction = serializers.CharField(allow_null=True)


class LeagueActsSerializer(serializers.Serializer[Any]):
    results = LeagueActSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class LeaguesView(APIView):
    @extend_schema(
        operation_id="leagues_read",
        parameters=[LeagueTableForm],
        responses={200: LeagueSerializer, **ERRORS},
        tags=["leagues"],
    )
    def get(self, request: Request) -> Response:
        """Read the rates of departments or areas in a month, as known at an instant."""
        scope = Actor.from_user(request.user).scope  # type: ignore[arg-type]
        asked = asked_league(given=request.query_params, scope=scope, now=timezone.now())
        league = read_league(by=asked.by, month=asked.month, areas=asked.areas, sort=asked.sort)
        return Response(
            {
                "by": asked.by.value,
                "month": str(asked.month),
                "as_of": instant(asked.month.as_of),
                "basically_satisfied_weight": settings.BASICALLY_SATISFIED_WEIGHT,
                "rates": RateSerializer(
                    [{**vars(rate), "direction": rate.direction.value, "unit": rate.unit.value,
                      "group": rate.group.value} for rate in RATES], many=True,
                ).data,
                "total": _pairs(league.total),
                "results": [
                    {"code": row.code, "name": row.name, "figures": _pairs(row.figures)}
                    for row in league.rows
                ],
            }
        )  # fmt: skip


class LeagueActsView(APIView):
    @extend_schema(
        operation_id="leagues_rows",
        parameters=[
            LeagueActsForm,
            OpenApiParameter("cursor", str, description="上一页返回的 next_cursor"),
            OpenApiParameter("size", int, description=f"每页条数，最多 {PAGE_SIZE_LIMIT}"),
        ],
        responses={200: LeagueActsSerializer, **ERRORS},
        tags=["leagues"],
    )
    def get(self, request: Request) -> Response:
        """List the acts that one part of a rate has counted, newest first."""
        scope = Actor.from_user(request.user).scope  # type: ignore[arg-type]
        asked = asked_acts(given=request.query_params, scope=scope, now=timezone.now())
        acts = league_acts(
            by=asked.league.by,
            month=asked.league.month,
            areas=asked.league.areas,
            scope=scope,
            key=asked.place.pk if asked.place else None,
            rate=asked.rate,
            part=asked.part,
            is_assessed=asked.is_assessed,
            cursor=request.query_params.get("cursor", ""),
            size=page_size(request),
        )
        rows = [_act(event, acts) for event in acts.events]
        return Response({"results": rows, "next_cursor": acts.next_cursor})


def _pairs(figures: Mapping[str, Pair]) -> dict[str, Any]:
    return {
        code: {"all": _figure(pair.all), "assessed": _figure(pair.assessed)}
        for code, pair in figures.items()
    }


def _figure(figure: Figure) -> dict[str, float | None]:
    value = figure.value
    return {
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        "value": None if value is None else round(float(value), 6),
    }


def _number(amount: Decimal) -> float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _act(event: Event, acts: LeagueActs) -> dict[str, Any]:
    is_hidden = event.order_id in acts.hidden
    return {
        "number": None if is_hidden else event.order.number,
        "title": None if is_hidden else mask_text(event.order.title),
        "sequence": event.sequence,
        "action": event.action,
        "action_label": str(Action(event.action).label),
        "at": instant(event.at),
        "is_excluded": event.order_id in acts.excluded,
        "held_seconds": event.content.get("held_seconds"),
        "satisfaction": event.content.get("satisfaction") or None,
    }
