from datahub.services.catalogue import BadSchemaError, publish_schema
from datahub.services.freshness import remind_overdue, settle_due, settle_reminders
from datahub.services.imports import ImportPlan, ImportRefusedError, apply_import, plan_import
from datahub.services.loading import work_loads
from datahub.services.loads import ask_load, cancel_load, undo_load
from datahub.services.readers import current_reader
from datahub.services.removal import remove_demo_resources

__all__ = [
    "BadSchemaError",
    "ImportPlan",
    "ImportRefusedError",
    "apply_import",
    "ask_load",
    "cancel_load",
    "current_reader",
    "plan_import",
    "publish_schema",
    "remind_overdue",
    "remove_demo_resources",
    "settle_due",
    "settle_reminders",
    "undo_load",
    "work_loads",
]
