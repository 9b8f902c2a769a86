"""On code that does as Django's own does, no rule finds anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def done():
    """What was done in the admin, and what the rules found, by step."""
    folders = [str(TESTS.parent), str(TESTS), str(TESTS / "example")]
    run = subprocess.run(
        [sys.executable, str(TESTS / "findings" / "admin_site.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return {step["name"]: step for step in json.loads(run.stdout)}


@pytest.mark.parametrize(
    "name",
    [
        "log in",
        "the index",
        "list users",
        "add a user",
        "look at a user",
        "change a user",
        "ask for a deletion",
        "delete a user",
        "add a product",
        "list products",
        "change a product",
        "the history",
        "delete a product",
        "delete several",
        "log out",
        "register",
        "log in without the admin",
        "log out without the admin",
    ],
)
def test_nothing_is_found(done, name):
    assert done[name]["findings"] == []
    assert done[name]["faults"] == []


def test_what_was_done_was_done_and_heard(done):
    rows = {name: step["rows"] for name, step in done.items()}
    heard = {name for name, step in done.items() if "accounts.User" in step["senders"]}

    # Users and products; an address that isn't there would lead back to the index.
    assert [rows[name] for name in ("add a user", "delete a user")] == [[2, 0], [1, 0]]
    assert [rows[name] for name in ("add a product", "delete a product")] == [[1, 1], [1, 0]]
    assert [rows[name] for name in ("delete several", "register")] == [[1, 0], [2, 0]]
    assert heard >= {"log in", "add a user", "change a user", "register"}


def test_the_rules_were_at_work(done):
    (finding,) = done["save in a loop"]["findings"]

    assert finding.startswith("repeated reactions.repetition.note_device ")
