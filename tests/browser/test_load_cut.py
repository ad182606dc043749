"""A file of a department over a bad line: the page tells, goes on by itself, and after a reload."""

import hashlib

import pytest
from playwright.sync_api import expect

from datahub.models import Load, LoadUpload
from tests.browser.conftest import CUT, sign_in, wait_until
from tests.browser.screens import violations
from tests.datahub.catalogue import build_hub
from tests.datahub.loading import HEAD

CONTENT = ",".join(HEAD).encode() + b"\n" + b"".join(b"%018d,x,1,,\n" % n for n in range(250_000))
PART = 2_500_000  # bytes until the line is cut


@pytest.fixture
def table(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    path = tmp_path / "people.csv"
    path.write_bytes(CONTENT)
    return path


def received():
    return LoadUpload.objects.values_list("received", flat=True).first() or 0


def test_file_comes_whole_over_a_line_that_is_cut(town, line, table, visitor, troubles):
    build_hub(town)
    for words in CUT:
        troubles.expect(words)
    page = visitor(viewport=(390, 844), color_scheme="dark")
    sign_in(page, line.address, "reporter")
    page.goto(f"{line.address}/hub/people/")
    words = page.locator("[data-upload-words]")
    page.set_input_files("input[name=file]", table)
    line.cut_after(PART)
    page.click("[data-upload] button")
    expect(words).to_contain_text("线路断了")
    expect(page.locator("[data-upload] progress")).to_be_visible()
    assert violations(page) == []
    first = wait_until(received)
    assert first < len(CONTENT)
    line.cut_after(PART)  # mended for a while: it goes on by itself
    wait_until(lambda: received() > first and not line.is_up)
    page.goto("about:blank")  # the page is closed, and opened again
    line.mend()
    page.goto(f"{line.address}/hub/people/")
    assert "重新选择同一文件即从断处继续" in page.content()
    page.set_input_files("input[name=file]", table)
    page.click("[data-upload] button")
    page.wait_for_url("**/loads/*/")
    load = Load.objects.get()
    assert load.digest == hashlib.sha256(CONTENT).hexdigest()
    assert (load.file_bytes, LoadUpload.objects.count()) == (len(CONTENT), 0)
