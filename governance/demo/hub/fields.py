"""The columns that the demo's entries are put together from, each with how a value is made up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from datahub.columns import Column
from datahub.enums import ColumnType as T
from datahub.enums import PersonalClass as P
from governance.demo.hub.scenes import Scene

Make = Callable[[Scene], str]
YEAR = 365
ITEMS = ("青菜", "猪肉", "鸡蛋", "鲫鱼", "大米")


@dataclass(frozen=True)
class Field:
    """A column, and the text that a file says for it."""

    column: Column
    make: Make


# code list: (name, source, its codes); codes are numbered from 1 in this order
CODE_LISTS = {
    "gender": ("性别", "GB/T 2261.1", "男 女"),
    "ethnicity": ("民族", "", "汉族 回族 满族 苗族 土家族"),
    "education": ("学历", "", "小学 初中 高中 大专 本科 研究生"),
    "marriage": ("婚姻登记类别", "", "结婚 离婚 补领证件"),
    "vehicle_kind": ("车辆类别", "", "小型汽车 大型汽车 摩托车 挂车"),
    "fuel": ("能源种类", "", "汽油 柴油 纯电动 混合动力"),
    "insured_state": ("参保状态", "", "参保缴费 暂停缴费 终止参保"),
    "firm_kind": ("市场主体类型", "", "个体工商户 有限责任公司 股份有限公司 农民专业合作社"),
    "state": ("状态", "", "正常 停用 注销"),
    "case_state": ("办理状态", "", "受理 办理中 办结 不予受理"),
    "grade": ("等级", "", "A B C D"),
    "danger": ("隐患类别", "", "无 一般 较大 重大"),
    "result": ("检查结论", "", "合格 责令改正 立案"),
    "camera_kind": ("摄像机类别", "", "枪机 球机 全景 人脸"),
    "support": ("保障类别", "", "全额 差额 分散供养 集中供养"),
    "credit": ("纳税信用", "", "A B M C D"),
}


def codes_of(code_list: str) -> list[str]:
    """Give the codes of a list."""
    return [str(place) for place, _ in enumerate(CODE_LISTS[code_list][2].split(), start=1)]


def text(label: str, make: Make, *, personal: P = P.NONE, **more: Any) -> Field:
    return Field(Column("", label, maximum="80", personal=personal, **more), make)


def words(label: str, choices: str, **more: Any) -> Field:
    known = choices.split()
    return text(label, lambda scene: scene.chance.choice(known), **more)


def code(code_list: str) -> Field:
    codes = codes_of(code_list)
    weights = [1 / (place + 1) ** 1.5 for place, _ in enumerate(codes)]
    column = Column("", CODE_LISTS[code_list][0], T.CODE, code_list=code_list, codes=tuple(codes))
    return Field(column, lambda scene: scene.chance.choices(codes, weights)[0])


def whole(label: str, unit: str, low: int, high: int) -> Field:
    column = Column("", label, T.INTEGER, unit, minimum="0")
    return Field(column, lambda scene: str(round(scene.chance.triangular(low, high, low))))


def amount(label: str, unit: str, low: float, high: float) -> Field:
    column = Column("", label, T.DECIMAL, unit, minimum="0")
    return Field(column, lambda scene: f"{scene.chance.triangular(low, high, low):.2f}")


def day(label: str, low: int, high: int) -> Field:
    """Make a day between so many days ago; below zero lies ahead."""

    def make(scene: Scene) -> str:
        back = scene.chance.randint(low, high)
        return timezone.localdate(scene.at - timedelta(days=back)).isoformat()

    return Field(Column("", label, T.DATE), make)


def yes(label: str, share: float) -> Field:
    return Field(
        Column("", label, T.BOOLEAN), lambda scene: "是" if scene.chance.random() < share else "否"
    )


def serial(label: str, prefix: str) -> Field:
    return text(label, lambda scene: f"{prefix}{scene.place + 1:06d}")


def _point(scene: Scene) -> str:
    lon = scene.spot.lon + scene.chance.uniform(-0.004, 0.004)
    return f"{lon:.6f},{scene.spot.lat + scene.chance.uniform(-0.004, 0.004):.6f}"


def _address(scene: Scene) -> str:
    return f"{scene.spot.address}{scene.chance.randint(1, 40)}幢{scene.chance.randint(101, 2204)}室"


def _hour(scene: Scene) -> str:
    hour = timezone.localtime(scene.at).replace(minute=0, second=0, microsecond=0)
    return (hour - timedelta(hours=scene.turn)).strftime("%Y-%m-%d %H:%M:%S")


def _day(scene: Scene) -> str:
    back = scene.turn or scene.chance.randint(0, 5)
    return timezone.localdate(scene.at - timedelta(days=back)).isoformat()


def _month(scene: Scene) -> str:
    months = scene.at.year * 12 + scene.at.month - 2 - scene.turn
    return f"{months // 12}-{months % 12 + 1:02d}"


def _age(scene: Scene) -> str:
    return str(scene.at.year - int(scene.person.born_on[:4]))


FIELDS: dict[str, Field] = {
    # a person
    "id_no": Field(Column("", "身份证号", T.ID_NUMBER, personal=P.ID_NUMBER), lambda scene: scene.person.id_no),
    "name": text("姓名", lambda scene: scene.person.name, personal=P.NAME),
    "gender": Field(code("gender").column, lambda scene: scene.person.gender),
    "born_on": Field(Column("", "出生日期", T.DATE, minimum="1900-01-01"), lambda scene: scene.person.born_on),
    "age": Field(Column("", "年龄", T.INTEGER, "岁", minimum="0", maximum="130"), _age),
    "mobile": Field(Column("", "手机号", T.MOBILE, personal=P.PHONE), lambda scene: scene.mobile()),
    "contact_mobile": Field(Column("", "联系人手机号", T.MOBILE, personal=P.PHONE), lambda scene: scene.mobile()),
    "guardian": text("监护人", lambda scene: f"演示家长{scene.chance.randrange(9999):04d}", personal=P.NAME),
    "address": text("住址（地址）", _address, personal=P.ADDRESS),
    "origin": words("户籍地", "安徽 江苏其他市 河南 山东 江西 湖北 四川", personal=P.ADDRESS),
    "illness": words("慢病登记", "无 高血压 糖尿病 冠心病 其他", personal=P.SENSITIVE),
    "blood": words("血型", "A B O AB 未知", personal=P.SENSITIVE),
    "household_size": whole("家庭人口", "人", 1, 6),
    "base": amount("缴费基数", "元", 4879, 26000),
    "legal_person": text("法定代表人", lambda scene: scene.someone(), personal=P.NAME),
    # a firm
    "uscc": Field(Column("", "统一社会信用代码", T.USCC), lambda scene: scene.firm.uscc),
    "firm": text("单位名称", lambda scene: scene.firm.name),
    "telephone": text("联系电话", lambda scene: f"025-5800{scene.chance.randrange(9999):04d}"),
    "trade": text("行业", lambda scene: scene.firm.trade),
    "capital": amount("注册资本", "万元", 1, 3000),
    "licence": text("许可证编号", lambda scene: f"YS3201{scene.place + 1:08d}"),
    # a place
    "community": text("所属社区", lambda scene: scene.community),
    "spot_address": text("位置", lambda scene: scene.spot.address),
    "point": Field(Column("", "坐标", T.POINT), _point),
    "floor_area": amount("面积", "㎡", 20, 5200),
    # numbers, instants
    "number": serial("编号", "YS"),
    "device": serial("设备编号", "D"),
    "plate": text("号牌号码", lambda scene: f"苏A·演{scene.place + 1:05d}"),
    "station": text("站点", lambda scene: f"浦口{scene.place + 1}号站"),
    "counted_at": Field(Column("", "采集时间", T.DATETIME), _hour),
    "counted_on": Field(Column("", "采集日期", T.DATE), _day),
    "month": text("月份", _month, pattern="[0-9]{4}-[0-9]{2}"),
    "year": Field(Column("", "年度", T.INTEGER, minimum="2000", maximum="2100"), lambda scene: str(scene.at.year - 1 - scene.turn)),
    "built_year": whole("建成年份", "", 1975, 2020),
    "accepted_on": day("受理日期", 1, 200),
    "closed_on": day("办结日期", 0, 60),
    "registered_on": day("登记日期", 1, 9 * YEAR),
    "issued_on": day("发证日期", 20, 3 * YEAR),
    "valid_until": day("有效期至", -2 * YEAR, 30),
    "published_on": day("发布日期", 0, 30),
    "began_on": day("开始日期", 10, 2 * YEAR),
    "paid_on": day("发放（缴费）日期", 1, 30),
    "came_on": day("来浦日期", 10, 5 * YEAR),
    "checked_on": day("检查日期", 0, 300),
    "decided_on": day("决定日期", 1, YEAR),
    "done_on": day("接种日期", 0, 400),
    "died_on": day("死亡日期", 1, 400),
    "opened_on": day("开办日期", 200, 9 * YEAR),
    "updated_on": day("更新日期", 0, 60),
    # codes
    **{name: code(name) for name in CODE_LISTS if name != "gender"},
    # kinds in words
    "ngo_kind": words("类别", "社会团体 民办非企业单位 基金会"),
    "clinic_kind": words("机构类别", "社区卫生服务站 诊所 门诊部 综合医院 口腔诊所"),
    "clinic": words("医疗机构", "演示第一社区卫生服务中心 演示第二社区卫生服务中心 演示区医院"),
    "school": words("就读学校", "演示第一小学 演示第二小学 演示中心小学 演示第一初中 演示第二初中"),
    "school_kind": words("学段", "幼儿园 小学 初中 九年一贯制 高中"),
    "subject": words("培训类别", "体育 艺术 科技 语言 托管"),
    "vaccine": words("疫苗", "麻腮风 百白破 脊灰 乙肝 流感"),
    "post": words("岗位", "操作工 销售 会计 护理员 保安 快递员 程序员"),
    "wage": words("月薪", "4-6千 6-8千 8-12千 面议"),
    "reason": words("失业原因", "合同到期 单位裁员 个人辞职 毕业未就业"),
    "dispute": words("纠纷类别", "劳动报酬 邻里 物业 婚姻家庭 损害赔偿 消费"),
    "matter": words("事项", "噪声 油烟 退费 拆迁安置 物业服务 异味 欠薪 道路积水"),
    "act": words("违法行为", "无照经营 虚假宣传 过期食品 计量作弊 占道经营"),
    "item": text("品种", lambda scene: ITEMS[scene.place % len(ITEMS)]),
    "store": words("储备库", "区级库 江浦库 桥林库 汤泉库"),
    "unit_word": words("单位", "件 箱 台 套 吨"),
    "chemical": words("主要危化品", "液氯 甲醇 汽油 液化石油气 氨水"),
    "pollutant": words("主要污染物", "废水 废气 固废 噪声"),
    "outfall": words("排口类别", "雨水 混流 工业 养殖"),
    "river": words("受纳河道", "城南河 朱家山河 高旺河 石碛河 七里河"),
    "crop": words("主要作物", "水稻 小麦 蔬菜 苗木 水产"),
    "right_kind": words("权利类型", "所有权 抵押权 居住权 使用权"),
    "use_kind": words("用途", "住宅 商服 工业 公共管理 交通运输"),
    "level_word": words("保护级别", "全国重点 省级 市级 区级"),
    "maker": words("制造单位", "演示电梯甲厂 演示电梯乙厂 演示电梯丙厂"),
    "keeper": words("管理单位", "演示物业一公司 演示物业二公司 演示物业三公司 社区自管"),
    "builder": words("施工单位", "演示建工一公司 演示建工二公司 演示路桥公司"),
    "project": text("项目名称", lambda scene: f"演示项目{scene.place + 1:04d}"),
    "estate": text("小区名称", lambda scene: f"演示花园{scene.place + 1:03d}"),
    "stop": text("站名", lambda scene: f"演示路站{scene.place + 1:03d}"),
    "scenic": words("景区", "演示温泉 演示老山步道 演示湿地 演示古街"),
    "relic": text("名称", lambda scene: f"演示遗址{scene.place + 1:03d}"),
    "market": text("市场", lambda scene: f"演示农贸市场{scene.place // len(ITEMS) + 1}"),
    # quantities
    "beds": whole("床位", "张", 0, 300), "staff": whole("从业人数", "人", 1, 180),
    "people": whole("人数", "人", 1, 600), "pupils": whole("在校学生", "人", 60, 1800),
    "floors": whole("层站", "层", 3, 33), "households": whole("户数", "户", 120, 3200),
    "population": whole("人口", "人", 2000, 16000), "elders": whole("60 岁以上", "人", 300, 4200),
    "toilets": whole("厕位", "个", 4, 30), "places": whole("泊位（核定数）", "个", 30, 900),
    "free_places": whole("空余泊位", "个", 0, 300), "visitors": whole("游客", "人次", 100, 22000),
    "quantity": whole("数量", "", 5, 900), "dose": whole("剂次", "", 1, 5),
    "form": whole("年级", "", 1, 9), "lines": whole("线路数", "条", 1, 9),
    "pm25": whole("PM2.5", "μg/m³", 8, 120), "pm10": whole("PM10", "μg/m³", 15, 180),
    "ozone": whole("臭氧", "μg/m³", 20, 200), "money": amount("金额", "元", 60, 20000),
    "deposit": amount("资金监管余额", "万元", 0, 80), "rent": amount("月租金", "元", 800, 6500),
    "fee": amount("物业费", "元/㎡·月", 0.5, 4), "volume": amount("数量", "m³", 0, 5000),
    "stock": amount("最大储量", "吨", 0.2, 120), "pressure": amount("水压", "MPa", 0.08, 0.4),
    "level": amount("水位", "m", 4, 10), "flow": amount("流量", "m³/s", 0, 60),
    "planned": amount("总投资", "亿元", 0.5, 60), "invested": amount("已完成投资", "亿元", 0, 40),
    "power": amount("用电量", "万千瓦时", 2, 900), "gas": amount("用气量", "万 m³", 0, 80),
    "output": amount("产值", "万元", 100, 60000), "price": amount("零售价", "元/公斤", 2, 60),
    "always_open": yes("24 小时开放", 0.4), "opened": yes("开放", 0.95),
    "found": yes("已找到", 0.7), "shelter": yes("候车亭", 0.6),
}  # fmt: skip
