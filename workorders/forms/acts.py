"""One serializer per action: the page and the API read an act through the same one."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department
from governance.lib.fields import CleanCharField
from grids.enums import AreaLevel
from grids.models import Area
from workorders.enums import Action, RejectReason, RemarkKind, Satisfaction
from workorders.models import Category
from workorders.selectors import reference
from workorders.services import Step

TEXT_LIMIT = 4000


class CodeField(serializers.SlugRelatedField[Any]):
    """An object of the reference data in memory, named by its code; rubbish never reaches SQL."""

    def __init__(
        self, *, queryset: QuerySet[Any], find: Callable[[str], Any], **kwargs: Any
    ) -> None:
        self.find = find
        messages: dict[str, Any] = {
            "does_not_exist": _("没有这个编码：{value}"),
            "invalid": _("编码无效"),
        }
        super().__init__(slug_field="code", queryset=queryset, error_messages=messages, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\x00" in data or len(data) > 40:
            self.fail("invalid")
        found = self.find(data)
        if found is None:
            self.fail("does_not_exist", value=data)
        return found


def category_field() -> CodeField:
    return CodeField(
        label=_("类别"),
        queryset=Category.objects.filter(is_active=True),
        find=lambda code: active(reference().categories_by_code.get(code)),
        required=False,
    )


def active(row: Any) -> Any:
    return row if row is not None and row.is_active else None


def active_area(code: str) -> Area | None:
    return active(reference().areas_by_code.get(code))


def active_department(code: str) -> Department | None:
    return active(reference().departments_by_code.get(code))


def active_grid(code: str) -> Area | None:
    area = active_area(code)
    return area if area is not None and area.level == AreaLevel.GRID else None


def text_field(label: Any, *, is_required: bool = True) -> CleanCharField:
    return CleanCharField(
        label=label,
        max_length=TEXT_LIMIT,
        required=is_required,
        allow_blank=not is_required,
        error_messages={"required": _("请填写"), "blank": _("请填写")},
    )


class ActForm(serializers.Serializer[Any]):
    """What every act may carry: the version the actor saw."""

    version = serializers.IntegerField(
        required=False, min_value=1, help_text="操作者所见的版本；与当前不符则返回 409"
    )

    def carried(self) -> dict[str, Any]:
        """Give the typed values of the act without the version."""
        return {name: value for name, value in self.validated_data.items() if name != "version"}

    @property
    def seen_version(self) -> int | None:
        return self.validated_data.get("version")


class AcceptForm(ActForm):
    category = category_field()
    area = CodeField(
        label=_("区域"), queryset=Area.objects.filter(is_active=True), find=active_area,
        required=False, help_text="位置不明时必填",
    )  # fmt: skip


class RejectForm(ActForm):
    reason = serializers.ChoiceField(label=_("理由"), choices=RejectReason.choices)
    note = text_field(_("说明"), is_required=False)


class AnswerForm(ActForm):
    answer = text_field(_("答复内容"))


class SelfHandleForm(ActForm):
    result = text_field(_("处置结果"))
    category = category_field()


class DispatchForm(ActForm):
    department = CodeField(
        label=_("承办部门"), queryset=Department.objects.filter(is_active=True),
        find=active_department, required=False,
    )  # fmt: skip
    grid = CodeField(
        label=_("承办网格"), queryset=Area.objects.filter(level=AreaLevel.GRID, is_active=True),
        find=active_grid, required=False,
    )  # fmt: skip
    note = text_field(_("派发说明"), is_required=False)


class SendBackForm(ActForm):
    reason = text_field(_("退回理由"))


class ResolveForm(ActForm):
    result = text_field(_("办理结果"))
    proof = text_field(_("佐证说明"), is_required=False)


class PassCheckForm(ActForm):
    finding = text_field(_("核查意见"), is_required=False)


class ReworkForm(ActForm):
    finding = text_field(_("返工要求"))


class FollowUpForm(ActForm):
    is_reached = serializers.BooleanField(label=_("已接通"))
    is_solved = serializers.BooleanField(label=_("已解决"), required=False, allow_null=True)
    satisfaction = serializers.ChoiceField(
        label=_("满意度"), choices=Satisfaction.choices, required=False, allow_blank=True
    )
    note = text_field(_("回访记录"), is_required=False)


class ReasonForm(ActForm):
    reason = text_field(_("理由"))


class RemarkForm(ActForm):
    kind = serializers.ChoiceField(
        label=_("性质"), choices=RemarkKind.choices, default=RemarkKind.INTERNAL
    )
    text = text_field(_("内容"))


ACT_FORMS: dict[Action, type[ActForm]] = {
    Action.ACCEPT: AcceptForm,
    Action.REJECT: RejectForm,
    Action.ANSWER: AnswerForm,
    Action.SELF_HANDLE: SelfHandleForm,
    Action.DISPATCH: DispatchForm,
    Action.SIGN: ActForm,
    Action.SEND_BACK: SendBackForm,
    Action.RESOLVE: ResolveForm,
    Action.PASS_CHECK: PassCheckForm,
    Action.REWORK: ReworkForm,
    Action.FOLLOW_UP: FollowUpForm,
    Action.REOPEN: ReasonForm,
    Action.CANCEL: ReasonForm,
    Action.REMARK: RemarkForm,
}


class ActsForm(ActForm):
    """Several acts in one go: a clear order is accepted and dispatched by one decision."""

    acts = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=4,
        help_text='每项含 "action" 与该动作须携带的字段；全部成功或全部不执行',
    )

    def validate_acts(self, acts: list[dict[str, Any]]) -> list[Step]:
        return [self._step(index, dict(act)) for index, act in enumerate(acts)]

    def _step(self, index: int, given: dict[str, Any]) -> Step:
        name = given.pop("action", None)
        if name not in Action.values or (form := ACT_FORMS.get(Action(name))) is None:
            raise serializers.ValidationError({f"{index}.action": [_("没有这个动作")]})
        read = form(data=given)
        if not read.is_valid():
            wrong = {f"{index}.{field}": errors for field, errors in read.errors.items()}
            raise serializers.ValidationError(wrong)
        return Step(Action(name), read.carried())

    def steps(self) -> list[Step]:
        return list(self.validated_data["acts"])
