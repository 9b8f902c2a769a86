"""The site's table of contents: what each page shows, and where to look for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page, which does something when it is visited."""

    name: str
    """Name of its URL."""
    title: str
    shows: str
    look: str
    """What to look at in the panel."""
    code: tuple[str, ...]
    """Dotted paths of the functions and classes whose source it shows."""
    kind: str = ""
    """Either "implicit" or "explicit", where that is what is compared."""


@dataclass(frozen=True)
class Comparison:
    """Pages that are best read side by side."""

    title: str
    left: tuple[Page, ...]
    right: tuple[Page, ...] = ()


@dataclass(frozen=True)
class Section:
    """The pages of one app."""

    app: str
    about: str
    comparisons: tuple[Comparison, ...]


ACCOUNTS = Section(
    "accounts",
    "Two apps that know nothing of each other: the case that signals are made for.",
    (
        Comparison(
            "A new user",
            left=(
                Page(
                    "accounts:register",
                    "Register a user",
                    "A user is saved in accounts, and profiles adds a profile. "
                    "This is a good use: neither app has to know of the other.",
                    "post_save from accounts.User: its receiver "
                    "profiles.receivers.create_user_profile runs one INSERT.",
                    (
                        "accounts.views.register",
                        "profiles.receivers.create_user_profile",
                    ),
                    "implicit",
                ),
            ),
        ),
        Comparison(
            "Signals of Django's own apps",
            left=(
                Page(
                    "accounts:login",
                    "Log in",
                    "Django itself uses signals: logging in saves the user once "
                    "more, to store the time.",
                    "user_logged_in: Django's receiver update_last_login runs one "
                    "UPDATE, and its save() sends post_save, which "
                    "create_user_profile hears in vain.",
                    ("accounts.views.log_in",),
                ),
            ),
            right=(
                Page(
                    "accounts:logout",
                    "Log out",
                    "A signal that nobody listens to costs next to nothing.",
                    "user_logged_out: it was sent, but no receiver is connected, "
                    "so it is among the unheard signals.",
                    ("accounts.views.log_out",),
                ),
            ),
        ),
    ),
)

BLOG = Section(
    "blog",
    "Publishing an article clears a cache and sends mail, in three ways.",
    (
        Comparison(
            "Publish an article",
            left=(
                Page(
                    "blog:publish-signal",
                    "Publish by signal",
                    "Two receivers of post_save do the work. They hear the saving of "
                    "the draft too, and nothing in the view tells of them.",
                    "post_save from blog.SignalArticle, twice: the second time, "
                    "clear_article_cache and notify_subscribers do their work.",
                    (
                        "blog.views.publish_by_signal",
                        "blog.receivers.clear_article_cache",
                        "blog.receivers.notify_subscribers",
                    ),
                    "implicit",
                ),
                Page(
                    "blog:publish-save",
                    "Publish by save()",
                    "The model does the work in its own save(). That is easier to "
                    "find than a receiver, but the view still doesn't tell of it.",
                    "post_save from blog.SavingArticle: nobody hears it, and so "
                    "neither the mail nor the cache belongs to a receiver.",
                    ("blog.views.publish_by_save", "blog.models.SavingArticle"),
                    "implicit",
                ),
            ),
            right=(
                Page(
                    "blog:publish-service",
                    "Publish by service",
                    "One function does the work, line by line, and is called only "
                    "where an article is published.",
                    "post_save from blog.Article: nobody hears it. What happens is "
                    "what publish_article says.",
                    ("blog.views.publish_by_service", "blog.services.publish_article"),
                    "explicit",
                ),
            ),
        ),
    ),
)

SHOP = Section(
    "shop",
    "Creating a product writes an audit log, and may set off much more.",
    (
        Comparison(
            "Create a product",
            left=(
                Page(
                    "shop:product-signal",
                    "Create by signal",
                    "A receiver writes the audit log. Three more are called and "
                    "return at once, as they have nothing to do here.",
                    "post_save from shop.Product: log_product_change runs one INSERT "
                    "into shop_auditlog, and sends post_save in turn.",
                    (
                        "shop.views.product_by_signal",
                        "shop.receivers.log_product_change",
                    ),
                    "implicit",
                ),
                Page(
                    "shop:cascade",
                    "The full cascade",
                    "One save() writes the audit log, sends mail, clears a cache and "
                    "waits for another system, all before the visitor gets a page.",
                    "post_save from shop.Product: four receivers, one after the "
                    "other. Compare the time of announce_to_api with all the rest, "
                    "and find count_audit_entries below log_product_change.",
                    (
                        "shop.views.cascade",
                        "shop.receivers.log_product_change",
                        "shop.receivers.email_stock_team",
                        "shop.receivers.clear_catalogue_cache",
                        "shop.receivers.announce_to_api",
                        "shop.receivers.count_audit_entries",
                    ),
                    "implicit",
                ),
            ),
            right=(
                Page(
                    "shop:product-service",
                    "Create by service",
                    "One function writes the product and the audit log, for all to "
                    "read. Only what listens to the log itself is still out of sight.",
                    "post_save from shop.QuietProduct: nobody hears it. "
                    "post_save from shop.AuditLog: count_audit_entries hears it, "
                    "whoever wrote the entry.",
                    (
                        "shop.views.product_by_service",
                        "shop.services.create_product_with_audit",
                    ),
                    "explicit",
                ),
            ),
        ),
    ),
)

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
                    "explicit",
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
                    "explicit",
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

SECTIONS = (ACCOUNTS, BLOG, SHOP, SHOWCASE)
COMPARISONS = tuple(comparison for section in SECTIONS for comparison in section.comparisons)
PAGES = {
    page.name: page for comparison in COMPARISONS for page in (*comparison.left, *comparison.right)
}


def get_page(name):
    """Return the page with this URL name."""
    return PAGES[name]


def counterparts_of(page):
    """Return the pages to read side by side with this one."""
    for comparison in COMPARISONS:
        if page in comparison.left:
            return comparison.right
        if page in comparison.right:
            return comparison.left
    return ()
