"""The page on which a person sees what their server would get: one file, readable without JavaScript."""

import json
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from local.simulators.business.calls import Call

STYLE = Path(__file__).with_name("page.css")
SHOWN = 50
HELP = (
    "Point a receipt endpoint at <code>/receipts</code> of this address, a business system at <code>/intents</code>, "
    "and POST the answer that shows their secret to <code>/secrets</code>: then signatures can be proven here."
)


def page(calls: list[Call]) -> str:
    """The newest first."""
    newest = calls[: -SHOWN - 1 : -1]
    main = f"{_top(calls)}<p>{HELP}</p>{''.join(map(_card, newest)) or '<p class=none>Nothing came yet.</p>'}"
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head = f"<head>{meta}<title>A business's server</title><style>{STYLE.read_text()}</style></head>"
    return f'<!doctype html><html lang="en">{head}<body><main>{main}</main></body></html>'


def _top(calls: list[Call]) -> str:
    proven = sum(call.problem is None for call in calls)
    said = f"{len(calls)} calls, {proven} proven; the newest first" if calls else "simulated"
    links = '<p><a href="/">look again</a> · <a href="/calls">all as JSON</a></p>'
    return f"<header><h1>A business's server <small>{said}</small></h1>{links}</header>"


def _card(call: Call) -> str:
    mark = '<b class="bad">unproven</b>' if call.problem else '<b class="good">signed</b>'
    title = f'<time title="UTC">{call.at[11:19]}</time>{mark}<code>{escape(call.path)}</code>'
    title += f"<span>{escape(_what(call))}</span>{_answer(call)}"
    return f"<details><summary>{title}</summary><section>{_inside(call)}</section></details>"


def _answer(call: Call) -> str:
    said = "left hanging" if call.answered is None else f"answered {call.answered}"
    fine = call.answered is not None and call.answered < 300
    return f'<i class="{"" if fine else "bad"}">{"again, " if call.repeated else ""}{said}</i>'


def _what(call: Call) -> str:
    """The kind, and how many of which events; of an intent its name."""
    content = call.content
    if content is None:
        return "no JSON"
    if isinstance(content, list):
        counts = Counter(map(_word, content))
        kind = f"{call.kind}: " if call.kind else ""
        return kind + ", ".join(f"{count} {word}" for word, count in counts.items())
    return f"intent {call.intent['name']}" if "name" in call.intent else call.kind


def _word(event: Any) -> str:
    """Of our own form its type, of the original one its status or what it is about."""
    names = ("type", "Status", "AuditStatus", "Type", "MessageType")
    return next((str(event[name]) for name in names if isinstance(event, dict) and event.get(name)), "event")


def _inside(call: Call) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in call.headers.items() if _telling(name))
    problem = f'<p class="bad">{escape(call.problem)}</p>' if call.problem else ""
    content = json.dumps(call.content, indent=2, ensure_ascii=False)
    body = call.body.decode(errors="replace") if call.content is None else content
    return f"{problem}<pre>{escape(headers)}</pre><pre>{escape(body)}</pre>"


def _telling(header: str) -> bool:
    return header.startswith(("webhook-", "parley-")) or header == "content-type"
