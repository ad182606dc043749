"""The committed API document is the one that the code makes."""

from pathlib import Path

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


# Whoever asks here has no token yet.
OPEN = {"/api/v1/token/"}


def made() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_committed_document_is_the_made_one():
    document = OpenApiYamlRenderer().render(made(), renderer_context={}).decode()
    assert DOCUMENT.read_text() == document, (
        "Commit the change: python manage.py spectacular --file docs/openapi.yaml"
    )


def test_every_way_to_sign_in_is_documented():
    schemes = made()["components"]["securitySchemes"]
    assert set(schemes) == {"token", "cookieAuth", "channelToken"}


def test_each_operation_names_its_security_and_its_refusals():
    for path, methods in made()["paths"].items():
        for method, operation in methods.items():
            assert bool(operation.get("security")) == (path not in OPEN), (path, method)
            assert set(operation["responses"]) - {"200", "201", "204"}, (path, method)


def test_docs_page_loads_nothing_from_elsewhere(client, db):
    page = client.get("/api/docs/").content.decode()
    sources = [part.split('"')[1] for part in page.split("src=")[1:]]
    styles = [part.split('href="')[1].split('"')[0] for part in page.split("<link")[1:]]
    assert sources
    assert [link for link in (*sources, *styles) if "//" in link] == []
