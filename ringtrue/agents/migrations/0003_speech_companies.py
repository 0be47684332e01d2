import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_acceptance"), ("agents", "0002_language_models")]

    operations = [
        migrations.CreateModel(
            name="SpeechCompany",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("company", models.CharField(max_length=20)),
                ("settings_locked", models.TextField()),
                ("hears", models.BooleanField(default=False)),
                ("speaks", models.BooleanField(default=False)),
                ("voices", models.JSONField(default=list)),
                ("place", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "company"), name="one_speech_company_each"),
                ],
            },
        ),
    ]
