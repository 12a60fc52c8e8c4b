"""DELETE /rest/v1/messages/{message_id} — takes a sent message back from the person's chat; the record stays."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.message_view import Message
from parley.operations import changes

app = create_app()


@app.delete(
    f"{BASE}/messages/<message_id>",
    summary="Takes a sent message back from the person's chat; the record stays",
    tags=["Messages"],
    operation_id="delete_message",
)
def delete_message(organization: Messages, message_id: str) -> Message:
    return changes.delete(organization, message_id)


handler = entrypoint(app)
