"""The audit log that nobody listens to."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="QuietAuditLog",
            fields=[],
            options={"proxy": True},
            bases=("shop.auditlog",),
        ),
    ]
