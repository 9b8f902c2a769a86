"""Mermaid itself, as its makers publish it: fetched once, and kept in ``.cache/``."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

# A named version, so that it draws the same everywhere.
VERSION = "11.17.2"
HOW_TO_GET_IT = (
    "Mermaid can't be fetched, so charts were not drawn: it needs npm and the npm registry."
)
_CACHE = Path(__file__).resolve().parents[2] / ".cache"
_MEMBER = "package/dist/mermaid.min.js"


def mermaid_script() -> Path:
    """The path of the script; skips, or fails with ``REQUIRE_NODE=1``, where it can't be had."""
    kept = _CACHE / f"mermaid-{VERSION}.min.js"
    if not kept.exists():
        try:
            _fetch(kept)
        except (OSError, subprocess.SubprocessError) as error:
            if os.environ.get("REQUIRE_NODE") == "1":
                pytest.fail(f"{HOW_TO_GET_IT} ({error})")
            pytest.skip(HOW_TO_GET_IT)
    return kept


def _fetch(kept: Path) -> None:
    kept.parent.mkdir(exist_ok=True)
    folder = kept.with_suffix(".fetching")
    folder.mkdir(exist_ok=True)
    try:
        command = [shutil.which("npm") or "npm", "pack", "--silent", f"mermaid@{VERSION}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
        (packed,) = folder.glob("*.tgz")
        with tarfile.open(packed) as archive, archive.extractfile(_MEMBER) as script:
            (folder / "script.js").write_bytes(script.read())
        # All of it or nothing, should this be broken off.
        (folder / "script.js").replace(kept)
    finally:
        shutil.rmtree(folder)
