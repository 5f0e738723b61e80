"""The five changes join the other answers in one object; their rows stay beside it."""

from django.db import migrations

KEY = "changes"


def join(apps, schema_editor):
    Assessment = apps.get_model("assessments", "Assessment")
    for assessment in Assessment.objects.prefetch_related("changes").iterator(chunk_size=500):
        rows = sorted(assessment.changes.all(), key=lambda row: row.position)
        if not rows:
            continue
        assessment.answers[KEY] = [
            {
                name: value
                for name, value in (
                    ("text", row.text),
                    ("kind", row.kind),
                    ("likelihood", row.likelihood),
                )
                if value
            }
            for row in rows
        ]
        assessment.save(update_fields=["answers"])


def part(apps, schema_editor):
    Assessment = apps.get_model("assessments", "Assessment")
    for assessment in Assessment.objects.iterator(chunk_size=500):
        if assessment.answers.pop(KEY, None) is not None:
            assessment.save(update_fields=["answers"])


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [migrations.RunPython(join, part)]
