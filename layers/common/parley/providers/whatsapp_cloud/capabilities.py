"""What WhatsApp can show and tell."""

from parley.model.address import AddressForm, AddressKind
from parley.model.capabilities import Capabilities
from parley.model.content import Kind, Source
from parley.model.dialect import ALL_BUTTONS, Dialect, EditLimit
from parley.model.status import Status

CAPABILITIES = Capabilities(
    people=(
        AddressForm(AddressKind.PHONE),
        AddressForm(AddressKind.BSUID, r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}", "US.13491208655302741918"),
    ),
    kinds=frozenset({Kind.TEMPLATE, Kind.TEXT, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT}),
    receiver="whatsapp",
    platform="whatsapp",
    account="waba_id",
    sources=frozenset(Source),
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.READ}),
    text_limit=4096,
    window=24 * 3600,
    dialect=Dialect(
        components=frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS", "LIMITED_TIME_OFFER", "CAROUSEL"}),
        headers=frozenset({"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}),
        buttons=ALL_BUTTONS,
        reviewed=True,
        edits=(EditLimit(1, 1), EditLimit(10, 30)),
        most={"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "CATALOG": 1, "MPM": 1, "FLOW": 1},
    ),
    captions=frozenset({Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT}),
    schedules_otp=True,
)
