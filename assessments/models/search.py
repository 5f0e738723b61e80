"""What the desk searches: the words of each assessment's texts, indexed by their beginnings.

``SearchText`` holds them folded. The index beside it is made by the migration 0005_search, as
Django has none that both databases know: on SQLite an FTS5 table that triggers keep (a migration
that alters the table has to make them anew), on PostgreSQL a generated column with a GIN index.
Neither takes words apart by itself, so that both find just what ``fold`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Exists, OuterRef, RawSQL
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from ..folding import fold
from .client import Client, Project
from .keys import among

# Up to so many assessments a search gathers first and the other conditions look through; a word
# that more have is looked for in what the other conditions leave.
FEW = 30_000
AT_ONCE = 500
FTS_NEWEST = (
    "SELECT rowid FROM assessments_searchindex WHERE assessments_searchindex MATCH %s"
    " ORDER BY rowid DESC LIMIT %s"
)
MERGE = "INSERT INTO assessments_searchindex(assessments_searchindex) VALUES('optimize')"
# So many are merged within a deletion, in about a third of a second; ``manage.py forget_words``
# merges any number, about a second for 20,000.
FEW_ENOUGH = 5_000
FIRST_OF = """
SELECT pk FROM ({} LIMIT -1) AS in_order WHERE EXISTS
    (SELECT 1 FROM assessments_searchtext WHERE assessment_id = in_order.pk{}) LIMIT %s
"""
FOUND = " AND instr(' ' || words, %s) > 0"

Row = TypeVar("Row", bound=models.Model)


def words_of(project: Project, client_name: str, changes: Iterable[str]) -> str:
    return " ".join(fold("\n".join([client_name, project.name, project.summary, *changes])))


class SearchTextQuerySet(models.QuerySet["SearchText"]):
    def keep(self, words: dict[int, str]) -> None:
        """Stores the words by the key of their assessment, over whatever was there."""
        rows = [SearchText(assessment_id=pk, words=text) for pk, text in words.items()]
        SearchText.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["assessment"],
            update_fields=["words"],
        )

    def keep_of(self, project: Project, pk: int, changes: Iterable[str]) -> None:
        """Stores the words of an assessment whose project's texts are those of ``project``."""
        of_project = Client.objects.filter(projects=project.pk).order_by()
        client_name = of_project.values_list("name", flat=True).first() or ""
        self.keep({pk: words_of(project, client_name, changes)})

    def refresh(self, projects: models.QuerySet[Project]) -> None:
        """Gathers the words of all assessments of these projects anew."""
        whole = projects.select_related("client").prefetch_related("assessments__changes")
        batch: dict[int, str] = {}
        for project in whole.order_by("pk").iterator(chunk_size=AT_ONCE):
            batch.update(_of_each(project))
            if len(batch) >= AT_ONCE:
                self.keep(batch)
                batch = {}
        self.keep(batch)


def _of_each(project: Project) -> Iterator[tuple[int, str]]:
    client_name = project.client.name if project.client else ""
    for assessment in project.assessments.all():
        yield (
            assessment.pk,
            words_of(project, client_name, [change.text for change in assessment.changes.all()]),
        )


class SearchText(models.Model):
    """The words of client, project, summary and changes, folded, with a blank between."""

    assessment = models.OneToOneField(
        "assessments.Assessment",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="search_text",
    )
    words = models.TextField(blank=True)

    objects = SearchTextQuerySet.as_manager()

    def __str__(self) -> str:
        return self.words[:60]


