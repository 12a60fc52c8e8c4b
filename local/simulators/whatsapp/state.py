"""What exists at the simulated Meta: apps, business accounts, phone numbers, templates and media."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from local.simulators.common.numbers import digits

APP_ID, APP_SECRET, VERIFY_TOKEN = "1234567890", "local-app-secret", "local-verify-token"
WABA_ID, PHONE_ID, DISPLAY = "102290129340398", "106540352242922", "+49 30 55501234"


@dataclass
class App:
    id: str
    secret: str
    name: str = "Local app"
    callback_url: str | None = None
    verify_token: str = VERIFY_TOKEN
    fields: list[str] | None = None  # None: all webhook fields


@dataclass
class Phone:
    id: str
    waba_id: str
    display: str
    verified_name: str = "Parley Local"
    registered: bool = True
    verified: bool = True
    pin: str | None = None
    override: str | None = None
    registrations: list[float] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=lambda: {"messaging_product": "whatsapp", "vertical": "OTHER"})
    quality: str = "GREEN"
    status: str | None = None  # forced; otherwise it follows from `registered`

    @property
    def digits(self) -> str:
        return digits(self.display)

    @property
    def country_code(self) -> str:
        return digits(self.display.replace("-", " ").split(" ")[0])[:3]


@dataclass
class Waba:
    id: str
    name: str = "Parley Local Business"
    subscribed: dict[str, str | None] = field(default_factory=dict)  # app id: override callback


@dataclass
class Template:
    id: str
    waba_id: str
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    parameter_format: str = "POSITIONAL"
    status: str = "PENDING"
    rejected_reason: str = "NONE"
    ttl: int | None = None
    previous_category: str | None = None
    correct_category: str | None = None
    edits: list[float] = field(default_factory=list)


@dataclass
class Media:
    id: str
    phone_id: str
    mime_type: str
    content: bytes = field(repr=False)
    url_until: float = 0.0


@dataclass
class UploadSession:
    """A resumable upload; its handle is a sample for template headers, never a media id."""

    length: int
    mime_type: str
    content: bytes = b""


class State:
    """Plain dictionaries under one lock; whoever changes or iterates them holds it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.seed()

    def seed(self) -> None:
        self.apps = {APP_ID: App(APP_ID, APP_SECRET)}
        self.wabas = {WABA_ID: Waba(WABA_ID)}
        self.phones = {PHONE_ID: Phone(PHONE_ID, WABA_ID, DISPLAY)}
        self.templates: dict[str, Template] = {}
        self.deleted_names: dict[tuple[str, str, str], float] = {}
        self.revoked: dict[str, int | None] = {}  # token: subcode
        self.media: dict[str, Media] = {}
        self.uploads: dict[str, UploadSession] = {}
        self.handles: set[str] = set()
        self.calls: dict[tuple[str, str], list[float]] = {}
        self.forget_people()

    def forget_people(self) -> None:
        self.windows: dict[tuple[str, str], float] = {}
        self.users: dict[str, str] = {}  # business-scoped user id: digits
        self.inbound: set[str] = set()
        self.tried: set[tuple[str, str]] = set()

    def first_try(self, phone_id: str, to: str) -> bool:
        with self.lock:
            first = (phone_id, to) not in self.tried
            self.tried.add((phone_id, to))
            return first

    def count_call(self, kind: str, owner: str, seconds: float) -> int:
        """How often this was called within the last `seconds`, this call included."""
        now = time.time()
        with self.lock:
            recent = [at for at in self.calls.get((kind, owner), []) if at > now - seconds] + [now]
            self.calls[kind, owner] = recent
            return len(recent)
