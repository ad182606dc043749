from datahub.models.catalogue import CodeItem, CodeList, Resource, SchemaColumn, SchemaVersion
from datahub.models.checks import CheckRun, CheckSide, CrossCheck, Finding
from datahub.models.loads import BadRow, Load
from datahub.models.publications import Publication
from datahub.models.quality import OverdueReminder, OverdueRung, QualityRule
from datahub.models.sharing import SharingRequest
from datahub.models.sources import AllowedHost, Fetch, Source
from datahub.models.uploads import LoadUpload

__all__ = [
    "AllowedHost",
    "BadRow",
    "CheckRun",
    "CheckSide",
    "CodeItem",
    "CodeList",
    "CrossCheck",
    "Fetch",
    "Finding",
    "Load",
    "LoadUpload",
    "OverdueReminder",
    "OverdueRung",
    "Publication",
    "QualityRule",
    "Resource",
    "SchemaColumn",
    "SchemaVersion",
    "SharingRequest",
    "Source",
]
