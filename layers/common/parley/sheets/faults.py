"""What can be wrong with a sheet as a whole, in sentences for the person who made it."""

from parley.errors import Invalid, Problem

SENTENCES = {
    "sheet_empty": "The sheet is empty.",
    "sheet_without_rows": "The sheet has a header and no recipients below it.",
    "sheet_format": "{} is no spreadsheet, whatever its name says; save it as .xlsx, .xls, .ods or .csv.",
    "sheet_password": "The sheet is protected by a password; save it without one.",
    "sheet_external": "The sheet takes data from other files or programs; copy the cells into a new one as values.",
    "sheet_bomb": "The file unpacks to far more than a sheet of its size has; it is not opened.",
    "sheet_too_large": "The sheet has more cells than can be read; cut it, or delete what stands beside the columns.",
    "sheet_encoding": "The text is in an encoding that cannot be told for certain; save it as UTF-8 or as .xlsx.",
    "sheet_unreadable": "The sheet is damaged and cannot be read; open it, save it again and upload that.",
    "sheet_quotes": "Around row {} a quotation mark opens and does not close; mend it or save the sheet as .xlsx.",
    "sheet_cell": "Around row {} a cell has more than 131,072 characters, or a quotation mark does not close; mend it.",
    "sheet_gap": "Row {} stands below more than 1,000 empty rows; move it up or delete it.",
}


def fault(code: str, about: str = "") -> Invalid:
    """`about` is what the sentence speaks of: the name of the file, the number of a row."""
    return Invalid([Problem("upload", code, SENTENCES[code].format(about or "The file"))])
