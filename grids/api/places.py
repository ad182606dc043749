"""Places through the API: which grid a point or an address lies in, and the areas of a map."""

from typing import Any

from django.http import HttpResponseNotModified
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.errors import NotFoundError
from governance.lib.fields import CleanCharField, DegreesField
from governance.lib.schema import ERRORS
from grids.enums import AreaLevel, Crs
from grids.models import Area
from grids.selectors import Location, locate_address, locate_point
from grids.selectors.outlines import OutlineQuery, areas_of, outlines, outlines_tag
from grids.services import current_scope

LEVELS = {level.name.lower(): level for level in AreaLevel}
SIMPLIFY_LIMIT = 1000


class PlaceNotFoundError(NotFoundError):
    code = "place_not_found"
    detail = _("没有找到对应的网格。")  # type: ignore[assignment]


class LocateQuerySerializer(serializers.Serializer[Any]):
    """Either a point (`lon`, `lat`, `crs`) or an `address`."""

    lon = DegreesField(min_value=-180, max_value=180, required=False)
    lat = DegreesField(min_value=-90, max_value=90, required=False)
    crs = serializers.ChoiceField(choices=Crs.choices, required=False)
    address = CleanCharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "address" in attrs:
            if extra := [name for name in ("lon", "lat", "crs") if name in attrs]:
                raise serializers.ValidationError({extra[0]: [_("不能与 address 同时给出")]})
        elif missing := [name for name in ("lon", "lat") if name not in attrs]:
            raise serializers.ValidationError(
                {name: [_("请给出 lon 和 lat，或 address")] for name in missing}
            )
        return attrs


class NamedAreaSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class LocationSerializer(serializers.Serializer[Any]):
    """Where something is; a level that is not known is null. Degrees are WGS-84."""

    district = NamedAreaSerializer(allow_null=True)
    street = NamedAreaSerializer(allow_null=True)
    community = NamedAreaSerializer(allow_null=True)
    grid = NamedAreaSerializer(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    score = serializers.FloatField(help_text="1 为坐标定位，地址匹配小于 1")
    matched = serializers.CharField(help_text="匹配到的地址或地名", allow_blank=True)


class LocateView(APIView):
    @extend_schema(
        operation_id="grids_locate",
        parameters=[LocateQuerySerializer],
        responses={200: LocationSerializer, **ERRORS},
        tags=["grids"],
    )
    def get(self, request: Request) -> Response:
        """Find the district, street, community and grid of a point or a spoken address."""
        asked = LocateQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        location = find(asked.validated_data)
        if location is None or location.district_id is None:
            raise PlaceNotFoundError(fields={at_fault(asked.validated_data): ["没有找到"]})
        return Response(LocationSerializer(named(location)).data)


def find(asked: dict[str, Any]) -> Location | None:
    if "address" in asked:
        return locate_address(text=asked["address"])
    crs = Crs(asked.get("crs", Crs.WGS84))
    return locate_point(lon=asked["lon"], lat=asked["lat"], crs=crs)


def at_fault(asked: dict[str, Any]) -> str:
    return "address" if "address" in asked else "point"


def named(location: Location) -> dict[str, Any]:
    """Replace the ids of a location by codes and names."""
    ids = {level: getattr(location, f"{level}_id") for level in LEVELS}
    areas = Area.objects.in_bulk([pk for pk in ids.values() if pk is not None])
    found = {level: areas.get(pk) for level, pk in ids.items()}
    return {
        **found,
        "lon": location.lon,
        "lat": location.lat,
        "score": location.score,
        "matched": location.matched,
    }


class AreasQuerySerializer(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=sorted(LEVELS))
    parent = CleanCharField(  # type: ignore[assignment]
        max_length=20, required=False, help_text="上级区域编码"
    )
    simplify = DegreesField(
        min_value=0, max_value=SIMPLIFY_LIMIT, default=0, help_text="化简容差（米），0 为原样"
    )


class AreasView(APIView):
    @extend_schema(
        operation_id="grids_areas",
        parameters=[AreasQuerySerializer],
        responses={(200, "application/geo+json"): OpenApiTypes.OBJECT, **ERRORS},
        tags=["grids"],
    )
    def get(self, request: Request) -> Any:
        """Draw the caller's areas of one level as GeoJSON; an ETag saves what is unchanged."""
        asked = AreasQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        known = asked.validated_data
        query = OutlineQuery(LEVELS[known["level"]], known.get("parent", ""), known["simplify"])
        areas = areas_of(query=query, scope=current_scope(user=request.user))  # type: ignore[arg-type]
        headers = {
            "ETag": f'"{outlines_tag(areas=areas, query=query)}"',
            "Cache-Control": "private, no-cache",
        }
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return HttpResponseNotModified(headers=headers)
        content = outlines(areas=areas, simplify=query.simplify)
        return Response(content, headers=headers, content_type="application/geo+json")
