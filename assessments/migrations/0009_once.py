"""A note remembers the form it came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0008_unnamed_reports")]

    operations = [
        migrations.AddField(
            model_name="note",
            name="once",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
    ]
