"""Publishing by signal, within one app: compare with ``services.publish_article``.

A receiver of ``post_save`` hears every save and has to find out for itself whether
this one was the publishing. Nothing at the call of ``save()`` tells of it.
"""

from django.db.models.signals import post_save
from django.dispatch import receiver

from blog import services
from blog.models import SignalArticle


@receiver(post_save, sender=SignalArticle)
def clear_article_cache(sender, instance, **kwargs):
    """Forget the cached list of articles once there is a new one."""
    if instance.published_at:
        services.clear_article_cache()


@receiver(post_save, sender=SignalArticle)
def notify_subscribers(sender, instance, **kwargs):
    """Send mail about a published article."""
    if instance.published_at:
        services.notify_subscribers(instance)
