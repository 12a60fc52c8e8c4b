"""Files as answers: a browser keeps them under the name that they are given here."""

from base64 import b64encode

from aws_lambda_powertools.event_handler import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def attachment(filename: str, content_type: str, body: bytes) -> Response[str]:
    """`filename` is made of our own words: ASCII, no quotation marks. The bytes go to the gateway as base64, and it
    gives them out as they were; powertools takes bytes for UTF-8 where it checks answers."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    answer = Response(200, content_type, b64encode(body).decode(), headers=headers)
    answer.base64_encoded = True
    return answer
