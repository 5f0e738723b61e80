"""Importing answers files: upload, look through, and then all of them or none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from stackpick.uploads import OneFile

from .. import imports
from ..engine.foreign_text import clip
from ..engine.intake import Mistake
from ..lens import current_lens
from ..models import Client, PendingImport
from ..models.intake import IMPORT_KEPT
from ..scope import reach, refuse
from .pages import DeskPages
from .scoped import ScopedAdmin

MOST_SHOWN = 200  # mistakes on one page
SHOWN = "assessments.import"  # that a preview was shown, signed
TOO_LARGE = f"The file is larger than {imports.LARGEST_FILE // 1024**2} MB, and was not read."
NO_FILE = "Choose a file."
GONE = "That file does not wait any more: it was imported, or cancelled, before."


class ImportPages(DeskPages, ScopedAdmin):
    """On a client's page: “Import answers files”."""

    def get_urls(self) -> list[Any]:
        base = "<int:client_id>/import/"
        preview = f"{base}<int:pending_id>/"
        return [
            # Checked in the view all the same, once it has said how a file is taken.
            # nosemgrep: without-csrf-check
            self.own_path(base, "import", self.import_upload, csrf_exempt),
            self.own_path(preview, "import_preview", self.import_preview),
            *super().get_urls(),
        ]

    # Uploading

    def import_upload(self, request: HttpRequest, client_id: int) -> HttpResponse:
        """Says how a file is taken, and only then has the form's token checked: checking it reads
        the form, and the file with it. No cookie counts before that."""
        client = self._client(request, client_id)
        handler = OneFile(request, imports.LARGEST_FILE)
        request.upload_handlers = [handler]

        def checked(request: HttpRequest) -> HttpResponse:
            if request.method == "POST":
                return self._uploaded(request, client, handler)
            return self._form(request, client)

        return csrf_protect(checked)(request)

    def _uploaded(self, request: HttpRequest, client: Client, handler: OneFile) -> HttpResponse:
        file = request.FILES.get("file")  # reads the form
        if handler.is_too_large:
            return self._form(request, client, TOO_LARGE)
        if file is None:
            return self._form(request, client, NO_FILE)
        content = file.read()
        found = imports.mistakes(current_lens(), content)
        if found:
            return self._form(request, client, file_name=str(file.name), mistakes=found)
        PendingImport.objects.filter(created_at__lt=timezone.now() - IMPORT_KEPT).delete()
        author: Any = request.user
        pending = PendingImport.objects.create(
            client=client, author=author, file_name=str(file.name)[:200], content=content
        )
        return redirect("admin:assessments_client_import_preview", client.pk, pending.pk)

    def _form(
        self,
        request: HttpRequest,
        client: Client,
        problem: str = "",
        file_name: str = "",
        mistakes: list[Mistake] | None = None,
    ) -> HttpResponse:
        """The form to choose a file, with what is wrong with the one that was sent."""
        found = mistakes or []
        return self._page(
            request,
            client,
            problem=problem,
            file_name=file_name,
            mistakes=found[:MOST_SHOWN],
            mistakes_in_all=len(found),
            most_rows=imports.MOST_ROWS,
            largest=imports.LARGEST_FILE // 1024**2,
        )

    # Looking through, importing

    def import_preview(self, request: HttpRequest, client_id: int, pending_id: int) -> HttpResponse:
        client = self._client(request, client_id)
        if request.method == "POST" and self._was_done(request, pending_id):
            return self._gone(request, client)
        pending = self._pending(request, client, pending_id)
        if request.method == "POST" and "cancel" in request.POST:
            pending.delete()
            return redirect("admin:assessments_client_change", client.pk)
        content, lens = bytes(pending.content), current_lens()
        # Looked through again: another version may have been rolled out since.
        found = imports.mistakes(lens, content)
        if found:
            return self._form(request, client, file_name=pending.file_name, mistakes=found)
        if request.method == "POST":
            return self._imported(request, client, pending)
        return self._page(
            request,
            client,
            pending=pending,
            rows=imports.rows(lens, content),
            stacks=lens.stacks,
            shown=signing.dumps([request.user.pk, pending.pk], salt=SHOWN),
        )

    def _imported(
        self, request: HttpRequest, client: Client, pending: PendingImport
    ) -> HttpResponse:
        lens = current_lens()
        scored = imports.scored(lens, bytes(pending.content))
        with transaction.atomic():
            waiting = PendingImport.objects.select_for_update().filter(pk=pending.pk)
            if waiting.first() is None:
                return self._gone(request, client)
            reason = f"imported from {clip(pending.file_name)}"
            count = len(imports.bring_in(lens, client, scored, reason))
            waiting.delete()
            noun = "assessment" if count == 1 else "assessments"
            said = f"Imported {count} {noun} from {clip(pending.file_name)}."
            self.log_change(request, client, said)
        self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:assessments_client_change", client.pk)

    def _was_done(self, request: HttpRequest, pending_id: int) -> bool:
        """Whether this is a preview that its author sends a second time, as by a double click.

        Its signature tells it from the number of somebody else's, which is to stay unknown.
        """
        try:
            was_shown = signing.loads(request.POST.get("shown", ""), salt=SHOWN)
        except signing.BadSignature:
            return False
        ours = was_shown == [request.user.pk, pending_id]
        # Signed for this person a moment ago, and only whether it is still there is asked.
        # nosemgrep: row-outside-scope
        return ours and not PendingImport.objects.filter(pk=pending_id).exists()

    def _gone(self, request: HttpRequest, client: Client) -> HttpResponse:
        self.message_user(request, GONE, messages.INFO)
        return redirect("admin:assessments_client_change", client.pk)

    # Whose

    def _client(self, request: HttpRequest, client_id: int) -> Client:
        client = reach(request, Client, client_id)
        if not self.has_change_permission(request, client):
            refuse(request, f"importing for client {client.pk}")
        return client

    def _pending(self, request: HttpRequest, client: Client, pending_id: int) -> PendingImport:
        """Files wait for their author alone, whoever else sees the client."""
        pending = reach(request, PendingImport, pending_id)
        if (pending.author_id, pending.client_id) != (request.user.pk, client.pk):
            refuse(request, f"pendingimport {pending_id}", Http404)
        return pending

    def _page(self, request: HttpRequest, client: Client, **context: Any) -> HttpResponse:
        context["client"] = client
        return self.framed(request, "client/import", "Import answers files", **context)
