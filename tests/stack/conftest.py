"""One embedded stack for all tests of this folder, and a business that is ready to send for each module of them."""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from local import running
from local import stack as stacks
from local.stack import Stack
from tests.support import stack_log
from tests.support.stack_client import Begun, Shop, organization
from tests.support.stack_simulators import Simulators

HERE = Path(__file__).parent
LAST = "test_the_logs_tell_nothing"
BEGAN = pytest.StashKey[tuple[Path, int]]()
QUICK = {"whatsapp": {"review_seconds": 0.2}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the one stack, so it runs in one worker; what looks back at the others comes last."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker("stack")
            item.add_marker(pytest.mark.xdist_group("stack"))
    items.sort(key=lambda item: item.name == LAST)


@pytest.fixture(autouse=True)
def _engine_log(request: pytest.FixtureRequest, stack: Stack) -> None:
    log = Path(stack.work) / "engine.log"
    request.node.stash[BEGAN] = (log, stack_log.size(log))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With a failure comes what the engine says of the time in which it happened."""
    report = yield
    if report.failed and BEGAN in item.stash:
        report.sections.append(("what went wrong on the stack", stack_log.complaints(*item.stash[BEGAN])))
    return report


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A fresh one; PARLEY_STACK names the folder of one that is up already, for who writes these tests."""
    if "PARLEY_STACK" in os.environ:
        yield stacks.load(Path(os.environ["PARLEY_STACK"]))
        return
    with running.start(tmp_path_factory.mktemp("stack"), keep=False) as started:
        yield started


@pytest.fixture(scope="session")
def simulators(stack: Stack) -> Simulators:
    """With the deployment's own app pointed at the receiver, as its owner would do once in Meta's form."""
    found = Simulators(stack)
    found.post("/reset")
    url = stack.function_urls["ReceiveWhatsappFunction"] + "/"
    found.post("/callback", callback_url=url, verify_token="local-verify-token")
    found.post("/settings", **QUICK)
    return found


@pytest.fixture(scope="session")
def make_shop(stack: Stack, simulators: Simulators) -> Callable[[str], Shop]:
    def make(name: str) -> Shop:
        owner, number = organization(stack, name), simulators.number()
        shop = Shop(owner, number, owner.whatsapp(number), owner.sms())
        owner.approved(shop.whatsapp)
        return shop

    return make


@pytest.fixture(scope="module")
def shop(make_shop: Callable[[str], Shop]) -> Shop:
    return make_shop("Acme")


@pytest.fixture(scope="session", autouse=True)
def begun(make_shop: Callable[[str], Shop], simulators: Simulators) -> Begun:
    shop = make_shop("Early")
    owner = shop.organization
    silent = owner.submit(shop.whatsapp, "silent_review", "We have moved to a new shop.")
    key = owner.call("POST", "/api_keys", {"name": "old", "scopes": ["read"]}, expect=201)
    owner.call("GET", "/channel_accounts", key=key["secret"])  # the gateway remembers it from now on
    owner.call("POST", f"/api_keys/{key['id']}/revoke")
    first = shop.send(simulators.person(1))["id"]
    owner.reaches(first, "read", 60)  # starts the functions, so that times can be tested
    return Begun(owner, silent, key["secret"])
