"""The catalogue of departments' resources: what there is, whose, how shared, and how it looks."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from datahub.columns import Column
from datahub.enums import ColumnType, Frequency, Library, PersonalClass, Sharing
from datahub.querysets import ResourceQuerySet

# Pages of the hub have these addresses.
RESERVED = (
    "quality",
    "requests",
    "reminders",
    "open",
    "checks",
    "addresses",
    "elements",
    "notices",
)


def check_code(code: str) -> None:
    if code in RESERVED:
        raise ValidationError(_("此编码留作页面地址，请换一个。"))


class CodeList(models.Model):
    """A list of codes that columns may be limited to, such as the kinds of documents."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    source = models.CharField(
        _("依据"), max_length=200, blank=True, help_text=_("如 GB/T 2261.1-2003")
    )
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)

    class Meta:
        verbose_name = _("代码表")
        verbose_name_plural = _("代码表")

    def __str__(self) -> str:
        return self.name


class CodeItem(models.Model):
    """One code of a list and what it stands for."""

    code_list = models.ForeignKey(
        CodeList, models.CASCADE, related_name="items", db_index=False, verbose_name=_("代码表")
    )
    code = models.CharField(_("代码"), max_length=40)
    label = models.CharField(_("含义"), max_length=80)
    position = models.PositiveIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("代码")
        verbose_name_plural = _("代码")
        constraints = [
            # It also serves the read of a list.
            models.UniqueConstraint(fields=["code_list", "code"], name="codeitem_once_per_list")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Resource(models.Model):
    """One entry of the catalogue (政务信息资源): a table that a department keeps."""

    code = models.SlugField(_("编码"), max_length=60, unique=True, validators=[check_code])
    name = models.CharField(_("名称"), max_length=80)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="resources", verbose_name=_("提供部门")
    )
    description = models.CharField(_("摘要"), max_length=400, blank=True)
    frequency = models.CharField(_("更新周期"), max_length=12, choices=Frequency.choices)
    sharing = models.CharField(_("共享属性"), max_length=14, choices=Sharing.choices)
    sharing_terms = models.CharField(
        _("共享条件"),
        max_length=200,
        blank=True,
        help_text=_("有条件共享的条件，或不予共享的依据"),
    )
    is_open = models.BooleanField(_("向社会开放"), default=False)
    open_k = models.PositiveSmallIntegerField(
        _("开放的最小群组"),
        default=5,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
        help_text=_("公开的数据中，能用来辨认人的各列相同的行至少有这么多（k-匿名）"),
    )
    library = models.CharField(
        _("基础库"), max_length=12, choices=Library.choices, blank=True, default=""
    )
    load_megabytes = models.PositiveIntegerField(
        _("单个文件上限（MB）"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1024 * 1024)],
        help_text=_("空着用系统的上限"),
    )
    contact = models.CharField(_("联系岗位"), max_length=60, blank=True, help_text=_("岗位或科室"))
    telephone = models.CharField(_("联系电话"), max_length=30, blank=True)
    schema = models.OneToOneField(
        "SchemaVersion",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("现行结构"),
    )
    is_active = models.BooleanField(_("在用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, editable=False)
    changed_at = models.DateTimeField(_("变更时间"), editable=False)
    rows = models.BigIntegerField(_("行数"), default=0, editable=False)
    loaded_at = models.DateTimeField(_("数据更新时间"), null=True, editable=False)
    counted_from = models.DateTimeField(_("周期起点"), null=True, editable=False)
    due_at = models.DateTimeField(_("应更新时间"), null=True, editable=False)
    remind_at = models.DateTimeField(_("下次催报"), null=True, editable=False)
    measures = models.JSONField(_("质量"), default=list, editable=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("数据资源")
        verbose_name_plural = _("数据资源")
        permissions = [
            ("view_rows", "Can read the rows, personal columns masked"),
            ("view_personal_rows", "Can read the rows with personal columns"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_open=False) | models.Q(sharing=Sharing.UNCONDITIONAL),
                name="resource_open_is_shared",
                violation_error_message=_("向社会开放的资源须为无条件共享。"),
            ),
            models.CheckConstraint(
                condition=models.Q(open_k__gte=2, open_k__lte=1000), name="resource_open_k"
            ),
            models.CheckConstraint(
                condition=models.Q(sharing=Sharing.UNCONDITIONAL) | ~models.Q(sharing_terms=""),
                name="resource_says_why_not_shared",
                violation_error_message=_("有条件共享须写明条件，不予共享须写明依据。"),
            ),
        ]
        indexes = [
            # The catalogue, what changed last first.
            models.Index(fields=["-changed_at", "-id"], name="resource_changed"),
            # Whose owners are to be reminded next.
            models.Index(
                fields=["remind_at"],
                condition=models.Q(remind_at__isnull=False),
                name="resource_remind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchemaVersion(models.Model):
    """The columns of a resource from one instant on; never changed, only followed by the next."""

    resource = models.ForeignKey(
        Resource,
        models.CASCADE,
        related_name="versions",
        db_index=False,
        verbose_name=_("数据资源"),
    )
    number = models.PositiveIntegerField(_("版本"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发布人"),
    )
    changes = models.JSONField(_("变更"), default=list)

    class Meta:
        verbose_name = _("结构版本")
        verbose_name_plural = _("结构版本")
        default_permissions = ("view",)
        constraints = [
            # It also serves the read of a resource's history.
            models.UniqueConstraint(fields=["resource", "number"], name="schemaversion_number")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class SchemaColumn(models.Model):
    """One column of a schema version."""

    version = models.ForeignKey(
        SchemaVersion, models.CASCADE, related_name="columns", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("列名"), max_length=40)
    label = models.CharField(_("中文名"), max_length=60)
    type = models.CharField(_("类型"), max_length=12, choices=ColumnType.choices)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    is_required = models.BooleanField(_("必填"), default=False)
    is_key = models.BooleanField(_("主键"), default=False)
    pattern = models.CharField(_("格式"), max_length=200, blank=True)
    code_list = models.ForeignKey(
        CodeList, models.PROTECT, null=True, related_name="+", verbose_name=_("代码表")
    )
    minimum = models.CharField(_("下限"), max_length=40, blank=True)
    maximum = models.CharField(_("上限"), max_length=40, blank=True)
    personal = models.CharField(
        _("个人信息"), max_length=12, choices=PersonalClass.choices, default=PersonalClass.NONE
    )

    class Meta:
        verbose_name = _("列")
        verbose_name_plural = _("列")
        default_permissions = ("view",)
        constraints = [
            # It also serves the read of a version's columns.
            models.UniqueConstraint(fields=["version", "position"], name="column_position"),
            models.UniqueConstraint(fields=["version", "name"], name="column_name"),
        ]

    def __str__(self) -> str:
        return self.label

    def as_column(self, codes: tuple[str, ...] = ()) -> Column:
        """Give the column to the rules, with the codes that its list has now."""
        return Column(
            name=self.name,
            label=self.label,
            type=ColumnType(self.type),
            unit=self.unit,
            is_required=self.is_required,
            is_key=self.is_key,
            pattern=self.pattern,
            code_list=self.code_list.code if self.code_list else "",
            codes=codes,
            minimum=self.minimum,
            maximum=self.maximum,
            personal=PersonalClass(self.personal),
        )
