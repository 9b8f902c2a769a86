"""The table of articles, and the two models that share it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("slug", models.SlugField(max_length=220, unique=True)),
                ("body", models.TextField(blank=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SavingArticle",
            fields=[],
            options={"proxy": True},
            bases=("blog.article",),
        ),
        migrations.CreateModel(
            name="SignalArticle",
            fields=[],
            options={"proxy": True},
            bases=("blog.article",),
        ),
    ]
