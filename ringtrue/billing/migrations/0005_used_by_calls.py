from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_corrections")]

    operations = [
        migrations.AlterField(
            model_name="line",
            name="step",
            field=models.CharField(
                choices=[
                    ("top_up", "top_up"),
                    ("hold", "hold"),
                    ("settle", "settle"),
                    ("release", "release"),
                    ("correct", "correct"),
                    ("use", "use"),
                ],
                max_length=8,
            ),
        ),
    ]
