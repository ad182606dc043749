"""Entries of the demo's knowledge base: plainly made up, of own wording, no promise of anybody.

One has expired, one ends soon, one is still a draft, so that each can be seen.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from accounts.models import Department
from workorders.enums import KnowledgeState
from workorders.models import Category, KnowledgeEntry

DEMO = "（演示内容，不作为办事依据）"


class Text(NamedTuple):
    department: str
    category: str  # by name; empty for none
    question: str
    answer: str
    days: int | None = None  # until it ends, from the day of loading
    state: KnowledgeState = KnowledgeState.PUBLISHED


TEXTS = (
    Text("PK-CG", "路灯故障", "路灯不亮多久能修好",
         "登记后当天派给养护班组，一般两个工作日内修复；成片不亮按紧急处理，当晚到场。"),
    Text("PK-CG", "垃圾堆积", "大件垃圾旧家具怎么处理",
         "放到小区大件垃圾投放点；没有投放点的，联系物业或社区预约上门清运，预约后三日内收走。"),
    Text("PK-CG", "垃圾堆积", "生活垃圾几点清运",
         "居民小区每天早晚各清运一次，上午七点前和晚上八点后；错过时间请放在桶内，不要放在桶外。"),
    Text("PK-CG", "占道经营", "摆摊设点在哪里可以摆",
         "可以到各街道公布的便民疏导点摆放，时间和点位由街道安排；其他路段不能占道。"),
    Text("PK-CG", "非机动车乱停放", "共享单车乱停找谁清理",
         "可以登记，由运营企业一小时内清理；写明路口和大约多少辆，清理更快。"),
    Text("PK-CG", "户外广告设施", "店铺换门头招牌要不要办手续",
         "更换同尺寸招牌报社区备案即可；加大、加高或装电子屏的，先向城管窗口申请。"),
    Text("PK-ZJ", "井盖缺失", "井盖坏了缺失归谁管",
         "先登记位置，中心按井盖上的字派给权属单位；缺失的两小时内先围挡，再更换。"),
    Text("PK-ZJ", "道路破损", "人行道地砖松动破损谁来修",
         "市政道路由养护单位修，小区内由物业修；登记时说明在小区内还是小区外。"),
    Text("PK-ZJ", "电梯故障", "小区电梯坏了困人怎么办",
         "困人先按轿厢内报警键，并拨打轿厢内张贴的救援电话；平时停用由物业报修，可登记督促。"),
    Text("PK-ZJ", "业主自治", "维修资金怎么申请使用",
         "由业主委员会或社区提出方案，相关业主按规定表决后报区窗口，材料齐全的五个工作日内审核。"),
    Text("PK-GA", "机动车违停", "车辆被堵在车位出不来怎么办",
         "先看车上有没有留电话；没有的登记车牌和位置，按非警务警情转交警联系挪车。"),
    Text("PK-GA", "流动人口与出租房", "居住证怎么办理",
         "带身份证和居住满半年的材料到所在派出所办理，符合条件的当场受理，十五日内领取。"),
    Text("PK-GA", "犬只管理", "养狗要办证吗怎么办",
         "犬只免疫后由主人带身份证、免疫证明到社区登记点办理，每年年检一次；外出须牵绳。"),
    Text("PK-HB", "施工噪声", "工地夜间施工噪声扰民怎么投诉",
         "登记工地位置和时间，夜间十点至早六点施工须有许可并公示；没有许可的由执法人员到场制止。"),
    Text("PK-HB", "油烟扰民", "饭店油烟扰民谁来管",
         "登记店名和地址，由城管和环保到店检查净化设备；三个工作日内答复检查情况。"),
    Text("PK-SDQ", "停水与水压", "停水了什么时候来水",
         "计划停水提前一天在小区公告；突然停水多为抢修，一般六小时内恢复，超过的安排送水车。"),
    Text("PK-SDQ", "停电与用电", "停电怎么报修",
         "先看是不是自家跳闸；整栋停电请登记，抢修人员城区四十五分钟内到场。"),
    Text("PK-SDQ", "燃气安全隐患", "燃气有异味怎么办",
         "关阀开窗，不要开关电器，到室外拨打燃气抢险电话；已登记的按紧急处理。"),
    Text("PK-RS", "社保医保", "社保卡丢了怎么补办",
         "先电话挂失，再带身份证到任一合作银行网点，当场可以补领新卡。"),
    Text("PK-RS", "劳资纠纷", "拖欠工资去哪里反映",
         "带劳动合同、考勤或转账记录到区劳动监察窗口登记，五个工作日内决定是否立案。"),
    Text("PK-MZ", "困难救助", "高龄津贴怎么申请",
         "年满八十周岁的户籍老人，带身份证、户口簿和银行卡到社区申请，次月起发放。"),
    Text("PK-MZ", "养老服务", "老年人助餐点在哪里吃饭多少钱",
         "各街道助餐点和价格在社区公告栏公布，六十周岁以上凭身份证享受补贴。", 30),
    Text("PK-WJ", "疫苗与公共卫生", "社区医院几点打疫苗",
         "工作日上午接种，须提前一天预约；带接种本，打完留观三十分钟。"),
    Text("PK-JY", "入学入园", "小学入学报名什么时候要什么材料",
         "每年六月网上报名，准备户口簿、房产或租赁材料、接种证；学区以当年公告为准。", -40),
    Text("PK-JT", "公交线路与站点", "公交改道临时停靠在哪里",
         "改道和临时站点在站牌和公交小程序公布，一般提前三天；施工结束恢复原线。", -7),
    Text("PK-XFJ", "", "信访事项多久答复",
         "十五日内告知是否受理，受理后六十日内答复；情况复杂的可以延长三十日并告知。"),
    Text("PK-SC", "食品安全", "买到过期食品怎么投诉退款",
         "保留小票、包装和照片，登记店名地址，由市场监管所七个工作日内决定是否受理。",
         None, KnowledgeState.DRAFT),
)  # fmt: skip


def load_knowledge(departments: Mapping[str, Department], *, on: date) -> None:
    """Make the entries that are missing; those that somebody changed stay so."""
    known = set(KnowledgeEntry.objects.values_list("question", flat=True))
    categories = {row.name: row for row in Category.objects.all()}
    KnowledgeEntry.objects.bulk_create(
        KnowledgeEntry(
            question=text.question,
            answer=f"{text.answer}{DEMO}",
            department=departments[text.department],
            category=categories.get(text.category),
            valid_until=None if text.days is None else on + timedelta(days=text.days),
            state=text.state,
            is_demo=True,
        )
        for text in TEXTS
        if text.question not in known
    )
