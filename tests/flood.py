"""A night on which everything is red: 97 alarms of 40 indicators in a district and its streets."""

from datetime import datetime, timedelta
from itertools import islice

from dashboards.models import Episode, Indicator
from grids.enums import AreaKind, AreaLevel
from grids.models import Area
from tests.full_wall import hang_signs
from tests.town import Town
from tests.walls import hang_bare_wall

ALARMS, INDICATORS, STREETS = 97, 40, 10
LONG_NAME = "城市生命线工程燃气管网重点监测点位甲烷浓度超限未在规定时限内处置完毕的点位数"


def flood(town: Town, *, at: datetime) -> list[Episode]:
    """Let each indicator ring in one to four places; every sixth alarm has ended unseen."""
    district = town.areas["区"]
    signs = hang_signs(area=district, at=at)[:INDICATORS]
    Indicator.objects.filter(pk=signs[0].pk).update(name=LONG_NAME)
    hang_bare_wall(town)
    places = [district, town.areas["东街"], town.areas["西街"], *_streets(district)]
    Episode.objects.filter(indicator__in=signs).delete()
    pairs = (
        (sign, places[(row + step * 5) % len(places)])
        for row, sign in enumerate(signs)
        for step in range(1 + row % 4)
    )
    return Episode.objects.bulk_create(
        _alarm(sign, area, place, at) for place, (sign, area) in enumerate(islice(pairs, ALARMS))
    )


def _streets(district: Area) -> list[Area]:
    return [
        Area.objects.create(
            code=f"3201119{number:02}", name=f"第{number}高新技术产业开发区管理委员会街道",
            level=AreaLevel.STREET, kind=AreaKind.STREET, parent=district,
        )
        for number in range(STREETS)
    ]  # fmt: skip


def _alarm(sign: Indicator, area: Area, place: int, at: datetime) -> Episode:
    red_at = at - timedelta(minutes=3 + place)
    return Episode(
        indicator=sign, area=area, began_at=red_at, red_at=red_at, worst_value=1,
        ended_at=at - timedelta(minutes=1) if place % 6 == 5 else None,
    )  # fmt: skip
