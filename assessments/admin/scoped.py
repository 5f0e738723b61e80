"""What all pages of the desk have in common: they show and take only what is in scope.

Scoping the list is not enough. Whatever comes in with a request (a key in the address, a foreign
key in a form, the ids of an action) is looked up in the same scope, and refused outside it.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NoReturn

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse

from stackpick.replica import listed

from ..engine.foreign_text import text_problem
from ..models.history import because
from ..scope import GROUP, TO_CLIENT, reach, reach_all, refuse, visible
from .forgetting import forget_in_log


def consultants() -> QuerySet[Any]:
    """The accounts that can have clients."""
    staff = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
    return staff.filter(Q(is_superuser=True) | Q(groups__name=GROUP)).distinct()


class _Refusing:
    """A choice that was not offered ends the request, with the same answer for another's row and
    for none, so that it tells nothing of the others."""

    request: HttpRequest
    queryset: Any

    def refuse_if_unknown(self, value: Any, error: forms.ValidationError) -> NoReturn:
        codes = {getattr(each, "code", "") for each in error.error_list}
        if codes & {"invalid_choice", "invalid_pk_value", "null_characters_not_allowed"}:
            refuse(self.request, f"{self.queryset.model._meta.model_name} {value}")
        raise error


class ScopedChoice(_Refusing, forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            self.refuse_if_unknown(value, error)


class ScopedChoices(_Refusing, forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError as error:
            self.refuse_if_unknown(value, error)


class ScopedForms:
    """Foreign keys of a form: what is in scope is offered, and nothing else is taken."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= _within(request, db_field.related_model, ScopedChoice)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        return _asked_by(request, field)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= _within(request, db_field.related_model, ScopedChoices)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        return _asked_by(request, field)


def _within(request: HttpRequest, model: type[Model], form_class: type) -> dict[str, Any]:
    rows = consultants() if model is get_user_model() else visible(request.user, model)
    return {"queryset": rows, "form_class": form_class}


def _asked_by(request: HttpRequest, field: Any) -> Any:
    if isinstance(field, _Refusing):
        field.request = request
    return field


def without_related_links(field: forms.Field) -> None:
    """Takes the links away by which admin adds, changes or deletes what is to be chosen."""
    for what in ("add", "change", "delete", "view"):
        setattr(field.widget, f"can_{what}_related", False)


class StandingTexts(forms.ModelForm):
    """A form of a row that others change as well, founders in the wizard among them.

    A text that was changed elsewhere since the page was opened stays as it is; one that was
    changed here too is told, and not overwritten. What an answers file does not take, which has
    some of these texts in it, is not taken here.
    """

    texts: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.texts:
            if name in self.fields and self.instance.pk:
                self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in filter(self._has_moved, self.texts):
            stored = self.initial[name]
            if name not in self.changed_data:
                cleaned[name] = stored
            elif cleaned.get(name, stored) != stored:
                self._tell(name, stored)
        for name in filter(cleaned.get, self.texts):
            if problem := text_problem(cleaned[name], len(cleaned[name])):
                self.add_error(name, f"It {problem}.")
        return cleaned

    def _has_moved(self, name: str) -> bool:
        # A row that is new was sent nowhere before, whatever the request makes of it.
        if name not in self.fields or name not in self.initial:
            return False
        if self[name].html_initial_name not in self.data:
            return False
        read = self.fields[name].to_python
        return bool(read(self.data[self[name].html_initial_name]) != read(self.initial[name]))

    def _tell(self, name: str, stored: str) -> None:
        """Saving it again is meant: the form then knows what it takes the place of."""
        said = f"Meanwhile it was changed to “{stored}”. Save again to put yours in its place."
        self.add_error(name, said)
        data: Any = self.data
        again = data.copy()
        again[self[name].html_initial_name] = stored
        self.data = again


class ScopedRows(BaseInlineFormSet):
    """Rows that hang on the page's own object: a row of any other ends the request, where Django
    passes over it in silence."""

    request: HttpRequest
    model: type[Model]

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        if self.is_bound:
            self._refuse_others(self.add_prefix(i))
        return super()._construct_form(i, **kwargs)  # type: ignore[misc]

    def _refuse_others(self, prefix: str) -> None:
        key = self.data.get(f"{prefix}-{self.model._meta.pk.name}")
        if key and not self._is_ours(key):
            refuse(self.request, f"{self.model._meta.model_name} {key}")
        parent = self.data.get(f"{prefix}-{self.fk.name}")
        if parent and parent != str(self.instance.pk):
            refuse(self.request, f"{self.instance._meta.model_name} {parent}")

    def _is_ours(self, key: Any) -> bool:
        try:
            wanted = self.model._meta.pk.to_python(key)
        except ValidationError:
            return False
        return self._existing_object(wanted) is not None  # type: ignore[attr-defined]


class ScopedInline(ScopedForms, admin.TabularInline):
    """Rows inside a page whose own object is in scope already."""

    formset = ScopedRows

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        made.request = request
        return made

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(pk__in=visible(request.user, self.model))


class ScopedList(ChangeList):
    """A list whose address narrows it by rows in scope only: a key of any other ends the request,
    where Django gives an empty list."""

    # How the address of a list names a row by its key.
    by_key = {"", "exact", "id", "id__exact", "pk", "pk__exact"}

    def get_filters(self, request: HttpRequest) -> Any:
        for name, values in self.get_filters_params().items():
            field, _, lookup = name.partition("__")
            model = self._related(field)
            if model in TO_CLIENT and lookup in self.by_key:
                for value in values:
                    reach(request, model, value)
            elif model and not getattr(request.user, "is_superuser", False):
                refuse(request, f"parameter {name}", Http404)
        return super().get_filters(request)

    def _related(self, name: str) -> Any:
        try:
            return self.opts.get_field(name).related_model
        except FieldDoesNotExist:
            return None


class ScopedAdmin(ScopedForms, admin.ModelAdmin):
    """A model of ours at the desk."""

    # All of them ticked for an action are still fewer than the fields that a form may have.
    list_max_show_all = 150

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ScopedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = visible(request.user, self.model)
        return rows.order_by(*self.get_ordering(request)) if self.get_ordering(request) else rows

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = partial(super().changelist_view, request, extra_context)
        return listed(request, answer)  # type: ignore[return-value]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address of a new row's page fills in: a row that it names has to be in scope,
        where Django breaks on a key that is none."""
        filled = super().get_changeform_initial_data(request)
        for field in self.opts.get_fields():
            if field.many_to_one and field.related_model in TO_CLIENT and filled.get(field.name):
                reach(request, field.related_model, filled[field.name])
        return filled

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        """404, where Django leads back to the start and says that the row does not exist."""
        refuse(request, f"{opts.model_name} {object_id}", Http404)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.get_object(request, object_id) is None:
            refuse(request, f"{self.opts.model_name} {object_id}", Http404)
        return super().delete_view(request, object_id, extra_context)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Ids that are not in scope end the request, where Django leaves them out in silence."""
        reach_all(request, self.model, request.POST.getlist(ACTION_CHECKBOX_NAME))
        return super().response_action(request, queryset, *args, **kwargs)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """One row comes in a list, several in a queryset."""
        logged = super().log_deletions(request, queryset)
        keys = [row.pk for row in queryset]
        forget_in_log(self.model._default_manager.filter(pk__in=keys))
        return logged

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        because(obj, "changed at the desk" if change else "made at the desk")
        super().save_model(request, obj, form, change)


class OneByOne(admin.ModelAdmin):
    """Of an admin class: rows are deleted on their own pages, and not from the list."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
