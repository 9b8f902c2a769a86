"""What the two articles tell of: accounts, a blog and a shop."""

from example.contents.pages import Comparison, Page, Section

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
                    "UPDATE, and its save() sends post_save, on which "
                    "create_user_profile has nothing to do.",
                    ("accounts.views.log_in",),
                ),
            ),
            right=(
                Page(
                    "accounts:logout",
                    "Log out",
                    "A signal that nobody listens to costs next to nothing.",
                    "user_logged_out: it was sent, but no receiver is connected, "
                    "so it is among the signals without receivers.",
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
                    "into shop_auditlog, and sends post_save in turn. The panel finds "
                    "receivers of the same app, twice: call them in a function.",
                    (
                        "shop.views.product_by_signal",
                        "shop.receivers.log_product_change",
                        "shop.receivers.count_audit_entries",
                    ),
                    "implicit",
                    ("same-app",),
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
                    "One function writes the product and the audit log and counts its "
                    "entries, for all to read from top to bottom.",
                    "post_save from shop.QuietProduct and from shop.QuietAuditLog: "
                    "nobody hears them, and the panel has nothing to advise.",
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
