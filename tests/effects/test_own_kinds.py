"""A project's own kind of effect: one module, one line in the setting, and it is everywhere."""

from __future__ import annotations

import asyncio
import inspect
import json

import pytest
from django.dispatch import Signal
from django.template.loader import render_to_string
from reports import build

from signals_panel import record_signals
from signals_panel.checks import check_setting
from signals_panel.conf import Config
from signals_panel.effects import EffectKind, kind_of
from signals_panel.effects.kinds import register
from signals_panel.exports import outline
from signals_panel.rendering import context, details_context

SEARCH = "effects.search_index"


@pytest.fixture
def index(settings):
    """Its module is imported when the first recording begins."""
    settings.SIGNALS_PANEL = {"EFFECTS": [SEARCH]}
    with record_signals():
        pass
    from effects.search_index import Index

    return Index()


def recorded(*receivers, times=1):
    signal = Signal()
    for receiver in receivers:
        signal.connect(receiver, weak=False)
    with record_signals() as recording:
        for _ in range(times):
            asyncio.run(signal.asend(None)) if times == 1 else signal.send(None)
    return recording


def test_it_is_in_the_recording(index):
    def works(**kwargs):
        index.put("lamp")
        index.put(name="desk")

    async def awaits(**kwargs):
        await index.aput("chair")

    recording = recorded(works, awaits)
    found = [
        (effect.kind, effect.text, effect.alias, effect.result, effect.error)
        for call in recording.dispatches[0].calls
        for effect in call.effects
    ]
    # Which receivers come first differs between versions of Django.
    assert sorted(found, key=lambda each: each[1], reverse=True) == [
        ("search", "put lamp", "default", "201", None),
        ("search", "put desk", "default", "201", None),
        ("search", "aput chair", "default", "201", None),
    ]
    assert recording.totals.effects == recording.totals.all_effects == {"search": 3}


def test_of_operations_in_one_another_the_outermost(index):
    def works(**kwargs):
        index.reindex(["lamp", "desk"])

    (call,) = recorded(works).dispatches[0].calls
    assert [effect.text for effect in call.effects] == ["reindex ['lamp', 'desk']"]


def test_it_is_on_the_page(index):
    def works(**kwargs):
        for _ in range(6):
            index.put("lamp")

    recording = recorded(works, times=2)
    report = build(recording)
    assert report == json.loads(json.dumps(report))
    (row,) = [row for row in report["rows"] if row["kind"] == "effect"]
    assert (row["effect"], row["count"], row["result"]) == ("search", 12, "201")
    (call,) = [row for row in report["rows"] if row["kind"] == "call"]
    assert call["own_effects"] == call["effects"] == {"search": 12}
    assert call["marks"] == ["repeated"]
    assert report["receivers"][0]["effects"] == {"search": 12}

    shown = context({**report, "measured_by": {}}, Config())
    html = render_to_string("signals_panel/panel.html", {**shown, "request_id": "x"})
    # Columns, the filter, a figure, a view of its own, and the row itself.
    assert html.count("<span>Search</span></th>") == 2
    assert '<input type="checkbox" name="with" value="search"> with search requests' in html
    assert "<li>12 of 12 search requests</li>" in html
    assert 'id="fsp-view-effects-search"' in html
    assert html.count('data-with="search"') == 2
    assert ">put lamp</button>" in html
    number = str(report["rows"].index(row))
    details = render_to_string(
        "signals_panel/details.html", details_context(report, "row", number, Config())
    )
    assert "put lamp" in details

    text = outline(report)
    assert "12 search requests" in text
    assert "search put lamp (201) × 12" in text


def test_errors(index):
    def works(**kwargs):
        with pytest.raises(ConnectionError):
            index.breaks()

    (call,) = recorded(works).dispatches[0].calls
    assert [effect.error for effect in call.effects] == ["ConnectionError: no index"]


def test_a_description_that_raises_is_a_fault_and_nothing_else(index):
    def works(**kwargs):
        index.odd()
        index.put("lamp")

    recording = recorded(works)
    (call,) = recording.dispatches[0].calls
    assert [effect.text for effect in call.effects] == ["odd (can't be described)", "put lamp"]
    assert recording.faults == [
        "the description of an effect (search): LookupError: nobody knows",
    ]


def test_a_description_that_is_no_text(index):
    recording = recorded(lambda **kwargs: index.odd(7))
    (effect,) = recording.dispatches[0].calls[0].effects
    assert effect.text == "odd (can't be described)"
    assert recording.faults == [
        "the description of an effect (search): TypeError: described with int, not str"
    ]


def test_a_result_that_raises_is_a_fault_and_nothing_else(index):
    found = []
    recording = recorded(lambda **kwargs: found.append(index.reindex([])))
    (effect,) = recording.dispatches[0].calls[0].effects
    assert (found, effect.text, effect.result) == ([0], "reindex []", None)
    assert recording.faults == ["the result of an effect (search): LookupError: nothing was put"]


def test_hooks_look_like_what_they_stand_for(index):
    cls = type(index)
    plain = {name: vars(cls)[name] for name in ("put", "aput")}
    with record_signals():
        for name, original in plain.items():
            hook = vars(cls)[name]
            assert hook is not original
            assert inspect.signature(hook) == inspect.signature(original)
            assert hook.__module__ == original.__module__
            assert hook.__qualname__ == original.__qualname__
            assert inspect.iscoroutinefunction(hook) == inspect.iscoroutinefunction(original)
    assert {name: vars(cls)[name] for name in plain} == plain


def test_hundreds_at_once_are_each_credited_to_their_own_receiver(index):
    async def works(signal, sender, number, **kwargs):
        await asyncio.sleep(0)
        await index.aput(f"n{number}")
        await asyncio.sleep(0)

    signal = Signal()
    signal.connect(works)

    async def one(number):
        with record_signals() as recording:
            await signal.asend(None, number=number)
        return recording

    async def all_of_them():
        return await asyncio.gather(*map(one, range(200)))

    for number, recording in enumerate(asyncio.run(all_of_them())):
        (call,) = recording.dispatches[0].calls
        assert [effect.text for effect in call.effects] == [f"aput n{number}"]
        assert recording.totals.all_effects == {"search": 1}


# Bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("no.such.module", "it can't be imported: ModuleNotFoundError: No module named 'no'"),
        ("json", "it watches nothing"),
    ],
)
def test_a_wrong_path_is_a_check_and_the_rest_goes_on(settings, path, wrong, caplog):
    settings.SIGNALS_PANEL = {"EFFECTS": [path]}
    (message,) = check_setting()
    assert message.id == "signals_panel.E005"
    assert message.msg == f"SIGNALS_PANEL['EFFECTS'] names {path!r}, but {wrong}."
    assert "signals_panel.effects.watch()" in message.hint
    assert recorded(lambda **kwargs: None).totals.calls == 1
    assert wrong in caplog.text


def test_a_wrong_shape_is_a_check(settings):
    settings.SIGNALS_PANEL = {"EFFECTS": "effects.search_index"}
    (message,) = check_setting()
    assert message.msg == "SIGNALS_PANEL['EFFECTS'] must be a list of modules' dotted paths."


def test_two_kinds_of_one_name(index):
    with pytest.raises(ValueError, match="two kinds of effect called 'search'"):
        register(EffectKind("search", "another", "others", "Other", "other"))


def test_a_kind_that_is_known_no_longer_goes_by_its_name():
    assert kind_of("gone") == EffectKind("gone", "gone", "gone", "Gone", "gone")
