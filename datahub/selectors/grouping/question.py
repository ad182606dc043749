"""What every engine is given, and what it says when it cannot answer."""

from dataclasses import dataclass

from datahub.columns.grouping import Grouping
from governance.lib.errors import UnavailableError


@dataclass(frozen=True)
class Question:
    """The rows to be grouped as PostgreSQL's query of `table`, and at most how many groups."""

    grouping: Grouping
    table: str
    rows: str  # ends with its condition, so that another may be added
    limit: int


class EngineAwayError(UnavailableError):
    """The engine that the settings name does not answer, or fails at its work."""

    code = "engine_away"
    detail = "统计引擎暂时无法使用，请稍后再试。"

    def __init__(self) -> None:
        super().__init__(fields={"engine": [self.detail]})


class TooSlowError(UnavailableError):
    """Nobody waits that long for a page."""

    code = "too_slow"
    detail = "统计用时过长，请加筛选条件或少选几项。"

    def __init__(self) -> None:
        super().__init__(fields={"by": [self.detail]})
