"""Act forms as the page draws them: the same serializers, with widgets, labels and typed values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from workorders.enums import Action, RemarkKind
from workorders.forms.acts import ACT_FORMS
from workorders.forms.base import BESIDE, CodeField
from workorders.forms.rows import OFFERED, errors_of, is_of_row, typed_rows, unpicked
from workorders.selectors.suggestions import Choice

LINE = 40  # characters that fit a line; longer texts get a box
# What only phones send, and the kind of remark that only they make.
HIDDEN = BESIDE | {"lon", "lat", "accuracy", "far_reason"}
PHONE_ONLY = (RemarkKind.ARRIVED,)
PICKERS = {"category": "categories", "area": "areas"}
HOLDER_FIELDS = ("department", "grid")
# Where an act offers holders: its label, and the list the search box reads.
HOLDERS: dict[Action, tuple[Any, str]] = {
    Action.DISPATCH: (gettext_lazy("派发给"), "holders"),
    Action.PASS_DOWN: (gettext_lazy("下派给"), "below"),
    Action.PASS_UP: (gettext_lazy("上报给"), "above"),
}
# Lists that differ from order to order.
OF_ORDER = frozenset({"below", "above"})
PHOTOS: dict[Action, tuple[str, Any]] = {
    Action.RESOLVE: ("after", gettext_lazy("处置后照片")),
    Action.REPORT_VERIFICATION: ("before", gettext_lazy("现场照片")),
}
ROW_FIELDS = ("parts", "departments")


@dataclass(frozen=True)
class FieldFace:
    """One field: `kind` is text, line, choice, picker, moment, photos or rows."""

    name: str
    label: str
    kind: str
    is_required: bool = False
    hint: str = ""
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    errors: Sequence[str] = ()
    source: str = ""
    picked: Choice | None = None
    fields: Sequence[tuple[str, str]] = ()  # of a picker: what its list offers → the input
    rows: Sequence[Sequence["FieldFace"]] = ()

    @property
    def is_of_order(self) -> bool:
        return self.source in OF_ORDER


@dataclass(frozen=True)
class ActFace:
    """One act as a button and a form."""

    action: str
    label: str
    icon: str
    key: str = ""
    tone: str = ""
    is_public: bool = False
    fields: Sequence[FieldFace] = field(default_factory=list)
    errors: Sequence[str] = ()
    reason: str = ""

    @property
    def has_photos(self) -> bool:
        return any(part.kind == "photos" for part in self.fields)

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing needs to be typed before it can be sent."""
        return all(
            not part.is_required or part.value or part.picked is not None for part in self.fields
        )


@dataclass(frozen=True)
class Manner:
    icon: str
    key: str = ""
    tone: str = ""
    is_public: bool = False


# The console's order of acts: the first one that is permitted is offered open.
MANNERS: dict[Action, Manner] = {
    Action.APPROVE: Manner("checks", "q", "lead"),
    Action.REPORT_VERIFICATION: Manner("eye-check", "v", "lead"),
    Action.ACCEPT: Manner("circle-check", "a", "lead"),
    Action.DISPATCH: Manner("send", "d", "lead"),
    Action.SIGN: Manner("writing-sign", "s", "lead"),
    Action.RESOLVE: Manner("clipboard-check", "e", "lead"),
    Action.PASS_CHECK: Manner("rosette-discount-check", "p", "lead"),
    Action.FOLLOW_UP: Manner("phone-call", "f", "lead", is_public=True),
    Action.ANSWER: Manner("message-circle-check", "r", is_public=True),
    Action.RESUME: Manner("player-play", "l", "lead"),
    Action.REFUSE: Manner("x", "t"),
    Action.REQUEST_VERIFICATION: Manner("eye-search", "v"),
    Action.PASS_DOWN: Manner("circle-arrow-down", "g"),
    Action.PASS_UP: Manner("circle-arrow-up", "h"),
    Action.SEND_BACK: Manner("arrow-back-up", "b"),
    Action.ANSWER_SUPERVISION: Manner("mail-forward", "y"),
    Action.REQUEST_RETURN: Manner("arrow-back-up-double"),
    Action.REQUEST_EXTENSION: Manner("clock-plus", "m"),
    Action.REQUEST_SUSPENSION: Manner("player-pause"),
    Action.REWORK: Manner("rotate-2", "w"),
    Action.SUPERVISE: Manner("urgent", "u"),
    Action.INSTRUCT: Manner("feather", "i"),
    Action.REMARK: Manner("note", "c"),
    Action.RECLASSIFY: Manner("category"),
    Action.REOPEN: Manner("refresh", "o", is_public=True),
    Action.MERGE: Manner("arrows-join", "z"),
    Action.UNMERGE: Manner("arrows-split"),
    Action.SPLIT: Manner("sitemap", "f"),
    Action.ASSIST: Manner("users-plus"),
    Action.REJECT: Manner("ban", "t", "danger", is_public=True),
    Action.EXCLUDE: Manner("chart-bar-off"),
    Action.CANCEL: Manner("trash", "", "danger"),
}
HINTS = {
    "due_at": gettext_lazy("不填则按类别的时限"),
    "proof": gettext_lazy("没有处置后照片时必填，如维修单号、现场情况"),
    "area": gettext_lazy("已经定位；位置不对时才需改选"),
}
HINTS_IF_REQUIRED = {
    "area": gettext_lazy("系统未能定位，请按诉求内容指定街道、社区或网格"),
}


