"""The departments of the demo: the district's centre, its departments, streets and stations."""

from collections.abc import Callable

from accounts.enums import DepartmentKind
from accounts.models import Department
from grids.enums import AreaLevel
from grids.models import Area

CENTRE = "PK-ZX"
# code: (name, short name for the people of the demo)
FUNCTIONAL = {
    "PK-CG": ("区综合行政执法局（城市管理局）", "城管"),
    "PK-GA": ("公安浦口分局", "公安"),
    "PK-JT": ("区交通运输局", "交通"),
    "PK-WL": ("区文化和旅游局", "文旅"),
    "PK-WJ": ("区卫生健康委员会", "卫健"),
    "PK-XF": ("区消防救援大队", "消防"),
    "PK-SW": ("区水务局", "水务"),
    "PK-HB": ("浦口生态环境局", "环保"),
    "PK-XFJ": ("区信访局", "信访"),
    "PK-YJ": ("区应急管理局", "应急"),
    "PK-SC": ("区市场监督管理局", "市监"),
    "PK-SDQ": ("水电气保障专线", "水电气"),
    "PK-ZJ": ("区住房和城乡建设局", "住建"),
    "PK-RS": ("区人力资源和社会保障局", "人社"),
    "PK-MZ": ("区民政局", "民政"),
    "PK-JY": ("区教育局", "教育"),
    "PK-ZZ": ("区委组织部", "组织"),
    "PK-ZF": ("区委政法委员会", "政法"),
    "PK-SF": ("区司法局", "司法"),
    "PK-FG": ("区发展和改革委员会", "发改"),
    "PK-TJ": ("区统计局", "统计"),
    "PK-GX": ("区工业和信息化局", "工信"),
    "PK-SB": ("区商务局", "商务"),
    "PK-SJ": ("区数据局", "数据"),
    "PK-NY": ("区农业农村局", "农业农村"),
    "PK-ZG": ("规划和自然资源局浦口分局", "规划资源"),
    "PK-QX": ("浦口区气象局", "气象"),
    "PK-SS": ("浦口区税务局", "税务"),
}


def street_centre_code(area_code: str) -> str:
    return f"PK-J{area_code}"


def station_code(area_code: str) -> str:
    return f"PK-Z{area_code}"


def load_departments() -> dict[str, Department]:
    """Make the tree of departments and say which one answers for which area."""
    centre = _department(
        CENTRE, "浦口区城市治理现代化指挥中心", DepartmentKind.DISTRICT_CENTRE, None
    )
    for code, (name, _) in FUNCTIONAL.items():
        _department(code, name, DepartmentKind.FUNCTIONAL, centre)
    _answer_for(AreaLevel.DISTRICT, lambda area: centre)
    _answer_for(AreaLevel.STREET, lambda area: _street_centre(area, centre))
    _answer_for(AreaLevel.COMMUNITY, _station)
    return {department.code: department for department in Department.objects.all()}


def _department(
    code: str, name: str, kind: DepartmentKind, parent: Department | None
) -> Department:
    return Department.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "parent": parent, "is_demo": True}
    )[0]


def _street_centre(area: Area, centre: Department) -> Department:
    name = f"{area.name}综合指挥中心"
    return _department(street_centre_code(area.code), name, DepartmentKind.STREET_CENTRE, centre)


def _station(area: Area) -> Department:
    assert area.parent is not None  # noqa: S101
    name = f"{area.name}网格工作站"
    return _department(
        station_code(area.code), name, DepartmentKind.COMMUNITY_STATION, area.parent.centre
    )


def _answer_for(level: AreaLevel, centre_of: Callable[[Area], Department]) -> None:
    bare = Area.objects.filter(level=level, is_active=True, centre__isnull=True)
    areas = list(bare.select_related("parent__centre"))
    for area in areas:
        area.centre = centre_of(area)
    Area.objects.bulk_update(areas, ["centre"])
