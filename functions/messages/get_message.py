"""GET /rest/v1/messages/{message_id} — one message with its content and its timeline."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.message_view import Message
from parley.operations import messages

app = create_app()


@app.get(
    f"{BASE}/messages/<message_id>",
    summary="One message with its content and its timeline",
    tags=["Messages"],
    operation_id="get_message",
)
def get_message(organization: Messages, message_id: str) -> Message:
    return messages.get(organization, message_id)


handler = entrypoint(app)
