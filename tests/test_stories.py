"""Every system of the two articles, read through the toolbar: its whole cascade."""

from __future__ import annotations

import asyncio

import pytest
from django.core import mail
from django.core.cache import cache
from reports import outline

PRODUCT = [
    "post_save shop.Product",
    "  shop.receivers.log_product_change",
    "    INSERT shop_auditlog",
    "    post_save shop.AuditLog",
    "      shop.receivers.count_audit_entries",
    "        SELECT shop_auditlog",
    "        cache set shop:audit-entries",
    "  shop.receivers.email_stock_team",
    "  shop.receivers.clear_catalogue_cache",
    "  shop.receivers.announce_to_api",
]
# The product that is announced; for the others these receivers do nothing.
ANNOUNCED = [
    *PRODUCT[:-2],
    "    mail Product saved: Floor lamp (1 recipient)",
    PRODUCT[-2],
    "    cache delete shop:catalogue",
    PRODUCT[-1],
    "    http POST 127.0.0.1:port/api/stock/",
]
AUDIT = [
    "post_save shop.AuditLog",
    "  shop.receivers.count_audit_entries",
    "    SELECT shop_auditlog",
    "    cache set shop:audit-entries",
]
TAGS = [
    "m2m_changed showcase.Shelf_tags ×2",
    "  showcase.receivers.refresh_tag_count ×2",
    "    SELECT showcase_shelf_tags",
    "    cache set showcase:tags:pk",
    # It is connected to all relations, and does nothing for this one.
    "  reactions.connecting.count_labels ×2",
]

STORIES = {
    # accounts: two truly separate apps
    "/accounts/register/": [
        "post_save accounts.User",
        "  profiles.receivers.create_user_profile",
        "    INSERT profiles_userprofile",
    ],
    # blog: publishing, three ways
    "/blog/publish/signal/": [
        "post_save blog.SignalArticle",
        "  blog.receivers.clear_article_cache",
        "  blog.receivers.notify_subscribers",
        "post_save blog.SignalArticle",
        "  blog.receivers.clear_article_cache",
        "    cache delete blog:articles",
        "  blog.receivers.notify_subscribers",
        "    mail New article: What a save costs (1 recipient)",
    ],
    "/blog/publish/save/": [],
    "/blog/publish/service/": [],
    # shop: the audit by signal and by service, and the full cascade
    "/shop/product/signal/": PRODUCT,
    "/shop/product/service/": [],
    "/shop/cascade/": ANNOUNCED,
    "/showcase/raises/": [
        "stock_checked showcase.senders.Warehouse",
        "  showcase.receivers.refuse_empty_stock ValueError: no stock",
    ],
    "/showcase/swallowed/": [
        "stock_checked showcase.senders.Warehouse send_robust",
        "  showcase.receivers.refuse_empty_stock ValueError: no stock",
        "  showcase.receivers.remember_stock_check",
        "    cache set showcase:last-checked",
    ],
    "/showcase/caught/": [
        "stock_checked showcase.senders.Depot",
        "  showcase.receivers.report_empty_stock",
        "    cache set showcase:last-problem",
        "  showcase.receivers.remember_stock_check",
        "    cache set showcase:last-checked",
    ],
    "/showcase/custom-signal/": [
        "order_placed showcase.senders.Order",
        "  showcase.receivers.confirm_order",
        "    mail Your order: Desk lamp (1 recipient)",
        "  showcase.receivers.reserve_stock",
        "    stock_low showcase.senders.Warehouse",
        "      showcase.receivers.reorder_item",
        "        INSERT shop_auditlog",
        *("        " + line for line in AUDIT),
    ],
    "/showcase/loop/": [f"{line} ×200" for line in PRODUCT],
    "/showcase/bulk/": [],
    "/showcase/prices/loop/": [f"{line} ×20" for line in PRODUCT],
    "/showcase/prices/update/": [],
    "/showcase/deferred/": [
        *AUDIT,
        "order_shipped showcase.senders.Order",
        "  showcase.shipping.tell_after_commit",
        "    deferred partial(showcase.shipping.mail_customer) ran",
        "      mail Shipped: Desk lamp (1 recipient)",
        "    deferred partial(showcase.shipping.tell_carrier) ran",
        "      http POST 127.0.0.1:port/api/stock/",
    ],
    "/showcase/rolled-back/": [
        *AUDIT,
        "order_shipped showcase.senders.Order",
        "  showcase.shipping.tell_after_commit",
        "    deferred partial(showcase.shipping.mail_customer) rolled back",
        "    deferred partial(showcase.shipping.tell_carrier) rolled back",
    ],
    # Each change is told before and after; queried for after alone.
    "/showcase/m2m/": TAGS * 3,
    "/showcase/nothing/": [],
    "/showcase/streaming/": PRODUCT,
    "/showcase/ajax/": [],
    "/showcase/ajax/data/": PRODUCT,
    # notes: its receivers are never imported
    "/notes/write/": [],
}  # fmt: skip


@pytest.mark.parametrize("path", STORIES)
def test_story(visit, path):
    served = visit(path)

    assert served.status == 200
    assert outline(served.report) == STORIES[path]
    assert served.report["faults"] == []


