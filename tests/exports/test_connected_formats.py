"""What is connected, in each format."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from django.db.models.signals import post_delete, post_save, pre_save

from shop.models import Product
from signals_panel.describe import SourceLine
from signals_panel.exports.connected import ENDINGS, FORMATS, Contents, contents
from signals_panel.wiring import ConnectedReceiver, ConnectedSignal, Run, RunsFor

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "connected.schema.json").read_text())


def hears(**kwargs):
    pass


async def awaits(**kwargs):
    pass


def written(format_name, **filters):
    return FORMATS[format_name](contents("manage.py signals", **filters))


def receiver(name, **said):
    usual = {
        "defined_at": SourceLine("/srv/site/shop/receivers.py", 7, name, ""),
        "file": "shop/receivers.py",
        "sender": None,
        "weak": True,
        "dispatch_uid": None,
        "is_async": False,
        "origin": "project",
    }
    return ConnectedReceiver(name, **{**usual, **said})


ODD = "a|`c` <d>"


@pytest.fixture
def odd():
    """One of everything that has a way of its own to be shown."""
    for_all = receiver("shop.receivers.broad")
    kept = receiver(
        ODD, sender="shop.Product", weak=False, dispatch_uid="u", is_async=True, file="shop/a.py"
    )
    without_code = receiver("shop.Callable", sender="shop.Product", defined_at=None, file=None)
    djangos = receiver("django.contrib.auth.models.update_last_login", origin="django")
    name = "django.db.models.signals.post_save"
    run = Run(name, "shop.Product", (for_all, kept))
    other = Run("django.db.models.signals.post_delete", "shop.Review", (for_all,))
    return Contents(
        [
            ConnectedSignal(name, "django", (for_all, without_code, kept, djangos)),
            ConnectedSignal("shop.signals.unheard", "project", ()),
            ConnectedSignal("django.core.signals.request_started", "django", (djangos,)),
        ],
        [RunsFor("shop.Product", (run,), (), (other,), ())],
        is_of_one_model=True,
        command="python manage.py signals",
    )


def test_text(odd):
    assert (
        FORMATS["text"](odd)
        == f"""\
shop.Product
  If it is saved:
    post_save
      1. shop.receivers.broad (shop/receivers.py:7)
      2. {ODD} (shop/a.py:7) async, weak=False, dispatch_uid="u"
  Nothing runs if it is deleted.
  For what is deleted with it:
    post_delete from shop.Review
      1. shop.receivers.broad (shop/receivers.py:7)

django.db.models.signals.post_save
  from any sender
    shop.receivers.broad (shop/receivers.py:7)
  from shop.Product
    shop.Callable
    {ODD} (shop/a.py:7) async, weak=False, dispatch_uid="u"
  from any sender
    django.contrib.auth.models.update_last_login (shop/receivers.py:7)

django.core.signals.request_started
  from any sender
    django.contrib.auth.models.update_last_login (shop/receivers.py:7)

No receivers
  shop.signals.unheard
"""
    )


def test_markdown(odd):
    shown = FORMATS["markdown"](odd)
    # Every edit would change them.
    assert "receivers.py:" not in shown
    assert "update_last_login" not in shown
    assert "request_started" not in shown
    assert shown.endswith("## No receivers\n\n- `shop.signals.unheard`\n")
    assert (
        """\
### `shop.Product`

If it is saved:

- `post_save`
  1. `shop.receivers.broad`
  2. ``a|`c` <d>``

For what is deleted with it:

- `post_delete` from `shop.Review`
  1. `shop.receivers.broad`

## What is connected

### `django.db.models.signals.post_save`

| Sender | Receiver | File | Connected with |
| --- | --- | --- | --- |
| any sender | `shop.receivers.broad` | `shop/receivers.py` |  |
| `shop.Product` | `shop.Callable` |  |  |
| `shop.Product` | ``a\\|`c` <d>`` | `shop/a.py` | `async`, `weak=False`, `dispatch_uid="u"` |
"""
        in shown
    )
    assert "`python manage.py signals`" in shown


def test_markdown_without_an_empty_column():
    shown = written("markdown", model="shop.Product")
    assert "| Sender | Receiver | File |\n| --- | --- | --- |\n" in shown


def test_mermaid(odd):
    lines = FORMATS["mermaid"](odd).splitlines()
    signal = "signal!!{}!!django.db.models.signals.post_save"
    of_product = signal.format("shop.Product")
    assert lines == [
        "flowchart LR",
        f'  sender!!["any sender"] --> {signal.format("")}(["post_save"])',
        f'  {signal.format("")} --> receiver!!shop.receivers.broad["shop.receivers.broad"]',
        f'  sender!!shop.Product["shop.Product"] --> {of_product}(["post_save"])',
        f'  {of_product} -- 1 --> receiver!!shop.Callable["shop.Callable"]',
        f"  {of_product} -- 2 --> receiver!!a!7c!!60!c!60!!20!!3c!d!3e!"
        '["a#124;#96;c#96; #60;d#62;"]',
    ]


def test_mermaid_of_nothing(odd):
    assert (
        FORMATS["mermaid"](odd._replace(signals=[])) == 'flowchart LR\n  nothing["no receivers"]\n'
    )


def test_json_is_as_its_schema_says(connect, odd):
    connect(pre_save, hears)
    connect(post_delete, awaits, sender=Product, dispatch_uid="once", weak=True)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for text in (
        FORMATS["json"](odd),
        written("json"),
        written("json", model="showcase.Shelf"),
        written("json", app="shop"),
        written("json", signal="pre_init"),
    ):
        jsonschema.validate(json.loads(text), SCHEMA)


def test_json_says_everything(connect):
    connect(post_delete, awaits, sender=Product, dispatch_uid="once")
    whole = json.loads(written("json"))

    signals = {each["signal"]: each for each in whole["signals"]}
    # It is awaited, and so the last.
    *_, found = signals["django.db.models.signals.post_delete"]["receivers"]
    assert found.pop("receiver").endswith(".awaits")
    assert found.pop("file").endswith("test_connected_formats.py")
    assert found == {
        "sender": "shop.Product",
        "line": awaits.__code__.co_firstlineno,
        "weak": False,
        "dispatch_uid": "once",
        "async": True,
        "origin": "project",
    }
    models = {each["model"]: each for each in whole["models"]}
    (run,) = models["shop.Product"]["deleted"]
    assert run["signal"] == "django.db.models.signals.post_delete"
    assert len(models["shop.Product"]["saved"][0]["receivers"]) == 4


@pytest.mark.parametrize("format_name", FORMATS)
def test_no_address_and_no_folder_of_this_machine(format_name, connect):
    connect(post_save, lambda **kwargs: None, dispatch_uid=f"{object()}")
    text = written(format_name)

    assert not re.search(r"0x[0-9a-f]{4}", text)
    assert str(HERE.parents[2]) not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_a_part_tells_all_that_runs_for_its_models(connect):
    """``--app profiles`` lists one receiver; saving a user may run others, too."""
    connect(post_save, hears)
    part = contents("", app="profiles")
    (runs,) = part.runs
    assert runs.model == "accounts.User"
    called = [each.receiver for run in runs.saved for each in run.receivers]
    assert called == ["profiles.receivers.create_user_profile", f"{hears.__module__}.hears"]
    assert contents("", app="profiles", signal="post_delete").runs == []


def test_each_ending_has_a_format():
    assert set(ENDINGS.values()) == set(FORMATS)
