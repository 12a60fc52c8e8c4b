"""What the operations answer that give a file: the handlers only know that it is bytes."""

from typing import Any

Json = dict[str, Any]

ABOUT = (
    "A row for each recipient: `to`, then a column for each variable in order of first use. The header must stay as it"
    " is. A further column `time_zone` with IANA names, added by hand, lets a timed broadcast reach each recipient by"
    " their own clock. The row whose recipient ends in `(example)` shows how to write the others and is never sent."
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ANSWERS: dict[str, Json] = {
    "download_recipients_xlsx": {
        "description": f"An .xlsx file. {ABOUT}",
        "content": {XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "(the bytes of the file)"}},
    },
    "download_recipients_csv": {
        "description": f"UTF-8 with a byte order mark. {ABOUT}",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "to,order,name\r\n34600111222 (example),A-19,Ana\r\n",
            }
        },
    },
}
