from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    DISPATCHER = "dispatcher", _("调度员")
    HANDLER = "handler", _("承办人员")
    GRID_WORKER = "grid_worker", _("网格员")
    CALLBACK_CLERK = "callback_clerk", _("回访员")
    SUPERVISOR = "supervisor", _("督办员")
    LEADER = "leader", _("领导")
    REPORTER = "reporter", _("数据报送员")
    ADMINISTRATOR = "administrator", _("管理员")


class Right(TextChoices):
    """What a post lets one do with the orders, walls and values of an area or a department."""

    VIEW_ORDERS = "view_orders", _("查看工单")
    REPORT_ORDERS = "report_orders", _("上报与自行处置")
    DISPATCH_ORDERS = "dispatch_orders", _("受理与派发")
    HANDLE_ORDERS = "handle_orders", _("签收与办理")
    CHECK_ORDERS = "check_orders", _("核查")
    FOLLOW_UP_ORDERS = "follow_up_orders", _("回访")
    SUPERVISE_ORDERS = "supervise_orders", _("督办")
    INSTRUCT_ORDERS = "instruct_orders", _("批示")
    VIEW_PERSONAL = "view_personal", _("查看个人信息")
    VIEW_WALL = "view_wall", _("查看大屏")
    REPORT_VALUES = "report_values", _("报送指标数据")
    VIEW_POSITIONS = "view_positions", _("查看人员位置")
    LOAD_RECORDS = "load_records", _("装载部门数据")


class DepartmentKind(TextChoices):
    DISTRICT_CENTRE = "district_centre", _("区指挥中心")
    FUNCTIONAL = "functional", _("职能部门")
    STREET_CENTRE = "street_centre", _("街道（园区）中心")
    COMMUNITY_STATION = "community_station", _("社区网格站")


class AccessKind(TextChoices):
    SIGN_IN = "sign_in", _("登录")
    SIGN_IN_FAILED = "sign_in_failed", _("登录失败")
    LOCKED_OUT = "locked_out", _("锁定")
    SIGN_OUT = "sign_out", _("退出")
    TOKEN_ISSUED = "token_issued", _("签发令牌")
    PERSONAL_VIEWED = "personal_viewed", _("查看个人信息")
    TRACK_VIEWED = "track_viewed", _("查看人员轨迹")
    EXPORTED = "exported", _("导出清单")
