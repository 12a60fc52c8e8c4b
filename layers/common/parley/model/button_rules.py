"""Rules of a template's buttons (CAMS T3.x; Meta "Template components: buttons")."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from parley.errors import Problem
from parley.model import variables
from parley.model.components import Button, Buttons, CopyCode, FlowButton, PhoneButton, Press, QuickReply, UrlButton
from parley.model.dialect import Dialect
from parley.model.lane import Category

URL_LIMIT, CODE_LIMIT = 2000, 15
OTP = frozenset({"ONE_TAP", "ZERO_TAP"})
MARKETING_ONLY = frozenset({"COPY_CODE", "CATALOG", "MPM"})


def check(component: Buttons, at: str, category: Category, dialect: Dialect) -> Iterator[Problem]:
    for index, button in enumerate(component.buttons):
        yield from _one(button, f"{at}.{index}", category, dialect)
    yield from _together([button.type for button in component.buttons], at, category, dialect)


def _together(kinds: list[str], at: str, category: Category, dialect: Dialect) -> Iterator[Problem]:
    counts = Counter(kinds)
    for kind, most in sorted(dialect.most.items()):
        if counts[kind] > most:
            code = "too_many_urls" if kind == "URL" else "too_many_of_a_kind"
            yield Problem(at, code, f"A template has at most {most} {kind} button{'s' if most > 1 else ''}.", "T3.2")
    quick = [kind == "QUICK_REPLY" for kind in kinds]
    if dialect.reviewed and sum(a != b for a, b in pairwise(quick)) > 1:
        reason = "Quick replies must stand together, before or after the other buttons."
        yield Problem(at, "buttons_mixed", reason, "T3.1")
    otp = [kind for kind in kinds if kind in OTP | {"COPY_CODE"}]
    if dialect.writes(category) and (len(kinds) != 1 or not otp):
        reason = "An AUTHENTICATION template has exactly one button: COPY_CODE, ONE_TAP or ZERO_TAP."
        yield Problem(at, "one_otp_button", reason, "T3.5")


def _one(button: Button, at: str, category: Category, dialect: Dialect) -> Iterator[Problem]:
    if button.type not in dialect.buttons:
        yield Problem(f"{at}.type", "button_not_supported", f"This channel has no {button.type} buttons.", "T3.0")
    yield from _label(button.text, f"{at}.text", dialect)
    yield from _category(button, at, category)
    match button:
        case UrlButton(url=url):
            yield from _url(url, f"{at}.url")
        case PhoneButton(phone_number=number) if not re.fullmatch(r"\+[1-9]\d{6,18}", number):
            yield Problem(
                f"{at}.phone_number", "invalid_number", "Write the number with its plus and country code.", "T3.3"
            )
        case CopyCode(code=code) if not dialect.writes(category):
            yield from _code(code, f"{at}.code")
        case FlowButton(action="navigate", screen=None):
            yield Problem(f"{at}.screen", "field_missing", "A flow that navigates names its first screen.", "T3.6")
        case QuickReply(press=Press() as press):
            yield from _press(press, f"{at}.press")
        case _:
            return


def _label(text: str, at: str, dialect: Dialect) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(at, "text_empty", "The BUTTON has no text.", "T3.0")
    if len(text) > dialect.button_limit:
        yield Problem(at, "text_too_long", f"A BUTTON holds at most {dialect.button_limit} characters.", "T3.0")
    if variables.names(text):
        yield Problem(at, "button_variable", "A button's text takes no variables.", "T4.4")


def _category(button: Button, at: str, category: Category) -> Iterator[Problem]:
    if button.type in OTP and category is not Category.AUTHENTICATION:
        yield Problem(f"{at}.type", "button_category", f"{button.type} is for AUTHENTICATION templates.", "T3.5")
    if button.type in MARKETING_ONLY and category is Category.UTILITY:
        yield Problem(f"{at}.type", "button_category", f"{button.type} is for MARKETING templates.", "T3.4")
    if isinstance(button, QuickReply) and button.opt_out and category is not Category.MARKETING:
        yield Problem(f"{at}.opt_out", "button_category", "Only MARKETING templates offer to opt out.", "T3.1")


def _url(url: str, at: str) -> Iterator[Problem]:
    names = variables.names(url)
    if not url.startswith(("https://", "http://")) or len(url) > URL_LIMIT:
        yield Problem(at, "url", f"This is not a web address of at most {URL_LIMIT} characters.", "T3.2")
    if len(variables.VARIABLE.findall(url)) > 1 or (names and not url.endswith(f"$({names[0]})")):
        yield Problem(at, "url_variable", "A URL takes one variable, at its end.", "T4.3")


def _code(code: str, at: str) -> Iterator[Problem]:
    if not re.fullmatch(rf"[A-Za-z0-9]{{1,{CODE_LIMIT}}}|{variables.VARIABLE.pattern}", code):
        reason = f"A code is one variable, or up to {CODE_LIMIT} letters and digits."
        yield Problem(at, "coupon_code", reason, "T3.4")


def _press(press: Press, at: str) -> Iterator[Problem]:
    if bool(press.template) == bool(press.intent):
        yield Problem(at, "one_purpose", "A press opens the next template or calls an intent.", "T3.7")
    if press.language and not press.template:
        yield Problem(f"{at}.language", "field_not_expected", "Only a next template has a language.", "T3.7")
