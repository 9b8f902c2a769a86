"""The admin of Django's own, on a project that has nothing but what ``startproject`` made."""

from __future__ import annotations

import pytest
from driving import driving
from serving import USER, Site


@pytest.fixture(scope="module")
def site():
    site = Site("admin", "plain.settings", home="/admin/login/")
    site.begin("django-admin", "startproject", "plain")
    return site


@pytest.mark.parametrize("middleware", [False, True])
def test_admin(site, middleware):
    with driving(site, middleware=middleware) as driver:
        page = driver.page
        save = page.get_by_role("button", name="Save", exact=True)
        with driver.step("log in"):
            driver.go("/admin/login/")
            page.locator("#id_username").fill(USER["DJANGO_SUPERUSER_USERNAME"])
            page.locator("#id_password").fill(USER["DJANGO_SUPERUSER_PASSWORD"])
            page.get_by_role("button", name="Log in").click()
            page.wait_for_url("**/admin/")
        with driver.step("add a user"):
            driver.go("/admin/auth/user/add/")
            page.locator("#id_username").fill("reader")
            page.locator("#id_password1").fill("another long word")
            page.locator("#id_password2").fill("another long word")
            save.click()
            page.wait_for_url("**/change/")
        user = page.url.removeprefix(site.address)
        with driver.step("change the user"):
            page.locator("#id_first_name").fill("Ada")
            save.click()
            page.wait_for_url("**/admin/auth/user/")
        with driver.step("delete the user"):
            driver.go(user.replace("/change/", "/delete/"))
            page.get_by_role("button", name="Yes, I").click()
            page.wait_for_url("**/admin/auth/user/")
