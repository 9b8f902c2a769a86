"""Paths that are the same on every machine."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import django.dispatch

import shop.receivers
from signals_panel.wiring.files import Files

EXAMPLE = Path(shop.receivers.__file__).resolve().parents[1]


def test_a_file_of_the_project(settings):
    path = shop.receivers.__file__
    settings.BASE_DIR = EXAMPLE.parent
    assert Files().path_of(path) == "example/shop/receivers.py"
    settings.BASE_DIR = str(EXAMPLE)
    assert Files().path_of(path) == "shop/receivers.py"


def test_without_a_project_folder(settings, tmp_path, monkeypatch):
    """Where the program was started doesn't matter."""
    del settings.BASE_DIR
    for folder in (tmp_path, EXAMPLE.parent):
        monkeypatch.chdir(folder)
        assert Files().path_of(shop.receivers.__file__) == "shop/receivers.py"
    settings.BASE_DIR = tmp_path
    assert Files().path_of(shop.receivers.__file__) == "shop/receivers.py"


def test_an_installed_file(settings):
    assert Files().path_of(django.dispatch.__file__) == "django/dispatch/__init__.py"
    # An environment often stands inside of the project.
    settings.BASE_DIR = Path(django.__file__).parents[5]
    assert Files().path_of(django.dispatch.__file__) == "django/dispatch/__init__.py"


def test_a_folder_that_is_reached_by_a_link(settings, tmp_path):
    package = tmp_path / "real" / "src" / "pkg"
    package.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    settings.BASE_DIR = tmp_path / "real"
    assert Files().path_of(str(tmp_path / "link" / "src" / "pkg" / "a.py")) == "src/pkg/a.py"


def test_a_module_by_two_names(settings, monkeypatch):
    del settings.BASE_DIR
    again = types.ModuleType("example.site.shop.receivers")
    again.__file__ = shop.receivers.__file__
    monkeypatch.setitem(sys.modules, again.__name__, again)
    assert Files().path_of(shop.receivers.__file__) == "shop/receivers.py"


def test_what_no_module_came_from(settings):
    del settings.BASE_DIR
    assert Files().path_of("/srv/somewhere/made.py") == "made.py"
    assert Files().path_of("<string>") == "<string>"
