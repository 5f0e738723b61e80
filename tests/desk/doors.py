"""Who may open which address of the desk, by the name of its pattern, or its route without one."""

from __future__ import annotations

OPEN = "everybody"
STAFF = "whoever signed in; what they see inside is another matter"
SET_UP = "whoever signed in, also to set up the second step first"
SUPERUSERS = "superusers"
ROWS = "a list, each with their own rows"
ROW = "one row, for its consultants"
READ = "one row, for its consultants to read"
OWNERS = "one row, but not for those with whom its client is shared"
AUTHOR = "what one has brought in oneself"
CLOSED = "nobody: there is nothing to see or to do"

DOORS: dict[str, str] = {
    "login": OPEN,
    "logout": OPEN,
    "two_step": SET_UP,
    "index": STAFF,
    "app_list": STAFF,
    "suggested_kinds": STAFF,
    "password_change": STAFF,
    "password_change_done": STAFF,
    "jsi18n": STAFF,
    "autocomplete": STAFF,
    "view_on_site": CLOSED,
    "admin/(?P<url>.*)$": CLOSED,
    "assessments_client_add": STAFF,
    "assessments_client_delete": OWNERS,
    "assessments_client_archive": OWNERS,
    "assessments_client_restore": OWNERS,
    "assessments_client_invite": ROW,
    "assessments_client_import": ROW,
    "assessments_client_import_preview": AUTHOR,
    "assessments_project_add": STAFF,
    "assessments_project_delete": CLOSED,
    "assessments_invite_revoke": ROW,
    "assessments_invite_new-link": ROW,
    "assessments_assessment_note_add": ROW,
    "assessments_assessment_note_delete": OWNERS,
    "assessments_assessment_review_save": ROW,
    "assessments_assessment_review_publish": ROW,
    "assessments_assessment_review_withdraw": ROW,
    "assessments_assessment_link_add": ROW,
    "assessments_assessment_link_replace": ROW,
    "assessments_assessment_link_revoke": ROW,
    "assessments_assessment_freeze": ROW,
    "assessments_assessment_milestone_delete": ROW,
    "assessments_assessment_compare": ROW,
    "assessments_assessment_correct": ROW,
    "assessments_assessment_correct_step": ROW,
    "assessments_assessment_rescore": ROW,
    "assessments_assessment_rescore_chosen": ROW,
    "auth_user_password_change": SUPERUSERS,
}


PAGES = {"changelist": ROWS, "add": CLOSED, "change": ROW, "history": ROW, "delete": ROW}


def _of_model(name: str, **others: str) -> dict[str, str]:
    """The five pages that the admin gives a model, and the short address that leads to one."""
    doors = {f"{name}_{page}": door for page, door in (PAGES | others).items()}
    return {**doors, f"admin/{name.replace('_', '/')}/<path:object_id>/": STAFF}


for _name in ("client", "project", "assessment", "pair"):
    DOORS = _of_model(f"assessments_{_name}") | DOORS
for _name in ("sharelink", "invite"):
    DOORS = _of_model(f"assessments_{_name}", change=READ) | DOORS
DOORS = _of_model("assessments_anticipatedchange", change=READ, delete=CLOSED) | DOORS
for _name in ("auth_user", "auth_group"):
    DOORS |= _of_model(_name, **dict.fromkeys(PAGES, SUPERUSERS))
for _name in ("accessattempt", "accesslog", "accessfailurelog"):
    DOORS |= _of_model(f"axes_{_name}", **(dict.fromkeys(PAGES, SUPERUSERS) | {"add": CLOSED}))
