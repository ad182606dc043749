"""A small catalogue that the tests of the hub share: one resource of each sharing class."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from datahub.columns import Column
from datahub.enums import ColumnType, Frequency, PersonalClass, Sharing
from datahub.models import CodeItem, CodeList, Resource
from datahub.services import publish_schema

T, P = ColumnType, PersonalClass
AT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
PEOPLE_COLUMNS = [
    Column("id_no", "身份证号", T.ID_NUMBER, is_required=True, is_key=True, personal=P.ID_NUMBER),
    Column("name", "姓名", T.TEXT, is_required=True, maximum="20", personal=P.NAME),
    Column("gender", "性别", T.CODE, code_list="gender", codes=("1", "2")),
    Column("born_on", "出生日期", T.DATE, minimum="1900-01-01"),
    Column("mobile", "手机号", T.MOBILE, personal=P.PHONE),
]
SHOP_COLUMNS = [
    Column("uscc", "统一社会信用代码", T.USCC, is_required=True, is_key=True),
    Column("name", "名称", T.TEXT, is_required=True, maximum="60"),
    Column("capital", "注册资本", T.DECIMAL, unit="万元", minimum="0"),
    Column("staff", "从业人数", T.INTEGER, unit="人", minimum="0", maximum="100000"),
    Column("is_open", "营业中", T.BOOLEAN),
    Column("licensed_at", "发证时间", T.DATETIME),
    Column("grade", "等级", T.TEXT, pattern="[A-D]{1,3}"),
    Column("place", "位置", T.POINT),
]


@dataclass
class Hub:
    """`shops` is shared with all, `people` on conditions, `files` with nobody."""

    shops: Resource
    people: Resource
    files: Resource

    @property
    def all(self):
        return [self.shops, self.people, self.files]


def add_resource(code, name, department, sharing, **more):
    terms = "" if sharing == Sharing.UNCONDITIONAL else "按规定"
    return Resource.objects.create(
        code=code, name=name, department=department, sharing=sharing, sharing_terms=terms,
        frequency=Frequency.MONTHLY, **{"changed_at": AT, **more},
    )  # fmt: skip


def add_genders():
    genders = CodeList.objects.create(code="gender", name="性别", source="GB/T 2261.1")
    for position, (code, label) in enumerate((("1", "男"), ("2", "女"))):
        CodeItem.objects.create(code_list=genders, code=code, label=label, position=position)
    return genders


def build_hub(town) -> Hub:
    add_genders()
    departments = town.departments
    hub = Hub(
        shops=add_resource("shops", "商户登记", departments["水务局"], Sharing.UNCONDITIONAL),
        people=add_resource("people", "常住人口", departments["城管局"], Sharing.CONDITIONAL),
        files=add_resource("files", "社区矫正档案", departments["城管局"], Sharing.WITHHELD),
    )
    for place, (resource, columns) in enumerate(
        ((hub.shops, SHOP_COLUMNS), (hub.people, PEOPLE_COLUMNS), (hub.files, PEOPLE_COLUMNS))
    ):
        publish_schema(resource=resource, columns=columns, at=AT + timedelta(minutes=place))
    return hub
