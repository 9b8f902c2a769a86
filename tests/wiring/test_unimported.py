"""Receivers in modules that nobody has imported, found in their source."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest
from django.apps import AppConfig, apps

from signals_panel.wiring import unimported

PRE_SAVE = "django.db.models.signals.pre_save"


@pytest.fixture
def make_app(tmp_path, monkeypatch):
    """Install an app with these files; its package and its apps.py are imported, and no more."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def make(files, name="letters", folder=tmp_path):
        for path, text in {"__init__.py": "", **files}.items():
            file = folder / name.replace(".", "/") / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        config = AppConfig.create(name)
        monkeypatch.setitem(apps.app_configs, config.label, config)
        made.append(name)
        return folder / name

    yield make
    for name in list(sys.modules):
        if name.partition(".")[0] in made:
            del sys.modules[name]


def found(app="letters"):
    return [each for each in unimported() if each.app == app]


def names(app="letters"):
    return [each.receiver.removeprefix(f"{app}.") for each in found(app)]


DECORATED = """\
from django.db.models.signals import pre_save
from django.dispatch import receiver


@receiver(pre_save, sender="shop.Product")
def tidy(sender, **kwargs):
    pass
"""

# For those that are imported in the end: nothing stays connected to a signal of Django's.
OF_ITS_OWN = """\
from django.dispatch import Signal, receiver

arrived = Signal()


@receiver(arrived)
def tidy(sender, **kwargs):
    pass
"""


def test_the_example_app_that_has_forgotten_it():
    tidy, forget = found("notes")

    assert tidy.receiver == "notes.receivers.tidy"
    assert tidy.signals == [PRE_SAVE]
    assert (tidy.sender, forget.sender) == ("Note", "Note")
    assert (tidy.module, tidy.config, tidy.has_config) == ("notes.receivers", "NotesConfig", True)
    assert tidy.defined_at.path.endswith("notes/receivers.py")
    assert (tidy.defined_at.line, tidy.defined_at.function) == (10, "tidy")
    assert tidy.defined_at.text == "def tidy(sender, instance, **kwargs):"
    assert forget.receiver == "notes.receivers.forget"
    assert forget.signals == ["django.db.models.signals.post_delete"]
    assert forget.defined_at.text == "post_delete.connect(forget, sender=Note)"


def test_nothing_is_imported_by_looking():
    before = set(sys.modules)

    assert found("notes")
    assert set(sys.modules) == before
    assert "notes.receivers" not in sys.modules


def test_what_is_imported_is_not_missing(make_app):
    make_app({"receivers.py": OF_ITS_OWN})

    assert names() == ["receivers.tidy"]
    import_module("letters.receivers")
    assert names() == []


def test_imported_through_a_link_or_by_another_name(make_app, tmp_path):
    folder = make_app({"receivers.py": OF_ITS_OWN})
    (tmp_path / "linked").symlink_to(folder)

    import_module("linked.receivers")
    del sys.modules["linked"]
    assert names() == []
    del sys.modules["linked.receivers"]
    assert names() == ["receivers.tidy"]


@pytest.mark.parametrize(
    "imports",
    [
        "from django.dispatch import receiver",
        "from django.dispatch import *",
        "from django.dispatch.dispatcher import receiver",
        "from django.dispatch import receiver as hears\nreceiver = None",
        "import django.dispatch",
        "import django.dispatch as d",
        "from django import dispatch",
        # Re-exported by a module of the project that is loaded.
        "from ..letters import receiver",
    ],
)
def test_the_decorator_under_any_name(make_app, imports):
    name = imports.split("\n")[0]
    decorator = {
        "import django.dispatch": "django.dispatch.receiver",
        "import django.dispatch as d": "d.receiver",
        "from django import dispatch": "dispatch.receiver",
    }.get(name, "hears" if "hears" in name else "receiver")
    make_app(
        {
            "__init__.py": "from django.dispatch import receiver",
            "receivers.py": f"{imports}\nfrom django.db.models import signals\n\n"
            f"@{decorator}(signals.pre_save)\ndef tidy(**kwargs): ...\n",
        }
    )

    (tidy,) = found()
    assert (tidy.signals, tidy.sender) == ([PRE_SAVE], None)


def test_several_signals_and_an_argument_by_name(make_app):
    make_app(
        {
            "receivers.py": "from django.db.models.signals import pre_save, post_save\n"
            "from django.dispatch import receiver\n\n"
            "@receiver([pre_save, post_save], sender=Note)\ndef first(**kwargs): ...\n\n"
            "@receiver(signal=pre_save, sender=None)\nasync def second(**kwargs): ...\n"
        }
    )

    first, second = found()
    assert first.signals == [PRE_SAVE, "django.db.models.signals.post_save"]
    assert (first.sender, second.sender) == ("Note", None)


