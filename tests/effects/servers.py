"""The cache servers that tests need: each is named by a variable of the environment."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Server(NamedTuple):
    title: str
    backend: str
    variable: str
    example: str


SERVERS = {
    "redis": Server(
        "Redis",
        "django.core.cache.backends.redis.RedisCache",
        "TEST_REDIS",
        "redis://host:port/number",
    ),
    "memcached": Server(
        "memcached",
        "django.core.cache.backends.memcached.PyMemcacheCache",
        "TEST_MEMCACHED",
        "host:port",
    ),
}

for _name, _server in SERVERS.items():
    if os.environ.get(f"REQUIRE_{_name.upper()}") == "1" and not os.environ.get(_server.variable):
        raise RuntimeError(f"{_server.variable} must name a {_server.title} server.")


@contextlib.contextmanager
def served(name: str) -> Iterator[dict[str, Any]]:
    """The settings of a cache on a server, which no other tests use meanwhile.

    They clear it, and tox runs several environments at once on one server.
    """
    title, backend, variable, example = SERVERS[name]
    location = os.environ.get(variable)
    if not location:
        # Needs a server, which .ci/run starts and requires.
        pytest.skip(f"no {title}: set {variable}={example}")
    # Not on Windows, where these servers aren't either.
    import fcntl

    with Path(tempfile.gettempdir(), f"signals_panel_{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield {"BACKEND": backend, "LOCATION": location}
