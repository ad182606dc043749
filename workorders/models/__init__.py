from workorders.models.bulk import BulkJob, BulkRow
from workorders.models.calls import CallDraft
from workorders.models.catalogue import CalendarDay, Category, Channel, TimeLimit, WorkCalendar
from workorders.models.clocks import Clock, ClockPause, Escalation, Rung
from workorders.models.exports import ExportJob
from workorders.models.figures import ROLLED_UP_DAYS, Cube, Delta, Rollup, RollupDay, RollupPlace
from workorders.models.history import Announcement, Event, Photo
from workorders.models.knowledge import KnowledgeEntry, OutdatedMark
from workorders.models.orders import OrderSearch, Reporter, WorkOrder
from workorders.models.recalculation import CalendarChange, Recalculation
from workorders.models.saved import SavedFilter
from workorders.models.seals import HistorySeal, Inspection
from workorders.models.supervision import Application, Notice, SupervisionLetter
from workorders.models.uploads import PhotoUpload, UploadPiece

__all__ = [
    "ROLLED_UP_DAYS",
    "Announcement",
    "Application",
    "BulkJob",
    "BulkRow",
    "CalendarChange",
    "CalendarDay",
    "CallDraft",
    "Category",
    "Channel",
    "Clock",
    "ClockPause",
    "Cube",
    "Delta",
    "Escalation",
    "Event",
    "ExportJob",
    "HistorySeal",
    "Inspection",
    "KnowledgeEntry",
    "Notice",
    "OrderSearch",
    "OutdatedMark",
    "Photo",
    "PhotoUpload",
    "Recalculation",
    "Reporter",
    "Rollup",
    "RollupDay",
    "RollupPlace",
    "Rung",
    "SavedFilter",
    "SupervisionLetter",
    "TimeLimit",
    "UploadPiece",
    "WorkCalendar",
    "WorkOrder",
]
