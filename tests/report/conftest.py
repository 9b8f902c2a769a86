"""What takes time in a report's recording."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection


@pytest.fixture
def query(clock, db):
    """Run a statement that takes some milliseconds."""

    @contextmanager
    def ticking(ms):
        def wrapper(execute, *args):
            clock.tick(ms)
            return execute(*args)

        with connection.execute_wrapper(wrapper):
            yield

    def run(ms, sql="SELECT 1"):
        with ticking(ms), connection.cursor() as cursor:
            cursor.execute(sql)

    return run
