"""Storages of every kind: those that override in ways of their own, and those built on nothing."""

from __future__ import annotations

import functools

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage, default_storage
from django.utils.functional import LazyObject

from effects.recorded import Hostile, effects_of


class Counted:
    """A decorator that isn't a function."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function, self.calls = function, 0

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.function(*args, **kwargs)


class Odd(InMemoryStorage):
    @Counted
    def save(self, name, content, max_length=None):
        return InMemoryStorage.save(self, name, content, max_length)

    @staticmethod
    def exists(name):
        return False

    delete = functools.partialmethod(InMemoryStorage.delete)
    open = None


class Remote(Storage):
    """As storages of objects are: nothing but what has to be there, and a session of its own."""

    def __init__(self):
        self.objects = {}

    def _save(self, name, content):
        self.objects[name] = content.read()
        return name

    def _open(self, name, mode="rb"):
        return ContentFile(self.objects[name], name=name)

    def exists(self, name):
        return name in self.objects

    def delete(self, name):
        self.objects.pop(name, None)


class Passing:
    """Built on nothing of Django's, it hands on whatever it is asked."""

    def __init__(self):
        self.remote = Remote()

    def save(self, name, content, max_length=None):
        return self.remote.save(name, content, max_length)

    def __getattr__(self, name):
        return getattr(self.remote, name)


def test_methods_that_are_no_plain_functions():
    odd = Odd()

    def works(**kwargs):
        assert odd.save("a.txt", ContentFile("a")) == "a.txt"
        assert odd.exists("a.txt") is False
        odd.delete("a.txt")
        assert odd.open is None

    # What one leads to is seen where Django's own method is looked up.
    assert [text for text, _, _, _ in effects_of(works, "file")] == ["save a.txt"]
    assert vars(Odd)["save"].calls == 1


def test_a_storage_of_objects_and_a_lazy_one():
    class Lazy(LazyObject):
        def _setup(self):
            self._wrapped = Remote()

    lazy = Lazy()

    def works(**kwargs):
        lazy.save("a.txt", ContentFile("a"))
        assert lazy.open("a.txt").read() == "a"
        lazy.exists("a.txt")
        lazy.delete("a.txt")

    assert effects_of(works, "file") == [
        ("save a.txt", "Remote", None, None),
        ("open a.txt", "Remote", None, None),
        ("exists a.txt", "Remote", "exists", None),
        ("delete a.txt", "Remote", None, None),
    ]


def test_one_of_the_settings_that_is_built_on_nothing(settings):
    settings.STORAGES = {
        "default": {"BACKEND": f"{__name__}.Passing"},
        # Who uses it is told what is wrong.
        "broken": {"BACKEND": "no.such.Storage"},
        "none": {},
    }

    def works(**kwargs):
        default_storage.save("a.txt", ContentFile("a"))
        default_storage.exists("a.txt")

    assert effects_of(works, "file") == [
        ("save a.txt", "default", None, None),
        ("exists a.txt", "Remote", "exists", None),
    ]


def test_what_raises_on_every_attribute():
    class Touchy(Storage):
        def __getattribute__(self, name):
            if name not in ("exists", "save"):
                raise RuntimeError(name)
            return super().__getattribute__(name)

        def exists(self, name):
            return hostile

        def save(self, name, content, max_length=None):
            return hostile

    hostile = Hostile()

    def works(**kwargs):
        touchy = Touchy()
        assert touchy.exists(hostile) is hostile
        assert touchy.save(hostile, hostile) is hostile

    names = [text for text, _, _, _ in effects_of(works, "file")]
    assert names == [f"{each} <{Hostile.__module__}.Hostile>" for each in ("exists", "save")]


def test_a_backend_that_can_t_be_imported_is_tried_once(settings, tmp_path, monkeypatch):
    (tmp_path / "breaks_once.py").write_text("import times\ntimes.run += 1\nraise LookupError\n")
    (tmp_path / "times.py").write_text("run = 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    settings.STORAGES = {"default": {"BACKEND": "breaks_once.Storage"}}
    for _ in range(3):
        assert effects_of(lambda **kwargs: InMemoryStorage().exists("a"), "file")
    import times

    assert times.run == 1
    # Who uses it is told, as without us.
    with pytest.raises(LookupError):
        default_storage.exists("a")
