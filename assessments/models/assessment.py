"""An assessment: one set of answers about a project, and the report pinned when it was finished."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.db import models, transaction
from django.utils import timezone

from stackpick import metrics

from ..engine.answers import Answers, applicable, prune, reread
from ..engine.lens import Lens
from ..engine.report import Report, build_report
from ..engine.unnamed import without_texts
from ..naming import STAGE
from ..tokens import new_token, token_hash
from . import forgetting, revising, saving, unnaming, versions
from .client import Project
from .history import kept_history
from .prepared import Prepared, converted

REVIEW_AFTER = timedelta(days=91)
# What is read of the project along with an assessment, in the order of its columns.
PROJECT_TEXTS = {
    "project_client": "client_id",
    "project_name": "name",
    "project_summary": "summary",
}
# What the founder's result shows of a review, read along with it in the same way.
OF_REVIEW = {"review_id": "id", "review_said": "published", "review_said_at": "published_at"}

# The columns that make a row large, to be left in the database where nobody asks for them.
REPORTS = ("report", "unnamed")


class State(models.TextChoices):
    """How far an assessment has come; the last two with a consultant."""

    DRAFT = "draft", "Draft"
    FINISHED = "finished", "Finished"
    REVIEWED = "reviewed", "Reviewed"
    PUBLISHED = "published", "Published"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    @transaction.atomic
    def start(self) -> tuple[Assessment, str]:
        """An empty assessment and the token of its edit link, which cannot be read back later."""
        token = new_token()
        project = Project.objects.create()
        return self.create(project=project, edit_hash=token_hash(token)), token

    forget = forgetting.forget
    with_kin = forgetting.with_kin

    def again(self, assessment: Assessment, token: str | None = None) -> tuple[Assessment, str]:
        """A new version on the saved answers of an assessment, and the token of its edit link."""
        return versions.again(assessment, token or new_token())

    def whole(self) -> AssessmentQuerySet:
        """With everything that showing or scoring it needs."""
        return self.select_related("project")

    def by_edit_hash(self, edit_hash: str, with_report: bool = True) -> Assessment | None:
        """The assessment behind an edit link, with its project.

        Each page of the wizard begins with this, so the query is put together once (that takes
        longer than the query itself), and of the project only what the pages show is read.
        """
        prepared = WHOLE if with_report else WITHOUT_REPORT
        found = next(iter(self.raw(prepared.sql(self.db), [edit_hash], using=self.db)), None)
        if found:
            of_project = [found.project_id, *(getattr(found, key) for key in PROJECT_TEXTS)]
            fields = ["id", *PROJECT_TEXTS.values()]
            found.project = Project.from_db(self.db, fields, of_project)
            if with_report:
                found.take_review_along(self.db)
        return found


def _by_edit_hash(edit_hash: str) -> AssessmentQuerySet:
    texts = {key: models.F(f"project__{field}") for key, field in PROJECT_TEXTS.items()}
    return Assessment.objects.annotate(**texts).filter(edit_hash=edit_hash).order_by()


def _with_review(edit_hash: str) -> AssessmentQuerySet:
    columns = {key: models.F(f"review__{field}") for key, field in OF_REVIEW.items()}
    return _by_edit_hash(edit_hash).annotate(**columns)


WHOLE = Prepared(lambda edit_hash: _with_review(edit_hash).defer("unnamed"))
WITHOUT_REPORT = Prepared(lambda edit_hash: _by_edit_hash(edit_hash).defer(*REPORTS))


class Assessment(models.Model):
    """Answers, versioned against lost updates, and the last finished report.

    ``answers`` is the ``answers`` object of the file, whole, so that one row is all a page needs.
    The five changes are rows as well, derived from it, for the desk to search and to count.
    ``touched`` holds, by step, the version in which the step was last saved or confirmed.
    ``stage`` is read out of the answers, and the figures from ``stack`` to ``robust`` out of the
    report, for the desk to list, filter and draw without reading either.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assessments")
    # The version of the same project that this one was begun from.
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="next_versions"
    )
    # no value is null here, not "", because it is unique
    edit_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    slug = models.SlugField(unique=True, null=True, editable=False)  # noqa: DJ001
    version = models.PositiveIntegerField(default=0, editable=False)
    touched = models.JSONField(default=dict, editable=False)
    answers = models.JSONField(default=dict, blank=True)
    report = models.JSONField(null=True, blank=True, editable=False)
    # The same report without names and free text, for links that show no more than that.
    unnamed = models.JSONField(null=True, editable=False)
    lens_id = models.CharField(max_length=80, blank=True, editable=False)
    lens_version = models.PositiveIntegerField(null=True, editable=False)
    seed = models.BigIntegerField(null=True, editable=False)
    stack = models.CharField(max_length=20, blank=True, editable=False)
    strength = models.CharField(max_length=20, blank=True, editable=False)
    pattern = models.CharField(max_length=20, blank=True, editable=False)
    uncertainty = models.FloatField(null=True, editable=False)
    operations = models.FloatField(null=True, editable=False)
    robust = models.FloatField(null=True, editable=False)
    stage = models.CharField(max_length=40, blank=True, editable=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_on = models.DateField(null=True, blank=True)

    was_first = False  # of this object, not of the row: see finish

    objects = AssessmentQuerySet.as_manager()
    # Of saves by a founder, step by step, there is none: they are one UPDATE each, and many.
    history = kept_history("edit_hash", "slug", "touched", "report", "unnamed")

    class Meta:
        ordering = ("-pk",)
        # What the desk filters by, in the order in which it lists. None on a column that every
        # save of a step writes: PostgreSQL then leaves all indexes alone (a HOT update).
        indexes = (
            *(
                models.Index(fields=(column, "-id"), name=f"assessment_by_{column}")
                for column in ("state", "stack", "strength", "pattern", "stage", "review_on")
            ),
            models.Index(fields=("-created_at", "-id"), name="assessment_by_created_at"),
            # The way from a client to its assessments, without a look at any row.
            models.Index(fields=("project", "-id"), name="assessment_by_project"),
        )

    def __str__(self) -> str:
        return f"{self.project} ({self.get_state_display().lower()})"

    # Joining and taking apart

    def answers_file(self, lens: Lens) -> dict[str, Any]:
        """Project and answers joined into one answers file, as stored."""
        texts = {"name": self.project.name, "summary": self.project.summary}
        return {
            "format": lens.answers_format,
            "project": {key: text for key, text in texts.items() if text},
            "answers": self.answers,
        }

    def engine_answers(self, lens: Lens) -> Answers:
        """The answers as the engine takes them, as far as the lens (still) knows them."""
        return prune(lens, self.stored_answers(lens))

    def stored_answers(self, lens: Lens) -> Answers:
        """The same, with answers kept for a question that does not apply just now."""
        return reread(lens, self.answers_file(lens))

    def take_review_along(self, using: str) -> None:
        """Takes the columns of OF_REVIEW for the review, so that it is not asked for again."""
        model: Any = self._meta.get_field("review").related_model
        values = [
            converted(model._meta.get_field(field), getattr(self, key), using)
            for key, field in OF_REVIEW.items()
        ]
        review = None if values[0] is None else model.from_db(using, [*OF_REVIEW.values()], values)
        self._state.fields_cache["review"] = review

    def first_open_step(self, lens: Lens) -> int | None:
        """The number, from 1, of the first step that nobody has confirmed; None after the last."""
        numbered = enumerate(lens.steps, start=1)
        return next((number for number, step in numbered if step.id not in self.touched), None)

    def look_again_on(self, day: date) -> None:
        """Moves the review date; answers and verdict stay as they are."""
        self.review_on = day
        self.save(update_fields=["review_on", "updated_at"])

    # Finishing

    def finish(self, lens: Lens, seen: int | None = None) -> bool:
        """Pins the report on the answers; False where they are not those of version ``seen``.

        A newer lens never changes the report by itself. ``was_first`` says then whether it was this
        very call that finished the assessment for the first time.
        """
        self.was_first = False
        with transaction.atomic():
            current = Assessment.objects.select_for_update().get(pk=self.pk)
            if seen not in (None, current.version):
                return False
            if current.report is not None and not current.has_moved_on(lens):
                return True  # the same answers keep the verdict they have
            is_first = current.report is None
            current.pin(lens, build_report(lens, current.engine_answers(lens)))
            reminders: Any = current._meta.get_field("reminder").related_model
            reminders.objects.follow_to(current)
        self.refresh_from_db()
        self.was_first = is_first
        metrics.verdict(self.stack, self.strength)
        return True

    def pin(self, lens: Lens, report: Report) -> None:
        """Finishes the assessment with this report."""
        self.take_report(lens, report)
        now = timezone.now()
        if self.state == State.DRAFT:
            self.state = State.FINISHED
        self.finished_at, self.review_on = now, review_date(now.date())
        self.save()

    def take_report(self, lens: Lens, report: Report) -> None:
        """Takes over a report, and the figures that are read out of it; nothing is saved yet."""
        self.report, self.seed = dict(report), report["draws"]["seed"]
        # now, while the lens is the one it was made under: a later one could not word it
        self.unnamed = dict(without_texts(lens, report))
        self.lens_id, self.lens_version = lens.id, lens.version
        self.stack, self.strength = report["stack"], report["strength"]
        self.pattern = report["pattern"]
        self.uncertainty = report["uncertainty"]["displayed"]
        self.operations = report["operations"]["displayed"]
        self.robust = report["robustness"][report["stack"]]
        self.stage = str(self.answers.get(STAGE, ""))

    def moment(self) -> str:
        """When the report was pinned, which is what a review is about; empty for a draft."""
        return self.finished_at.isoformat() if self.finished_at else ""

    def pinned(self) -> Report:
        """The pinned report; only for a finished assessment."""
        return cast(Report, self.report)

    unnamed_report = unnaming.unnamed_report
    can_go_unnamed = unnaming.can_go_unnamed

    def has_moved_on(self, lens: Lens, texts_apart: bool = False) -> bool:
        """Whether the answers stored now differ from those that the pinned report is about.

        ``texts_apart`` leaves out the project's texts, which a later version may have changed.
        """
        if self.report is None:
            return False
        now = self.answers_file(lens)
        project = now["project"] if texts_apart else self.report["project"]
        pinned = (self.report["answers"], project)
        if (applicable(lens, now["answers"]), now["project"]) == pinned:
            return False
        # A report pinned under this lens is about what this lens still knows of the answers.
        known = self.engine_answers(lens).to_file(lens)
        return (known["answers"], known["project"]) != pinned

    # Saving answers

    take = saving.take
    record = saving.record
    record_all = saving.record_all

    # Its versions

    versions = versions.versions

    # What a consultant does to it

    freeze = revising.freeze
    correct = revising.correct
    rescore = revising.rescore
    rescored_under = revising.rescored_under
    pinned_answers = revising.pinned_answers
    standing = revising.standing


def review_date(finished: date) -> date:
    """When to look at the verdict again: three months, thirteen weeks, on the same weekday."""
    return finished + REVIEW_AFTER