class Search:
    """A search for assessments that have, for each word of a text, one that begins with it."""

    def __init__(self, text: str, using: str) -> None:
        self.terms, self._using = fold(text), using
        self._asked, self._found = 0, list[int]()
        self._on_sqlite = connections[using].vendor == "sqlite"

    def within(self, rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
        """Those of the rows that are found. A text without a word finds none."""
        if not self.terms:
            return rows.none()
        if not self._on_sqlite:
            return rows.filter(pk__in=self._matching().values("pk"))
        if self.is_common:
            return rows.filter(Exists(self._matching().filter(assessment=OuterRef("pk"))))
        return rows.filter(pk__in=among(self.newest(FEW + 1), self._using))

    @property
    def is_common(self) -> bool:
        """Whether so many are found that the other conditions had better come first."""
        return self._on_sqlite and len(self.newest(FEW + 1)) > FEW

    def first_of(self, rows: models.QuerySet[Row], most: int) -> list[int]:
        """The keys of the first found among rows that are in order, for SQLite.

        One after the other, until there are enough: SQLite by itself would look through the words
        of all of them, and sort what is left.
        """
        try:
            sql, parameters = rows.values_list("pk").query.get_compiler(self._using).as_sql()
        except EmptyResultSet:
            return []
        words = [f" {term}" for term in self.terms]
        with connections[self._using].cursor() as cursor:
            # nosemgrep: sql-from-text -- SQL of ours and of Django; the words are parameters
            cursor.execute(FIRST_OF.format(sql, FOUND * len(words)), [*parameters, *words, most])
            return [key for (key,) in cursor.fetchall()]

    def newest(self, most: int) -> list[int]:
        """The keys of the newest that are found, whoever may see them."""
        if not self.terms:
            return []
        if self._asked < most:
            self._asked, self._found = most, self._newest(most)
        return self._found[:most]

    def _newest(self, most: int) -> list[int]:
        if not self._on_sqlite:
            keys = self._matching().order_by("-pk").values_list("pk", flat=True)
            return list(keys[:most])
        with connections[self._using].cursor() as cursor:
            cursor.execute(FTS_NEWEST, [" ".join(f'"{term}"*' for term in self.terms), most])
            return [key for (key,) in cursor.fetchall()]

    def _matching(self) -> models.QuerySet[SearchText]:
        rows = SearchText.objects.using(self._using)
        if self._on_sqlite:
            for term in self.terms:
                rows = rows.filter(_condition("instr(' ' || words, %s) > 0", f" {term}"))
            return rows
        query = " & ".join(f"'{term}':*" for term in self.terms)
        return rows.filter(_condition("vector @@ %s::tsquery", query))


def _condition(sql: str, parameter: str) -> RawSQL:
    # Both texts are ours, above.
    return RawSQL(sql, [parameter], output_field=models.BooleanField())  # noqa: S611  # nosec B611


def forget_deleted(using: str = DEFAULT_DB_ALIAS, most: int | None = FEW_ENOUGH) -> bool:
    """Takes the words of what was deleted out of SQLite's index, which only marks them as gone
    until it merges its parts.

    Args:
        using: the alias of the database. PostgreSQL does this by itself when it vacuums.
        most: how many assessments the index may have, as everybody else who saves waits
            meanwhile; None for any number.

    Returns:
        whether no such word is left.
    """
    if connections[using].vendor != "sqlite":
        return True
    if most is not None and SearchText.objects.using(using)[: most + 1].count() > most:
        return False
    with connections[using].cursor() as cursor:
        cursor.execute(MERGE)
    return True


# Kept up to date. Texts that founders save come by way of Assessment; these are the other ways.


@receiver(post_save, sender="assessments.Assessment")
def _started(instance: Any, created: bool, raw: bool, **kwargs: Any) -> None:
    """One made for a client or with a project's texts is found before anything is answered."""
    project = instance.project
    if created and not raw and (project.name or project.summary or project.client_id):
        SearchText.objects.keep_of(project, instance.pk, ())


@receiver(post_save, sender=Project)
def _project_saved(
    instance: Project, created: bool, raw: bool, update_fields: Any, **kwargs: Any
) -> None:
    texts = {"name", "summary", "client"}
    if not created and not raw and (update_fields is None or texts & set(update_fields)):
        SearchText.objects.refresh(Project.objects.filter(pk=instance.pk))


@receiver(pre_save, sender=Client)
def _client_to_be_saved(instance: Client, update_fields: Any, **kwargs: Any) -> None:
    """A client may have thousands of assessments: only another name is worth going through them."""
    names = Client.objects.filter(pk=instance.pk).values_list("name", flat=True)
    is_asked = instance.pk and (update_fields is None or "name" in update_fields)
    stored = names.first() if is_asked else None
    instance._is_renamed = stored not in (None, instance.name)  # type: ignore[attr-defined]


@receiver(post_save, sender=Client)
def _client_saved(instance: Client, raw: bool, **kwargs: Any) -> None:
    if instance._is_renamed and not raw:  # type: ignore[attr-defined]
        SearchText.objects.refresh(Project.objects.filter(client=instance.pk))
