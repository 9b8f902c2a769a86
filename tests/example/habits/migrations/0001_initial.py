"""The tables of devices, batches and measurements, and the proxies that send for themselves."""

from django.db import migrations, models

KEY = {"auto_created": True, "primary_key": True, "serialize": False, "verbose_name": "ID"}


def proxy(name, of):
    """Return the step that makes a proxy of a model."""
    return migrations.CreateModel(
        name=name, fields=[], options={"proxy": True}, bases=(f"habits.{of}",)
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(**KEY)),
                ("name", models.CharField(max_length=50)),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(**KEY)),
                ("name", models.CharField(max_length=100)),
                ("number", models.CharField(blank=True, max_length=20)),
                ("is_checked", models.BooleanField(default=False)),
                ("labels", models.ManyToManyField(related_name="devices", to="habits.label")),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(**KEY)),
                ("name", models.CharField(max_length=100)),
                ("labels", models.ManyToManyField(related_name="batches", to="habits.label")),
                ("devices", models.ManyToManyField(related_name="batches", to="habits.device")),
            ],
            options={"verbose_name_plural": "batches"},
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.BigAutoField(**KEY)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="measurements", to="habits.batch"
                    ),
                ),
                ("value", models.IntegerField()),
            ],
        ),
        proxy("QuietMeasurement", of="measurement"),
        *(
            proxy(f"{name}Device", of="device")
            for name in ("Logged", "Reported", "Numbered", "Imported", "Guarded")
        ),
    ]
