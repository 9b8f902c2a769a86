"""One page for each thing that signals can do."""

from example.contents.pages import Comparison, Page, Section

SHOWCASE = Section(
    "showcase",
    "One page for each thing that signals can do.",
    (
        Comparison(
            "A receiver that fails",
            left=(
                Page(
                    "showcase:raises",
                    "send() lets it through",
                    "The first receiver raises, so the second is never called, and "
                    "the sender has to deal with the exception.",
                    "stock_checked from Warehouse: refuse_empty_stock raised "
                    "ValueError, and remember_stock_check did not run.",
                    ("showcase.views.raises", "showcase.receivers.refuse_empty_stock"),
                    "implicit",
                    ("raised",),
                ),
            ),
            right=(
                Page(
                    "showcase:swallowed",
                    "send_robust() swallows it",
                    "The first receiver raises, and the second is called all the "
                    "same. Whoever doesn't look at the responses misses the failure.",
                    "stock_checked from Warehouse: refuse_empty_stock raised "
                    "ValueError, and remember_stock_check ran after it.",
                    (
                        "showcase.views.swallowed",
                        "showcase.receivers.refuse_empty_stock",
                    ),
                ),
                Page(
                    "showcase:caught",
                    "The receiver deals with it",
                    "The first receiver knows that its work may fail, and catches that "
                    "itself. Neither the sender nor the other receiver notices.",
                    "stock_checked from Depot: report_empty_stock puts the problem into "
                    "the cache, and the panel has nothing to advise.",
                    (
                        "showcase.views.caught",
                        "showcase.receivers.report_empty_stock",
                        "showcase.receivers.refuse_empty_stock",
                    ),
                    "explicit",
                ),
            ),
        ),
        Comparison(
            "Two hundred products",
            left=(
                Page(
                    "showcase:loop",
                    "Saved in a loop",
                    "What a receiver costs, it costs for every object: 200 saves, 600 queries.",
                    "By receiver: log_product_change and count_audit_entries, called "
                    "200 times each with one query of their own.",
                    ("showcase.views.loop", "showcase.views.new_products"),
                    "implicit",
                ),
            ),
            right=(
                Page(
                    "showcase:bulk",
                    "Saved at once",
                    "bulk_create() sends neither pre_save nor post_save. It is fast, "
                    "and the audit log doesn't hear of it.",
                    "bulk_create shop.Product, 200 rows: it names log_product_change "
                    "and the others that it bypassed. The 200 products are missing "
                    "from the audit log.",
                    ("showcase.views.bulk", "showcase.views.new_products"),
                ),
            ),
        ),
        Comparison(
            "Twenty new prices",
            left=(
                Page(
                    "showcase:prices-loop",
                    "Changed one by one",
                    "Each save() names the field that it writes, and yet every receiver "
                    "is called, whether it cares for prices or not.",
                    "save shop.Product, 20 times: below it the UPDATE of its own, and "
                    "post_save with “only: price” and four receivers.",
                    ("showcase.views.prices_in_a_loop", "showcase.views.stocked_products"),
                    "implicit",
                ),
            ),
            right=(
                Page(
                    "showcase:prices-update",
                    "Changed at once",
                    "update() is one query. It sends no signal, so whoever relies on "
                    "post_save doesn't hear of the new prices.",
                    "update shop.Product, 20 rows: one UPDATE, and the names of the four "
                    "receivers that it bypassed.",
                    ("showcase.views.prices_at_once", "showcase.views.stocked_products"),
                ),
            ),
        ),
        Comparison(
            "Until the transaction is committed",
            left=(
                Page(
                    "showcase:deferred",
                    "Put off with on_commit()",
                    "A receiver hands mail and a call of another system to on_commit(), "
                    "so that nobody is told of what may be rolled back.",
                    "order_shipped from Order: below tell_after_commit stand mail_customer "
                    "and tell_carrier, marked as deferred. They ran after the commit, and "
                    "their time is none of the receiver's.",
                    (
                        "showcase.views.deferred",
                        "showcase.views.ship",
                        "showcase.shipping.tell_after_commit",
                        "showcase.shipping.mail_customer",
                        "showcase.shipping.tell_carrier",
                    ),
                ),
            ),
            right=(
                Page(
                    "showcase:rolled-back",
                    "Rolled back instead",
                    "The same, but the view raises before the end of its transaction, and "
                    "catches that: the database forgets the audit log.",
                    "save shop.AuditLog, rolled back; mail_customer and tell_carrier, which "
                    "never ran. But count_audit_entries has put a number into the cache, "
                    "where no rollback reaches: it counts an entry too many.",
                    ("showcase.views.rolled_back", "showcase.views.ship"),
                ),
            ),
        ),
        Comparison(
            "Signals of your own",
            left=(
                Page(
                    "showcase:custom-signal",
                    "One sets off another",
                    "The project defines order_placed, whose sender is a plain "
                    "class. One of its receivers sends stock_low in turn.",
                    "order_placed from Order: below reserve_stock find stock_low, "
                    "reorder_item, post_save and count_audit_entries.",
                    (
                        "showcase.views.custom_signal",
                        "showcase.receivers.confirm_order",
                        "showcase.receivers.reserve_stock",
                        "showcase.receivers.reorder_item",
                    ),
                ),
            ),
            right=(
                Page(
                    "showcase:async",
                    "Asynchronous receivers",
                    "Three asynchronous receivers run at the same time, and asend() "
                    "takes hardly longer than the slowest of them.",
                    "report_ready from Report: fetch_prices and fetch_reviews "
                    "overlap, and each has its own query and no other.",
                    (
                        "showcase.views.async_receivers",
                        "showcase.receivers.fetch_prices",
                        "showcase.receivers.fetch_reviews",
                        "showcase.receivers.store_summary",
                        "showcase.receivers.remember_report",
                    ),
                ),
            ),
        ),
        Comparison(
            "Many, and none",
            left=(
                Page(
                    "showcase:m2m",
                    "Tags of a shelf",
                    "Each change of a many-to-many relation is announced twice: "
                    "before it is made and after.",
                    "m2m_changed from showcase.Shelf_tags, six times: "
                    "refresh_tag_count runs one query in every second call.",
                    ("showcase.views.m2m", "showcase.receivers.refresh_tag_count"),
                ),
            ),
            right=(
                Page(
                    "showcase:nothing",
                    "Nothing at all",
                    "A page without a query, a session or a signal of its own.",
                    "Only what every request sends: request_started and request_finished.",
                    ("showcase.views.nothing",),
                ),
            ),
        ),
        Comparison(
            "Out of the page's sight",
            left=(
                Page(
                    "showcase:streaming",
                    "While the response is sent",
                    "The body saves a product after the view has returned. A "
                    "streamed page has no toolbar: go home, and open this request "
                    "in the History panel.",
                    "post_save from shop.Product, sent after the view and "
                    "the middleware were done.",
                    ("showcase.views.streaming",),
                ),
            ),
            right=(
                Page(
                    "showcase:ajax",
                    "Behind a button",
                    "A script fetches data, and the fetched view creates a product. "
                    "That request has a row of its own in the History panel.",
                    "post_save from shop.Product, in the request to "
                    "/showcase/ajax/data/ and not in the one that you see here.",
                    ("showcase.views.ajax", "showcase.views.ajax_data"),
                ),
            ),
        ),
    ),
)
