"""Random programs do the same plain and recorded, and their recordings tell what they did."""

from __future__ import annotations

import pytest

from differential import generator, reporting, running

_PROGRAMS = 300
_CHUNKS = 10


@pytest.fixture
def prepared(django_db_blocker):
    with django_db_blocker.unblock(), running.prepared():
        yield


@pytest.mark.parametrize("chunk", range(_CHUNKS))
def test_programs(chunk, prepared):
    for seed in range(chunk, _PROGRAMS, _CHUNKS):
        failure = reporting.check(seed)
        assert failure is None, failure


def test_a_seed_is_one_program():
    assert generator.make(7) == generator.make(7)
    assert str(generator.make(7)) != str(generator.make(8))
