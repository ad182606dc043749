from datahub.services.catalogue import BadSchemaError, publish_schema
from datahub.services.imports import ImportPlan, ImportRefusedError, apply_import, plan_import
from datahub.services.readers import current_reader

__all__ = [
    "BadSchemaError",
    "ImportPlan",
    "ImportRefusedError",
    "apply_import",
    "current_reader",
    "plan_import",
    "publish_schema",
]
