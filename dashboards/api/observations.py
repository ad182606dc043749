"""Batches of observations as departments send them; each row is read by itself."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from dashboards.enums import ReportResult
from dashboards.services.reports import BATCH, Observation, Outcome, refused
from governance.lib.errors import InvalidError
from governance.lib.fields import InstantField

NAMES = frozenset({"at", "value", "area", "unit", "correct"})
TEXT = 40  # characters of an area's code or a unit


class ObservationSerializer(serializers.Serializer[Any]):
    """One row as it is documented; `read_row` reads it."""

    at = InstantField(help_text="观测时间，须带时区")
    value = serializers.FloatField(help_text="单位为 % 的指标填百分数，如 98.5")
    area = serializers.CharField(required=False, help_text="区或街道的编码；不填为全区")
    unit = serializers.CharField(
        required=False, help_text="须为指标的单位；% 的指标填 “1” 表示数值为 0 至 1 的比率"
    )
    correct = serializers.BooleanField(
        required=False, help_text="true：替换此前报送的不同数值，原值留存"
    )


class BatchSerializer(serializers.Serializer[Any]):
    values = ObservationSerializer(many=True, help_text=f"1 至 {BATCH} 行")


class OutcomeSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField(help_text="所报各行的序号，从 0 起")
    result = serializers.ChoiceField(choices=ReportResult.choices)
    code = serializers.CharField(help_text="待核或未收下的原因编码；其余为空")
    detail = serializers.CharField(help_text="待核或未收下的原因")
    id = serializers.IntegerField(allow_null=True, help_text="所留存的值的编号")
    status = serializers.CharField(help_text="所留存的值的状态；未收下的为空")
    is_history = serializers.BooleanField(help_text="早于已采用的最新值，只进入历史")


class BatchOutcomeSerializer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = OutcomeSerializer(many=True, help_text="与所报各行同序")


def read_batch(content: Any) -> list[Observation | Outcome]:
    """Read each row into an observation or its refusal; raise InvalidError for no batch at all."""
    rows = content.get("values") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= BATCH:
        raise InvalidError(fields={"values": [f"须为 1 至 {BATCH} 行的列表"]})
    return [read_row(row) for row in rows]


def read_row(row: Any) -> Observation | Outcome:
    if not isinstance(row, dict):
        return refused("invalid", "每行须为对象。")
    if unknown := sorted(row.keys() - NAMES):
        return refused("unknown_field", f"没有此字段：{unknown[0][:TEXT]}。")
    value = row.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return refused("value", "数值须为有限的数。")
    texts = {name: row.get(name) or "" for name in ("area", "unit")}
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > TEXT:
            return refused(name, f"须为不超过 {TEXT} 字的文字。")
    if not isinstance(row.get("correct", False), bool):
        return refused("correct", "须为 true 或 false。")
    return _with_instant(row, value, texts)


def _with_instant(
    row: dict[str, Any], value: float, texts: dict[str, str]
) -> Observation | Outcome:
    if not isinstance(row.get("at"), str):
        return refused("at", "观测时间须为文字，如 2026-11-22T09:00:00+08:00。")
    try:
        at = InstantField().run_validation(row["at"])
        number = float(value)
    except serializers.ValidationError as error:
        return refused("at", _words(error))
    except OverflowError:
        return refused("value", "数值须为有限的数。")
    return Observation(at, number, texts["area"], texts["unit"], row.get("correct", False))


def _words(error: serializers.ValidationError) -> str:
    detail: Any = error.detail
    return str(detail[0]) if isinstance(detail, Sequence) else str(detail)


def shown(outcomes: list[Outcome]) -> dict[str, Any]:
    """Give the answer to a batch: the counts, and a line for each row in its order."""
    counts = {
        result.value: sum(outcome.result is result for outcome in outcomes)
        for result in ReportResult
    }
    return {**counts, "results": [_line(index, each) for index, each in enumerate(outcomes)]}


def _line(index: int, outcome: Outcome) -> dict[str, Any]:
    return {
        "index": index,
        "result": outcome.result,
        "code": outcome.code,
        "detail": outcome.detail,
        "id": outcome.row.pk if outcome.row else None,
        "status": outcome.row.status if outcome.row else "",
        "is_history": outcome.is_history,
    }
