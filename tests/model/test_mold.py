"""A mold gives the very text that the rules of a channel would write, whatever the values are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.mold import Mold
from parley.model.rendering import render, words
from parley.model.template import Template

from tests.support.make import body, buttons, carousel, coupon, footer, header, link, quick, template

ODD = st.sampled_from(
    ["", " ", "  ", "\n", "\u00a0", "$(name)", "$", "\\1", "\ue000", "\ue0000\ue000", "0", "ab", "😀"]
)
values = st.lists(ODD, min_size=1, max_size=4).map("".join).filter(bool)

SHAPES: dict[str, Template] = {
    "plain": template(body("Hello $(name), your order $(order) is ready, $(name).")),
    "variables alone on a line": template(body("$(name)\n$(order)")),
    "links and codes, which are trimmed": template(
        header("For $(name)"),
        body("Order $(order).\n\nBye"),
        footer("Acme"),
        buttons(link("https://acme.test/$(order)"), coupon("$(code)"), quick()),
    ),
    "a link that goes on behind its variable": template(body("x"), buttons(link("https://acme.test/$(order) / "))),
    "a file": template(header(format="IMAGE", link="$(name)"), body("$(order)")),
    "cards": template(body("Hi $(name)"), carousel([body("$(order)")], [body("b"), buttons(link())])),
    "private characters": template(body("\ue000 $(name) \ue0000\ue000")),
    "more than ten": template(body("-".join(f"$(v{each})" for each in range(23)))),
    "no variables": template(body("Hello.")),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@given(data=st.data())
def test_it_writes_what_the_rules_write(shape: Template, data: Any) -> None:
    names = shape.variables
    given = data.draw(st.lists(values, min_size=len(names), max_size=len(names)))
    filled = dict(zip(names, given, strict=True))
    assert Mold(names, lambda some: render(shape.components, some)).text(given) == render(shape.components, filled)
    assert Mold(names, lambda some: words(shape, some)).text(given) == words(shape, filled)
