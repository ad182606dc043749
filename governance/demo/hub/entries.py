"""The catalogue of the demo: which resources which department keeps, in the terms of the field.

An entry is one line: owner, code, name, update frequency, sharing class, rows, columns of
`columns.FIELDS`. A column with `*` belongs to the key, one with `!` is required.
"""

from dataclasses import dataclass

from datahub.enums import Frequency as F
from datahub.enums import Sharing as S

ONLY_FOR = "用于{what}，须写明事由和期限"


@dataclass(frozen=True)
class Entry:
    owner: str
    slug: str
    name: str
    frequency: F
    sharing: S
    rows: int
    columns: str
    terms: str = ""
    about: str = ""
    is_open: bool = False

    @property
    def code(self) -> str:
        return f"{self.owner.removeprefix('PK-').lower()}-{self.slug}"


def free(*given: object, **more: object) -> Entry:
    owner, slug, name, frequency, rows, columns = given
    return Entry(owner, slug, name, frequency, S.UNCONDITIONAL, rows, columns, **more)  # type: ignore[arg-type]


def bound(*given: object, what: str, **more: object) -> Entry:
    owner, slug, name, frequency, rows, columns = given
    terms = ONLY_FOR.format(what=what)
    return Entry(owner, slug, name, frequency, S.CONDITIONAL, rows, columns, terms, **more)  # type: ignore[arg-type]


def kept(*given: object, why: str, **more: object) -> Entry:
    owner, slug, name, frequency, rows, columns = given
    return Entry(owner, slug, name, frequency, S.WITHHELD, rows, columns, why, **more)  # type: ignore[arg-type]


PERSON = "id_no* name! gender born_on"
FIRM = "uscc* firm!"
CASE = "number* accepted_on!"

