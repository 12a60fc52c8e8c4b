"""POST /rest/v1/messages/{message_id}/edit — replaces the text of a sent message, where its channel can."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.changes import NewEdit
from parley.model.message_view import Message
from parley.operations import changes

app = create_app()


@app.post(
    f"{BASE}/messages/<message_id>/edit",
    summary="Replaces the text of a sent message, where its channel can",
    tags=["Messages"],
    operation_id="edit_message",
)
def edit_message(organization: Messages, message_id: str, new: NewEdit) -> Message:
    return changes.edit(organization, message_id, new)


handler = entrypoint(app)
