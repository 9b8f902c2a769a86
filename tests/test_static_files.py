"""The script's modules find each other where storages put hashes into the names of files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

ROOT = Path(__file__).resolve().parent.parent
ENTRY = "signals_panel/panel.js"


class AggregatingStorage(ManifestStaticFilesStorage):
    """Names the hashed files in the imports, too."""

    support_js_module_import_aggregation = True


@pytest.fixture
def collected(tmp_path):
    """The static files as ``collectstatic`` leaves them: the folder, and the entry's name there."""

    def collect(storage_class):
        shutil.copytree(ROOT / "static", tmp_path, dirs_exist_ok=True)
        storage = storage_class(location=tmp_path, base_url="/static/")
        paths = {
            path.relative_to(tmp_path).as_posix(): (storage, path.relative_to(tmp_path).as_posix())
            for path in tmp_path.rglob("*.*")
        }
        for _, _, error in storage.post_process(paths):
            assert not isinstance(error, Exception)
        return tmp_path, storage.stored_name(ENTRY)

    return collect


def imported(path, seen=None):
    """The module and all that it imports, directly or not; each has to be there."""
    seen = set() if seen is None else seen
    if path not in seen:
        seen.add(path)
        for name in re.findall(r"""\b(?:from\s*|import\()["'](\..*?)["']""", path.read_text()):
            imported((path.parent / name).resolve(strict=True), seen)
    return seen


def test_every_module_is_imported():
    folder = ROOT / "static" / "signals_panel"

    assert imported(folder / "panel.js") == set(folder.rglob("*.js"))


def test_with_a_manifest(collected):
    folder, entry = collected(ManifestStaticFilesStorage)

    assert entry != ENTRY
    assert len(imported(folder / entry)) == len(list((ROOT / "static").rglob("*.js")))


def test_with_a_manifest_that_reaches_into_modules(collected):
    folder, entry = collected(AggregatingStorage)

    names = {path.name for path in imported(folder / entry)}
    assert len(names) == len(list((ROOT / "static").rglob("*.js")))
    assert all(re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name) for name in names)
