"""``manage.py signals``: as it is typed, in processes of its own and in this one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

import signals_panel

EXAMPLE = Path(__file__).resolve().parents[1] / "example"
# The package under test, which needn't be the one that is installed.
PACKAGE = Path(signals_panel.__file__).parents[1]


def run(*command, cwd=None, **variables):
    """Run Python; without the settings of the tests."""
    usual = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, command)],
        cwd=cwd,
        env={**usual, "PYTHONPATH": str(PACKAGE), **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def manage(*arguments, **variables):
    return run(EXAMPLE / "manage.py", "signals", *arguments, **variables)


def called(*arguments):
    out = io.StringIO()
    call_command("signals", *arguments, stdout=out)
    return out.getvalue()


IN_EACH_FORMAT = """
from django.core.management import call_command
from signals_panel.exports.connected import FORMATS

for name in FORMATS:
    call_command("signals", format=name)
"""


def test_stable_from_process_to_process(tmp_path):
    first, second = (
        run(EXAMPLE / "manage.py", "shell", "-c", IN_EACH_FORMAT, cwd=cwd, PYTHONHASHSEED=seed)
        for cwd, seed in ((EXAMPLE, "1"), (tmp_path, "2"))
    )

    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    assert first.stdout.count("shop.receivers.announce_to_api") >= 4
    assert first.stdout == second.stdout


def test_one_model():
    text = called("--model", "shop.Product")
    assert text.startswith(
        "shop.Product\n  If it is saved:\n    post_save\n"
        "      1. shop.receivers.log_product_change (shop/receivers.py:"
    )
    assert "  Nothing runs if it is deleted.\n" in text


def test_one_signal_and_one_app():
    assert called("--signal", "stock_low").splitlines()[0] == "showcase.signals.stock_low"
    text = called("--app", "shop", "--signal", "post_save")
    assert "shop.receivers.log_product_change" in text
    assert "blog." not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--model", "shop.Prodct"],
            "There is no model 'shop.Prodct' in the installed apps. Did you mean shop.Product",
        ),
        (
            ["--signal", "post_svae"],
            "There is no signal 'post_svae' in the modules that are loaded. Did you mean ",
        ),
        (["--app", "shp"], "There is no app 'shp' in INSTALLED_APPS. Did you mean shop?"),
        (["--app", "something"], "There is no app 'something' in INSTALLED_APPS."),
    ],
)
def test_what_isnt_there(arguments, message):
    with pytest.raises(CommandError) as raised:
        called(*arguments)
    assert str(raised.value).startswith(message)


# Checking a file -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "format_name"),
    [(".md", "markdown"), (".mmd", "mermaid"), (".json", "json"), (".txt", "text")],
)
def test_a_file_that_is_right(tmp_path, ending, format_name):
    path = tmp_path / f"signals{ending}"
    path.write_text(called("--format", format_name), encoding="utf-8")
    assert called("--check", str(path)) == ""

    path = path.rename(tmp_path / "SIGNALS")
    assert called("--format", format_name, "--check", str(path)) == ""


def test_a_file_that_is_wrong(tmp_path):
    path = tmp_path / "our signals.md"
    arguments = ["--app", "shop", "--check", path]
    right = manage("--app", "shop", "--format", "markdown").stdout
    path.write_text(right.replace("shop.receivers.email_stock_team", "shop.receivers.old"))
    found = manage(*arguments)

    assert found.returncode == 1
    lines = found.stdout.splitlines()
    assert lines[:2] == [f"--- {path}", "+++ python manage.py signals --app=shop --format=markdown"]
    assert "-  2. `shop.receivers.old`" in lines
    assert "+  2. `shop.receivers.email_stock_team`" in lines
    rewrite = f"python manage.py signals --app=shop --format=markdown > '{path}'"
    assert f"isn't what is connected now. To write it anew: {rewrite}" in found.stderr

    path.write_text(right)
    assert manage(*arguments).returncode == 0


def test_a_file_that_isnt_there(tmp_path):
    with pytest.raises(CommandError) as raised:
        called("--check", str(tmp_path / "signals.md"))
    assert str(raised.value) == (
        f"There is no file {tmp_path}/signals.md. To write it: "
        f"python manage.py signals --format=markdown > {tmp_path}/signals.md"
    )


def test_a_file_that_cant_be_read(tmp_path):
    path = tmp_path / "signals.md"
    path.write_bytes("# Signals".encode("utf-16"))
    for each in (path, tmp_path):
        with pytest.raises(CommandError, match=r"can't be read: .* To write it anew: "):
            called("--format", "markdown", "--check", str(each))


def test_an_ending_that_tells_no_format(tmp_path):
    with pytest.raises(CommandError, match=r"none of \.md, .* with --format"):
        called("--check", str(tmp_path / "signals.rst"))


# A project of one's own ------------------------------------------------------------------

LOOK = """
import sys
import django
from django.core.management import call_command

django.setup()
import signals_panel.management.commands.signals
import django.core.management.base

before = set(sys.modules)
call_command("signals", {arguments})
# Python's own may be needed for the work.
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
assert new <= set(sys.stdlib_module_names), new
assert "debug_toolbar" not in sys.modules
assert "plain.urls" not in sys.modules
"""


@pytest.fixture
def plain(tmp_path):
    """What ``startproject`` makes, with this app and no toolbar."""
    made = run("-m", "django", "startproject", "plain", tmp_path)
    assert made.returncode == 0, made.stderr
    with (tmp_path / "plain" / "settings.py").open("a") as settings:
        settings.write('\nINSTALLED_APPS += ["signals_panel"]\n')
    return tmp_path


def test_a_new_project(plain):
    found = run(plain / "manage.py", "signals", cwd=plain)
    assert found.returncode == 0, found.stderr
    assert found.stderr == ""
    assert "django.contrib.auth.models.update_last_login (django/contrib/auth/models.py:" in (
        found.stdout
    )
    # Nothing of its own is connected yet.
    page = run(plain / "manage.py", "signals", "--format", "markdown", cwd=plain).stdout
    assert page.startswith("# Signals\n")
    assert "##" not in page


@pytest.mark.parametrize("arguments", ["", 'model="auth.User", format="json"'])
def test_it_imports_nothing_of_the_project(plain, arguments):
    variables = {"DJANGO_SETTINGS_MODULE": "plain.settings"}
    found = run("-c", LOOK.format(arguments=arguments), cwd=plain, **variables)
    assert found.returncode == 0, found.stderr
    assert found.stdout


def test_it_says_so_whatever_the_checks_say(plain):
    """What they find is another matter; they would import the URLs."""
    with (plain / "plain" / "settings.py").open("a") as settings:
        settings.write('ROOT_URLCONF = "nowhere"\nSIGNALS_PANEL = {"UNKNOWN": 1}\n')
    found = run(plain / "manage.py", "signals", "--format", "json", cwd=plain)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["version"] == 1