def act_face(
    *,
    action: Action,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    picked: Mapping[str, Choice] | None = None,
    required: Sequence[str] = (),
    reason: str = "",
) -> ActFace:
    """Draw one act with what was typed, what is wrong with it and what is suggested."""
    manner, form = MANNERS[action], ACT_FORMS[action]()
    typed, errors, picked = typed or {}, errors or {}, picked or {}
    names = [str(name) for name in form.fields if name not in HIDDEN]
    faces = [
        _field(
            name, form.fields[name], typed=typed, errors=errors, picked=picked, required=required
        )
        for name in names
        if name not in (*HOLDER_FIELDS, *ROW_FIELDS)
    ]
    if action in HOLDERS:
        faces.insert(0, _holder_field(action, typed, errors, picked))
    if action in OFFERED:
        label = str(form.fields[OFFERED[action][0]].label)
        faces.insert(0, _rows_field(action, label, typed, errors))
    if action in PHOTOS:
        name, label = PHOTOS[action]
        faces.append(FieldFace(name, str(label), "photos", errors=list(errors.get(name, ()))))
    known = {*names, *(face.name for face in faces)} - {*ROW_FIELDS}
    return ActFace(
        action=action.value,
        label=str(action.label),
        icon=manner.icon,
        key=manner.key,
        tone=manner.tone,
        is_public=manner.is_public,
        fields=faces,
        errors=[
            text
            for name, texts in errors.items()
            if name not in known and not is_of_row(name)
            for text in texts
        ],
        reason=reason,
    )


def _field(
    name: str,
    source: serializers.Field[Any, Any, Any, Any],
    *,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    picked: Mapping[str, Choice],
    required: Sequence[str],
) -> FieldFace:
    kind, choices = _kind(source)
    hints = HINTS | HINTS_IF_REQUIRED if name in required else HINTS
    default = _default(source)
    return FieldFace(
        name=name,
        label=str(source.label or name),
        kind=kind,
        is_required=bool(source.required) or name in required,
        hint=str(hints.get(name, "")),
        value=typed.get(f"{name}_words" if kind == "picker" else name, default),
        choices=choices,
        errors=list(errors.get(name, ())),
        source=PICKERS.get(name, ""),
        picked=picked.get(name),
        fields=((name, name),),
    )


def _default(source: serializers.Field[Any, Any, Any, Any]) -> str:
    if isinstance(source.default, bool):
        return str(source.default).lower()
    return source.default if isinstance(source.default, str) else ""


def _kind(source: serializers.Field[Any, Any, Any, Any]) -> tuple[str, Sequence[tuple[str, str]]]:
    if isinstance(source, CodeField):
        return "picker", ()
    if isinstance(source, serializers.BooleanField):
        return "choice", (("true", _("是")), ("false", _("否")))
    if isinstance(source, serializers.CharField) and (source.max_length or LINE + 1) <= LINE:
        return "line", ()
    if isinstance(source, serializers.ChoiceField):
        return "choice", [
            (str(key), str(label))
            for key, label in source.choices.items()
            if key and key not in PHONE_ONLY
        ]
    return ("moment" if isinstance(source, serializers.DateTimeField) else "text"), ()


def _holder_field(
    action: Action,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    picked: Mapping[str, Choice],
) -> FieldFace:
    label, source = HOLDERS[action]
    wrong = [text for name in (*HOLDER_FIELDS, "holder") for text in errors.get(name, ())]
    return FieldFace(
        name="holder",
        label=str(label),
        kind="picker",
        is_required=True,
        value=typed.get("holder_words", ""),
        errors=list(dict.fromkeys(wrong)),
        source=source,
        picked=picked.get("holder"),
        fields=[(name, name) for name in HOLDER_FIELDS],
    )


def _rows_field(
    action: Action,
    label: str,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
) -> FieldFace:
    name, count = OFFERED[action]
    given = typed_rows(typed).get(name, [])
    rows = [
        _row(name, index, given[index] if index < len(given) else {}, errors)
        for index in range(count)
    ]
    return FieldFace(name, label, "rows", is_required=True, rows=rows)


def _row(
    name: str, index: int, given: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> list[FieldFace]:
    wrong, base, words = (
        errors_of(name, index, errors),
        f"{name}-{index}",
        given.get("holder_words"),
    )
    offered = HOLDER_FIELDS if name == "parts" else HOLDER_FIELDS[:1]
    chosen = next((field for field in offered if given.get(field)), "")
    holder = FieldFace(
        name=f"{base}-holder",
        label=_("交给"),
        kind="picker",
        value=words or "",
        errors=wrong["holder"],
        source="holders" if name == "parts" else "departments",
        picked=Choice(chosen, given[chosen], words or given[chosen]) if chosen else None,
        fields=[(field, f"{base}-{field}") for field in offered],
    )
    if name != "parts":
        return [holder]
    text = FieldFace(
        f"{base}-text", _("办理内容"), "text", value=given.get("text", ""), errors=wrong["text"]
    )
    due_at = FieldFace(
        f"{base}-due_at",
        _("办理时限"),
        "moment",
        hint=str(HINTS["due_at"]),
        value=given.get("due_at", ""),
        errors=wrong["due_at"],
    )
    return [holder, text, due_at]


def picked_words(*, posted: Mapping[str, str]) -> dict[str, list[str]]:
    """Find search boxes in which words were typed but nothing was chosen from the list."""
    boxes = {"holder": HOLDER_FIELDS, "category": ("category",), "area": ("area",)}
    plain = {
        name: [_("请从列表中选择")]
        for name, fields in boxes.items()
        if posted.get(f"{name}_words", "").strip() and not any(posted.get(f) for f in fields)
    }
    return plain | unpicked(posted)
