"""The rule of the index: its formula, the weights of the domains, and which rule is in force."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from dashboards.models import IndexRule
from dashboards.services.catalogue import put_in_force
from dashboards.states import FormulaError, read_formula
from workorders.enums import Domain


class IndexRuleForm(forms.ModelForm):
    class Meta:
        model = IndexRule
        fields = ("name", "formula", "domain_weights")
        help_texts = {
            "formula": _(
                "一个领域的得分，可用 yellow_weight、red_weight、known_weight 与 + - * / 括号；"
                "结果限于 0 至 100"
            ),
            "domain_weights": _("总指数中各领域的权重，未写的为 1"),
        }

    def clean_formula(self) -> str:
        formula: str = self.cleaned_data["formula"]
        try:
            read_formula(formula)
        except FormulaError as error:
            raise forms.ValidationError(str(error)) from error
        return formula

    def clean_domain_weights(self) -> dict[str, float]:
        weights: Any = self.cleaned_data["domain_weights"] or {}
        if not isinstance(weights, dict):
            raise forms.ValidationError(_('须写作 {"environment": 1.5} 的样子。'))
        if unknown := sorted(set(weights) - set(Domain.values)):
            message = _("没有这些领域：%(names)s") % {"names": "、".join(unknown)}
            raise forms.ValidationError(message)
        if any(not _is_weight(value) for value in weights.values()):
            raise forms.ValidationError(_("权重须为不小于 0 的数。"))
        if not any(weights.get(domain, 1) for domain in Domain.values):
            raise forms.ValidationError(_("权重不能全为 0。"))
        return weights


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


@admin.register(IndexRule)
class IndexRuleAdmin(ModelAdmin):
    """One rule is in force; another takes its place by an action of the list."""

    form = IndexRuleForm
    list_display = ("name", "formula", "is_active")
    readonly_fields = ("is_active",)
    ordering = ("-is_active", "name")
    actions = ("use_rule",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_active)

    def save_model(
        self, request: HttpRequest, obj: IndexRule, form: ModelForm, change: bool
    ) -> None:
        if not change:
            obj.is_active = not IndexRule.objects.filter(is_active=True).exists()
        super().save_model(request, obj, form, change)

    def get_actions(self, request: HttpRequest) -> Any:
        # Deleting by the list would not ask about the rule in force.
        actions = super().get_actions(request)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    @admin.action(description=_("启用所选规则"), permissions=["change"])
    def use_rule(self, request: HttpRequest, rules: QuerySet[IndexRule]) -> None:
        if rules.count() != 1:
            self.message_user(request, _("请只选择一条规则。"), messages.ERROR)
            return
        rule = rules.get()
        put_in_force(rule=rule)
        self.log_change(request, rule, "启用")
        self.message_user(request, _("已启用：%(name)s") % {"name": rule.name})
