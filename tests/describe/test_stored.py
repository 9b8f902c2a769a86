"""What is stored in an object is read, and none of its code runs."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from django.utils.safestring import SafeString

from signals_panel.describe import cut, stored, text_of


def nobody_may_ask(*args):
    raise AssertionError("nobody may ask")


class Slots:
    __slots__ = ("empty", "full")

    def __init__(self):
        self.full = 1


class Plain(Slots):
    of_class = 2

    def __init__(self):
        super().__init__()
        self.own, self.of_both = 3, 4

    of_both = 5
    __getattribute__ = __getattr__ = nobody_may_ask


class OwnDict:
    __dict__ = property(nobody_may_ask)


class Dict(dict):
    get = __getitem__ = __contains__ = nobody_may_ask


@pytest.mark.parametrize(
    ("name", "value"),
    [("full", 1), ("of_class", 2), ("own", 3), ("of_both", 4), ("empty", None), ("none", None)],
)
def test_slots_and_dicts_and_classes(name, value):
    assert stored(Plain(), name) == value


def test_what_is_asked_of_a_class_that_answers_itself():
    assert stored(OwnDict(), "x") is None
    thing = type("Thing", (), {})()
    thing.__dict__ = Dict(x=1)
    assert stored(thing, "x") == 1
    assert type(stored(type("Thing", (), {"x": property(nobody_may_ask)})(), "x")) is property
    assert stored(object(), "x") is stored(None, "x") is stored(Plain, "nothing") is None


class Text(str):
    __str__ = __repr__ = __format__ = nobody_may_ask


class OwnPath(type(Path())):
    __str__ = __fspath__ = nobody_may_ask


def test_texts_of_any_class():
    assert text_of("a") == text_of(SafeString("a")) == text_of(Text("a")) == "a"
    assert type(text_of(Text("a"))) is str
    assert text_of(Path("a") / "b") == text_of(PurePosixPath("a/b")) == "a/b"
    assert text_of(PureWindowsPath("a/b")) == "a\\b"
    assert text_of(OwnPath("a")) == f"<{__name__}.OwnPath>"
    assert (text_of(7), text_of(None)) == ("7", "None")


def test_cut():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    # What can't be encoded is written out, and takes room.
    assert cut("\ud800abc", 4) == "\\ud…"
