from datahub.models.catalogue import CodeItem, CodeList, Resource, SchemaColumn, SchemaVersion
from datahub.models.loads import BadRow, Load
from datahub.models.quality import OverdueReminder, OverdueRung, QualityRule
from datahub.models.sharing import SharingRequest

__all__ = [
    "BadRow",
    "CodeItem",
    "CodeList",
    "Load",
    "OverdueReminder",
    "OverdueRung",
    "QualityRule",
    "Resource",
    "SchemaColumn",
    "SchemaVersion",
    "SharingRequest",
]
