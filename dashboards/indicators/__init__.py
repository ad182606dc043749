"""Indicators: their catalogue as data, and their values from the cube, reports and forces."""

from dashboards.indicators.catalogue import INDEX, read_files, shipped_files
from dashboards.indicators.definitions import Definition, Fault, faults_in
from dashboards.indicators.evaluation import Catalogue, Computed, Known, catalogue, compute
from dashboards.indicators.standing import (
    Difference,
    Names,
    columns_of,
    definition_of,
    differences,
    new_faults,
    standing_definitions,
)
from dashboards.indicators.writing import write_catalogue

__all__ = [
    "INDEX",
    "Catalogue",
    "Computed",
    "Definition",
    "Difference",
    "Fault",
    "Known",
    "Names",
    "catalogue",
    "columns_of",
    "compute",
    "definition_of",
    "differences",
    "faults_in",
    "new_faults",
    "read_files",
    "shipped_files",
    "standing_definitions",
    "write_catalogue",
]
