"""What a Telegram bot can show and tell (Bot API 10; limits as the server's own code has them).

`messages_per_second` and `every` are Telegram's guidance; the real limiter adapts, and 429 has the last word. A
username is one of a public channel or group: a person cannot be written to by theirs."""

from parley.model.address import AddressForm, AddressKind
from parley.model.capabilities import ButtonLimits, Capabilities
from parley.model.content import MEDIA, Kind, Source
from parley.model.dialect import Dialect
from parley.model.status import Status

MEGABYTE = 1_000_000
OF_A_PERSON, OF_A_GROUP = 1.0, 3.0

CAPABILITIES = Capabilities(
    people=(
        AddressForm(AddressKind.CHAT, r"[1-9][0-9]{0,15}", "4211", OF_A_PERSON),
        AddressForm(AddressKind.CHAT, r"-[1-9][0-9]{0,15}", "-1001234567890", OF_A_GROUP, of_one=False),
        AddressForm(AddressKind.USERNAME, r"@[A-Za-z][A-Za-z0-9_]{3,31}", "@my_channel", OF_A_GROUP, of_one=False),
    ),
    kinds=frozenset(Kind),
    receipts=frozenset({Status.SENT}),
    text_limit=4096,
    receiver="telegram",
    platform="telegram",
    dialect=Dialect(
        headers=frozenset({"TEXT", "IMAGE", "VIDEO", "DOCUMENT"}),
        buttons=frozenset({"QUICK_REPLY", "URL"}),
        header_limit=256,
        body_limit=4096,
        footer_limit=256,
    ),
    caption_limit=1024,
    captions=MEDIA - {Kind.STICKER},
    business_starts=False,
    messages_per_second=30.0,
    sources=frozenset(Source),
    upload_bytes={Kind.IMAGE: 10 * MEGABYTE, **dict.fromkeys(MEDIA - {Kind.IMAGE}, 50 * MEGABYTE)},
    html=frozenset({"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote"}),
    buttons=ButtonLimits(per_row=8, total=100, payload_bytes=64),
    keyboards=True,
    replies=True,
    alone_in_albums=frozenset({Kind.DOCUMENT, Kind.AUDIO}),
    edits=frozenset({Kind.TEXT, Kind.TEMPLATE}) | (MEDIA - {Kind.STICKER}),
    deletes=True,
    actions=frozenset(
        {
            "typing",
            "upload_photo",
            "record_video",
            "upload_video",
            "record_voice",
            "upload_voice",
            "upload_document",
            "choose_sticker",
            "find_location",
        }
    ),
)
