from datahub.views.addresses import addresses
from datahub.views.catalogue import catalogue, resource
from datahub.views.checks import act_on_finding, check, checks, finding
from datahub.views.grid_elements import elements
from datahub.views.groups import groups
from datahub.views.imports import import_catalogue
from datahub.views.loads import act, ask, give_up, load
from datahub.views.notices import notices
from datahub.views.open_data import open_catalogue, open_dcat, open_file, open_resource
from datahub.views.publications import act_open, opening
from datahub.views.quality import quality, quality_resources
from datahub.views.rows import rows
from datahub.views.sharing import ask_for, decide, requests, sharing_request
from datahub.views.sources import act_on_source, source

__all__ = [
    "act",
    "act_on_finding",
    "act_on_source",
    "act_open",
    "addresses",
    "ask",
    "ask_for",
    "catalogue",
    "check",
    "checks",
    "decide",
    "elements",
    "finding",
    "give_up",
    "groups",
    "import_catalogue",
    "load",
    "notices",
    "open_catalogue",
    "open_dcat",
    "open_file",
    "open_resource",
    "opening",
    "quality",
    "quality_resources",
    "requests",
    "resource",
    "rows",
    "sharing_request",
    "source",
]
