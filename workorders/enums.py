from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    REGISTERED = "registered", _("待受理")
    VERIFYING = "verifying", _("待核实")
    ACCEPTED = "accepted", _("待派发")
    DISPATCHED = "dispatched", _("待签收")
    HANDLING = "handling", _("办理中")
    SUSPENDED = "suspended", _("挂账")
    RESOLVED = "resolved", _("待核查")
    FOLLOW_UP = "follow_up", _("待回访")
    CLOSED = "closed", _("已办结")
    REJECTED = "rejected", _("不予受理")
    CANCELLED = "cancelled", _("作废")
    MERGED = "merged", _("已并单")


class Action(TextChoices):
    REGISTER = "register", _("登记")
    REQUEST_VERIFICATION = "request_verification", _("要求核实")
    REPORT_VERIFICATION = "report_verification", _("反馈核实")
    ACCEPT = "accept", _("受理")
    REJECT = "reject", _("不予受理")
    ANSWER = "answer", _("即时答复")
    SELF_HANDLE = "self_handle", _("自行处置")
    MERGE = "merge", _("并单")
    UNMERGE = "unmerge", _("撤销并单")
    DISPATCH = "dispatch", _("派发")
    PASS_DOWN = "pass_down", _("下派")
    PASS_UP = "pass_up", _("上报")
    RECLASSIFY = "reclassify", _("调整类别")
    SIGN = "sign", _("签收")
    SEND_BACK = "send_back", _("退回")
    REQUEST_RETURN = "request_return", _("申请退回")
    REQUEST_EXTENSION = "request_extension", _("申请延期")
    REQUEST_SUSPENSION = "request_suspension", _("申请挂账")
    APPROVE = "approve", _("同意申请")
    REFUSE = "refuse", _("不同意申请")
    RESUME = "resume", _("恢复办理")
    ASSIST = "assist", _("协办")
    SPLIT = "split", _("拆单")
    RESOLVE = "resolve", _("办结上报")
    PASS_CHECK = "pass_check", _("核查通过")
    REWORK = "rework", _("返工")
    FOLLOW_UP = "follow_up", _("回访")
    REOPEN = "reopen", _("重新办理")
    CANCEL = "cancel", _("作废")
    SUPERVISE = "supervise", _("督办")
    ANSWER_SUPERVISION = "answer_supervision", _("回复督办")
    INSTRUCT = "instruct", _("批示")
    REMARK = "remark", _("备注")
    EXCLUDE = "exclude", _("剔除考核")
    ESCALATE = "escalate", _("时限提醒")
    RECALCULATE = "recalculate", _("时限重算")


class ClockKind(TextChoices):
    ACCEPTANCE = "acceptance", _("受理")
    VERIFICATION = "verification", _("核实")
    DISPATCH = "dispatch", _("派发")
    SIGNING = "signing", _("签收")
    FIRST_CONTACT = "first_contact", _("首次联系")
    RESOLUTION = "resolution", _("办理")
    CHECK = "check", _("核查")
    FOLLOW_UP = "follow_up", _("回访")
    SUPERVISION = "supervision", _("督办回复")


class Urgency(TextChoices):
    NORMAL = "normal", _("一般")
    URGENT = "urgent", _("紧急")


class Nature(TextChoices):
    ADVICE = "advice", _("咨询")
    HELP = "help", _("求助")
    COMPLAINT = "complaint", _("投诉")
    REPORT = "report", _("举报")
    SUGGESTION = "suggestion", _("建议")
    PETITION = "petition", _("信访")
    PATROL = "patrol", _("巡查发现")


