"""What a page may load, said with every answer but those of libraries with scripts of their own."""

import pytest

HEADER = "Content-Security-Policy"


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api/v1/orders/", "/no-such-page/"])
def test_answers_forbid_what_is_not_ours(town, client, path):
    rules = dict(rule.split(" ", 1) for rule in client.get(path).headers[HEADER].split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert (rules["object-src"], rules["frame-ancestors"]) == ("'none'", "'none'")


@pytest.mark.parametrize("path", ["/admin/login/", "/api/docs/"])
def test_pages_of_libraries_are_left_to_them(town, client, path):
    assert HEADER not in client.get(path).headers
