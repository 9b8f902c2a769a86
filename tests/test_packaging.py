"""A wheel, a wheel made from the sdist, an editable install and the source tree: each serves."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A site of its own, so that nothing but the package under test is found by accident.
SITE = """
import sys
import django
from django.conf import settings

settings.configure(
    DEBUG=True,
    SECRET_KEY="x",
    ALLOWED_HOSTS=["*"],
    INTERNAL_IPS=["127.0.0.1"],
    ROOT_URLCONF="site_of_the_test",
    STATIC_URL="/static/",
    INSTALLED_APPS=["django.contrib.staticfiles", "debug_toolbar", "signals_panel"],
    MIDDLEWARE=["debug_toolbar.middleware.DebugToolbarMiddleware"],
    DEBUG_TOOLBAR_PANELS=["signals_panel.panel.FiredSignalsPanel"],
    DEBUG_TOOLBAR_CONFIG={"RENDER_PANELS": True, "IS_RUNNING_TESTS": False},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
)
django.setup()

from django.contrib.staticfiles.finders import find
from django.core.management import call_command, get_commands
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import RequestFactory
from django.core.handlers.wsgi import WSGIHandler
from django.urls import path
from debug_toolbar.toolbar import debug_toolbar_urls

sent = Signal()

def hears(**kwargs):
    pass

sent.connect(hears)

def view(request):
    sent.send(sender=None)
    return HttpResponse("<body></body>")

sys.modules["site_of_the_test"] = sys.modules["__main__"]
urlpatterns = [path("", view), *debug_toolbar_urls()]

call_command("check", "--fail-level", "WARNING")
assert get_commands()["signals"] == "signals_panel"
response = WSGIHandler()(RequestFactory().get("/").environ, lambda *args: None)
page = b"".join(response).decode()
response.close()
assert "<b>hears</b>" in page, page
assert find("signals_panel/panel.css") and find("signals_panel/icon.svg")

call_command("signals")

import signals_panel
print(signals_panel.__file__)
"""


def build(source: Path, target: str, out: Path) -> Path:
    """Build with the project's own backend, in place of an isolated environment."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel_from_sdist(sdist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return build(source, "wheel", tmp_path_factory.mktemp("wheel_from_sdist"))


def serve(tmp_path: Path, import_from: Path | None) -> Path:
    """Run the site in a process elsewhere; return where its package came from."""
    result = subprocess.run(
        # -P keeps the current folder out of the path, so that nothing is found there.
        [sys.executable, *(["-P"] if sys.version_info >= (3, 11) else []), "-c", SITE],
        cwd=tmp_path,
        env={"PYTHONPATH": str(import_from)} if import_from else {},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.splitlines()[-1]).parent


def unpack(wheel: Path, folder: Path) -> Path:
    """A wheel of pure Python is installed by unpacking it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_wheel(wheel, tmp_path):
    installed = unpack(wheel, tmp_path / "installed")

    assert serve(tmp_path, installed) == installed / "signals_panel"


def test_wheel_from_sdist(wheel_from_sdist, tmp_path):
    installed = unpack(wheel_from_sdist, tmp_path / "installed")

    assert serve(tmp_path, installed) == installed / "signals_panel"


def test_source_tree(tmp_path):
    assert serve(tmp_path, ROOT) == ROOT / "signals_panel"


def test_as_installed_here(tmp_path):
    """Editable, as ``make test`` installs it; a wheel, where tox has installed one."""
    assert serve(tmp_path, None).name == "signals_panel"


def test_both_wheels_hold_the_same(wheel, wheel_from_sdist):
    names = [sorted(zipfile.ZipFile(path).namelist()) for path in (wheel, wheel_from_sdist)]

    assert names[0] == names[1]


def test_wheel_holds_what_is_needed_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    own = [name for name in names if not name.startswith("django_signals_panel-")]

    assert all(name.startswith("signals_panel/") for name in own)
    assert "signals_panel/py.typed" in own
    wanted = {
        f"signals_panel/{path.relative_to(ROOT).as_posix()}"
        for folder in ("templates", "static")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert wanted <= set(own)
    assert not [name for name in own if "tests" in name or name.endswith(".pyc")]
