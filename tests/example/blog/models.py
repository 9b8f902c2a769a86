"""Articles: one table, and one class for each way to publish.

The signals of a proxy model are sent by the proxy, not by the model behind it. So
each way to publish has a sender of its own, and none of them triggers another:

``SignalArticle``  receivers of ``post_save`` do the rest
``SavingArticle``  its own ``save()`` does the rest
``Article``        does nothing by itself; the service ``publish_article`` does it all
"""

from django.db import models

from blog import services


class Article(models.Model):
    """An article that is saved when it is saved, and nothing more."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220, unique=True)
    body = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.title


class SignalArticle(Article):
    """An article whose publishing is finished by receivers."""

    class Meta:
        proxy = True


class SavingArticle(Article):
    """An article that finishes its publishing in ``save()``."""

    class Meta:
        proxy = True

    def save(self, *args, **kwargs):
        """Save, and clear the cache and send mail once there is a date."""
        super().save(*args, **kwargs)
        if self.published_at:
            services.clear_article_cache()
            services.notify_subscribers(self)
