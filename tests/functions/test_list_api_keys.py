"""list_api_keys: everything about a key but its secret."""

import json

from tests.support import builders
from tests.support.builders import KEY, SECRET
from tests.support.events import call


def test_no_secret_and_no_hash() -> None:
    builders.key()
    answer = call("list_api_keys")
    (item,) = answer.body["items"]
    assert (answer.status, item["id"], item["hint"], item["secret"]) == (200, KEY, SECRET[-4:], None)
    assert "hash" not in item
    assert SECRET not in json.dumps(answer.body)


def test_a_revoked_key_stays_in_the_list() -> None:
    builders.key()
    call("revoke_api_key")
    assert call("list_api_keys").body["items"][0]["revoked_at"] is not None


def test_nobody_sees_those_of_others() -> None:
    builders.key()
    assert call("list_api_keys", organization=builders.STRANGER).body == {"items": [], "next": None}
