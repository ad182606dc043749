"""The work order itself, and what is kept beside it: who asked, and the words to search."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from grids.enums import AreaLevel
from grids.models import Area, BoundaryVersion
from workorders.enums import Alert, Nature, Part, PlaceSource, State, Urgency
from workorders.models.catalogue import Category, Channel
from workorders.querysets import OPEN_STATES, WorkOrderQuerySet

# The columns by which a person may see an order, with their short names in indexes.
SCOPE_COLUMNS = (
    ("district", "district"),
    ("street", "street"),
    ("community", "community"),
    ("grid", "grid"),
    ("department", "department"),
    ("holder_area", "holder"),
)


class WorkOrder(models.Model):
    """One matter, from the channel to the answer. Written only by `workorders.services`."""

    # Unique by constraint: `unique=True` would add an index for LIKE that nothing asks.
    number = models.CharField(_("工单号"), max_length=20)
    tracking_code = models.CharField(_("查询码"), max_length=16)
    version = models.PositiveIntegerField(_("版本"), default=1)
    last_sequence = models.PositiveIntegerField(default=0)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices)

    channel = models.ForeignKey(Channel, models.PROTECT, db_index=False, verbose_name=_("渠道"))
    external_number = models.CharField(_("渠道编号"), max_length=80)
    nature = models.CharField(_("性质"), max_length=20, choices=Nature.choices)
    urgency = models.CharField(
        _("紧急程度"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL
    )
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"))
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("类别"),
    )

    address = models.CharField(_("地址"), max_length=200, blank=True)
    point = models.PointField(_("位置"), srid=4326, null=True, spatial_index=False)
    place_source = models.CharField(_("定位方式"), max_length=12, choices=PlaceSource.choices)
    # The place, frozen at acceptance with the boundary version: scope goes by these columns.
    district = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    street = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    grid = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    boundary_version = models.ForeignKey(
        BoundaryVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )

    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("承办单位"),
    )
    holder_area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("承办网格"),
    )
    level = models.PositiveSmallIntegerField(_("承办层级"), choices=AreaLevel.choices, null=True)
    # The holder's time: since when this holder has it, and what they used before a suspension.
    held_since = models.DateTimeField(null=True)
    held_seconds = models.PositiveIntegerField(default=0)

    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="merged",
        db_index=False,
        verbose_name=_("并入工单"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="parts",
        db_index=False,
        verbose_name=_("上级工单"),
    )
    part = models.CharField(_("分工"), max_length=10, choices=Part.choices, blank=True)

    occurred_at = models.DateTimeField(_("发生时间"))
    registered_at = models.DateTimeField(_("登记时间"))
    accepted_at = models.DateTimeField(_("受理时间"), null=True)
    resolved_at = models.DateTimeField(_("办理完成时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    archived_at = models.DateTimeField(_("归档时间"), null=True)
    due_at = models.DateTimeField(_("当前时限"), null=True)
    is_overdue = models.BooleanField(_("办理超期"), default=False)

    result = models.TextField(_("办理结果"), blank=True)
    answer = models.TextField(_("答复"), blank=True)
    is_solved = models.BooleanField(_("回访已解决"), null=True)
    satisfaction = models.CharField(_("满意度"), max_length=20, blank=True)
    return_count = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    reopen_count = models.PositiveSmallIntegerField(_("重新办理次数"), default=0)
    alert = models.PositiveSmallIntegerField(_("预警"), choices=Alert.choices, default=Alert.NONE)
    supervision_level = models.PositiveSmallIntegerField(_("督办级别"), default=0)
    is_excluded = models.BooleanField(_("剔除考核"), default=False)
    # The digest of the newest event: without it the chain's end could be cut off unseen.
    history_digest = models.BinaryField(default=b"")
    is_confidential = models.BooleanField(_("保密"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单")
        verbose_name_plural = _("工单")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["number"], name="workorder_number_once"),
            models.UniqueConstraint(fields=["tracking_code"], name="workorder_code_once"),
            models.UniqueConstraint(
                fields=["channel", "external_number"], name="workorder_once_per_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="workorder_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(place_source=PlaceSource.UNKNOWN)
                | models.Q(street__isnull=True, grid__isnull=True),
                name="workorder_unknown_place_has_no_grid",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.MERGED, merged_into__isnull=False)
                | ~models.Q(state=State.MERGED) & models.Q(merged_into__isnull=True),
                name="workorder_merged_names_the_other",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, part="")
                | models.Q(parent__isnull=False, part__in=Part.values),
                name="workorder_part_of_a_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(supervision_level__lte=3), name="workorder_supervision_to_three"
            ),
        ]
        indexes = [
            # What was merged into an order.
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="order_merged_into",
            ),
            # The merged orders whose people have not been asked.
            models.Index(
                fields=["merged_into", "id"],
                condition=models.Q(state=State.MERGED, closed_at__isnull=True),
                name="order_merged_unasked",
            ),
            # The parts of an order.
            models.Index(
                fields=["parent"], condition=models.Q(parent__isnull=False), name="order_parent"
            ),
            # The queue, newest first, for a scope on each level, a department or a holding grid.
            *(
                models.Index(fields=[column, "-registered_at", "-id"], name=f"order_{name}_new")
                for column, name in SCOPE_COLUMNS
            ),
            # The open orders by deadline: about to be late, and late.
            *(
                models.Index(
                    fields=[column, "due_at", "id"],
                    name=f"order_{name}_due",
                    condition=models.Q(state__in=OPEN_STATES),
                )
                for column, name in SCOPE_COLUMNS
            ),
            # The counters of the views of one state.
            *(
                models.Index(
                    fields=[column, "state", "due_at", "id"],
                    name=f"order_{name}_state",
                    condition=models.Q(state__in=OPEN_STATES),
                )
                for column, name in SCOPE_COLUMNS
            ),
            # The map: open orders in a tile.
            GistIndex(
                fields=["point"],
                name="order_open_point",
                condition=models.Q(state__in=OPEN_STATES, point__isnull=False),
            ),
            # The counter of orders without a place, which are few and belong to no street.
            models.Index(
                fields=["district", "due_at", "id"],
                name="order_unplaced",
                condition=models.Q(state__in=OPEN_STATES, place_source=PlaceSource.UNKNOWN),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Reporter(models.Model):
    """Who asked, encrypted at rest; read only through `services.reporters`, which logs it."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, related_name="reporter")
    name_cipher = models.BinaryField()
    phone_cipher = models.BinaryField()
    id_number_cipher = models.BinaryField()
    phone_masked = models.CharField(_("电话（脱敏）"), max_length=30, blank=True)
    name_masked = models.CharField(_("姓名（脱敏）"), max_length=30, blank=True)
    name_digest = models.CharField(max_length=64, blank=True, db_default="")
    phone_digest = models.CharField(max_length=64, blank=True)
    # Digests of each four digits with their place, so that a part of the number finds it.
    phone_parts = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        verbose_name = _("诉求人")
        verbose_name_plural = _("诉求人")
        default_permissions = ()
        indexes = [
            # A caller's earlier orders.
            models.Index(fields=["phone_digest"], name="reporter_phone"),
            # Search for a full name, the newest orders first.
            models.Index(fields=["name_digest", "-order"], name="reporter_name"),
            # Search for a part of a telephone.
            GinIndex(fields=["phone_parts"], name="reporter_phone_parts"),
        ]

    def __str__(self) -> str:
        return f"{self.name_masked} {self.phone_masked}".strip()


class OrderSearch(models.Model):
    """The searchable words of an order, apart from its row so that a transition rewrites none."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, primary_key=True, related_name="search")
    text = models.TextField()
    # Overlapping pieces of the words, cut by the database; see `selectors.pieces`.
    grams = models.GeneratedField(
        expression=models.Func("text", function="order_grams"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        default_permissions = ()
        indexes = [
            # Search for any part of the words.
            GinIndex(fields=["grams"], name="ordersearch_grams"),
        ]

    def __str__(self) -> str:
        return str(self.order_id)
