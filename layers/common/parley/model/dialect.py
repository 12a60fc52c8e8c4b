"""What templates may be on a channel: which components and buttons exist, how long texts are, and who reviews them."""

from dataclasses import dataclass, field

from parley.model.lane import Category

ALL_BUTTONS = frozenset(
    {"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "ONE_TAP", "ZERO_TAP", "CATALOG", "MPM", "FLOW"}
)


@dataclass(frozen=True)
class Dialect:
    """`strict`: a platform reviews the wording, so its rules for variables hold (none at an edge, none touching, no
    braces). `most` are the most buttons of a kind; those that are not named have no limit of their own."""

    components: frozenset[str] = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS"})
    headers: frozenset[str] = frozenset({"TEXT"})
    buttons: frozenset[str] = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"})
    categories: frozenset[Category] = frozenset(Category)
    strict: bool = False
    header_limit: int = 60
    body_limit: int = 1024
    footer_limit: int = 60
    button_limit: int = 25
    most: dict[str, int] = field(default_factory=dict)

    def writes(self, category: Category) -> bool:
        """Whether the platform itself writes the texts of these templates; elsewhere a one-time code has our words."""
        return self.strict and category is Category.AUTHENTICATION
