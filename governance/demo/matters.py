"""Kinds of matters in two levels: group → leaf, with who handles them and words that name them.

A leaf: (name, keywords, is it a grid's matter, department where it differs from the group's).
"""

from dataclasses import dataclass

from workorders.enums import Domain

Leaf = tuple[str, str, bool, str]


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    domain: Domain
    department: str
    leaves: tuple[Leaf, ...]


GRID, DEPT = True, False
GROUPS = (
    Group("01", "市容环卫", Domain.URBAN_MANAGEMENT, "PK-CG", (
        ("垃圾堆积", "垃圾 堆积 垃圾桶 满溢 清运", GRID, ""),
        ("乱堆物料", "堆放 杂物 乱堆 占道堆", GRID, ""),
        ("占道经营", "占道 摆摊 摊点 流动摊贩 出店", GRID, ""),
        ("非法小广告", "小广告 张贴 涂写", GRID, ""),
        ("公厕管理", "公厕 厕所", DEPT, ""),
    )),
    Group("02", "市政设施", Domain.URBAN_MANAGEMENT, "PK-ZJ", (
        ("井盖缺失", "井盖 窨井 缺失", DEPT, ""),
        ("道路破损", "路面 破损 坑洼 塌陷 人行道", DEPT, ""),
        ("路灯故障", "路灯 不亮 照明", DEPT, "PK-CG"),
        ("道路积水", "积水 下水 堵塞 内涝", DEPT, "PK-SW"),
        ("护栏标牌损坏", "护栏 标牌 标志牌 隔离栏", DEPT, "PK-JT"),
    )),
    Group("03", "违法建设", Domain.URBAN_MANAGEMENT, "PK-CG", (
        ("私搭乱建", "违建 违章 搭建 加盖", DEPT, ""),
        ("工地围挡与渣土", "渣土 工地 围挡 抛洒", DEPT, ""),
        ("户外广告设施", "广告牌 店招 灯箱", DEPT, ""),
    )),
    Group("04", "停车与通行", Domain.URBAN_MANAGEMENT, "PK-JT", (
        ("机动车违停", "违停 乱停 停车 堵住", GRID, "PK-GA"),
        ("非机动车乱停放", "共享单车 电动车乱停 非机动车", GRID, "PK-CG"),
        ("公交线路与站点", "公交 班次 站台 线路", DEPT, ""),
        ("交通信号灯", "红绿灯 信号灯", DEPT, "PK-GA"),
    )),
    Group("05", "水电气保障", Domain.PUBLIC_SERVICE, "PK-SDQ", (
        ("停水与水压", "停水 水压 供水 自来水", DEPT, ""),
        ("水管爆裂", "爆管 水管 漏水 爆裂", DEPT, ""),
        ("停电与用电", "停电 跳闸 电压 供电", DEPT, ""),
        ("燃气供应", "燃气 天然气 煤气", DEPT, ""),
    )),
    Group("06", "住房与物业", Domain.PUBLIC_SERVICE, "PK-ZJ", (
        ("物业服务投诉", "物业 保洁 保安", DEPT, ""),
        ("电梯故障", "电梯 困人", DEPT, "PK-SC"),
        ("房屋漏水维修", "渗水 漏雨 外墙 维修资金", DEPT, ""),
        ("小区设施损坏", "单元门 健身器材 门禁 楼道灯", GRID, ""),
    )),
    Group("07", "教育文化", Domain.PUBLIC_SERVICE, "PK-JY", (
        ("入学入园", "入学 学区 幼儿园 报名", DEPT, ""),
        ("校外培训", "培训机构 退费 辅导班", DEPT, ""),
        ("文体场馆", "图书馆 文化馆 体育馆 球场", DEPT, "PK-WL"),
        ("旅游服务", "景区 温泉 旅游 门票", DEPT, "PK-WL"),
    )),
    Group("08", "医疗卫生", Domain.PUBLIC_SERVICE, "PK-WJ", (
        ("就医服务", "医院 挂号 就诊 门诊", DEPT, ""),
        ("疫苗与公共卫生", "疫苗 接种 消毒", DEPT, ""),
        ("病媒生物", "蚊虫 老鼠 蟑螂", GRID, ""),
    )),
    Group("09", "民政社保", Domain.PUBLIC_SERVICE, "PK-MZ", (
        ("困难救助", "低保 救助 困难 补助", GRID, ""),
        ("养老服务", "养老 助餐 独居老人", GRID, ""),
        ("社保医保", "社保 医保 养老金 公积金", DEPT, "PK-RS"),
        ("政策咨询", "咨询 请问 如何办理 什么时候", DEPT, ""),
    )),
    Group("10", "消防安全", Domain.PUBLIC_SAFETY, "PK-XF", (
        ("消防通道堵塞", "消防通道 通道堵", GRID, ""),
        ("电动车充电隐患", "飞线 充电 电动车上楼", GRID, ""),
        ("消防设施缺损", "灭火器 消防栓 烟感", DEPT, ""),
    )),
    Group("11", "生产安全", Domain.PUBLIC_SAFETY, "PK-YJ", (
        ("危险作业", "高处作业 无证 危险作业", DEPT, ""),
        ("危化品与烟花", "危化 烟花 爆竹 气瓶", DEPT, ""),
        ("自然灾害隐患", "滑坡 危房 倒塌 树木倾倒", GRID, ""),
        ("燃气安全隐患", "燃气泄漏 漏气 气味", DEPT, "PK-SDQ"),
    )),
    Group("12", "治安与食药", Domain.PUBLIC_SAFETY, "PK-GA", (
        ("治安隐患", "盗窃 可疑 治安 尾随", DEPT, ""),
        ("电信诈骗", "诈骗 刷单 骗", DEPT, ""),
        ("食品安全", "食品 过期 变质 餐饮卫生", DEPT, "PK-SC"),
        ("犬只管理", "遛狗 犬 狗 不牵绳", GRID, "PK-CG"),
    )),
    Group("13", "矛盾调处", Domain.SOCIAL_GOVERNANCE, "PK-XFJ", (
        ("邻里纠纷", "邻居 邻里 纠纷 吵", GRID, ""),
        ("家庭与婚姻", "家庭 婚姻 赡养", GRID, "PK-MZ"),
        ("劳资纠纷", "工资 拖欠 欠薪 劳动合同", DEPT, "PK-RS"),
        ("征收与安置", "拆迁 征收 安置 过渡费", DEPT, "PK-ZJ"),
    )),
    Group("14", "基层治理", Domain.SOCIAL_GOVERNANCE, "PK-MZ", (
        ("社区服务", "社区 居委会 证明 办事", GRID, ""),
        ("业主自治", "业委会 业主大会 选举", DEPT, "PK-ZJ"),
        ("流动人口与出租房", "群租 出租房 暂住", GRID, "PK-GA"),
        ("作风与政风", "态度 推诿 不作为", DEPT, "PK-XFJ"),
    )),
    Group("15", "噪声污染", Domain.ENVIRONMENT, "PK-HB", (
        ("施工噪声", "施工 夜间施工 打桩", DEPT, "PK-CG"),
        ("社会生活噪声", "广场舞 音响 喇叭 噪音 噪声", GRID, "PK-GA"),
        ("工业噪声", "厂房 机器声 风机", DEPT, ""),
    )),
    Group("16", "大气与水体", Domain.ENVIRONMENT, "PK-HB", (
        ("油烟扰民", "油烟 烧烤", DEPT, "PK-CG"),
        ("异味废气", "异味 废气 刺鼻 臭味", DEPT, ""),
        ("河道水体", "河道 黑臭 排污 水面漂浮", DEPT, "PK-SW"),
        ("露天焚烧", "焚烧 秸秆 冒烟", GRID, ""),
        ("扬尘污染", "扬尘 灰尘 裸土", DEPT, "PK-ZJ"),
    )),
    Group("17", "市场秩序", Domain.ECONOMY, "PK-SC", (
        ("消费纠纷", "退款 退货 预付卡 办卡", DEPT, ""),
        ("价格与收费", "价格 乱收费 收费", DEPT, ""),
        ("无照经营", "无照 执照 超范围", GRID, ""),
    )),
    Group("18", "企业服务", Domain.ECONOMY, "PK-SC", (
        ("开办与审批", "营业执照办理 审批 开办", DEPT, ""),
        ("惠企政策", "惠企 补贴 奖励 税费", DEPT, ""),
        ("园区配套", "园区 配套 班车 食堂", DEPT, ""),
    )),
)  # fmt: skip


def leaf_code(group: Group, position: int) -> str:
    """Number the leaves of a group from 01: the code of 井盖缺失 is 0201."""
    return f"{group.code}{position:02d}"


LEAF_CODES = {
    leaf[0]: leaf_code(group, position)
    for group in GROUPS
    for position, leaf in enumerate(group.leaves, start=1)
}
