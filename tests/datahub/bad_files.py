"""Files as strangers make them."""

import io
import zipfile

import openpyxl


def cells_changed(content, changes):
    """Give a workbook with other cells: {(sheet, cell): value}."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, cell), value in changes.items():
        workbook[sheet][cell] = value
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def bomb():
    """Make a workbook whose one sheet is 400 MB of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(400):
                part.write(b" " * 1024 * 1024)
    return out.getvalue()
