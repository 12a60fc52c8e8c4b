"""Versions of a template: the old one is sent until the new one is approved, whatever dies on the way."""

from contextlib import suppress
from typing import Any

import pytest
from parley.errors import Conflict, Invalid, OutcomeUnknown, Rejected
from parley.model.status import Status
from parley.model.template import NewCopy, Template, TemplateChanges, TemplateProperties, TemplateStatus
from parley.operations import following, retirement, reviews, templates
from parley.providers.whatsapp_cloud import templates as office
from parley.store import templates as store
from parley.store import versions as version_store

from tests.support.faults import Killed
from tests.support.world import ANA, World

NEW_TEXT = "Hi $(name), order $(number) is ready now."
NEW: dict[str, Any] = {
    "components": [{"type": "BODY", "text": NEW_TEXT}],
    "samples": {"name": "Ana", "number": "A-19"},
}
VALUES = {"name": "Ana", "number": "A-19"}


def edited(world: World, template: str | None = None, **fields: Any) -> Template:
    return templates.update(
        world.organization, template or world.template, TemplateChanges.model_validate({**NEW, **fields})
    )


def submitted(world: World) -> Template:
    edited(world)
    return reviews.submit(world.organization, world.template)


def replaced(world: World) -> Template:
    """The second version, approved."""
    new = submitted(world)
    world.judge(str(new.provider_id), "APPROVED")
    return templates.get(world.organization, new.id)


def got(world: World, message: str) -> tuple[str, int]:
    """(name at the platform, number of values) of what was sent."""
    said = world.sent(message).body["template"]
    return said["name"], len(said["components"][0]["parameters"])


def test_an_edit_of_an_approved_template_is_a_draft_beside_it(world: World) -> None:
    new = edited(world)
    old = templates.get(world.organization, world.template)
    assert (new.version, str(new.status), new.replaces, new.provider_id) == (2, "draft", old.id, None)
    assert (old.next_version, str(old.status), old.version) == (new.id, "approved", 1)
    assert old.components != new.components


@pytest.mark.parametrize("by", ["old", "new"])
def test_the_next_edit_is_of_the_same_draft(world: World, by: str) -> None:
    new = edited(world)
    again = edited(world, new.id if by == "new" else None, samples={"name": "Bob", "number": "1"})
    assert (again.id, again.version, again.samples["name"]) == (new.id, 2, "Bob")


def test_the_old_one_is_sent_until_the_new_one_is_approved(world: World) -> None:
    for step in (edited, submitted):
        step(world)
        message = world.say()
        world.run()
        assert got(world, message) == ("order_ready", 1)
    new = templates.get(world.organization, world.template).next_version
    world.judge(str(templates.get(world.organization, str(new)).provider_id), "APPROVED")
    for named in ("order_ready", world.template, str(new)):
        message = world.say(template=named, variables=VALUES)
        world.run()
        assert got(world, message) == ("order_ready__v2", 2)


def test_a_rejected_version_is_mended_in_place(world: World) -> None:
    new = submitted(world)
    world.judge(str(new.provider_id), "REJECTED", reason="INVALID_FORMAT")
    assert edited(world, samples={"name": "Eve", "number": "2"}).id == new.id
    again = reviews.submit(world.organization, world.template)
    assert (again.id, again.provider_id, str(again.status)) == (new.id, new.provider_id, "in_review")
    world.judge(str(new.provider_id), "APPROVED")
    assert templates.get(world.organization, world.template).replaced_by == new.id


def test_a_version_in_review_is_not_edited(world: World) -> None:
    submitted(world)
    with pytest.raises(Conflict) as caught:
        edited(world)
    assert caught.value.code == "template_not_editable"


def test_what_was_scheduled_goes_out_in_the_version_that_it_was_checked_with(world: World) -> None:
    message = world.say(send_at=world.time.text(3600))
    replaced(world)
    world.run(3700)
    assert got(world, message) == ("order_ready", 1)


