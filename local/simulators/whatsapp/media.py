"""Media of messages, and the resumable upload that gives samples for template headers."""

import hashlib
import secrets
import time
from urllib.parse import quote

from local.simulators.whatsapp.errors import GraphError, missing_object
from local.simulators.whatsapp.state import App, Media, Phone, UploadSession
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire.reply import Reply, graph_json
from local.simulators.wire.request import Upload

MEGABYTE = 1024 * 1024
LIMITS = {
    "image/jpeg": 5,
    "image/png": 5,
    "video/mp4": 16,
    "video/3gpp": 16,
    "audio/aac": 16,
    "audio/amr": 16,
    "audio/mpeg": 16,
    "audio/mp4": 16,
    "audio/ogg": 16,
    "image/webp": 0.5,
}
DOCUMENT_LIMIT = 100
SAMPLES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")


def upload(world: World, call: Call, phone: Phone) -> Reply:
    file, kind = call.params.get("file"), str(call.params.get("type") or "")
    if call.params.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if not isinstance(file, Upload):
        raise GraphError(100, "The parameter file is required.")
    kind = kind or file.content_type
    _check(kind, len(file.content))
    return graph_json({"id": keep(world, phone, kind, file.content).id})


def keep(world: World, phone: Phone, kind: str, content: bytes) -> Media:
    media = Media(str(secrets.randbelow(9 * 10**15) + 10**15), phone.id, kind, content)
    with world.state.lock:
        world.state.media[media.id] = media
    return media


def _check(kind: str, size: int) -> None:
    plain = kind.split(";")[0].strip()
    if plain not in LIMITS and not plain.startswith(("application/", "text/")):
        raise GraphError(100, f"Param file must be a file with one of the supported types; received {kind}.")
    if size > LIMITS.get(plain, DOCUMENT_LIMIT) * MEGABYTE:
        raise GraphError(131053, "The file is too big for its type.", http=400)


def get(world: World, call: Call, media: Media) -> Reply:
    if call.params.get("phone_number_id") not in (None, media.phone_id):
        raise missing_object(media.id, "get")
    media.url_until = time.time() + world.settings.media_url_seconds
    return graph_json(
        {
            "messaging_product": "whatsapp",
            "url": url(world, media),
            "mime_type": media.mime_type,
            "sha256": hashlib.sha256(media.content).hexdigest(),
            "file_size": len(media.content),
            "id": media.id,
        }
    )


def url(world: World, media: Media) -> str:
    return f"{world.base_url}/whatsapp_business/attachments/?mid={quote(media.id)}&ext={int(media.url_until)}"


def download(world: World, call: Call) -> Reply:
    media = world.state.media.get(str(call.request.query.get("mid")))
    if media is None or media.url_until < time.time() or not call.request.headers.get("User-Agent"):
        return Reply(404, b"", {"Content-Type": "text/html"})
    return Reply(200, media.content, {"Content-Type": media.mime_type})


def delete(world: World, call: Call, media: Media) -> Reply:
    if call.params.get("phone_number_id") not in (None, media.phone_id):
        raise missing_object(media.id, "delete")
    with world.state.lock:
        world.state.media.pop(media.id, None)
    return graph_json({"success": True})


def start_session(world: World, call: Call, app: App) -> Reply:
    kind, length = str(call.params.get("file_type")), str(call.params.get("file_length"))
    if kind not in SAMPLES or not length.isdigit():
        raise GraphError(100, f"file_length and a file_type of {', '.join(SAMPLES)} are required.")
    session_id = f"upload:{secrets.token_urlsafe(18)}"
    with world.state.lock:
        world.state.uploads[session_id] = UploadSession(int(length), kind)
    return graph_json({"id": f"{session_id}?sig=ARZ{secrets.token_hex(4)}"})


def continue_session(world: World, call: Call, session_id: str) -> Reply:
    session = world.state.uploads[session_id]
    if call.request.method == "GET":
        return graph_json({"id": session_id, "file_offset": len(session.content)})
    if str(call.request.headers.get("file_offset")) != str(len(session.content)):
        raise GraphError(100, "The header file_offset does not fit what has been uploaded.")
    session.content += call.request.body
    if len(session.content) < session.length:
        return graph_json({"id": session_id, "file_offset": len(session.content)})
    handle = f"4:{secrets.token_urlsafe(8)}:{session.mime_type}:ARb{secrets.token_hex(8)}:e:{int(time.time()) + 86400}"
    with world.state.lock:
        world.state.handles.add(handle)
        del world.state.uploads[session_id]
    return graph_json({"h": handle})
