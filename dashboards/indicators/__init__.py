"""Indicators: their catalogue as data, and their values from the cube, reports and forces."""

from dashboards.indicators.catalogue import (
    INDEX,
    CatalogueError,
    read_file,
    read_files,
    shipped_files,
)
from dashboards.indicators.definitions import Definition, Fault, faults_in
from dashboards.indicators.evaluation import Catalogue, Computed, Known, catalogue, compute

__all__ = [
    "INDEX",
    "Catalogue",
    "CatalogueError",
    "Computed",
    "Definition",
    "Fault",
    "Known",
    "catalogue",
    "compute",
    "faults_in",
    "read_file",
    "read_files",
    "shipped_files",
]
