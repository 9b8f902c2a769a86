"""The server on this machine."""

from __future__ import annotations

import pytest

from effects.loopback import serving


@pytest.fixture(scope="package")
def server_of_all():
    with serving() as server:
        yield server


@pytest.fixture
def server(server_of_all):
    server_of_all.seen.clear()
    server_of_all.may_go_on.clear()
    yield server_of_all
    server_of_all.may_go_on.set()
