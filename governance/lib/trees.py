"""Rows that name their parent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TreeForm(forms.ModelForm):
    """Refuse a parent that is the row itself or lies beneath it: the tree would have no top."""

    def clean_parent(self) -> Any:
        parent = step = self.cleaned_data.get("parent")
        while step is not None:
            if step.pk == self.instance.pk:
                raise forms.ValidationError(_("不能以自己或自己的下级作为上级。"))
            step = step.parent
        return parent
