from workorders.selectors.applications import pending_application, suspended_until
from workorders.selectors.calendar import OfficialYear, missing_years, official_year
from workorders.selectors.catalogue import (
    active_channel,
    limits_for,
    rank_limits,
    suggest_category,
    working_calendar,
)
from workorders.selectors.levels import Holder, holder_above, holders_below
from workorders.selectors.notices import notices_for
from workorders.selectors.orders import (
    ListedOrder,
    listed_orders,
    order_detail,
    take_orders,
    topics_of,
)
from workorders.selectors.photos import visible_photo
from workorders.selectors.reference import Reference, reference
from workorders.selectors.search import search_orders
from workorders.selectors.work import (
    TODO_STATES,
    WAITING_STATES,
    own_acts,
    own_grids,
    own_reports,
    page_channel,
    pickable_categories,
    read_todo,
    usual_categories,
)

__all__ = [
    "TODO_STATES",
    "WAITING_STATES",
    "Holder",
    "ListedOrder",
    "OfficialYear",
    "Reference",
    "active_channel",
    "holder_above",
    "holders_below",
    "limits_for",
    "listed_orders",
    "missing_years",
    "notices_for",
    "official_year",
    "order_detail",
    "own_acts",
    "own_grids",
    "own_reports",
    "page_channel",
    "pending_application",
    "pickable_categories",
    "rank_limits",
    "read_todo",
    "reference",
    "search_orders",
    "suggest_category",
    "suspended_until",
    "take_orders",
    "topics_of",
    "usual_categories",
    "visible_photo",
    "working_calendar",
]
