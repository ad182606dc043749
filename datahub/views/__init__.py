from datahub.views.catalogue import catalogue, resource
from datahub.views.imports import import_catalogue
from datahub.views.loads import act, ask, load
from datahub.views.quality import quality, quality_resources
from datahub.views.rows import rows
from datahub.views.sharing import ask_for, decide, requests, sharing_request

__all__ = [
    "act",
    "ask",
    "ask_for",
    "catalogue",
    "decide",
    "import_catalogue",
    "load",
    "quality",
    "quality_resources",
    "requests",
    "resource",
    "rows",
    "sharing_request",
]
