"""GET /rest/v1/docs — the API description for people; /rest/v1/docs/openapi.json for tools. Needs no key."""

from pathlib import Path

import parley
from parley.edge.http import BASE, Response, create_open_app, entrypoint
from parley.edge.pages import docs_page

app = create_open_app()
SPEC = Path(parley.__file__).with_name("openapi.json")


@app.get(f"{BASE}/docs", summary="The API description for people", tags=["Description"], operation_id="show_docs")
def show_docs() -> Response[str]:
    own = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(200, "text/html; charset=utf-8", docs_page(SPEC.read_text()), headers=own)


@app.get(
    f"{BASE}/docs/openapi.json",
    summary="The API description for tools",
    tags=["Description"],
    operation_id="show_openapi",
)
def show_openapi() -> Response[str]:
    return Response(200, "application/json", SPEC.read_text())


handler = entrypoint(app)
