"""The default time limits of the demo, as the usual rules of hotlines and petitions have them."""

from dataclasses import dataclass

from governance.demo.matters import LEAF_CODES
from workorders.enums import ClockKind as C
from workorders.enums import Urgency
from workorders.worktime import LimitUnit as U


@dataclass(frozen=True)
class Row:
    clock: C
    amount: int
    unit: U
    category: str = ""  # code of a group or leaf
    urgency: str = ""
    channel: str = ""
    is_to_end_of_day: bool = False


URGENT = Urgency.URGENT
PETITION = "petition"
DEFAULTS = (
    Row(C.ACCEPTANCE, 30, U.WORKING_MINUTE),
    Row(C.ACCEPTANCE, 15, U.MINUTE, urgency=URGENT),
    Row(C.VERIFICATION, 4, U.WORKING_HOUR),
    Row(C.DISPATCH, 30, U.WORKING_MINUTE),
    Row(C.DISPATCH, 15, U.MINUTE, urgency=URGENT),
    Row(C.SIGNING, 2, U.WORKING_HOUR),
    Row(C.SIGNING, 30, U.MINUTE, urgency=URGENT),
    Row(C.FIRST_CONTACT, 1, U.WORKING_DAY),
    Row(C.FIRST_CONTACT, 2, U.HOUR, urgency=URGENT),
    Row(C.RESOLUTION, 10, U.WORKING_DAY),
    Row(C.RESOLUTION, 1, U.WORKING_DAY, urgency=URGENT),
    Row(C.CHECK, 4, U.WORKING_HOUR),
    Row(C.FOLLOW_UP, 2, U.WORKING_DAY),
    Row(C.SUPERVISION, 1, U.WORKING_DAY),
    # Petitions: 15 working days to accept, 60 days to handle, the last one to its end.
    Row(C.ACCEPTANCE, 15, U.WORKING_DAY, channel=PETITION, is_to_end_of_day=True),
    Row(C.ACCEPTANCE, 15, U.WORKING_DAY, channel=PETITION, urgency=URGENT, is_to_end_of_day=True),
    Row(C.RESOLUTION, 60, U.NATURAL_DAY, channel=PETITION, is_to_end_of_day=True),
    Row(C.RESOLUTION, 60, U.NATURAL_DAY, channel=PETITION, urgency=URGENT, is_to_end_of_day=True),
)
# Groups and leaves whose resolution is counted otherwise.
RESOLUTIONS: dict[str, tuple[int, U]] = {
    "01": (2, U.WORKING_DAY),
    "02": (5, U.WORKING_DAY),
    "10": (1, U.WORKING_DAY),
    "11": (1, U.WORKING_DAY),
    **{
        LEAF_CODES[name]: limit
        for name, limit in {
            "井盖缺失": (2, U.HOUR),
            "水管爆裂": (4, U.HOUR),
            "燃气安全隐患": (2, U.HOUR),
            "停水与水压": (1, U.WORKING_DAY),
            "停电与用电": (1, U.WORKING_DAY),
            "电梯故障": (4, U.HOUR),
            "道路积水": (8, U.HOUR),
            "交通信号灯": (8, U.HOUR),
            "护栏标牌损坏": (3, U.WORKING_DAY),
            "政策咨询": (2, U.WORKING_DAY),
            "惠企政策": (2, U.WORKING_DAY),
            "物业服务投诉": (15, U.WORKING_DAY),
            "消费纠纷": (15, U.WORKING_DAY),
            "价格与收费": (15, U.WORKING_DAY),
            "校外培训": (15, U.WORKING_DAY),
            "作风与政风": (15, U.WORKING_DAY),
        }.items()
    },
}
# Mediation takes 30 natural days; the day of the application does not count.
MEDIATIONS = tuple(LEAF_CODES[name] for name in ("邻里纠纷", "家庭与婚姻"))


def rows() -> list[Row]:
    """List every limit, with the petition's own beside each that a category would override."""
    own = [
        Row(C.RESOLUTION, amount, unit, category=code)
        for code, (amount, unit) in RESOLUTIONS.items()
    ]
    own += [
        Row(C.RESOLUTION, 30, U.NATURAL_DAY, category=code, is_to_end_of_day=True)
        for code in MEDIATIONS
    ]
    petitions = [
        Row(C.RESOLUTION, 60, U.NATURAL_DAY, row.category, channel=PETITION, is_to_end_of_day=True)
        for row in own
    ]
    return [*DEFAULTS, *own, *petitions]
