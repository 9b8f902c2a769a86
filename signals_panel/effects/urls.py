"""A request's method and address in a few words, without what may be secret in them."""

from __future__ import annotations

import re

_METHOD = re.compile(r"[A-Za-z-]{1,20}\Z")
_UNKNOWN = "?"
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Where a path ends: at its query, its parameters or a fragment.
_PATH = re.compile(r"[^?#;]*")
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)


def request_text(method: object, host: object, port: object, target: object) -> str:
    """``GET api.example.com/path``, of what is sent to a host; ``port`` is None for the default.

    The target may be a whole URL, as it is for a proxy. What isn't a plain string, number or
    bytes is left out.
    """
    path = _text(target)
    found = _ABSOLUTE.match(path)
    if found:
        scheme, host, path = found.groups()
        port = None
        if host.endswith(f":{_DEFAULT_PORTS.get(scheme.lower())}"):
            host = host.rpartition(":")[0]
    path = _PATH.match(path)[0] or "/"  # type: ignore[index] # it matches anything
    gap = "" if path.startswith("/") else " "
    # What isn't a method may be anything, a secret too.
    verb = _text(method) if _METHOD.match(_text(method)) else _UNKNOWN
    return f"{verb} {host_text(host, port)}{gap}{path}"


def host_text(host: object, port: object) -> str:
    """A host, with its port unless that is None, and without credentials."""
    name = _text(host).rpartition("@")[2] or _UNKNOWN
    if ":" in name and type(port) is int and not name.startswith("["):
        name = f"[{name}]"
    return f"{name}:{port}" if type(port) is int else name


def _text(value: object) -> str:
    if type(value) is bytes:
        return value.decode("latin-1")
    return value if type(value) is str else ""
