"""What the desk lists by has its indexes, and texts are indexed by the beginnings of their words."""

import django.db.models.deletion
from django.db import migrations, models

from assessments.folding import fold

AT_ONCE = 500
COLUMNS = ("state", "stack", "strength", "pattern", "stage", "review_on")
TABLE, INDEX = "assessments_searchtext", "assessments_searchindex"

# Words come folded and with one blank between, so nothing is left to these two to take apart:
# the ASCII tokeniser keeps every letter beyond ASCII, and an array needs no parser. FTS5 merges
# what it finds for a beginning that has no index of its length: for common words, a tenth of a
# second in a million rows.
WORDS = "(rowid, words) VALUES (new.assessment_id, new.words)"
OLD_WORDS = f"({INDEX}, rowid, words) VALUES ('delete', old.assessment_id, old.words)"
ADD, TAKE_OUT = f"INSERT INTO {INDEX} {WORDS};", f"INSERT INTO {INDEX} {OLD_WORDS};"
MAKE = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5(words,"
        f" content='{TABLE}', content_rowid='assessment_id', detail='none', columnsize=0,"
        """ tokenize="ascii tokenchars '_'", prefix='1 2 3 4 5 6 7 8')""",
        f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {ADD} END",
        f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {TAKE_OUT} END",
        f"CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN {TAKE_OUT} {ADD} END",
    ),
    "postgresql": (
        f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector"
        " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
        f"CREATE INDEX {INDEX} ON {TABLE} USING gin (vector)",
    ),
}
DROP = {
    "sqlite": (
        *(f"DROP TRIGGER {INDEX}_{when}" for when in ("insert", "delete", "update")),
        f"DROP TABLE {INDEX}",
    ),
    "postgresql": (f"ALTER TABLE {TABLE} DROP COLUMN vector",),
}


def make_index(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_index(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def gather_words(apps, schema_editor):
    SearchText = apps.get_model("assessments", "SearchText")
    Assessment = apps.get_model("assessments", "Assessment")
    rows = Assessment.objects.only("project__name", "project__summary", "project__client__name")
    whole = rows.select_related("project__client").prefetch_related("changes").order_by("pk")
    batch = []
    for assessment in whole.iterator(chunk_size=AT_ONCE):
        project, client = assessment.project, assessment.project.client
        changes = sorted(assessment.changes.all(), key=lambda change: change.position)
        texts = [client.name if client else "", project.name, project.summary]
        words = fold("\n".join([*texts, *(change.text for change in changes)]))
        batch.append(SearchText(assessment_id=assessment.pk, words=" ".join(words)))
        if len(batch) == AT_ONCE:
            SearchText.objects.bulk_create(batch)
            batch = []
    SearchText.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_consultants")]

    operations = [
        *(
            migrations.AddIndex(
                model_name="assessment",
                index=models.Index(fields=[column, "-id"], name=f"assessment_by_{column}"),
            )
            for column in COLUMNS
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["-created_at", "-id"], name="assessment_by_created_at"),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["project", "-id"], name="assessment_by_project"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["name", "id"], name="client_by_name"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["client", "id"], name="project_by_client"),
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "assessment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="assessments.assessment",
                    ),
                ),
                ("words", models.TextField(blank=True)),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(gather_words, migrations.RunPython.noop),
    ]
