"""Reports pinned before get their form without names and free text, where it can still be made.

That takes the lens they were made under: those of an earlier one have none until they are finished
again or re-scored.
"""

from django.db import migrations

from assessments.engine.unnamed import without_texts
from assessments.lens import current_lens

AT_ONCE = 200


def fill(apps, schema_editor):
    Assessment = apps.get_model("assessments", "Assessment")
    lens = current_lens()
    rows = Assessment.objects.using(schema_editor.connection.alias).order_by("pk")
    pinned = rows.filter(
        report__isnull=False, unnamed__isnull=True, lens_id=lens.id, lens_version=lens.version
    )
    last = 0
    while some := list(pinned.filter(pk__gt=last).only("report")[:AT_ONCE]):
        for assessment in some:
            assessment.unnamed = without_texts(lens, assessment.report)
        Assessment.objects.using(schema_editor.connection.alias).bulk_update(some, ["unnamed"])
        last = some[-1].pk


def empty(apps, schema_editor):
    Assessment = apps.get_model("assessments", "Assessment")
    Assessment.objects.using(schema_editor.connection.alias).update(unnamed=None)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0007_results_that_travel")]

    operations = [migrations.RunPython(fill, empty)]