ENTRIES = (
    # 公安
    bound("PK-GA", "resident", "常住人口基本信息", F.MONTHLY, 12000,
          f"{PERSON} ethnicity education mobile address! community", what="政务服务和基层治理核验"),
    bound("PK-GA", "floating", "流动人口登记信息", F.WEEKLY, 4200,
          f"{PERSON} origin mobile address! community came_on", what="房屋租赁和公共服务核验"),
    bound("PK-GA", "vehicle", "机动车登记信息", F.WEEKLY, 5200,
          "plate* name! id_no vehicle_kind fuel registered_on valid_until", what="停车管理和违停通知"),
    kept("PK-GA", "missing", "走失人员协查信息", F.DAILY, 60,
         f"{CASE} name! gender age contact_mobile spot_address found", why="侦查和保护未成年人所需"),
    free("PK-GA", "lodging", "旅馆业治安许可", F.MONTHLY, 320,
         f"{FIRM} address! point licence issued_on valid_until", is_open=True),
    # 民政
    bound("PK-MZ", "allowance", "城乡居民最低生活保障", F.MONTHLY, 2600,
          f"{PERSON} household_size support money began_on community", what="救助资格核验"),
    bound("PK-MZ", "elderly", "高龄津贴发放名册", F.MONTHLY, 3100,
          f"{PERSON} age money paid_on community", what="津贴资格核验"),
    free("PK-MZ", "homes", "养老服务机构", F.QUARTERLY, 46,
         f"{FIRM} address! point beds staff grade opened_on", is_open=True),
    bound("PK-MZ", "marriage", "婚姻登记信息", F.DAILY, 2200,
          "number* id_no! name! mobile marriage registered_on!", what="房产、户籍业务的核验"),
    free("PK-MZ", "ngo", "社会组织登记", F.MONTHLY, 410,
         f"{FIRM} ngo_kind legal_person registered_on state", is_open=True),
    bound("PK-MZ", "orphan", "困境儿童保障名册", F.QUARTERLY, 120,
          f"{PERSON} guardian contact_mobile support community", what="儿童保护联动"),
    # 人社
    bound("PK-RS", "insured", "城镇职工养老保险参保", F.MONTHLY, 9000,
          f"{PERSON} uscc firm insured_state base paid_on", what="就业和补贴资格核验"),
    bound("PK-RS", "jobless", "失业登记信息", F.WEEKLY, 1500,
          f"{PERSON} education mobile registered_on! reason", what="就业援助"),
    free("PK-RS", "vacancy", "公共招聘岗位", F.DAILY, 900,
         "number* firm! post people wage education published_on", is_open=True),
    bound("PK-RS", "arbitration", "劳动争议仲裁案件", F.MONTHLY, 380,
          f"{CASE} firm name! dispute money case_state", what="欠薪联合治理"),
    # 卫健
    kept("PK-WJ", "archive", "居民健康档案摘要", F.MONTHLY, 6000,
         f"{PERSON} blood illness clinic updated_on", why="涉及医疗健康，属敏感个人信息"),
    bound("PK-WJ", "vaccine", "预防接种记录", F.WEEKLY, 5200,
          "number* id_no! name! vaccine dose clinic done_on!", what="入园入学查验"),
    free("PK-WJ", "clinics", "医疗卫生机构", F.MONTHLY, 260,
         f"{FIRM} clinic_kind address! point beds telephone", is_open=True),
    kept("PK-WJ", "death", "居民死亡医学证明", F.DAILY, 420,
         f"{PERSON} died_on! clinic", why="仅限部门间比对，不直接提供"),
    # 教育
    bound("PK-JY", "pupil", "义务教育阶段学籍", F.QUARTERLY, 5600,
          f"{PERSON} school! form guardian contact_mobile address", what="控辍保学和入学核验"),
    free("PK-JY", "schools", "学校和幼儿园名录", F.YEARLY, 168,
         f"{FIRM} school_kind address! point pupils staff", is_open=True),
    free("PK-JY", "training", "校外培训机构", F.MONTHLY, 240,
         f"{FIRM} subject address! point licence valid_until deposit", is_open=True),
    # 市监
    free("PK-SC", "licence", "市场主体登记信息", F.DAILY, 4000,
         f"{FIRM} legal_person firm_kind trade capital registered_on state address point",
         is_open=True),
    free("PK-SC", "food", "食品经营许可", F.WEEKLY, 2400,
         f"{FIRM} licence issued_on valid_until grade address point", is_open=True),
    free("PK-SC", "lift", "电梯登记和检验", F.MONTHLY, 1800,
         "device* keeper! maker floors checked_on! valid_until point"),
    free("PK-SC", "penalty", "行政处罚信息", F.WEEKLY, 640,
         "number* firm! uscc act money decided_on!", is_open=True),
    free("PK-SC", "complaint", "消费投诉登记", F.DAILY, 2100,
         f"{CASE} firm trade matter money case_state"),
    # 住建
    bound("PK-ZJ", "rental", "房屋租赁备案", F.WEEKLY, 2600,
          "number* name! id_no mobile address! floor_area rent began_on valid_until",
          what="居住证办理和租赁管理"),
    free("PK-ZJ", "site", "建筑工地名录", F.MONTHLY, 210,
         "number* project! builder address! point floor_area began_on state", is_open=True),
    free("PK-ZJ", "estate", "住宅小区和物业服务", F.QUARTERLY, 360,
         "number* estate! keeper households floor_area fee telephone point"),
    bound("PK-ZJ", "danger", "老旧房屋安全隐患台账", F.QUARTERLY, 320,
          "number* address! point built_year danger grade checked_on", what="安全治理和应急转移"),
    # 城管
    free("PK-CG", "advert", "户外广告设施许可", F.MONTHLY, 520,
         "number* firm! spot_address! point floor_area valid_until"),
    free("PK-CG", "toilet", "公共厕所", F.QUARTERLY, 190,
         "number* spot_address! point toilets opened always_open", is_open=True),
    free("PK-CG", "muck", "渣土运输处置核准", F.WEEKLY, 780,
         "number* project! firm plate volume valid_until"),
    free("PK-CG", "parking", "公共停车场泊位", F.REALTIME, 230,
         "number* spot_address! point places free_places counted_at!", is_open=True),
    # 应急、消防
    free("PK-YJ", "chemical", "危险化学品企业", F.MONTHLY, 86,
         f"{FIRM} address! point chemical stock licence valid_until"),
    free("PK-YJ", "stock", "应急物资储备", F.WEEKLY, 640,
         "number* store! item quantity unit_word checked_on point"),
    free("PK-YJ", "shelter", "应急避难场所", F.YEARLY, 64,
         "number* spot_address! point people floor_area state", is_open=True),
    free("PK-XF", "check", "消防监督检查记录", F.WEEKLY, 1700,
         "number* uscc! firm! checked_on! danger result"),
    free("PK-XF", "hydrant", "市政消火栓", F.QUARTERLY, 1500,
         "device* spot_address point! pressure checked_on state"),
    # 水务、环保
    free("PK-SW", "river", "河道水位监测", F.REALTIME, 2400,
         "device* counted_at*! level flow point"),
    free("PK-SW", "outfall", "入河排口台账", F.QUARTERLY, 280,
         "number* river! spot_address point outfall state checked_on"),
    bound("PK-SW", "meter", "居民用水量异常名单", F.MONTHLY, 900,
          "number* name! address! mobile volume counted_on", what="独居老人关爱"),
    free("PK-HB", "air", "空气质量小时值", F.DAILY, 3600,
         "station* counted_at*! pm25 pm10 ozone", is_open=True),
    free("PK-HB", "permit", "排污许可证", F.MONTHLY, 340,
         f"{FIRM} pollutant licence valid_until address point", is_open=True),
    free("PK-HB", "visit", "环境信访件", F.WEEKLY, 460,
         f"{CASE} matter spot_address point case_state"),
    # 交通、文旅
    free("PK-JT", "bus", "公交站点", F.QUARTERLY, 980,
         "number* stop! point lines shelter", is_open=True),
    free("PK-JT", "driver", "网约车驾驶员资格", F.MONTHLY, 1300,
         "licence* name! id_no mobile issued_on valid_until"),
    free("PK-WL", "scenic", "旅游景区和客流", F.DAILY, 420,
         "number* scenic! counted_on visitors places", is_open=True),
    free("PK-WL", "relic", "文物保护单位", F.YEARLY, 72,
         "number* relic! level_word spot_address point", is_open=True),
    # 司法、信访、政法
    kept("PK-SF", "correction", "社区矫正对象名册", F.WEEKLY, 160,
         f"{PERSON} began_on valid_until community", why="社区矫正法要求保密"),
    free("PK-SF", "mediation", "人民调解案件", F.MONTHLY, 1100,
         f"{CASE} dispute community case_state closed_on"),
    bound("PK-XFJ", "petition", "来信来访登记", F.DAILY, 1500,
          f"{CASE} name! mobile matter community case_state", what="矛盾纠纷联合化解"),
    # 农业农村、规划资源、税务
    free("PK-NY", "field", "高标准农田地块", F.YEARLY, 640,
         "number* community! floor_area crop built_year point"),
    free("PK-NY", "farm", "家庭农场和合作社", F.QUARTERLY, 380,
         f"{FIRM} legal_person crop floor_area registered_on state", is_open=True),
    bound("PK-ZG", "property", "不动产登记簿摘要", F.DAILY, 5200,
          "number* name! id_no! address! floor_area right_kind registered_on!",
          what="入学、公积金和司法核验"),
    free("PK-ZG", "land", "建设用地批准书", F.MONTHLY, 300,
         "number* project! uscc floor_area use_kind decided_on", is_open=True),
    bound("PK-SS", "tax", "纳税信用等级", F.YEARLY, 2600,
          f"{FIRM} credit year trade", what="信用监管和政策兑现"),
    kept("PK-SS", "arrears", "欠税企业台账", F.MONTHLY, 210,
         f"{FIRM} legal_person money counted_on", why="依法定程序公告，不另行提供"),
    # 发改、工信、统计、商务
    free("PK-FG", "project", "重大项目进度", F.MONTHLY, 180,
         "number* project! builder invested planned state updated_on"),
    free("PK-GX", "industry", "规模以上工业企业用能", F.MONTHLY, 1300,
         "uscc* month* firm! power gas output"),
    free("PK-TJ", "census", "社区人口和户数", F.YEARLY, 120,
         "community* year* households population elders", is_open=True),
    free("PK-SB", "market", "农贸市场价格监测", F.DAILY, 2600,
         "market* item* counted_on* price", is_open=True),
    free("PK-SJ", "camera", "公共视频点位目录", F.QUARTERLY, 2200,
         "device* spot_address! point camera_kind keeper state"),
)  # fmt: skip

# (resource, kind, column, other resource, other column, days): what is asked beyond the schemas.
RULES = (
    ("mz-allowance", "refers", "id_no", "ga-resident", "id_no", None),
    ("mz-elderly", "refers", "id_no", "ga-resident", "id_no", None),
    ("wj-death", "refers", "id_no", "ga-resident", "id_no", None),
    ("rs-insured", "refers", "uscc", "sc-licence", "uscc", None),
    ("sc-food", "refers", "uscc", "sc-licence", "uscc", None),
    ("xf-check", "refers", "uscc", "sc-licence", "uscc", None),
    ("ga-vehicle", "ordered", "registered_on", "", "valid_until", None),
    ("zj-rental", "ordered", "began_on", "", "valid_until", None),
    ("zj-rental", "filled", "mobile", "", "", None),
    ("jt-driver", "unique", "id_no", "", "", None),
    ("yj-stock", "recent", "checked_on", "", "", 60),
    ("xf-hydrant", "recent", "checked_on", "", "", 180),
)
