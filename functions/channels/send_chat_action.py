"""POST /rest/v1/channel_accounts/{channel_id}/chat_action — shows a person for some seconds that somebody types."""

from parley.edge.http import BASE, Messages, create_app, entrypoint
from parley.model.changes import NewAction
from parley.operations import changes

app = create_app()


@app.post(
    f"{BASE}/channel_accounts/<channel_id>/chat_action",
    status_code=204,
    summary="Shows a person for some seconds that somebody types",
    tags=["Channels"],
    operation_id="send_chat_action",
)
def send_chat_action(organization: Messages, channel_id: str, new: NewAction) -> None:
    changes.act(organization, channel_id, new)


handler = entrypoint(app)