@pytest.mark.parametrize(
    ("call", "receiver"),
    [
        ("pre_save.connect(tidy)", "wiring.tidy"),
        ("pre_save.connect(receiver=tidy)", "wiring.tidy"),
        ("signals.pre_save.connect(handlers.tidy)", "handlers.tidy"),
        ("pre_save.connect(lambda **kwargs: None)", "wiring.<lambda>"),
        ("class Wiring:\n    def connect(self):\n        pre_save.connect(self.tidy)", "self.tidy"),
        # The signal is defined in files that nobody has imported.
        ("arrived.connect(tidy)", "wiring.tidy"),
        ("from .other import left\nleft.connect(tidy)", "wiring.tidy"),
        # Re-exported by something that isn't loaded, but it has the name of one of Django's.
        ("from letters.no_module import post_save\npost_save.connect(tidy)", "wiring.tidy"),
    ],
)
def test_connect(make_app, call, receiver):
    make_app(
        {
            "other.py": "import django.dispatch\nleft: object = django.dispatch.Signal()\n",
            "wiring.py": "from django.db.models import signals\n"
            "from django.db.models.signals import pre_save\n"
            "from django.dispatch import Signal\n"
            "from letters import handlers\n"
            "arrived = Signal()\ndef tidy(**kwargs): ...\n" + call + "\n",
        }
    )

    (each,) = found()
    assert each.receiver.removeprefix("letters.wiring.").endswith(receiver.removeprefix("wiring."))
    assert each.module == "letters.wiring"


@pytest.mark.parametrize(
    "text",
    [
        "import sqlite3\nsqlite3.connect(path)\n",
        "self.socket.connect(receiver)\n",
        "signal = make()\nsignal.connect(tidy)\n",
        "from mine import receiver\n@receiver(pre_save)\ndef tidy(**kwargs): ...\n",
        "from django.dispatch import receiver\n@receiver\ndef tidy(**kwargs): ...\n",
        "from django.dispatch import receiver\n@receiver()\ndef tidy(**kwargs): ...\n",
        "from django.db.models.signals import pre_save\npre_save.connect()\n",
    ],
)
def test_what_connects_no_receiver(make_app, text):
    make_app({"receivers.py": text})

    assert found() == []


@pytest.mark.parametrize(
    "path",
    [
        "tests.py",
        "test_receivers.py",
        "conftest.py",
        "tests/receivers.py",
        "migrations/0001_initial.py",
        "management/commands/tidy.py",
        "no-module.py",
        "templates-of-code/receivers.py",
        "receivers.txt",
    ],
)
def test_what_nobody_would_import(make_app, path):
    make_app({path: DECORATED})

    assert found() == []


@pytest.mark.parametrize(
    "text",
    [
        b"from django.dispatch import receiver\ndef (\n",
        b"# -*- coding: no-such-code -*-\n" + DECORATED.encode(),
        b"\xff\xfe receiver",
        DECORATED.encode() + b"# \xff",
        b"receiver = '\0'",
        b"receiver = " + b"(" * 5_000,
        b"receiver = 1 " + b"+ 1" * 50_000,
        DECORATED.encode() + b"#" * 1_000_001,
    ],
)
def test_what_cannot_be_read_is_passed_over(make_app, text):
    make_app({"broken.py": text, "receivers.py": DECORATED})

    assert names() == ["receivers.tidy"]


def test_a_large_file_is_not_even_read(make_app, monkeypatch):
    from signals_panel.wiring import written

    monkeypatch.setattr(written, "_MAX_SIZE", len(DECORATED) - 1)
    make_app({"receivers.py": DECORATED})

    assert names() == []


def test_a_file_that_is_no_file(make_app):
    folder = make_app({"receivers.py": DECORATED})
    (folder / "folder.py").mkdir()
    (folder / "gone.py").symlink_to(folder / "nowhere.py")

    assert names() == ["receivers.tidy"]


def test_a_file_is_read_again_when_it_has_changed(make_app):
    folder = make_app({"receivers.py": DECORATED})
    assert names() == ["receivers.tidy"]

    (folder / "receivers.py").write_text(DECORATED.replace("tidy", "make_tidy"))
    assert names() == ["receivers.make_tidy"]
    (folder / "receivers.py").unlink()
    assert names() == []


def test_a_file_is_parsed_once(make_app, monkeypatch):
    from signals_panel.wiring import written

    make_app({"receivers.py": DECORATED})
    assert names() == ["receivers.tidy"]
    monkeypatch.setattr(written, "parsed", None)

    assert names() == ["receivers.tidy"]


def test_an_app_without_a_configuration(make_app):
    make_app({"receivers.py": DECORATED})

    (tidy,) = found()
    assert (tidy.config, tidy.has_config) == ("LettersConfig", False)


def test_an_app_in_another_one_s_folder_is_its_own(make_app):
    make_app({"receivers.py": DECORATED, "inner/__init__.py": "", "inner/receivers.py": DECORATED})
    assert names() == ["receivers.tidy", "inner.receivers.tidy"]

    make_app({}, "letters.inner")
    assert names() == ["receivers.tidy"]
    assert names("letters.inner") == ["receivers.tidy"]


def test_installed_packages_are_not_read(make_app, tmp_path, monkeypatch):
    installed = tmp_path / "site-packages"
    monkeypatch.syspath_prepend(installed)
    make_app({"receivers.py": DECORATED}, "stamps", installed)

    assert found("stamps") == []
