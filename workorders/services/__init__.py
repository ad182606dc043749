"""The only writers of work orders: every page, call, import and task comes through here."""

from workorders.services.actors import Actor, permitted_actions
from workorders.services.bulk import ask_bulk, work_bulk
from workorders.services.calendar import change_calendar
from workorders.services.channels import issue_token, kept_tokens, token_file
from workorders.services.effects import Step
from workorders.services.escalation import fire_due
from workorders.services.exports import ask_export, cancel_export, remove_exports, work_exports
from workorders.services.figures import drop_empty_stocks, fold_deltas
from workorders.services.inspections import inspect
from workorders.services.intake import receive
from workorders.services.photos import add_photo, store_photo
from workorders.services.recalculation import recalculate_clocks
from workorders.services.recount import count_held, recount
from workorders.services.removal import remove_demo_orders
from workorders.services.reporters import reveal_reporter, rotate_reporter_keys
from workorders.services.reports import (
    NewPhoto,
    act_with_photos,
    act_with_uploads,
    report_and_self_handle,
    report_with_photos,
)
from workorders.services.rollups import drop_old_rollups, follow_areas
from workorders.services.suspensions import resume_due
from workorders.services.transitions import apply, apply_steps

__all__ = [
    "Actor",
    "NewPhoto",
    "Step",
    "act_with_photos",
    "act_with_uploads",
    "add_photo",
    "apply",
    "apply_steps",
    "ask_bulk",
    "ask_export",
    "cancel_export",
    "change_calendar",
    "count_held",
    "drop_empty_stocks",
    "drop_old_rollups",
    "fire_due",
    "fold_deltas",
    "follow_areas",
    "inspect",
    "issue_token",
    "kept_tokens",
    "permitted_actions",
    "recalculate_clocks",
    "receive",
    "recount",
    "remove_demo_orders",
    "remove_exports",
    "report_and_self_handle",
    "report_with_photos",
    "resume_due",
    "reveal_reporter",
    "rotate_reporter_keys",
    "store_photo",
    "token_file",
    "work_bulk",
    "work_exports",
]