def test_the_platform_takes_one_version_a_day(world: World) -> None:
    replaced(world)
    edited(world)
    with pytest.raises(Conflict) as caught:
        reviews.submit(world.organization, world.template)
    assert caught.value.code == "edit_limit"
    assert "1 within 1 days" in str(caught.value)
    world.pump.live(25)
    third = reviews.submit(world.organization, world.template)
    assert (third.version, str(third.status)) == (3, "in_review")


def test_a_dropped_draft_leaves_the_old_one_free_for_another(world: World) -> None:
    new = edited(world)
    retirement.delete(world.organization, new.id, all_languages=False, force=False)
    old = templates.get(world.organization, world.template)
    assert (old.next_version, str(old.status)) == (None, "approved")
    assert edited(world).version == 3


def test_a_deletion_takes_every_version(world: World) -> None:
    second = replaced(world)
    third = edited(world)
    retirement.delete(world.organization, second.id, all_languages=False, force=False)
    assert [store.get(world.organization, each) for each in (world.template, second.id, third.id)] == [None] * 3
    assert world.meta.templates == {}
    assert world.designed("order_ready").version == 1


def test_an_old_version_is_deleted_alone(world: World) -> None:
    second = replaced(world)
    retirement.delete(world.organization, world.template, all_languages=False, force=False)
    message = world.say(variables=VALUES)
    world.run()
    assert got(world, message) == ("order_ready__v2", 2)
    assert store.get(world.organization, second.id) is not None


def test_a_paused_template_is_mended_by_a_new_version(world: World) -> None:
    world.judge(str(templates.get(world.organization, world.template).provider_id), "PAUSED")
    replaced(world)
    message = world.say(variables=VALUES)
    world.run()
    assert world.status(message) is Status.ACCEPTED


def test_a_list_shows_the_version_that_is_sent_and_the_one_in_work(world: World) -> None:
    second = replaced(world)
    third = edited(world)
    nothing = dict.fromkeys(("channel_id", "status", "category", "language", "name"))
    page = templates.list_all(world.organization, nothing, None, None, 50)
    assert {each.id for each in page.items} == {second.id, third.id}


def test_a_channel_without_reviews_takes_a_version_over_at_once(world: World) -> None:
    copied = templates.copy(world.organization, world.template, NewCopy(channel_id=world.gateway), None)
    reviews.submit(world.organization, copied.id)
    edited(world, copied.id)
    new = reviews.submit(world.organization, copied.id)
    assert (str(new.status), new.version) == ("approved", 2)
    assert templates.get(world.organization, copied.id).replaced_by == new.id
    assert reviews.submit(world.organization, copied.id).id == new.id


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 16))
def test_a_death_on_the_way_to_approval_is_made_up_for(quick: World, nth: int, how: str) -> None:
    new = submitted(quick)
    quick.meta.templates[str(new.provider_id)]["status"] = "APPROVED"
    told = {"event": "APPROVED", "message_template_id": new.provider_id}
    quick.meta.posts("message_template_status_update", told)
    quick.faults.arm(nth, how)
    quick.pump.drain("webhooks")
    quick.faults.disarm()
    quick.run(400)
    old = templates.get(quick.organization, quick.template)
    assert (old.replaced_by, old.next_version) == (new.id, None)


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 16))
def test_a_death_in_a_submission_is_made_up_for_by_a_repeat(quick: World, nth: int, how: str) -> None:
    edited(quick)
    quick.faults.arm(nth, how)
    with suppress(Killed):
        reviews.submit(quick.organization, quick.template)
    quick.faults.disarm()
    new = reviews.submit(quick.organization, quick.template)
    assert (new.version, str(new.status)) == (2, "in_review")
    assert sum(row["name"] == "order_ready__v2" for row in quick.meta.templates.values()) == 1


def test_an_archived_template_is_neither_sent_nor_edited(world: World) -> None:
    waiting = world.say()
    retirement.archive(world.organization, world.template, force=False)
    with pytest.raises(Invalid) as caught:
        world.say()
    assert [problem.code for problem in caught.value.problems] == ["template_archived"]
    with pytest.raises(Conflict):
        edited(world)
    world.run(60)
    assert world.shown(waiting).held == "template"
    retirement.unarchive(world.organization, world.template)
    world.run(5)
    assert world.status(waiting) is Status.ACCEPTED


