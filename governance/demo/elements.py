"""Elements of the demo: a few plainly made-up ones in each grid, nobody's home."""

import random
from collections.abc import Iterator
from datetime import datetime

from django.contrib.gis.geos import Point

from governance.demo.patrols import inside
from governance.lib import crypto
from governance.lib.masking import mask_name, mask_phone
from governance.lib.names import name_digest
from grids.enums import AreaLevel, ElementKind
from grids.models import Boundary, Element

# Kind, name, attributes; the number of the grid's own follows the name.
MADE_UP: tuple[tuple[ElementKind, str, dict[str, str]], ...] = (
    (ElementKind.PERSON, "演示住户", {"关爱类型": "独居老人"}),
    (ElementKind.PERSON, "演示住户", {"关爱类型": "无"}),
    (ElementKind.PLACE, "演示小区", {"楼栋": "12"}),
    (ElementKind.ORGANISATION, "演示商铺", {"行业": "餐饮"}),
    (ElementKind.FACILITY, "演示消防栓", {"状态": "完好"}),
)
PHONE = "139000{:05}"  # no such numbers are given out


def load_elements(*, at: datetime) -> int:
    """Make the elements where there are none; count them."""
    if Element.objects.filter(is_demo=True).exists():
        return 0
    return len(Element.objects.bulk_create(_elements(at), batch_size=1000))


def _elements(at: datetime) -> Iterator[Element]:
    chance = random.Random(len(MADE_UP))  # noqa: S311 - the same places each time
    current = Boundary.objects.filter(area__level=AreaLevel.GRID, valid_to=None)
    serial = 0
    for boundary in current.select_related("area").order_by("area__code"):
        for number in range(len(MADE_UP)):
            serial += 1
            yield _element(number, serial, boundary, at, inside(boundary, chance))


def _element(number: int, serial: int, boundary: Boundary, at: datetime, point: Point) -> Element:
    kind, word, attributes = MADE_UP[number]
    name = f"{word} {number + 1}"
    is_person = kind == ElementKind.PERSON
    phone = "" if kind == ElementKind.FACILITY else PHONE.format(serial)
    return Element(
        kind=kind,
        area=boundary.area,
        name=mask_name(name) if is_person else name,
        name_cipher=crypto.encrypt(name) if is_person else b"",
        name_digest=name_digest(name) if is_person else "",
        phone_cipher=crypto.encrypt(phone),
        phone_masked=mask_phone(phone),
        address=f"演示路 {serial} 号",
        point=point,
        attributes=attributes,
        added_at=at,
        is_demo=True,
    )
