"""unbind_channel: the credential is gone and the sender free for anybody."""

from tests.support import builders, kept
from tests.support.builders import SMS, STRANGER
from tests.support.events import call, refused


def test_forgets_the_credential_and_frees_the_sender() -> None:
    builders.organization()
    builders.whatsapp()
    answer = call("unbind_channel")
    assert (answer.status, answer.body["connection"], answer.body["binding"]) == (200, "unbound", None)
    assert [item for item in kept.items() if item["sk"] == "CREDENTIAL"] == []
    assert kept.items("SENDER#") == []
    assert [event["kind"] for event in call("list_channel_events").body["items"]] == ["unbound"]


def test_the_sender_may_go_to_another_organization() -> None:
    builders.organization()
    builders.whatsapp()
    builders.organization(STRANGER)
    builders.channel(SMS, organization_id=STRANGER)
    to = {"path": {"channel_id": SMS}, "organization": STRANGER}
    assert refused(call("bind_channel", **to))[:2] == (409, "sender_claimed")
    call("unbind_channel")
    assert call("bind_channel", **to).status == 200


def test_an_unbound_channel_cannot_send() -> None:
    builders.story()
    call("unbind_channel")
    with kept.nothing_changes():
        assert refused(call("send_message"))[:2] == (409, "channel_unbound")


def test_a_channel_that_is_not_bound() -> None:
    builders.organization()
    builders.channel()
    with kept.nothing_changes():
        assert refused(call("unbind_channel"))[:2] == (409, "not_bound")
