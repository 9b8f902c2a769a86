"""What takes much time: slow receivers, waiting for others, going between sync and async."""

from __future__ import annotations

import asyncio
import time

import pytest
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import Signal

from findings.found import codes_in, found_in
from showcase.models import Tag
from signals_panel.effects import Invocation, kind_of, watch
from signals_panel.recording import credit, current

sent = Signal()


class Mailer:
    """Stands for a mail server that takes its time."""

    def deliver(self, clock, ms):
        clock.tick(ms)


def _describe(operation: Invocation) -> str:
    return "Hello (1 recipient)"


watch(kind_of("mail"), owners=[Mailer], methods=["deliver"], describe=_describe)


@pytest.mark.parametrize(("ms", "codes"), [(9.9, []), (10, ["slow"])])
def test_slow(connect, clock, ms, codes):
    connect(sent, lambda **kwargs: clock.tick(ms))

    assert codes_in(lambda: sent.send(None)) == codes


@pytest.mark.parametrize(("around", "codes"), [(490, ["slow"]), (491, [])])
def test_slow_is_a_visible_part_of_the_whole(connect, clock, around, codes):
    connect(sent, lambda **kwargs: clock.tick(10))

    def work():
        sent.send(None)
        clock.tick(around)

    assert codes_in(work) == codes


def test_one_that_waited_while_the_toolbar_worked_took_no_more_than_the_whole(connect, clock):
    """The toolbar's time isn't left out of a receiver that slept meanwhile, nor of its send."""
    both = asyncio.Event()

    async def waits(**kwargs):
        await both.wait()

    async def measured(**kwargs):
        start = clock()
        clock.tick(20)
        credit(current.get(), start)
        clock.tick(20)
        both.set()

    for each in (waits, measured):
        connect(sent, each)
    found = found_in(lambda: asyncio.run(sent.asend(None)), "slow")

    shares = {each.figures["ms"]: each.figures["share"] for each in found}
    assert shares == {40: 1.0, 20: 0.5}


def test_what_a_slow_receiver_spent_its_time_on(connect, clock, query):
    def receives(**kwargs):
        query(6)
        clock.tick(30)

    connect(sent, receives)
    (found,) = found_in(lambda: sent.send(None))

    assert found.figures["parts"] == {"python": 30, "sql": 6}
    assert found.message == (
        "findings.test_time.test_what_a_slow_receiver_spent_its_time_on.<locals>.receives took "
        "36.0\N{NO-BREAK SPACE}ms of its own, 100% of the time: 30.0\N{NO-BREAK SPACE}ms Python, "
        "6.0\N{NO-BREAK SPACE}ms queries."
    )


@pytest.mark.parametrize(("ms", "codes"), [(9, []), (10, ["background"])])
def test_background(connect, clock, ms, codes):
    connect(sent, lambda **kwargs: Mailer().deliver(clock, ms))

    assert codes_in(lambda: sent.send(None)) == codes


def test_a_receiver_that_is_slow_for_another_reason_is_slow_as_well(connect, clock):
    def receives(**kwargs):
        Mailer().deliver(clock, 10)
        clock.tick(15)

    connect(sent, receives)
    assert codes_in(lambda: sent.send(None)) == ["slow", "background"]


@pytest.mark.django_db(transaction=True)
def test_background_work_that_was_put_off(connect, clock):
    def later():
        Mailer().deliver(clock, 40)

    connect(sent, lambda **kwargs: transaction.on_commit(later))

    def work():
        with transaction.atomic():
            sent.send(None)

    (found,) = found_in(work)
    assert found.code == "background"
    assert found.figures["deferred"].endswith("later")
    assert "was put off with on_commit, and then waited" in found.message
    assert found.dispatch.signal == "findings.test_time.sent"


# Switching ------------------------------------------------------------------------------


@pytest.fixture
def switching(settings, connect):
    # Whatever it takes on this machine.
    settings.SIGNALS_PANEL = {"FINDINGS": {"switch": 0}}

    async def areceives(**kwargs):
        pass

    def receives(**kwargs):
        pass

    def add(*, is_async):
        return connect(sent, areceives if is_async else receives)

    return add


@pytest.mark.parametrize("is_async", [True, False])
def test_a_sync_receiver_of_an_awaited_send(switching, is_async):
    switching(is_async=is_async)

    found = found_in(lambda: asyncio.run(sent.asend(None)), "switch")
    assert [each.figures["is_awaited"] for each in found] == [] if is_async else [True]


@pytest.mark.parametrize("is_async", [True, False])
def test_an_async_receiver_of_a_send(switching, is_async):
    switching(is_async=is_async)

    found = found_in(lambda: sent.send(None), "switch")
    assert [each.figures["is_awaited"] for each in found] == ([False] if is_async else [])
    for each in found:
        assert each.figures["ms"] > 0
        assert each.figures["receivers"][0].endswith("areceives")


def test_a_switch_takes_so_many_milliseconds(connect, settings):
    settings.SIGNALS_PANEL = {"FINDINGS": {"switch": 10_000}}

    async def areceives(**kwargs):
        pass

    connect(sent, areceives)
    assert codes_in(lambda: sent.send(None)) == []


def test_each_receiver_has_its_turn(connect, clock, query):
    """Of two findings about one receiver, the second comes after those of the others."""

    def repeats(**kwargs):
        for _ in range(5):
            query(10)
        clock.tick(100)

    def other(**kwargs):
        clock.tick(20)

    connect(sent, repeats)
    connect(sent, other)
    found = found_in(lambda: sent.send(None))
    assert [(each.receiver.rpartition(".")[2], each.code) for each in found] == [
        ("repeats", "slow"),
        ("other", "slow"),
        ("repeats", "repeated"),
    ]


def test_a_packages_receiver_is_not_the_projects_to_change(connect, clock, monkeypatch):
    monkeypatch.setattr("signals_panel.findings.reading.is_projects", lambda receiver: False)
    connect(sent, lambda **kwargs: clock.tick(20))

    (found,) = found_in(lambda: sent.send(None))
    assert found.code == "slow"
    assert found.advice.startswith("See whether findings has a setting")


def test_what_costs_time_comes_before_what_does_not(connect, clock, query):
    def repeats(**kwargs):
        for _ in range(5):
            query(10)
        clock.tick(100)

    connect(sent, repeats, dispatch_uid="a")

    def work():
        sent.send(None)
        Tag.objects.update(name="b")

    Tag.objects.create(name="a")
    connect(post_save, lambda **kwargs: None, sender=Tag)
    assert codes_in(work) == ["slow", "repeated", "bypassed"]


def test_a_switch_is_what_no_receiver_took(switching, connect):
    connect(sent, lambda **kwargs: time.sleep(0.02))

    (found,) = found_in(lambda: asyncio.run(sent.asend(None)), "switch")
    (call,) = found.dispatch.calls
    switched = found.dispatch.duration_ms - call.duration_ms
    # The figure is rounded.
    assert found.figures["ms"] == pytest.approx(switched, abs=0.001)


def test_djangos_own_receivers_are_never_meant(connect, clock, monkeypatch):
    monkeypatch.setattr("signals_panel.analysis.analysis.is_djangos", lambda receiver: True)
    connect(sent, lambda **kwargs: clock.tick(20))

    assert codes_in(lambda: sent.send(None)) == []
