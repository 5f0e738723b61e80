"""What the desk calls its rows; no table changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assessments", "0005_search")]

    operations = [
        migrations.AlterModelOptions(
            name="anticipatedchange",
            options={"ordering": ("assessment", "position"), "verbose_name": "expected change"},
        ),
        migrations.AlterModelOptions(
            name="historicalinvite",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "historical invitation",
                "verbose_name_plural": "historical invitations",
            },
        ),
        migrations.AlterModelOptions(
            name="invite",
            options={"ordering": ("-created_at", "-pk"), "verbose_name": "invitation"},
        ),
        migrations.AlterModelOptions(
            name="pair",
            options={"ordering": ("-created_at", "-pk"), "verbose_name": "blind pair"},
        ),
    ]
