"""What the desk lists is read out of stored reports, and the group of consultants is made."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUP = "Consultants"
RIGHTS = {
    "client": "add change delete view",
    "project": "add change view",
    "assessment": "change delete view",
    "anticipatedchange": "delete view",
    "sharelink": "add change delete view",
    "invite": "add change delete view",
    "pair": "add change delete view",
    "review": "add change delete view",
    "note": "add delete view",
    "milestone": "add delete view",
}


def read_reports(apps, schema_editor):
    Assessment = apps.get_model("assessments", "Assessment")
    for assessment in Assessment.objects.iterator(chunk_size=500):
        assessment.stage = str(assessment.answers.get("stage", ""))
        if report := assessment.report:
            assessment.uncertainty = report["uncertainty"]["displayed"]
            assessment.operations = report["operations"]["displayed"]
            assessment.robust = report["robustness"][report["stack"]]
            assessment.state = "finished"
        fields = ["stage", "uncertainty", "operations", "robust", "state"]
        assessment.save(update_fields=fields)


def make_group(apps, schema_editor):
    """Permissions are otherwise made after all migrations, and the group needs them now."""
    ours = apps.get_app_config("assessments")
    before = getattr(ours, "models_module", None)
    ours.models_module = before or True  # otherwise taken for an application without models
    create_permissions(ours, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    ours.models_module = before
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    names = [f"{verb}_{model}" for model, verbs in RIGHTS.items() for verb in verbs.split()]
    Permission = apps.get_model("auth", "Permission")
    found = Permission.objects.filter(content_type__app_label="assessments", codename__in=names)
    group.permissions.add(*found)


def drop_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0003_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(read_reports, migrations.RunPython.noop),
        migrations.RunPython(make_group, drop_group),
    ]
