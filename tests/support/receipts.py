"""Receipts of every kind and combination, for the tests of their words."""

from hypothesis import strategies as st
from parley.model.address import Address, AddressKind
from parley.model.lane import Category
from parley.model.message import Fault
from parley.model.receipt import (
    AuditReceipt,
    AuditType,
    Conversation,
    InboundReceipt,
    Origin,
    Receipt,
    ReceivedFile,
    StatusReceipt,
    User,
    Wording,
)
from parley.model.status import Status
from parley.model.template import TemplateStatus

AT = 1_767_225_600_000
WHERE = Origin("event-1", "organization-1", "channel-1", AT, "+65 9123-0000", "95")
PERSON = Address(type=AddressKind.PHONE, value="+6598880000")

KINDS = ["text", "image", "video", "animation", "video_note", "audio", "voice", "document", "sticker", "location"]
KINDS += [
    "venue",
    "contact",
    "contacts",
    "button",
    "interactive",
    "reaction",
    "order",
    "system",
    "edited",
    "unheard-of",
]
QUALITIES = ["GREEN", "YELLOW", "RED", "UNKNOWN"]

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
maybe = st.none() | texts
times = st.integers(AT, AT + 10**11)
wheres = st.builds(
    Origin, texts, texts, texts, times, st.just("+65 9123-0000") | st.just("@shop_bot"), st.just("95") | st.just("")
)
people = st.builds(Address, type=st.sampled_from(AddressKind), value=texts) | st.just(PERSON)
users = st.builds(User, maybe, maybe, maybe)
faults = st.builds(Fault, code=texts, message=texts, provider_code=maybe)
wordings = st.builds(Wording, texts, texts, texts)

values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
names = ["text", "body", "caption", "latitude", "longitude", "location", "venue", "contact", "phone_number", "button"]
names += ["button_reply", "list_reply", "nfm_reply", "id", "title", "image", "interactive", "payload", "contacts"]
wire = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(names), inner, max_size=4),
    max_leaves=8,
)
contents = st.dictionaries(st.sampled_from(names + KINDS), wire, max_size=4)
files = st.lists(st.builds(ReceivedFile, texts, st.just("") | texts, st.just("") | texts, maybe, maybe), max_size=2)

statuses = st.builds(
    StatusReceipt,
    where=wheres,
    message=texts,
    status=st.sampled_from([*Status][3:]),
    person=people,
    kind=st.sampled_from(["template", "poll", "album", "membership", *KINDS]),
    user=users,
    category=st.none() | st.sampled_from(Category),
    template=st.none() | wordings,
    reference=maybe,
    origin=st.none() | st.just("+6590000000"),
    fault=st.none() | faults,
    conversation=st.none() | st.builds(Conversation, texts, st.none() | times),
    copy_of=maybe,
    broadcast=maybe,
    late=st.booleans(),
    blocked=st.sampled_from([None, None, True, False]),
)
inbounds = st.builds(
    InboundReceipt,
    where=wheres,
    message=texts,
    person=people,
    kind=st.sampled_from(KINDS),
    content=contents,
    platform=st.sampled_from(["whatsapp", "telegram"]),
    name=maybe,
    user=users,
    files=files.map(tuple),
    answers=maybe,
    pressed=maybe,
    payload=maybe,
)
reviews = st.builds(
    AuditReceipt,
    wheres,
    st.just(AuditType.TEMPLATE),
    st.sampled_from(TemplateStatus),
    wordings,
    reason=maybe,
    details=st.none(),
)
of_templates = st.builds(
    AuditReceipt,
    wheres,
    st.sampled_from([AuditType.TEMPLATE_CATEGORY, AuditType.TEMPLATE_QUALITY]),
    st.sampled_from(QUALITIES),
    wordings,
    reason=maybe,
    details=st.none(),
)
of_accounts = st.builds(
    AuditReceipt,
    wheres,
    st.sampled_from([*AuditType][3:]),
    st.sampled_from(QUALITIES),
    template=st.none(),
    reason=maybe,
    details=st.none() | contents,
)
audits = reviews | of_templates | of_accounts
receipts: st.SearchStrategy[Receipt] = statuses | inbounds | audits
