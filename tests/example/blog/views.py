"""Publishing an article in three ways."""

from uuid import uuid4

from django.utils import timezone

from blog.models import Article, SavingArticle, SignalArticle
from blog.services import publish_article
from example.pages import show


def publish_by_signal(request):
    """Publish by saving; receivers do the rest."""
    article = write_draft(SignalArticle)
    article.published_at = timezone.now()
    article.save()
    return show(request, "blog:publish-signal", f"“{article}” is published.")


def publish_by_save(request):
    """Publish by saving; the model's ``save()`` does the rest."""
    article = write_draft(SavingArticle)
    article.published_at = timezone.now()
    article.save()
    return show(request, "blog:publish-save", f"“{article}” is published.")


def publish_by_service(request):
    """Publish by calling the function that says so."""
    article = write_draft(Article)
    publish_article(article)
    return show(request, "blog:publish-service", f"“{article}” is published.")


def write_draft(model):
    """Save an article that is not published yet."""
    return model.objects.create(
        title="What a save costs", slug=f"what-a-save-costs-{uuid4().hex[:8]}"
    )
