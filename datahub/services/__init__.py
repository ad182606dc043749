from datahub.services.catalogue import BadSchemaError, publish_schema
from datahub.services.cross_checks import run_cross_check, run_cross_checks, run_due_checks
from datahub.services.desensitising import prepare_publications
from datahub.services.fetching import forget_fetches, work_fetches
from datahub.services.findings import (
    dismiss_finding,
    note_order,
    note_order_state,
    restore_finding,
    reveal_finding,
)
from datahub.services.freshness import remind_overdue, settle_due, settle_reminders
from datahub.services.imports import ImportPlan, ImportRefusedError, apply_import, plan_import
from datahub.services.loading import work_loads
from datahub.services.loads import ask_load, cancel_load, undo_load
from datahub.services.publications import (
    ask_publication,
    publish_publication,
    withdraw_publication,
)
from datahub.services.readers import current_reader
from datahub.services.removal import remove_demo_resources
from datahub.services.sharing import (
    approve_sharing,
    ask_sharing,
    end_due_sharing,
    refuse_sharing,
    revoke_sharing,
    withdraw_sharing,
)
from datahub.services.sources import ask_fetch, forget_source, rotate_source_keys, save_source
from datahub.services.sweeping import forget_bad_rows, sweep_files
from datahub.services.uploads import (
    announce_file,
    append_to_file,
    drop_abandoned_files,
    give_up_file,
)

__all__ = [
    "BadSchemaError",
    "ImportPlan",
    "ImportRefusedError",
    "announce_file",
    "append_to_file",
    "apply_import",
    "approve_sharing",
    "ask_fetch",
    "ask_load",
    "ask_publication",
    "ask_sharing",
    "cancel_load",
    "current_reader",
    "dismiss_finding",
    "drop_abandoned_files",
    "end_due_sharing",
    "forget_bad_rows",
    "forget_fetches",
    "forget_source",
    "give_up_file",
    "note_order",
    "note_order_state",
    "plan_import",
    "prepare_publications",
    "publish_publication",
    "publish_schema",
    "refuse_sharing",
    "remind_overdue",
    "remove_demo_resources",
    "restore_finding",
    "reveal_finding",
    "revoke_sharing",
    "rotate_source_keys",
    "run_cross_check",
    "run_cross_checks",
    "run_due_checks",
    "save_source",
    "settle_due",
    "settle_reminders",
    "sweep_files",
    "undo_load",
    "withdraw_publication",
    "withdraw_sharing",
    "work_fetches",
    "work_loads",
]
