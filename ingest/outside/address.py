"""Which addresses may be reached: public ones, and hosts that the operator allows."""

from __future__ import annotations

import ipaddress
import os
import socket

from twin.errors import UnsafeDelivery
from twin.language import Text

_PRIVATE = Text("{host} liegt in keinem öffentlichen Netz", "{host} is in no public network")
_EXPECTED = Text("öffentliche Adressen, oder in TWIN_ALLOW_HOSTS genannte", "public ones, or TWIN_ALLOW_HOSTS")


def address(host: str, port: int, shown: str) -> str:
    """Address to connect to, resolved once: who connects to just this cannot be sent elsewhere by a second answer.

    Hosts that ``TWIN_ALLOW_HOSTS`` lists (comma separated) may be private.

    Raises
    ------
    UnsafeDelivery
        If any address of the host is not public. `shown` names what was asked for.
    OSError
        If the name cannot be resolved.
    """
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not allowed(host) and not all(is_public(one) for one in found):
        raise UnsafeDelivery(file=shown, found=_PRIVATE.filled(host=host), expected=_EXPECTED)
    return found[0]


def allowed(host: str) -> bool:
    """Whether the operator allows a host whatever its address is."""
    return host.lower() in {name.strip().lower() for name in os.environ.get("TWIN_ALLOW_HOSTS", "").split(",")}


def is_public(found: str) -> bool:
    """Whether an address belongs to the internet, also where it is wrapped in another."""
    parsed = ipaddress.ip_address(found.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None) or parsed
    return bool(inner.is_global) and not inner.is_multicast