class KnowledgeState(TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已停用")


class Domain(TextChoices):
    """The six domains of a district's vital signs."""

    PUBLIC_SERVICE = "public_service", _("城市公共服务")
    PUBLIC_SAFETY = "public_safety", _("公共安全")
    SOCIAL_GOVERNANCE = "social_governance", _("社会治理")
    URBAN_MANAGEMENT = "urban_management", _("城市管理")
    ENVIRONMENT = "environment", _("生态环境")
    ECONOMY = "economy", _("经济发展")


class PlaceSource(TextChoices):
    POINT = "point", _("坐标定位")
    ADDRESS = "address", _("地址匹配")
    DISPATCHER = "dispatcher", _("人工指定")
    UNKNOWN = "unknown", _("位置不明")


class RejectReason(TextChoices):
    OUTSIDE_DISTRICT = "outside_district", _("不属于本区")
    OUTSIDE_REMIT = "outside_remit", _("不属于政府职责")
    LEGAL_PROCESS = "legal_process", _("已进入司法、仲裁或复议程序")
    DUPLICATE = "duplicate", _("重复诉求且已答复")
    UNCLEAR = "unclear", _("诉求不清且无法联系")
    NO_FACT = "no_fact", _("无事实依据")


class Satisfaction(TextChoices):
    SATISFIED = "satisfied", _("满意")
    BASICALLY_SATISFIED = "basically_satisfied", _("基本满意")
    DISSATISFIED = "dissatisfied", _("不满意")


class ApplicationKind(TextChoices):
    """What a holder may apply for and a supervisor decides."""

    EXTENSION = "extension", _("延期")
    SUSPENSION = "suspension", _("挂账")
    RETURN = "return", _("退回")


class ApplicationState(TextChoices):
    PENDING = "pending", _("待审批")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已失效")


class Part(TextChoices):
    """What an order does for its parent."""

    SPLIT = "split", _("拆分单")
    ASSIST = "assist", _("协办单")


class Alert(IntegerChoices):
    """The lamp of an order, lit by the rungs of escalation."""

    NONE = 0, _("正常")
    YELLOW = 1, _("黄灯")
    RED = 2, _("红灯")


class Reach(TextChoices):
    """Whom a rung of escalation reaches."""

    HANDLER = "handler", _("承办人")
    DEPARTMENT_HEAD = "department_head", _("承办单位负责人")
    STREET_LEADER = "street_leader", _("街道领导")
    DISPATCHER = "dispatcher", _("派单员")
    DISTRICT_SUPERVISOR = "district_supervisor", _("区督办员")
    DISTRICT_LEADER = "district_leader", _("区领导")


class Deed(TextChoices):
    """What a rung of escalation does."""

    REMIND = "remind", _("提醒")
    YELLOW = "yellow", _("亮黄灯")
    RED = "red", _("亮红灯")
    RAISE = "raise", _("升级督办")
    LETTER = "letter", _("发督办函")
    FALL_UP = "fall_up", _("上一级兜底")


class RemarkKind(TextChoices):
    INTERNAL = "internal", _("内部备注")
    CONTACTED = "contacted", _("已联系诉求人")
    PROGRESS = "progress", _("进展说明")
    ARRIVED = "arrived", _("已到现场")


class ActorKind(TextChoices):
    USER = "user", _("工作人员")
    RESIDENT = "resident", _("诉求人")
    CHANNEL = "channel", _("渠道")
    SYSTEM = "system", _("系统")


class InspectionKind(TextChoices):
    """What the system looks at in itself every night."""

    HISTORY = "history", _("流转记录完整")
    FIGURES = "figures", _("统计与明细一致")


class PhotoStage(TextChoices):
    REPORT = "report", _("上报")
    BEFORE = "before", _("处置前")
    AFTER = "after", _("处置后")


class Measure(TextChoices):
    """What delta rows count. Stocks hold now; flows belong to a day."""

    OPEN = "open", _("在办")
    OVERDUE = "overdue", _("超期未结")
    REGISTERED = "registered", _("登记")
    ACCEPTED = "accepted", _("受理")
    REJECTED = "rejected", _("不予受理")
    ANSWERED = "answered", _("即时答复")
    DISPATCHED = "dispatched", _("派发")
    RETURNED = "returned", _("退回")
    RESOLVED = "resolved", _("办理完成")
    RESOLVED_ON_TIME = "resolved_on_time", _("按时办理完成")
    REWORKED = "reworked", _("返工")
    CLOSED = "closed", _("办结")
    REOPENED = "reopened", _("重新办理")
    CALLED_BACK = "called_back", _("有效回访")
    SOLVED = "solved", _("回访已解决")
    SATISFIED = "satisfied", _("回访满意")
    BASICALLY_SATISFIED = "basically_satisfied", _("回访基本满意")
    SIGNED = "signed", _("签收")
    SIGNED_ON_TIME = "signed_on_time", _("按时签收")
    CONTACTED = "contacted", _("已联系")
    EXTENDED = "extended", _("延期")
    SUSPENDED = "suspended", _("挂账")
    MERGED = "merged", _("并单")
    UNMERGED = "unmerged", _("撤销并单")
    EXCLUDED = "excluded", _("剔除考核")
    IN_DISTRICT = "in_district", _("区级办结")
    IN_STREET = "in_street", _("街道办结")
    IN_COMMUNITY = "in_community", _("社区办结")
    IN_GRID = "in_grid", _("网格办结")
    SELF_HANDLED = "self_handled", _("自行处置")
    SUPERVISED = "supervised", _("督办")
    INSTRUCTED = "instructed", _("批示")
    CANCELLED = "cancelled", _("作废")
    HANDLING_SECONDS = "handling_seconds", _("办理用时（秒）")
    TOOK_1H = "took_1h", _("1 小时内办理完成")
    TOOK_4H = "took_4h", _("1 至 4 小时办理完成")
    TOOK_12H = "took_12h", _("4 至 12 小时办理完成")
    TOOK_24H = "took_24h", _("12 至 24 小时办理完成")
    TOOK_72H = "took_72h", _("1 至 3 日办理完成")
    TOOK_120H = "took_120h", _("3 至 5 日办理完成")
    TOOK_240H = "took_240h", _("5 至 10 日办理完成")
    TOOK_480H = "took_480h", _("10 至 20 日办理完成")
    TOOK_LONGER = "took_longer", _("20 日以上办理完成")


STOCKS = frozenset({Measure.OPEN, Measure.OVERDUE})


class Face(IntegerChoices):
    """What a roll-up still tells apart: a sum of bits, one for each thing that is kept."""

    TOTAL = 0, _("合计")
    LEVEL = 1, _("按层级")
    DEPARTMENT = 2, _("按部门")
    CHANNEL = 4, _("按渠道")
    CATEGORY = 8, _("按类别")
    CATEGORY_CHANNEL = 12, _("按类别和渠道")


# Natural hours from registration to result, by upper end: each result counts in one of them.
TOOK: dict[float, Measure] = {
    1: Measure.TOOK_1H,
    4: Measure.TOOK_4H,
    12: Measure.TOOK_12H,
    24: Measure.TOOK_24H,
    72: Measure.TOOK_72H,
    120: Measure.TOOK_120H,
    240: Measure.TOOK_240H,
    480: Measure.TOOK_480H,
    float("inf"): Measure.TOOK_LONGER,
}
