"""POST /rest/v1/messages/{message_id}/move — gives a scheduled message another time."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.message import NewTime
from parley.model.message_view import Message
from parley.operations import messages

app = create_app()


@app.post(
    f"{BASE}/messages/<message_id>/move",
    summary="Gives a scheduled message another time",
    tags=["Messages"],
    operation_id="move_message",
)
def move_message(organization: Messages, message_id: str, new: NewTime) -> Message:
    return messages.move(organization, message_id, new)


handler = entrypoint(app)
