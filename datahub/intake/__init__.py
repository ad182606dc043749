from datahub.intake.dcat import read_dcat, write_dcat, write_open_dcat
from datahub.intake.entries import Book, Entry, ListEntry, Problem
from datahub.intake.sheets import read_book, write_book
from datahub.intake.standing import entries_of, lists_of
from datahub.intake.workbooks import BadFileError

__all__ = [
    "BadFileError",
    "Book",
    "Entry",
    "ListEntry",
    "Problem",
    "entries_of",
    "lists_of",
    "read_book",
    "read_dcat",
    "write_book",
    "write_dcat",
    "write_open_dcat",
]
