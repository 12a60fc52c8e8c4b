"""The type-specific part of a message: what must be there and how long it may be."""

from typing import Any

from local.simulators.whatsapp import interactive
from local.simulators.whatsapp.errors import GraphError, invalid
from local.simulators.whatsapp.rules import keys, mapping, required, text
from local.simulators.whatsapp.state import Phone
from local.simulators.whatsapp.world import World

MEDIA = {
    "image": {"caption"},
    "video": {"caption"},
    "audio": {"voice"},
    "document": {"caption", "filename"},
    "sticker": set(),
}
CONTACTS_MOST = 257
TYPES = (*MEDIA, "text", "location", "contacts", "reaction", "template", "interactive")
MIME = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp"),
    "sticker": ("image/webp",),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
}


def check(world: World, phone: Phone, body: dict[str, Any]) -> str:
    """The type of a message whose body is right; otherwise a GraphError."""
    kind = body.get("type", "text")
    if kind not in TYPES:
        raise invalid(f'Param type must be one of {{{", ".join(sorted(TYPES)).upper()}}} - got "{kind}".')
    if body.get(kind) is None:
        raise GraphError(131008, f"Parameter '{kind}' is mandatory for type '{kind}'")
    _context(body)
    if kind in MEDIA:
        check_media(world, phone, kind, body[kind])
    elif kind != "template":
        CHECKS[kind](world, phone, body[kind])
    return str(kind)


def _context(body: dict[str, Any]) -> None:
    context = body.get("context")
    if context is not None and (not isinstance(context, dict) or not context.get("message_id")):
        raise invalid("Param context must have a message_id")
    if context is not None and body.get("type") == "reaction":
        raise invalid("A reaction can not have a context")


def _text(world: World, phone: Phone, value: Any) -> None:
    part = mapping("text", value)
    keys("text", part, {"body", "preview_url"})
    text("text['body']", part.get("body"), 4096)


def check_media(world: World, phone: Phone, kind: str, value: Any) -> None:
    part = mapping(kind, value)
    keys(kind, part, {"id", "link"} | MEDIA[kind])
    if bool(part.get("id")) == bool(part.get("link")):
        raise invalid(f"Param {kind} must have exactly one of id and link")
    if part.get("caption") is not None:
        text(f"{kind}['caption']", part["caption"], 1024)
    if part.get("link"):
        _link(kind, part["link"])
    else:
        _media_id(world, phone, kind, str(part["id"]))


def _link(kind: str, link: Any) -> None:
    if not isinstance(link, str) or not link.startswith(("http://", "https://")):
        raise invalid(f"Param {kind}['link'] is not a valid URI.")


def _media_id(world: World, phone: Phone, kind: str, media_id: str) -> None:
    media = world.state.media.get(media_id)
    if media is None or media.phone_id != phone.id:
        raise invalid(f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID")
    if kind in MIME and media.mime_type.split(";")[0] not in MIME[kind]:
        raise invalid(f"Param {kind}['id']: {media.mime_type} is not a supported MIME type")


def _location(world: World, phone: Phone, value: Any) -> None:
    part = mapping("location", value)
    for name, limit in (("latitude", 90), ("longitude", 180)):
        try:
            inside = abs(float(required(f"location['{name}']", part.get(name)))) <= limit
        except (TypeError, ValueError):
            inside = False
        if not inside:
            raise GraphError(131009, f"location['{name}'] is not a coordinate")


def _contacts(world: World, phone: Phone, value: Any) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= CONTACTS_MOST:
        raise invalid(f"Param contacts must be an array of 1 to {CONTACTS_MOST} contacts")
    for card in value:
        name = mapping("contacts['name']", mapping("contacts", card).get("name"))
        required("contacts['name']['formatted_name']", name.get("formatted_name"))
        if not set(name) & {"first_name", "last_name", "middle_name", "suffix", "prefix"}:
            raise invalid("Param contacts['name'] needs another name part beside formatted_name")


def _reaction(world: World, phone: Phone, value: Any) -> None:
    part = mapping("reaction", value)
    required("reaction['message_id']", part.get("message_id"))
    if not isinstance(part.get("emoji"), str):
        raise GraphError(131008, "Required parameter is missing: reaction['emoji']")


def _interactive(world: World, phone: Phone, value: Any) -> None:
    part = mapping("interactive", value)
    interactive.check(part, lambda kind, media: check_media(world, phone, kind, media))


CHECKS = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
}
