from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class AreaLevel(IntegerChoices):
    DISTRICT = 1, _("区")
    STREET = 2, _("街道（园区）")
    COMMUNITY = 3, _("社区（村）")
    GRID = 4, _("网格")


class AreaKind(TextChoices):
    DISTRICT = "district", _("区")
    STREET = "street", _("街道")
    FARM = "farm", _("场")
    PARK = "park", _("园区")
    COMMUNITY = "community", _("社区")
    VILLAGE = "village", _("村")
    COMPREHENSIVE = "comprehensive", _("综合网格")
    DEDICATED = "dedicated", _("专属网格")
    MICRO = "micro", _("微网格")


class Crs(TextChoices):
    """Coordinate systems that may come in; stored is always WGS-84 (EPSG:4326)."""

    WGS84 = "wgs84", "WGS-84"
    CGCS2000 = "cgcs2000", "CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"


class CheckInWay(TextChoices):
    """How a phone shows that somebody stands at a patrol point."""

    QR = "qr", _("扫码")
    PLACE = "place", _("定位")
    CODE = "code", _("输入编码")  # typed from the plate: proves less than its picture


class ElementKind(TextChoices):
    PLACE = "place", _("场所")
    ORGANISATION = "organisation", _("单位")
    PERSON = "person", _("人员")
    FACILITY = "facility", _("设施")


class VisitPurpose(TextChoices):
    ROUTINE = "routine", _("日常走访")
    CARE = "care", _("关爱帮扶")
    SAFETY = "safety", _("安全检查")
    POLICY = "policy", _("政策宣传")
    FACTS = "facts", _("信息核实")


class VisitOutcome(TextChoices):
    """Whom a visit met."""

    MET = "met", _("见到")
    ABSENT = "absent", _("不在")
    DECLINED = "declined", _("谢绝")


class Weekday(IntegerChoices):
    """ISO weekdays."""

    MONDAY = 1, _("星期一")
    TUESDAY = 2, _("星期二")
    WEDNESDAY = 3, _("星期三")
    THURSDAY = 4, _("星期四")
    FRIDAY = 5, _("星期五")
    SATURDAY = 6, _("星期六")
    SUNDAY = 7, _("星期日")
