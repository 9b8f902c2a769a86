"""Outgoing HTTP requests: of ``http.client`` and all that is built on it, of httpx and aiohttp.

``urllib``, requests and urllib3 are built on the first. Redirects and repeated requests are one
each. It keeps the method, the host and the path, cut at 200 characters, and the status; never the
query string, credentials, headers or a body. The time is that until the headers of the response
are there.
"""

from __future__ import annotations

import http.client
import sys
from typing import Any

from signals_panel.describe import class_name, error_text, own_dict
from signals_panel.effects.exchanges import BEGINS, CLOSES, ENDS, OPENS, SENDS, exchange
from signals_panel.effects.kinds import EffectKind, Invocation, watch
from signals_panel.effects.urls import host_text, request_text

HTTP = EffectKind("http", "HTTP request", "HTTP requests", "HTTP", "HTTP")

_NO_RESPONSE = "no response"

# http.client ----------------------------------------------------------------------------


def _host_and_port(connection: Any) -> tuple[Any, Any]:
    """Whom a connection is to, through a tunnel or not; no port where it is the default."""
    known = own_dict(connection)
    host, port = known.get("_tunnel_host"), known.get("_tunnel_port")
    if host is None:
        # urllib3 has a property of the name, and calls its own attribute otherwise.
        host, port = known.get("host", known.get("_dns_host")), known.get("port")
    return host, None if port == _default_port(type(connection)) else port


def _default_port(cls: type) -> Any:
    for base in type.__dict__["__mro__"].__get__(cls):
        found = type.__dict__["__dict__"].__get__(base).get("default_port")
        if type(found) is int:
            return found
    return None


def _describe(operation: Invocation) -> str:
    host, port = _host_and_port(operation.owner)
    if operation.method == "connect":
        # It failed, and what was to be asked is known to the caller alone.
        return f"connect {host_text(host, port)}"
    return request_text(
        operation.argument(0, "method"), host, port, operation.argument(1, "url") or "/"
    )


# What is wrong with a request is quoted by these.
_TELLING = frozenset({"InvalidURL", "LocalProtocolError", "ValueError"})


def _error(error: BaseException) -> str:
    """Its text, unless that may show all of the URL, a header or a method."""
    name = class_name(type(error))
    return name if name in _TELLING else error_text(error)


def _status(operation: Invocation, response: Any) -> str | None:
    known = own_dict(response)
    status: Any = known.get("status", known.get("status_code"))
    # http has an enumeration of them, too.
    return str(int(status)) if type(status) in (int, http.HTTPStatus) else None


exchange(
    HTTP,
    owners=["http.client.HTTPConnection"],
    with_subclasses=True,
    roles={
        "connect": OPENS,
        "putrequest": BEGINS,
        "endheaders": SENDS,
        "send": SENDS,
        "getresponse": ENDS,
        "close": CLOSES,
    },
    describe=_describe,
    result=_status,
    error=_error,
    unanswered=_NO_RESPONSE,
)

# httpx ----------------------------------------------------------------------------------


def _describe_httpx(operation: Invocation) -> str:
    request = own_dict(operation.argument(0, "request"))
    url: Any = request.get("url")
    if type(url) is not vars(sys.modules["httpx"]).get("URL"):
        return request_text(request.get("method"), "", None, "")
    return request_text(request.get("method"), url.raw_host, url.port, url.raw_path)


watch(
    HTTP,
    owners=["httpx.HTTPTransport", "httpx.AsyncHTTPTransport"],
    methods=["handle_request", "handle_async_request"],
    describe=_describe_httpx,
    result=_status,
    error=_error,
)

# aiohttp --------------------------------------------------------------------------------


def _describe_aiohttp(operation: Invocation) -> str:
    request = own_dict(operation.argument(0, "req"))
    url: Any = request.get("url")
    yarl = sys.modules.get("yarl")
    if yarl is None or type(url) is not vars(yarl).get("URL"):
        return request_text(request.get("method"), "", None, "")
    port = None if url.is_default_port() else url.port
    return request_text(request.get("method"), url.raw_host or "", port, url.raw_path)


def _given(operation: Invocation, connection: Any) -> Any:
    return connection


def _first(operation: Invocation, value: Any) -> Any:
    return operation.argument(0, "conn" if operation.method == "send" else "connection")


# Each request has a connection object of its own, also where several share what is behind it.
exchange(
    HTTP,
    owners=["aiohttp.BaseConnector"],
    roles={"connect": BEGINS},
    describe=_describe_aiohttp,
    of=_given,
    unanswered=_NO_RESPONSE,
)
exchange(
    HTTP,
    owners=["aiohttp.client_reqrep.ClientRequest", "aiohttp.ClientResponse"],
    roles={"send": SENDS, "start": ENDS},
    describe=_describe_aiohttp,
    result=_status,
    of=_first,
)