# With operations, and with what happens outside of receivers.
AUDIT_SAVED = [
    "save shop.AuditLog created",
    "  INSERT shop_auditlog",
    *("  " + line for line in AUDIT),
]
WHOLE_STORIES = {
    "/shop/cascade/": [
        "save shop.Product created",
        "  INSERT shop_product",
        "  post_save shop.Product",
        "    shop.receivers.log_product_change",
        *("      " + line for line in AUDIT_SAVED),
        "    shop.receivers.email_stock_team",
        "      mail Product saved: Floor lamp (1 recipient)",
        "    shop.receivers.clear_catalogue_cache",
        "      cache delete shop:catalogue",
        "    shop.receivers.announce_to_api",
        "      http POST 127.0.0.1:port/api/stock/",
    ],
    "/showcase/bulk/": ["bulk_create shop.Product", "  INSERT shop_product"],
    "/showcase/prices/update/": [
        "bulk_create shop.QuietProduct",
        "  INSERT shop_product",
        "update shop.Product",
        "  UPDATE shop_product",
    ],
    "/showcase/rolled-back/": [
        "with transaction.atomic(): ×2",
        "  transaction ROLLBACK",
        *AUDIT_SAVED,
        *STORIES["/showcase/rolled-back/"][len(AUDIT):],
    ],
}  # fmt: skip


@pytest.mark.parametrize("path", WHOLE_STORIES)
def test_whole_story(visit, path):
    lines = outline(visit(path).report, everything=True)
    # Django 6.1 opens no transaction for a single statement.
    steps = ("BEGIN", "transaction COMMIT")
    assert [line for line in lines if line.strip() not in steps] == WHOLE_STORIES[path]


def test_what_a_bulk_operation_bypassed_is_at_hand(visit):
    rows = visit("/showcase/prices/update/").report["rows"]

    quiet, update = (row for row in rows if row["kind"] == "operation")
    assert (quiet["bypassed"], update["table_rows"]) == ([], 20)
    receivers = ["log_product_change", "email_stock_team"]
    receivers += ["clear_catalogue_cache", "announce_to_api"]
    assert update["bypassed"] == [f"shop.receivers.{name}" for name in receivers]
    assert [row["name"] for row in rows if row.get("open")] == ["view"]


def test_one_by_one_they_say_what_is_written(visit):
    rows = visit("/showcase/prices/loop/").report["rows"]

    dispatch = next(row for row in rows if row.get("sender") == "shop.Product")
    assert (dispatch["count"], dispatch["said"]) == (20, [["only: price", 20]])


def test_rolled_back_is_all_that_the_database_forgot(visit):
    report = visit("/showcase/rolled-back/").report

    kept = [
        row.get("effect", row["kind"])
        for row in report["rows"]
        if row["kind"] not in ("phase", "deferred") and not row["rolled_back"]
    ]
    # Neither the cache, nor what is Django's own before and after the view.
    assert [kind for kind in kept if kind not in ("dispatch", "call")] == [
        "line",
        "sql",
        "transaction",
        "cache",
    ]
    assert all(row["open"] for row in report["rows"] if row["kind"] == "deferred")
    assert len(mail.outbox) == 0


def test_logging_in_and_out(visit):
    visit("/accounts/login/")  # creates the user
    login, logout = visit("/accounts/login/"), visit("/accounts/logout/")

    assert outline(login.report) == [
        "user_logged_in accounts.User",
        "  django.contrib.auth.models.update_last_login",
        "    UPDATE accounts_user",
        "    post_save accounts.User",
        "      profiles.receivers.create_user_profile",
    ]
    assert outline(logout.report) == []


def asserted_async(report):
    lines = outline(report)
    receivers = {
        "  showcase.receivers.fetch_prices": ["    SELECT shop_product"],
        "  showcase.receivers.fetch_reviews": ["    SELECT blog_article"],
        "  showcase.receivers.store_summary": [
            "    INSERT shop_auditlog",
            *("    " + line for line in AUDIT),
        ],
        "  showcase.receivers.remember_report": ["    cache set showcase:last-report"],
    }
    assert lines.pop(0) == "report_ready showcase.senders.Report asend"
    # Django 6.1 runs the sync receivers first, Django before it all side by side.
    found: dict[str, list[str]] = {}
    for line in lines:
        if line in receivers:
            found[line] = under = []
        else:
            under.append(line)
    assert found == receivers
    dispatch = next(
        row for row in report["rows"] if row["kind"] == "dispatch" and row["concurrent"]
    )
    assert dispatch["method"] == "asend"


def test_async_story_under_wsgi(visit):
    served = visit("/showcase/async/")

    assert served.status == 200
    asserted_async(served.report)


def test_async_story_under_asgi(avisit):
    served = asyncio.run(avisit("/showcase/async/"))

    assert served.status == 200
    asserted_async(served.report)
    assert served.report["faults"] == []


@pytest.mark.parametrize("path", ["/shop/cascade/", "/accounts/register/", "/showcase/nothing/"])
def test_sync_story_under_asgi(avisit, path):
    assert outline(asyncio.run(avisit(path)).report) == STORIES[path]


def test_cascade_does_what_it_shows(visit):
    cache.set("shop:catalogue", "old")

    visit("/shop/cascade/")

    assert [message.to for message in mail.outbox] == [["stock@example.com"]]
    assert cache.get("shop:catalogue") is None


def test_three_ways_to_publish_do_the_same(visit):
    for way in ("signal", "save", "service"):
        mail.outbox.clear()
        visit(f"/blog/publish/{way}/")
        assert len(mail.outbox) == 1, way


def test_home_links_every_story(visit):
    body = visit("/").body.decode()

    missing = [path for path in STORIES if f'href="{path}"' not in body]
    assert missing == ["/showcase/ajax/data/"]


def test_queries_of_the_loop_are_all_there(visit):
    totals = visit("/showcase/loop/").report["totals"]

    # 200 products with two queries each in receivers, and one BEGIN around all.
    assert (totals["queries"], totals["all_queries"]) == (400, 601)