def test_archiving_what_is_scheduled_names_it(world: World) -> None:
    world.say(send_at=world.time.text(3600))
    with pytest.raises(Conflict) as caught:
        retirement.archive(world.organization, world.template, force=False)
    assert caught.value.code == "template_in_use"
    assert retirement.archive(world.organization, world.template, force=True).archived


def test_what_somebody_deleted_at_the_platform_is_found(world: World) -> None:
    waiting = world.say(**world.instead("undelivered", 60))
    retirement.archive(world.organization, world.template, force=False)
    world.run(5)
    world.meta.templates.clear()
    following.watch(lambda: 60_000)
    found = templates.get(world.organization, world.template)
    assert (found.status, "no such template" in str(found.reason)) == (TemplateStatus.DISABLED, True)
    world.run(5)
    assert (world.status(waiting), len(world.copies(ANA))) == (Status.FAILED, 1)


def test_a_dead_credential_is_not_asked_with(world: World) -> None:
    world.meta.dead = True
    message = world.say()
    world.run()
    assert world.status(message) is Status.QUEUED
    asked = len(world.meta.templates)
    assert following.watch(lambda: 60_000) == {"watched": 0}
    assert len(world.meta.templates) == asked


def test_archiving_speaks_for_all_versions(world: World) -> None:
    """Approved while it is put away, a new version does not bring it back."""
    new = submitted(world)
    retirement.archive(world.organization, world.template, force=False)
    world.judge(str(new.provider_id), "APPROVED")
    found = templates.get(world.organization, new.id)
    assert (str(found.status), found.archived) == ("approved", True)
    with pytest.raises(Invalid):
        world.say(variables=VALUES)
    retirement.unarchive(world.organization, world.template)
    message = world.say(variables=VALUES)
    world.run()
    assert got(world, message) == ("order_ready__v2", 2)


@pytest.mark.parametrize("act", [edited, submitted])
def test_what_is_archived_has_no_version_in_work(world: World, act: Any) -> None:
    edited(world)
    retirement.archive(world.organization, world.template, force=False)
    with pytest.raises(Conflict) as caught:
        act(world)
    assert caught.value.code == "template_archived"


def test_the_id_of_an_old_version_stops_the_present_one(world: World) -> None:
    new = replaced(world)
    templates.set_properties(world.organization, world.template, TemplateProperties(allow_send=False))
    assert not templates.get(world.organization, new.id).allow_send
    templates.set_properties(world.organization, world.template, TemplateProperties(allow_send=True))
    retirement.archive(world.organization, world.template, force=False)
    with pytest.raises(Invalid):
        world.say(variables=VALUES)


def test_a_version_that_somebody_deleted_at_the_platform_gives_way(world: World) -> None:
    new = submitted(world)
    world.judge(str(new.provider_id), "DELETED")
    world.pump.live(25)
    third = edited(world)
    assert (third.version, third.replaces) == (3, world.template)
    submitted_again = reviews.submit(world.organization, world.template)
    world.judge(str(submitted_again.provider_id), "APPROVED")
    assert templates.get(world.organization, world.template).replaced_by == third.id


def test_a_repeated_submission_that_is_refused_leaves_a_draft(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.designed("news")
    lost = OutcomeUnknown("no answer")
    for error in (lost, Rejected("template_refused", "No.", "100", "template")):
        monkeypatch.setattr(office, "submit", _raises(error))
        with pytest.raises(type(error)):
            reviews.submit(world.organization, made.id)
    assert str(templates.get(world.organization, made.id).status) == "draft"


def _raises(error: Exception) -> Any:
    def submit(*_: Any) -> None:
        raise error

    return submit


def test_a_version_that_took_over_while_it_was_dropped_leaves_its_name_free(world: World) -> None:
    stale = submitted(world)
    world.judge(str(stale.provider_id), "APPROVED")
    version_store.drop(stale)
    assert store.find(world.organization, world.whatsapp, "order_ready", "en_US") is None
    assert str(world.designed("order_ready").status) == "draft"
