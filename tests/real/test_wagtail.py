"""Wagtail, on the site that ``wagtail start`` makes."""

from __future__ import annotations

import json

import pytest
from driving import PATIENCE_MS, driving
from playwright.sync_api import expect
from serving import USER, Site


@pytest.fixture(scope="module")
def site():
    site = Site("wagtail", "mysite.settings.dev", home="/")
    site.begin("wagtail", "start", "mysite")
    return site


@pytest.mark.parametrize("middleware", [False, True])
def test_wagtail(site, middleware):
    with driving(site, middleware=middleware) as driver:
        page = driver.page
        with driver.step("log in"):
            driver.go("/admin/login/")
            page.locator("#id_username").fill(USER["DJANGO_SUPERUSER_USERNAME"])
            page.locator("#id_password").fill(USER["DJANGO_SUPERUSER_PASSWORD"])
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/admin/")
        with driver.step("create a page"):
            driver.go("/admin/pages/add/home/homepage/3/")
            # Typed, as the slug is made from what is typed.
            page.locator("#id_title").press_sequentially("A page")
            expect(page.locator("#id_slug")).to_have_value("a-page", timeout=PATIENCE_MS)
            page.get_by_role("button", name="Save draft").click()
            page.wait_for_url("**/edit/")
        edit = page.url.removeprefix(site.address)
        with driver.step("edit the page"):
            page.locator("#id_title").press_sequentially(" of ours")
            page.get_by_role("button", name="Save draft").click()
            page.get_by_text("has been updated").first.wait_for()
        # It follows the title while the page is a draft.
        slug = page.locator("#id_slug").input_value()
        with driver.step("publish the page"):
            page.get_by_role("button", name="More actions").first.click()
            page.locator("button[name=action-publish]").click()
            page.wait_for_url("**/admin/pages/3/")
        with driver.step("read the page"):
            driver.go(f"/{slug}/")
        with driver.step("delete the page"):
            driver.go(edit.replace("/edit/", "/delete/"))
            page.get_by_role("button", name="Yes, delete").click()
            page.wait_for_url("**/admin/pages/3/")


def test_what_is_connected(site):
    """``manage.py signals``: Wagtail connects some receivers in loops over models."""
    first, second = (
        site.manage("signals", "--format", "json", PYTHONHASHSEED=seed) for seed in ("1", "2")
    )
    assert first == second
    connected = json.loads(first)
    receivers = [each for signal in connected["signals"] for each in signal["receivers"]]
    wagtails = [each for each in receivers if each["receiver"].startswith("wagtail.")]
    assert len(wagtails) > 20
    assert {each["origin"] for each in wagtails} == {"third-party"}
    # Its field for pictures inherits a receiver.
    assert {each["file"].partition("/")[0] for each in wagtails} == {"wagtail", "django"}
    published = "wagtail.signals.page_published"
    assert published in {signal["signal"] for signal in connected["signals"]}

    text = site.manage("signals", "--model", "wagtailcore.Page")
    assert text.startswith("wagtailcore.Page\n  If it is saved:\n")
    assert "project.apps.hear (project/apps.py:" in text

    page = site.folder / "signals.md"
    page.write_text(site.manage("signals", "--format", "markdown"), encoding="utf-8")
    assert site.manage("signals", "--check", str(page)) == ""
    assert "`wagtail.signal_handlers.pre_delete_page_unpublish`" in page.read_text(encoding="utf-8")
