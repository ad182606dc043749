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


class FormulaKind(TextChoices):
    COUNT = "count", _("计数")
    RATE = "rate", _("比率")


class Window(TextChoices):
    NOW = "now", _("当前")
    TODAY = "today", _("今日")
