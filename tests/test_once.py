"""Forms that are sent twice, as by a double click: what they make is there once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import Assessment, Invite, Note, Pair, ShareLink
from assessments.models.made_once import made_once
from assessments.once import once_field, token_of_form
from assessments.tokens import looks_like_token
from tests.desk.forms import desk
from tests.desk.people import assessment_of, client_of, consultant, signed_in
from tests.web import CHANGE_HEAVY, Draft, controls, draft, form_of, says, soup

WORD = "w" * 43
filled_in = st.lists(st.text(max_size=20), max_size=4)


@pytest.fixture
def ada() -> User:
    return consultant("ada")


@pytest.fixture
def finished(ada: User) -> Assessment:
    return assessment_of(client_of(ada))


def sent_twice(browser: Browser, page: str, button: str, **filled: str) -> list[Any]:
    """The answers to one rendered form, sent twice."""
    form = form_of(browser.get(page), button)
    return [browser.post(str(form["action"]), controls(form) | filled) for _ in range(2)]


def invitation_form(browser: Browser, page: str, **filled: str) -> dict[str, str]:
    form = soup(browser.get(page)).select_one("form.desk-form")
    assert form
    return controls(form) | filled


def links_on(page: Any) -> list[str]:
    return [str(field["value"]) for field in soup(page).select("input[readonly]")]


# ---- The token of a form ----


def test_every_rendering_has_another_word() -> None:
    assert once_field() != once_field()
    assert looks_like_token(str(soup(once_field()).input["value"]))  # type: ignore[index]


@given(filled_in)
def test_the_same_form_has_the_same_token(values: list[str]) -> None:
    token = token_of_form({"once": WORD}, "link", *values)
    assert token == token_of_form({"once": WORD}, "link", *values)
    assert looks_like_token(token)


@given(filled_in, filled_in)
def test_another_form_has_another(values: list[str], others: list[str]) -> None:
    token = token_of_form({"once": WORD}, "link", *values)
    assert token != token_of_form({"once": WORD}, "note", *values)
    assert token != token_of_form({"once": "v" * 43}, "link", *values)
    if values != others:
        assert token != token_of_form({"once": WORD}, "link", *others)


def test_the_token_cannot_be_made_without_the_secret_key(settings: Any) -> None:
    before = token_of_form({"once": WORD}, "link")
    settings.SECRET_KEY = "another " * 8
    assert token_of_form({"once": WORD}, "link") != before


@pytest.mark.parametrize("word", ["", "short", "w" * 44, "é" * 43, "\0" * 43, " " * 43])
def test_a_word_that_is_none_of_ours_makes_a_new_token_each_time(word: str) -> None:
    assert token_of_form({"once": word}, "link") != token_of_form({"once": word}, "link")
    assert token_of_form({}, "link") != token_of_form({}, "link")


# ---- What a row is made by ----


@pytest.mark.django_db
def test_whoever_comes_second_gets_what_the_first_made(finished: Assessment) -> None:
    def note(text: str) -> Note:
        return Note(assessment=finished, text=text, once="x" * 64)

    (first, made), (second, made_again) = (made_once(note(text), "once") for text in "ab")
    assert (made, made_again) == (True, False)
    assert first == second
    assert Note.objects.get().text == "a"


@pytest.mark.django_db
def test_of_two_that_look_at_the_same_moment_one_gets_in(
    finished: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other has looked, found nothing, and then finds the key taken."""
    first = Note.objects.create(assessment=finished, text="a", once="x" * 64)
    rows = type(Note.objects.all())
    look, looks = rows.first, [False, True]
    monkeypatch.setattr(rows, "first", lambda rows: look(rows) if looks.pop(0) else None)
    second = Note(assessment=finished, text="b", once="x" * 64)
    assert made_once(second, "once") == (first, False)
    assert not looks
    assert Note.objects.count() == 1


@pytest.mark.django_db
def test_a_row_that_is_wrong_otherwise_is_no_double(finished: Assessment) -> None:
    with pytest.raises(IntegrityError):
        made_once(Note(assessment=finished, text=None, once="x" * 64), "once")  # type: ignore[misc]


# ---- At the desk ----


@pytest.mark.django_db
def test_a_note_sent_twice_is_added_once(ada: User, finished: Assessment) -> None:
    browser, page = signed_in(ada), desk("assessment_change", finished.pk)
    answers = sent_twice(browser, page, "Add note", text="Call them.")
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Note.objects.get().text == "Call them."


@pytest.mark.django_db
def test_the_same_note_from_a_form_opened_later_is_another(ada: User, finished: Assessment) -> None:
    browser, page = signed_in(ada), desk("assessment_change", finished.pk)
    for _ in range(2):
        sent_twice(browser, page, "Add note", text="Called them.")
    assert Note.objects.count() == 2


