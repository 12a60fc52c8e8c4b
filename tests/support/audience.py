"""Contacts and audience groups of the business, with the ids of events/; and what must always be true of them."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from parley.cloud import clock
from parley.cloud.clients import client
from parley.model.address import Address
from parley.model.contact import Contact
from parley.model.contact_import import ContactImport
from parley.model.group import Group, folded
from parley.model.times import rfc3339
from parley.model.upload import Upload
from parley.operations import contact_imports
from parley.settings import settings
from parley.sheets import reading, writing
from parley.store import contact_imports as imports
from parley.store import contacts, groups, uploads

from tests.support import kept
from tests.support.builders import ORGANIZATION
from tests.support.events import Answer, Json, call

CONTACT = "8c1f2e3d-4b5a-4697-8a7b-6c5d4e3f2a10"
GROUP = "3f9a6d52-1c7e-4b08-9e43-5d2f8b7a6c01"
IMPORT = "6a2d9c41-7e5b-4f30-8b16-0c9d8e7f5a23"
UPLOAD = "4e7d1b90-2a6c-4c58-9f31-7b8a6d5c4e32"
ANA = "phone:+34600111222"


def contact(id: str = CONTACT, *identities: str, **changes: Any) -> Contact:
    """Ana, or whoever has these identities (`kind:value`). Her organization and groups must exist."""
    now = rfc3339(clock.now())
    named = [each.partition(":") for each in identities or (ANA, "email:ana@example.com")]
    fields: Json = {"organization_id": ORGANIZATION, "name": "Ana Marín", "attributes": {"city": "Madrid"}}
    fields["identities"] = [Address.model_validate({"type": kind, "value": value}) for kind, _, value in named]
    made = Contact.model_validate({"id": id, **fields, "created_at": now, "updated_at": now, **changes})
    assert contacts.insert(made)
    return made


def number(index: int) -> str:
    return f"phone:+346001{index:05}"


def crowd(count: int, **changes: Any) -> list[str]:
    """The ids of so many contacts with a phone each."""
    return [contact(f"contact-{i:05}", number(i), **changes).id for i in range(count)]


def group(id: str = GROUP, members: list[str] | None = None, **changes: Any) -> Group:
    now = rfc3339(clock.now())
    fields = {"organization_id": ORGANIZATION, "name": "Regular customers", "created_at": now, "updated_at": now}
    made = Group.model_validate({"id": id, **fields, **changes})
    assert groups.insert(made, members or [], 1000, clock.now())
    return made


def do(operation: str, body: Json | None = None, **changes: object) -> Answer:
    """An operation of the two resources on its sample, like `create_contact`."""
    resource = "groups" if "group" in operation else "contacts"
    return call(f"{resource}.{operation}", body, **changes)


def uploaded(body: str | bytes, filename: str = "contacts.csv", id: str = UPLOAD) -> str:
    """A sheet as somebody would give it to POST /media."""
    fields = {"filename": filename, "content_type": "text/csv", "created_at": rfc3339(clock.now())}
    uploads.insert(ORGANIZATION, Upload.model_validate({"id": id, **fields}))
    content = body.encode() if isinstance(body, str) else body
    client("s3").put_object(Bucket=settings().files_bucket, Key=f"media/{ORGANIZATION}/{id}", Body=content)
    return id


def asked_import(id: str = IMPORT) -> None:
    """One that nobody has begun with."""
    now = rfc3339(clock.now())
    fields: Json = {"organization_id": ORGANIZATION, "upload": UPLOAD, "filename": "contacts.csv", "group_ids": []}
    made = {"id": id, **fields, "on_duplicate": "ignore", "created_at": now, "updated_at": now}
    assert imports.insert(ContactImport.model_validate(made))


def workbook(header: list[str], rows: list[list[str]]) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        sheet = writing.Writer(file.name, header, "xlsx")
        for row in rows:
            sheet.row(row)
        sheet.close()
        return Path(file.name).read_bytes()


def imported(body: str | bytes, filename: str = "contacts.csv", **changes: Any) -> Json:
    """What became of a sheet."""
    asked = call("import_contacts", {"upload": uploaded(body, filename), **changes}).body
    contact_imports.run(ORGANIZATION, asked["id"])
    return dict(call("get_contact_import", path={"import_id": asked["id"]}).body)


def bad_rows(done: Json) -> list[list[str]]:
    """The downloadable sheet, its header first."""
    assert done["bad_rows"]
    key = f"contact_imports/{ORGANIZATION}/{done['id']}/bad_rows.xlsx"
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"].read())
        file.flush()
        sheet = reading.read(file.name, "bad_rows.xlsx")
        return [sheet.header, *(cells for _, cells in sheet.rows)]


def members(group: str = GROUP) -> list[str]:
    return [
        each["sk"].removeprefix("MEMBER#")
        for each in kept.items(f"ORG#{ORGANIZATION}#GROUP#{group}")
        if each["sk"].startswith("MEMBER#")
    ]


def consistent(organization: str = ORGANIZATION) -> None:
    """Claims and identities, memberships and groups of contacts, names and groups, and their number tell the same."""
    items = [each for each in kept.items() if each["pk"].startswith(f"ORG#{organization}")]
    found = {each["id"]: contacts.read(each) for each in items if each["sk"].startswith("CONTACT#")}
    kept_groups = {each["id"]: each for each in items if each["sk"].startswith("GROUP#")}
    present = {id for id, each in kept_groups.items() if not each.get("closed")}

    claims = {each["identity"]: each["contact"] for each in items if "#IDENTITY#" in each["pk"]}
    assert claims == {key: each.id for each in found.values() for key in each.keys}
    assert all(each.identities for each in found.values())

    inside = {(each["pk"].rpartition("#")[2], each["sk"][7:]) for each in items if each["sk"].startswith("MEMBER#")}
    assert inside == {(group, each.id) for each in found.values() for group in each.groups}
    assert {group for group, _ in inside} <= kept_groups.keys()

    names = {each["sk"].removeprefix("GROUPNAME#"): each["group"] for each in items if each["sk"].startswith("GROUPN")}
    assert names == {folded(kept_groups[id]["name"]): id for id in present}
    counted = [each.get("group_count", 0) for each in items if each["sk"] == "ORG"]
    assert counted == [len(present)]
    uses = Counter(each["pk"].rpartition("#")[2] for each in items if each["sk"].startswith("USES#"))
    assert uses == Counter({id: each.get("use_count", 0) for id, each in kept_groups.items() if each.get("use_count")})
