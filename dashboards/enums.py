from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IndicatorState(TextChoices):
    """What a value means; missing data is a state of its own and never normal."""

    NORMAL = "normal", _("正常")
    YELLOW = "yellow", _("预警")
    RED = "red", _("告警")
    NO_DATA = "no_data", _("无数据")


class Direction(TextChoices):
    HIGHER = "higher", _("越高越好")
    LOWER = "lower", _("越低越好")
    BAND = "band", _("区间为宜")


class Window(TextChoices):
    """The days that a flow is counted over; stocks always hold now."""

    NOW = "now", _("当前")
    TODAY = "today", _("今日")
    WEEK = "week", _("近7日")
    MONTH = "month", _("近30日")


class Theme(TextChoices):
    """The six themes under which a district's leaders read the finer indicators."""

    PARTY_BUILDING = "party_building", _("党建引领")
    PUBLIC_SAFETY = "public_safety", _("公共安全")
    PUBLIC_SERVICE = "public_service", _("公共服务")
    ENVIRONMENT = "environment", _("生态环境")
    URBAN_MANAGEMENT = "urban_management", _("城市管理")
    SOCIAL_GOVERNANCE = "social_governance", _("社会治理")


class Source(TextChoices):
    """Where an indicator's value comes from."""

    CUBE = "cube", _("工单统计")
    REPORT = "report", _("部门报送")
    GRID = "grid", _("网格力量")
    FORMULA = "formula", _("指标计算")


class Reach(TextChoices):
    """The areas in which an indicator has a value."""

    DISTRICT = "district", _("全区")
    STREET = "street", _("全区及各街道")


class JudgedLevel(TextChoices):
    """The levels of areas that may have thresholds of their own."""

    DISTRICT = "district", _("全区")
    STREET = "street", _("街道")


class OrderAt(TextChoices):
    """The state at which an indicator opens a work order with its owner."""

    NEVER = "never", _("不派单")
    YELLOW = "yellow", _("预警即派单")
    RED = "red", _("告警才派单")


class ReportStatus(TextChoices):
    """What became of a value that a department reported."""

    ACCEPTED = "accepted", _("已采用")
    QUARANTINED = "quarantined", _("待核")
    REJECTED = "rejected", _("已作废")


class FeedState(TextChoices):
    """Whether a department keeps up with what it reports."""

    IN_TIME = "in_time", _("按时")
    DUE = "due", _("待报")
    MISSING = "missing", _("无数据")


class ReportResult(TextChoices):
    """What a report of one value came to."""

    ACCEPTED = "accepted", _("已采用")
    UNCHANGED = "unchanged", _("已有此值")
    QUARANTINED = "quarantined", _("待核")
    REFUSED = "refused", _("未收下")


class WallVariant(TextChoices):
    """The shape of the screen that a wall is laid out for, in screens of 1920 × 1080."""

    SINGLE = "single", _("单屏 16:9")
    DOUBLE = "double", _("双拼 32:9")
    TRIPLE = "triple", _("三拼 48:9")
