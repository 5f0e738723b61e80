"""How often which kind of change was suggested, and which one was chosen."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_once")]

    operations = [
        migrations.CreateModel(
            name="SuggestionCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("suggested", models.CharField(max_length=40)),
                ("chosen", models.CharField(blank=True, max_length=40)),
                ("times", models.PositiveBigIntegerField()),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestion_counts",
                        to="assessments.client",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "suggested", "chosen"),
                        name="one_count_a_client_and_outcome",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("client", None)),
                        fields=("suggested", "chosen"),
                        name="one_count_an_outcome_without_client",
                    ),
                ],
            },
        ),
    ]
