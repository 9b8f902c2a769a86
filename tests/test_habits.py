"""The example site's pages about rules, each beside one that no rule finds fault with."""

from __future__ import annotations

import asyncio
import re

import django
import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.urls import reverse

from example.contents import COMPARISONS, PAGES
from habits.models import Batch, Device, Measurement
from habits.services import delete_batch
from habits.views.repetition import new_batch
from reactions.models import Note
from signals_panel.findings import CODES, RULES
from signals_panel.wording import finding_text

# A rule about time finds what took so long, and on a busy machine anything may take long. So
# those rules apply to the pages about them, and to these pages' twins.
_LONG = 60_000
_ABOUT_TIME = {code for code, rule in RULES.items() if rule.unit == "ms"}


def twins():
    """The pages of each comparison with a page about a rule, with the codes it is about."""
    for comparison in COMPARISONS:
        codes = {code for page in comparison.left for code in page.findings}
        for page in (*comparison.left, *comparison.right):
            yield page, codes


ABOUT = {page.name: codes for page, codes in twins()}
IMPLICIT = [name for name, page in PAGES.items() if page.findings]
EXPLICIT = [name for name, page in PAGES.items() if page.kind == "explicit"]


@pytest.fixture
def found(visit, settings):
    """What the panel finds on a page."""

    def of_page(name):
        rules = dict.fromkeys(_ABOUT_TIME - ABOUT[name], _LONG)
        own = {**site.SIGNALS_PANEL["FINDINGS"], **rules}
        settings.SIGNALS_PANEL = {**site.SIGNALS_PANEL, "FINDINGS": own}
        served = visit(reverse(name))
        assert served.status == 200
        assert served.report["faults"] == []
        return served.report["findings"]

    return of_page


def needs_tasks(name):
    """Skip a page about Django's tasks where there are none; it says so itself."""
    if name == "habits:enqueued-early" and django.VERSION < (6, 0):
        pytest.skip("Tasks came with Django 6.0.")


@pytest.mark.parametrize("name", IMPLICIT)
def test_implicit_page_is_found_fault_with(found, name):
    needs_tasks(name)

    findings = found(name)

    page = PAGES[name]
    assert {each["code"] for each in findings} == set(page.findings)
    texts = [finding_text(each["code"], each["figures"]) for each in findings]
    said = " ".join(text.said for text in texts)
    assert [quoted for quoted in re.findall("“(.+?)”", page.look) if quoted not in said] == []


@pytest.mark.parametrize("name", EXPLICIT)
def test_explicit_page_is_not(found, name):
    assert found(name) == []


def test_each_rule_has_its_page_and_a_twin():
    first = [PAGES[name].findings[0] for name in IMPLICIT]
    assert sorted(first) == sorted(CODES)
    for name in IMPLICIT:
        comparison = next(each for each in COMPARISONS if PAGES[name] in each.left)
        assert any(page.kind == "explicit" for page in comparison.right), name
        assert PAGES[name].kind == "implicit"


def test_without_tasks_their_pages_say_so(visit):
    for name in ("habits:enqueued-early", "habits:enqueued-early-explicit"):
        body = visit(reverse(name)).body.decode()
        assert ("needs Django&#x27;s tasks" in body) == (django.VERSION < (6, 0))


def test_home_links_every_page(visit):
    body = visit("/").body.decode()

    assert [name for name in PAGES if f'href="{reverse(name)}"' not in body] == []


def left_behind():
    """What a page leaves in the database, but for its keys."""
    return (
        list(Device.objects.order_by("pk").values_list("name", "is_checked")),
        [device.number == f"D-{device.pk:05}" for device in Device.objects.all()],
        Batch.objects.count(),
        Measurement.objects.count(),
        list(Note.objects.order_by("pk").values_list("text", flat=True)),
    )


@pytest.mark.parametrize("code", ["repeated", "recursion", "slow-delete", "weak"])
def test_twins_do_the_same(visit, code):
    visit(reverse(f"habits:{code}"))
    implicit = left_behind()
    for model in (Note, Batch, Device):
        model.objects.all().delete()

    visit(reverse(f"habits:{code}-explicit"))

    assert left_behind() == implicit


def test_what_is_bypassed_or_done_twice_is_not_the_same(visit):
    notes = {}
    for name in ("bypassed", "bypassed-explicit", "connected-twice", "connected-twice-explicit"):
        Note.objects.all().delete()
        visit(reverse(f"habits:{name}"))
        notes[name] = Note.objects.count()

    assert list(notes.values()) == [0, 12, 2, 1]


@pytest.mark.parametrize("delete", [Batch.delete, delete_batch])
def test_nothing_stays_in_the_cache_of_what_was_deleted(transactional_db, delete):
    batch = new_batch(12)
    keys = [f"reactions:measurement:{each.pk}" for each in batch.measurements.all()]
    cache.set_many(dict.fromkeys(keys, "old"))

    delete(batch)

    assert len(keys) == 12
    assert cache.get_many(keys) == {}


@pytest.mark.parametrize(
    "path", ["/habits/switch/explicit/", "/showcase/nothing/", "/accounts/register/"]
)
def test_under_asgi_nothing_is_switched_but_for_receivers(avisit, path):
    # The site's settings have the rule speak from 0 ms on.
    served = asyncio.run(avisit(path))

    assert served.status == 200
    assert "switch" not in [finding["code"] for finding in served.report["findings"]]
