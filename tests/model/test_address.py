"""Reading people: numbers as people write them, kinds as the channel knows them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Invalid
from parley.model.address import Address, AddressForm, AddressKind, form_of, kinds, of_key, read_phone, read_recipient

BSUID = AddressForm(AddressKind.BSUID, r"[A-Z]{2}\.\d{1,20}", "US.134912086553")
PHONE = (AddressForm(AddressKind.PHONE), BSUID)
CHATS = (
    AddressForm(AddressKind.CHAT, r"[1-9]\d{0,15}", "4211", 1.0),
    AddressForm(AddressKind.CHAT, r"-[1-9]\d{0,15}", "-1001234567890", 3.0),
    AddressForm(AddressKind.USERNAME, r"@[A-Za-z][A-Za-z0-9_]{3,31}", "@my_channel", 3.0),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+34600111222", "+34600111222"),
        ("34600111222", "+34600111222"),
        ("0034600111222", "+34600111222"),
        (" +34 600 111 222 ", "+34600111222"),
        ("+34 (600) 111-222", "+34600111222"),
        ("+34.600.111.222", "+34600111222"),
        ("+٣٤٦٠٠١١١٢٢٢", "+34600111222"),
        ("\uff0b34600111222", "+34600111222"),
        ("+2001001234567", "+201001234567"),
        ("+201601234567", "+201601234567"),
        ("+5511987654321", "+5511987654321"),
        ("+39 06 12345678", "+390612345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+883510012345678", "+883510012345678"),
    ],
)
def test_reads(text: str, shown: str) -> None:
    assert read_phone(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "hello",
        "+",
        "00",
        "+0",
        "+999123456789",
        "+34",
        "+34 600",
        "+3460011122233445566",
        "12345",
        "+1555CALLNOW",
        "tel:+34600111222",
        "+34600111222x12",
        "+34600111222;ext=1",
        "+15551234",
        "bob@example.com",
        "+34600111222\0",
        "+34600111222#12",
        "+34600111222,5",
        "+" + "1" * 300,
        "600111222 or 600111333",
        "+34600111222/+34600333444",
    ],
)
def test_refuses_what_cannot_be_dialled(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_phone(text, "fallback.to")
    assert [(p.field, p.code) for p in caught.value.problems] == [("fallback.to", "invalid_number")]


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_is_refused(text: str) -> None:
    try:
        found = read_phone(text)
    except Invalid:
        return
    assert found.startswith("+")
    assert read_phone(found) == found


REGIONS = [r for r in sorted(phonenumbers.SUPPORTED_REGIONS) if phonenumbers.example_number_for_type(r, 1)]


@pytest.mark.parametrize("region", REGIONS)
def test_mobiles_of_every_country_read_back(region: str) -> None:
    number = phonenumbers.format_number(phonenumbers.example_number_for_type(region, 1), 0)
    pretty = phonenumbers.format_number(phonenumbers.parse(number), 1)
    assert read_phone(number) == read_phone(pretty) == read_phone(number.removeprefix("+")) == number


def test_a_plain_string_is_the_channels_default_kind() -> None:
    assert read_recipient("34600111222", PHONE) == Address(type=AddressKind.PHONE, value="+34600111222")
    assert read_recipient(" ana@example.com ", (AddressForm(AddressKind.EMAIL),)).key == "email:ana@example.com"


def test_a_typed_address_is_read_by_its_kind() -> None:
    typed = Address(type=AddressKind.BSUID, value="ES.5566778899001122")
    assert read_recipient(typed, PHONE) is typed
    assert read_recipient(Address(type=AddressKind.PHONE, value="34 600 111222"), PHONE).key == "phone:+34600111222"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"type": "email", "value": "ana@example.com"}, "address_kind"),
        ({"type": "phone", "value": "ana"}, "invalid_number"),
        ("", "invalid_number"),
        ("9" * 5000, "invalid_number"),
    ],
)
def test_names_the_field_of_a_wrong_person(given: object, code: str) -> None:
    wanted = Address.model_validate(given) if isinstance(given, dict) else str(given)
    with pytest.raises(Invalid) as caught:
        read_recipient(wanted, PHONE)
    assert [(p.field, p.code) for p in caught.value.problems] == [("to", code)]


@pytest.mark.parametrize(
    ("given", "key", "every"),
    [
        ("4211", "chat:4211", 1.0),
        (" 4211 ", "chat:4211", 1.0),
        ("-1001234567890", "chat:-1001234567890", 3.0),
        ("@my_channel", "username:@my_channel", 3.0),
        ({"type": "chat", "value": "-77"}, "chat:-77", 3.0),
        ({"type": "username", "value": "@News"}, "username:@News", 3.0),
    ],
)
def test_a_plain_string_is_of_the_form_that_it_fits(given: object, key: str, every: float) -> None:
    wanted = Address.model_validate(given) if isinstance(given, dict) else str(given)
    found = read_recipient(wanted, CHATS)
    form = form_of(found, CHATS)
    assert form is not None
    assert (found.key, form.every) == (key, every)
    assert read_recipient(found.value, CHATS) == found


@pytest.mark.parametrize(
    "given",
    [
        "0",
        "042",
        "+4211",
        "ana",
        "@a",
        "@1abc",
        "@ab cd",
        "9" * 17,
        "--1",
        "\uff14\uff12\uff11\uff11",
        "",
        " ",
        "@" + "a" * 33,
    ],
)
def test_what_fits_no_form_is_no_address(given: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_recipient(given, CHATS, "fallback.to")
    [problem] = caught.value.problems
    assert (problem.field, problem.code) == ("fallback.to", "invalid_address")
    assert "4211 or -1001234567890" in problem.reason


@pytest.mark.parametrize("value", ["4211\n", "@my_channel\n", "US.1\n", " 4211"])
def test_a_typed_value_is_matched_as_a_whole(value: str) -> None:
    for kind in (AddressKind.CHAT, AddressKind.USERNAME, AddressKind.BSUID):
        with pytest.raises(Invalid):
            read_recipient(Address(type=kind, value=value), (*CHATS, BSUID))


def test_kinds_come_once_each_the_default_first() -> None:
    assert kinds(CHATS) == [AddressKind.CHAT, AddressKind.USERNAME]


@given(st.sampled_from(AddressKind), st.text(min_size=1, max_size=256))
def test_what_is_kept_of_an_address_is_read_back(kind: AddressKind, value: str) -> None:
    address = Address(type=kind, value=value)
    assert of_key(address.key) == address


@given(st.text(max_size=300), st.sampled_from([PHONE, CHATS]))
def test_any_text_is_an_address_of_the_channel_or_is_refused(text: str, forms: tuple[AddressForm, ...]) -> None:
    try:
        found = read_recipient(text, forms)
    except Invalid:
        return
    assert form_of(found, forms)
    assert read_recipient(found, forms) == found
