"""One serializer per action: the page and the API read an act through the same one."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from governance.lib.fields import DegreesField
from workorders.enums import Action, RejectReason, RemarkKind, Satisfaction
from workorders.forms.applications import (
    ApproveForm,
    RefuseForm,
    ResumeForm,
    ReturnForm,
    UntilForm,
)
from workorders.forms.base import (
    ActForm,
    CodeField,
    PhotoActForm,
    active_area,
    active_department,
    active_grid,
    category_field,
    moment_field,
    text_field,
)
from workorders.forms.corrections import (
    ExcludeForm,
    ReclassifyForm,
    ReportVerificationForm,
    RequestVerificationForm,
)
from workorders.forms.families import AssistForm, MergeForm, SplitForm, UnmergeForm
from workorders.forms.supervision import AnswerSupervisionForm, InstructForm, SuperviseForm
from workorders.services import Step


class AcceptForm(ActForm):
    category = category_field()
    area = CodeField(label=_("区域"), find=active_area, required=False, help_text="位置不明时必填")


class RejectForm(ActForm):
    reason = serializers.ChoiceField(label=_("理由"), choices=RejectReason.choices)
    note = text_field(_("说明"), is_required=False)


class AnswerForm(ActForm):
    answer = text_field(_("答复内容"))


class SelfHandleForm(ActForm):
    result = text_field(_("处置结果"))
    category = category_field()


class DispatchForm(ActForm):
    department = CodeField(label=_("承办部门"), find=active_department, required=False)
    grid = CodeField(label=_("承办网格"), find=active_grid, required=False)
    due_at = moment_field(_("办理时限"), is_required=False)
    note = text_field(_("派发说明"), is_required=False)


class PassForm(ActForm):
    department = CodeField(label=_("承办部门"), find=active_department, required=False)
    grid = CodeField(label=_("承办网格"), find=active_grid, required=False)
    note = text_field(_("说明"), is_required=False)


class SendBackForm(ActForm):
    reason = text_field(_("退回理由"))


class ResolveForm(PhotoActForm):
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


class RemarkForm(PhotoActForm):
    kind = serializers.ChoiceField(
        label=_("性质"), choices=RemarkKind.choices, default=RemarkKind.INTERNAL
    )
    text = text_field(_("内容"))
    far_reason = text_field(_("为何不在现场附近"), is_required=False)
    lon = DegreesField(min_value=-180, max_value=180, required=False, help_text="到场时的位置")
    lat = DegreesField(min_value=-90, max_value=90, required=False)
    accuracy = DegreesField(min_value=0, max_value=100_000, required=False, help_text="误差（米）")


ACT_FORMS: dict[Action, type[ActForm]] = {
    Action.REQUEST_VERIFICATION: RequestVerificationForm,
    Action.REPORT_VERIFICATION: ReportVerificationForm,
    Action.ACCEPT: AcceptForm,
    Action.REJECT: RejectForm,
    Action.ANSWER: AnswerForm,
    Action.SELF_HANDLE: SelfHandleForm,
    Action.DISPATCH: DispatchForm,
    Action.PASS_DOWN: PassForm,
    Action.PASS_UP: PassForm,
    Action.SIGN: ActForm,
    Action.SEND_BACK: SendBackForm,
    Action.REQUEST_RETURN: ReturnForm,
    Action.REQUEST_EXTENSION: UntilForm,
    Action.REQUEST_SUSPENSION: UntilForm,
    Action.APPROVE: ApproveForm,
    Action.REFUSE: RefuseForm,
    Action.RESUME: ResumeForm,
    Action.RESOLVE: ResolveForm,
    Action.PASS_CHECK: PassCheckForm,
    Action.REWORK: ReworkForm,
    Action.FOLLOW_UP: FollowUpForm,
    Action.REOPEN: ReasonForm,
    Action.CANCEL: ReasonForm,
    Action.RECLASSIFY: ReclassifyForm,
    Action.EXCLUDE: ExcludeForm,
    Action.REMARK: RemarkForm,
    Action.SUPERVISE: SuperviseForm,
    Action.ANSWER_SUPERVISION: AnswerSupervisionForm,
    Action.INSTRUCT: InstructForm,
    Action.MERGE: MergeForm,
    Action.UNMERGE: UnmergeForm,
    Action.SPLIT: SplitForm,
    Action.ASSIST: AssistForm,
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
        if not isinstance(name, str) or name not in ACT_FORMS:
            raise serializers.ValidationError({f"{index}.action": [_("没有这个动作")]})
        read = ACT_FORMS[Action(name)](data=given)
        if not read.is_valid():
            wrong = {f"{index}.{field}": errors for field, errors in read.errors.items()}
            raise serializers.ValidationError(wrong)
        return Step(Action(name), read.carried())

    def steps(self) -> list[Step]:
        return list(self.validated_data["acts"])
