"""The catalogue as DCAT in JSON-LD, in and out.

The context is part of the document, so that no reader has to fetch one. What DCAT has no word for
stands under the vocabulary of this product; columns are a Table Schema as a JSON literal.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextChoices

from datahub.columns import Column, Step, TableSchemaError, read_table_schema, write_table_schema
from datahub.enums import Frequency, Sharing
from datahub.intake.entries import Book, Entry, ListEntry
from datahub.intake.workbooks import BadFileError
from datahub.models import Publication

VOCABULARY = "urn:yiwang:datahub:"
EU = "http://publications.europa.eu/resource/authority/"
RIGHTS = {
    Sharing.UNCONDITIONAL: "PUBLIC",
    Sharing.CONDITIONAL: "RESTRICTED",
    Sharing.WITHHELD: "NON_PUBLIC",
}
PACES = {
    Frequency.REALTIME: "UPDATE_CONT", Frequency.DAILY: "DAILY", Frequency.WEEKLY: "WEEKLY",
    Frequency.MONTHLY: "MONTHLY", Frequency.QUARTERLY: "QUARTERLY", Frequency.YEARLY: "ANNUAL",
    Frequency.IRREGULAR: "IRREG",
}  # fmt: skip
OPEN_TITLE = "开放数据"
MEDIA = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "yw": VOCABULARY,
    "dct:title": {"@language": "zh"},
    "dct:description": {"@language": "zh"},
    "skos:prefLabel": {"@language": "zh"},
    "dct:accrualPeriodicity": {"@type": "@id"},
    "dct:accessRights": {"@type": "@id"},
    "dct:issued": {"@type": "xsd:dateTime"},
    "dcat:mediaType": {"@type": "@id"},
    "dcat:downloadURL": {"@type": "@id"},
    "dcat:byteSize": {"@type": "xsd:nonNegativeInteger"},
    "yw:tableSchema": {"@type": "@json"},
}


def write_dcat(
    *,
    base: str,
    title: str,
    entries: Iterable[Entry],
    lists: Iterable[ListEntry],
    departments: Mapping[str, str],
) -> dict[str, Any]:
    """Describe a catalogue; `base` is the address beneath which its resources are read."""
    publisher = _agent(base, "catalogue", title)
    return {
        "@context": CONTEXT,
        "@id": base,
        "@type": "dcat:Catalog",
        "dct:title": title,
        "dct:description": title,
        "dct:publisher": publisher,
        "dcat:dataset": [_dataset(base, entry, departments) for entry in entries],
        "dcat:themeTaxonomy": [_scheme(base, one) for one in lists],
    }


def write_open_dcat(
    *, base: str, publications: Iterable[Publication], steps: Mapping[int, Iterable[Step]]
) -> dict[str, Any]:
    """Describe open data with the files that everybody may fetch beneath `base`."""
    return {
        "@context": CONTEXT,
        "@id": base,
        "@type": "dcat:Catalog",
        "dct:title": OPEN_TITLE,
        "dct:description": OPEN_TITLE,
        "dct:publisher": _agent(base, "catalogue", OPEN_TITLE),
        "dcat:dataset": [
            _open_dataset(base, one, steps[one.pk]) for one in publications if one.pk in steps
        ],
    }


def _open_dataset(base: str, one: Publication, steps: Iterable[Step]) -> dict[str, Any]:
    resource, at = one.resource, one.published_at
    issued = at.isoformat() if at else ""
    return {
        "@id": f"{base}{resource.code}/",
        "@type": "dcat:Dataset",
        "dct:identifier": resource.code,
        "dct:title": resource.name,
        "dct:description": one.description or resource.description or resource.name,
        "dct:publisher": _agent(base, resource.department.code, resource.department.name),
        "dct:accrualPeriodicity": f"{EU}frequency/{PACES[Frequency(resource.frequency)]}",
        "dct:accessRights": f"{EU}access-right/PUBLIC",
        "dct:issued": issued,
        "yw:tableSchema": write_table_schema([step.published for step in steps]),
        "dcat:distribution": [
            {
                "@id": f"{base}{resource.code}/data.{kind}",
                "@type": "dcat:Distribution",
                "dct:title": f"{resource.name}.{kind}",
                "dct:license": {"@type": "dct:LicenseDocument", "dct:title": one.licence},
                "dct:issued": issued,
                "dcat:mediaType": f"https://www.iana.org/assignments/media-types/{media}",
                "dcat:downloadURL": f"{base}{resource.code}/data.{kind}",
                "dcat:byteSize": one.report.get(f"{kind}_bytes", 0),
            }
            for kind, media in MEDIA.items()
        ],
    }


def _dataset(base: str, entry: Entry, departments: Mapping[str, str]) -> dict[str, Any]:
    described = {
        "@id": f"{base}{entry.code}/",
        "@type": "dcat:Dataset",
        "dct:identifier": entry.code,
        "dct:title": entry.name,
        "dct:description": entry.description or entry.name,
        "dct:publisher": _agent(
            base, entry.department, departments.get(entry.department, entry.department)
        ),
        "dct:accrualPeriodicity": f"{EU}frequency/{PACES[Frequency(entry.frequency)]}",
        "dct:accessRights": f"{EU}access-right/{RIGHTS[Sharing(entry.sharing)]}",
        "yw:description": entry.description,
        "yw:sharingTerms": entry.sharing_terms,
        "yw:isOpen": entry.is_open,
    }
    if entry.contact or entry.telephone:
        described["dcat:contactPoint"] = {
            "@type": "vcard:Organization",
            "vcard:fn": entry.contact,
            "vcard:hasTelephone": {"vcard:value": entry.telephone},
        }
    if entry.columns:
        described["yw:tableSchema"] = write_table_schema(entry.columns)
    return described


def _agent(base: str, code: str, name: str) -> dict[str, Any]:
    return {
        "@id": f"{base}#{code}",
        "@type": "foaf:Agent",
        "dct:identifier": code,
        "foaf:name": name,
    }


def _scheme(base: str, one: ListEntry) -> dict[str, Any]:
    return {
        "@id": f"{base}#list-{one.code}",
        "@type": "skos:ConceptScheme",
        "dct:identifier": one.code,
        "dct:title": one.name,
        "dct:source": one.source,
        "skos:hasTopConcept": [
            {
                "@id": f"{base}#list-{one.code}-{position}",
                "@type": "skos:Concept",
                "skos:notation": code,
                "skos:prefLabel": label,
                "yw:position": position,
            }
            for position, (code, label) in enumerate(one.items, start=1)
        ],
    }


def read_dcat(document: Any) -> Book:
    """Read a document of the shape that `write_dcat` writes; raise BadFileError for another."""
    book = Book()
    try:
        book.lists = [_list_of(one) for one in _many(document, "dcat:themeTaxonomy")]
        codes = {one.code: tuple(code for code, _ in one.items) for one in book.lists}
        for place, dataset in enumerate(_many(document, "dcat:dataset"), start=1):
            _read_entry(place, dataset, codes, book)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        fault = f"{type(error).__name__} {error}"[:120]
        raise BadFileError(f"不是本系统的 DCAT 目录：{fault}") from error
    return book


def _many(document: Any, name: str) -> list[Any]:
    found = document.get(name, [])
    return found if isinstance(found, list) else [found]


def _list_of(one: Any) -> ListEntry:
    concepts = sorted(_many(one, "skos:hasTopConcept"), key=lambda each: int(each["yw:position"]))
    items = tuple((str(each["skos:notation"]), str(each["skos:prefLabel"])) for each in concepts)
    return ListEntry(
        str(one["dct:identifier"]), str(one["dct:title"]), str(one["dct:source"]), items
    )


def _read_entry(place: int, dataset: Any, codes: dict[str, tuple[str, ...]], book: Book) -> None:
    contact = dataset.get("dcat:contactPoint", {})
    described = dataset.get("yw:tableSchema")
    columns: tuple[Column, ...] = ()
    if described is not None:
        try:
            columns = tuple(read_table_schema(described, known_lists=codes))
        except TableSchemaError as error:
            book.add("DCAT", place, [("yw:tableSchema", str(flaw)) for flaw in error.flaws])
            return
    book.entries.append(
        Entry(
            code=str(dataset["dct:identifier"]),
            name=str(dataset["dct:title"]),
            department=str(dataset["dct:publisher"]["dct:identifier"]),
            description=str(dataset["yw:description"]),
            frequency=_known(PACES, dataset["dct:accrualPeriodicity"]),
            sharing=_known(RIGHTS, dataset["dct:accessRights"]),
            sharing_terms=str(dataset["yw:sharingTerms"]),
            is_open=dataset["yw:isOpen"] is True,
            contact=str(contact.get("vcard:fn", "")),
            telephone=str(contact.get("vcard:hasTelephone", {}).get("vcard:value", "")),
            columns=columns,
            row=place,
        )
    )


def _known(terms: Mapping[Any, str], given: Any) -> TextChoices:
    name = str(given).removeprefix(EU).partition("/")[2]
    found: TextChoices = {term: one for one, term in terms.items()}[name]
    return found