@pytest.mark.django_db
def test_another_note_from_the_same_form_is_another(ada: User, finished: Assessment) -> None:
    browser, page = signed_in(ada), desk("assessment_change", finished.pk)
    form = form_of(browser.get(page), "Add note")
    for text in ("Call them.", "Called them."):
        browser.post(str(form["action"]), controls(form) | {"text": text})
    assert Note.objects.count() == 2


@pytest.mark.django_db
def test_a_link_of_the_desk_sent_for_twice_is_one_and_is_shown(
    ada: User, finished: Assessment
) -> None:
    browser, page = signed_in(ada), desk("assessment_change", finished.pk)
    sent_twice(browser, page, "Make a link", label="For the board")
    assert ShareLink.objects.count() == 1
    (link,) = links_on(browser.get(page))
    assert Browser().get(link).status_code == 200


@pytest.mark.django_db
def test_an_invitation_sent_for_twice_is_one_and_is_shown(ada: User) -> None:
    client = client_of(ada)
    browser, page = signed_in(ada), desk("client_invite", client.pk)
    filled = invitation_form(browser, page, recipient="Founder")
    answers = [browser.post(page, filled) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    invite = Invite.objects.get()
    assert invite.history.count() == 1
    (link,) = links_on(browser.get(answers[1]["Location"]))
    assert "invites you" in says(Browser().get(link))


@pytest.mark.django_db
def test_two_people_invited_twice_are_one_pair_with_both_links(ada: User) -> None:
    client = client_of(ada)
    browser, page = signed_in(ada), desk("client_invite", client.pk)
    filled = invitation_form(browser, page, recipient="Founder", second="CTO")
    answers = [browser.post(page, filled) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Pair.objects.count() == 1
    assert [invite.recipient for invite in Pair.objects.get().both] == ["Founder", "CTO"]
    links = links_on(browser.get(answers[1]["Location"]))
    assert len(links) == len(set(links)) == 2
    assert all(Browser().get(link).status_code == 200 for link in links)


@pytest.mark.django_db
@pytest.mark.parametrize("second", ["", "CTO"], ids=["one", "two"])
def test_one_that_was_closed_since_is_not_opened_again(ada: User, second: str) -> None:
    """The form in an old tab, sent once more, is about new invitations."""
    client = client_of(ada)
    browser, page = signed_in(ada), desk("client_invite", client.pk)
    filled = invitation_form(browser, page, recipient="Founder", second=second)
    browser.post(page, filled)
    first = Invite.objects.order_by("pk").first()
    assert first
    first.revoke()
    browser.post(page, filled)
    first.refresh_from_db()
    assert first.revoked_at
    assert Invite.objects.count() == (4 if second else 2)
    assert all(len(pair.both) == 2 for pair in Pair.objects.all())


# ---- The founder's forms ----


@pytest.fixture
def mine() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


@pytest.mark.django_db
def test_a_founders_link_sent_for_twice_is_one_and_is_shown(client: Browser, mine: Draft) -> None:
    sent_twice(client, mine.url("result"), "Make a link", label="For my co-founder")
    assert ShareLink.objects.count() == 1
    (link,) = links_on(client.get(mine.url("result")))
    assert Browser().get(link).status_code == 200


@pytest.mark.django_db
def test_one_form_makes_a_link_for_each_label(client: Browser, mine: Draft) -> None:
    form = form_of(client.get(mine.url("result")), "Make a link")
    for label in ("For one", "For another"):
        client.post(str(form["action"]), controls(form) | {"label": label})
    assert {link.label for link in ShareLink.objects.all()} == {"For one", "For another"}


@pytest.mark.django_db
def test_a_revoked_link_is_not_opened_again_by_its_form(client: Browser, mine: Draft) -> None:
    form = form_of(client.get(mine.url("result")), "Make a link")
    client.post(str(form["action"]), controls(form))
    (old,) = links_on(client.get(mine.url("result")))
    ShareLink.objects.get().revoke()
    client.post(str(form["action"]), controls(form))
    (new,) = links_on(client.get(mine.url("result")))
    assert Browser().get(old).status_code == 404
    assert Browser().get(new).status_code == 200


@pytest.mark.django_db
def test_no_word_of_a_form_is_a_token_of_anything(client: Browser, mine: Draft) -> None:
    form = form_of(client.get(mine.url("result")), "Make a link")
    client.post(str(form["action"]), controls(form))
    for page in (f"/r/{controls(form)['once']}/", f"/a/{controls(form)['once']}/"):
        assert client.get(page).status_code == 404
