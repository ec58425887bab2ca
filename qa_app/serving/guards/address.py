"""The address that a request comes from, as limits count it."""

import ipaddress

from starlette.types import Scope

# A household or a company gets at least so many bits of an IPv6 address, and can change the rest at will.
_IPV6_BITS = 64


def address_of(scope: Scope) -> str:
    """Return the client's address, of IPv6 its network. Behind a proxy on this machine, uvicorn takes it from X-Forwarded-For."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_BITS), strict=False))
