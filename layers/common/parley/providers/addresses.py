"""Which addresses are the open internet. Tables of our own, because what Python calls global differs by its version."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

INSIDE = [
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a carrier's NAT, and inside AWS
        "127.0.0.0/8",
        "169.254.0.0/16",  # metadata and credentials of machines, containers and functions
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
GLOBAL = IPv6Network("2000::/3")
"""All that was ever given out of IPv6; whatever lies beside it is local, reserved or a wrapping."""
NOT_GLOBAL = [
    IPv6Network(each)
    for each in (
        "2001::/23",  # Teredo, ORCHID and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]
MAPPED, NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")
ISATAP = (0x00005EFE, 0x02005EFE)
"""The upper half of an interface's id that goes on with an IPv4 address."""


def is_public(text: str) -> bool:
    """Whether an address is on the open internet, looking through the wrappings that resolvers give IPv4 addresses."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return not any(address in network for network in INSIDE)
    if address in MAPPED or address in NAT64:
        return is_public(str(IPv4Address(int(address) & 0xFFFFFFFF)))
    if (int(address) >> 32) & 0xFFFFFFFF in ISATAP:
        return False
    return address in GLOBAL and not any(address in network for network in NOT_GLOBAL)


def is_loopback(text: str) -> bool:
    return ip_address(text.partition("%")[0]).is_loopback
