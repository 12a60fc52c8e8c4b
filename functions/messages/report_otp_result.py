"""POST /rest/v1/messages/{message_id}/otp_result — tells whether a one-time code was typed in; the guard learns."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.message_view import Message
from parley.model.pumping import NewOtpResult
from parley.operations import otp_results

app = create_app()


@app.post(
    f"{BASE}/messages/<message_id>/otp_result",
    summary="Tells whether a one-time code was typed in; the guard against SMS pumping learns from it",
    tags=["Messages"],
    operation_id="report_otp_result",
)
def report_otp_result(organization: Messages, message_id: str, new: NewOtpResult) -> Message:
    return otp_results.report(organization, message_id, new)


handler = entrypoint(app)
