"""Files in storages, under the receiver that saves, opens, deletes or looks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import (
    FileSystemStorage,
    InMemoryStorage,
    Storage,
    default_storage,
    storages,
)
from django.db import models
from django.utils.safestring import SafeString
from reports import build

from effects.recorded import (
    effects_of,
    in_a_command,
    in_many_threads,
    recorded,
    script,
)
from signals_panel import record_signals


@pytest.fixture
def folder(tmp_path):
    return FileSystemStorage(tmp_path)


@pytest.fixture
def memory(settings):
    """The project's storages, in memory."""
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "reports": {"BACKEND": f"{__name__}.Own"},
    }


class Own(InMemoryStorage):
    """A project's own storage, which overrides in ways of its own."""

    def exists(self, name):
        return super().exists(name)

    def delete(self, name):
        self.exists(name)
        return super().delete(name)


def test_each_operation(folder):
    def works(**kwargs):
        assert folder.save("a.txt", ContentFile("a")) == "a.txt"
        folder.exists("a.txt")
        folder.exists(name="b.txt")
        with folder.open("a.txt") as file:
            assert file.read() == b"a"
        with folder.open(name="b.txt", mode="w") as file:
            file.write("b")
        folder.size("a.txt")
        folder.listdir("")
        folder.delete("a.txt")

    name = "FileSystemStorage"
    assert effects_of(works, "file") == [
        ("save a.txt", name, None, None),
        ("exists a.txt", name, "exists", None),
        ("exists b.txt", name, "missing", None),
        ("open a.txt", name, None, None),
        ("open b.txt", name, None, None),
        ("delete a.txt", name, None, None),
    ]


def test_aliases_without_making_any(memory):
    before = dict(storages._storages)

    def works(**kwargs):
        default_storage.save("a.txt", ContentFile("a"))
        InMemoryStorage().exists("a.txt")

    assert [alias for _, alias, _, _ in effects_of(works, "file")] == ["default", "InMemoryStorage"]
    assert set(storages._storages) == {*before, "default"}

    def reports(**kwargs):
        storages["reports"].save("r.txt", ContentFile("r"))
        storages["reports"].delete("r.txt")

    assert effects_of(reports, "file") == [
        ("save r.txt", "reports", None, None),
        ("delete r.txt", "reports", None, None),
    ]


def test_the_name_that_was_used_where_it_is_another(memory):
    def works(**kwargs):
        taken.append(default_storage.save("a.txt", ContentFile("1")))
        taken.append(default_storage.save("a.txt", ContentFile("2")))
        taken.append(default_storage.save(None, ContentFile("3", name="own.txt")))

    taken = []
    effects = effects_of(works, "file")
    assert [(text, result) for text, _, result, _ in effects] == [
        ("save a.txt", None),
        ("save a.txt", taken[1]),
        ("save", "own.txt"),
    ]
    assert taken[1] != "a.txt"


def test_a_field_of_a_model(memory):
    class Report(models.Model):
        file = models.FileField(upload_to="reports")

        class Meta:
            app_label = "shop"

        def __str__(self):
            return "report"

    def works(**kwargs):
        report = Report()
        report.file.save("q1.csv", ContentFile("1;2"), save=False)
        with report.file.open():
            pass
        report.file.delete(save=False)

    try:
        found = effects_of(works, "file")
    finally:
        # Models that stay would be in all that other tests look at.
        from django.apps import apps

        apps.all_models["shop"].pop("report")
        apps.clear_cache()
    assert [text for text, _, _, _ in found] == [
        "save reports/q1.csv",
        "open reports/q1.csv",
        "delete reports/q1.csv",
    ]


def test_any_kind_of_name(memory):
    class Text(str):
        def __str__(self):
            raise AssertionError("nobody may ask")

        __repr__ = __format__ = __str__

    def works(**kwargs):
        default_storage.exists("n" * 300)
        default_storage.exists(Path("in") / "folder.txt")
        default_storage.exists(SafeString("safe.txt"))
        default_storage.exists(Text("own.txt"))
        default_storage.exists("\udcff.txt")

    assert [text for text, _, _, _ in effects_of(works, "file")] == [
        f"exists {'n' * 99}…",
        "exists in/folder.txt",
        "exists safe.txt",
        "exists own.txt",
        "exists \\udcff.txt",
    ]


def test_errors_are_shown_and_passed_on(folder):
    raised = []

    def works(**kwargs):
        for attempt in (
            lambda: folder.open("nobody.txt"),
            lambda: folder.exists("../outside.txt"),
            lambda: folder.save("", ContentFile("x")),
        ):
            with pytest.raises((OSError, SuspiciousFileOperation)) as info:
                attempt()
            raised.append(info.value)

    found = effects_of(works, "file")
    assert [error.partition(":")[0] for *_, error in found] == [type(e).__name__ for e in raised]
    assert [result for _, _, result, _ in found] == [None] * 3

    error = RuntimeError("the very one")

    class Broken(Storage):
        def _open(self, name, mode="rb"):
            raise error

    def breaks(**kwargs):
        with pytest.raises(RuntimeError) as info:
            Broken().open("a")
        assert info.value is error

    (only,) = effects_of(breaks, "file")
    assert only == ("open a", "Broken", None, "RuntimeError: the very one")


def test_an_async_receiver(memory):
    async def works(**kwargs):
        await sync_to_async(default_storage.save)("a.txt", ContentFile("a"))
        await sync_to_async(default_storage.exists)("a.txt")

    assert [(text, result) for text, _, result, _ in effects_of(works, "file")] == [
        ("save a.txt", None),
        ("exists a.txt", "exists"),
    ]


# Everywhere -----------------------------------------------------------------------------


def test_many_at_once_are_credited_to_their_own_receivers(folder):
    def work(number):
        folder.save(f"{number}.txt", ContentFile("x"))
        folder.exists(f"{number}.txt")

    for number, texts in in_many_threads(work, "file").items():
        assert texts == [
            [f"save {each}.txt", f"exists {each}.txt"] for each in (number, number + 1_000)
        ]


SCRIPT = """
import sys
from django.conf import settings
settings.configure(DATABASES={}, MEDIA_ROOT=sys.argv[1])
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from signals_panel import record_signals
with record_signals() as recording:
    default_storage.save("a.txt", ContentFile("a"))
    default_storage.exists("a.txt")
print(recording.totals.all_effects["file"], recording.faults)
"""


def test_a_command_and_a_script_record_the_same(memory, tmp_path):
    def work():
        default_storage.save("a.txt", ContentFile("a"))
        default_storage.exists("a.txt")

    assert in_a_command(work, "file") == 2
    assert script(SCRIPT, tmp_path) == ["2 []"]


def test_outside_of_receivers_they_are_counted(memory):
    with record_signals() as recording:
        default_storage.exists("a.txt")
    assert recording.totals.all_effects == {"file": 1}
    assert recording.totals.effects == {}


def test_what_is_in_a_file_is_nowhere(memory):
    def works(**kwargs):
        default_storage.save("a.txt", ContentFile(content))

    content = "SEC" + "RET"

    # Not in the same line: a report shows that of the send.
    report = build(recorded(works))
    assert "SECRET" not in str(report)
