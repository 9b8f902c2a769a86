"""Oscar, on a shop as its documentation has one built; empty at first, like its dashboard."""

from __future__ import annotations

from driving import driving
from serving import USER, Site


def test_oscar():
    site = Site("oscar", "project.oscar_settings", home="/catalogue/")
    site.begin()
    with driving(site, middleware=False) as driver:
        page = driver.page
        save = page.get_by_role("button", name="Save", exact=True)
        with driver.step("log in"):
            driver.go("/accounts/login/")
            page.locator("#id_login-username").fill(USER["DJANGO_SUPERUSER_EMAIL"])
            page.locator("#id_login-password").fill(USER["DJANGO_SUPERUSER_PASSWORD"])
            page.get_by_role("button", name="Log In").click()
            page.wait_for_url("**/dashboard/")
        with driver.step("create a product type"):
            driver.go("/dashboard/catalogue/product-type/create/")
            page.locator("#id_name").fill("Book")
            save.click()
            page.wait_for_url("**/product-types/")
        with driver.step("create a category"):
            driver.go("/dashboard/catalogue/categories/create/")
            page.locator("#id_name").fill("Novels")
            save.click()
            page.wait_for_url("**/categories/")
        with driver.step("create a partner"):
            driver.go("/dashboard/partners/create/")
            page.locator("#id_name").fill("A publisher")
            save.click()
            page.wait_for_url("**/partners/")
        with driver.step("create a product"):
            driver.go("/dashboard/catalogue/products/create/book/")
            page.locator("#id_title").fill("A book")
            page.get_by_role("link", name="Categories").last.click()
            page.locator("#id_productcategory_set-0-category").select_option(label="Novels")
            page.get_by_role("link", name="Stock and pricing").click()
            page.locator("#id_stockrecords-0-partner").select_option(label="A publisher")
            page.locator("#id_stockrecords-0-partner_sku").fill("1")
            page.locator("#id_stockrecords-0-num_in_stock").fill("10")
            page.locator("#id_stockrecords-0-price").fill("12.50")
            save.click()
            page.wait_for_url("**/dashboard/catalogue/**")
        with driver.step("browse"):
            driver.go("/catalogue/")
            page.get_by_role("link", name="A book").first.click()
            page.wait_for_url("**/catalogue/a-book_*/")
        with driver.step("add to the basket"):
            page.get_by_role("button", name="Add to cart").click()
            page.get_by_text("has been added to your cart").first.wait_for()
        with driver.step("edit the product"):
            driver.go("/dashboard/catalogue/products/1/")
            page.locator("#id_title").fill("A better book")
            save.click()
            page.get_by_text("A better book").first.wait_for()
        with driver.step("delete the product"):
            driver.go("/dashboard/catalogue/products/1/delete/")
            page.get_by_role("button", name="Delete").click()
            page.get_by_text("Deleted product").first.wait_for()
