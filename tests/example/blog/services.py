"""What publishing an article means, in plain functions."""

from django.core.cache import cache
from django.core.mail import send_mail
from django.utils import timezone


def publish_article(article):
    """Publish an article: save it, clear the cache, tell the subscribers."""
    article.published_at = timezone.now()
    article.save()
    clear_article_cache()
    notify_subscribers(article)


def clear_article_cache():
    """Forget the cached list of articles."""
    cache.delete("blog:articles")


def notify_subscribers(article):
    """Send mail about a new article."""
    send_mail(
        subject=f"New article: {article.title}",
        message=f"Read it at /blog/{article.slug}/",
        from_email="blog@example.com",
        recipient_list=["subscribers@example.com"],
    )
