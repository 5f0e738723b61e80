"""Milestones at the desk: frozen under a name, listed, deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.template.loader import render_to_string

from assessments.admin.milestones import milestones_context
from assessments.models import Assessment, Milestone
from tests.desk.asking import refused, said
from tests.desk.pages import at
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.web import says, soup, title

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(ada: User) -> Assessment:
    return assessment_of(client_of(ada))


@pytest.fixture
def his() -> Assessment:
    return assessment_of(client_of(consultant("ben")))


def test_the_current_state_is_frozen_under_a_name(ada: User, hers: Assessment) -> None:
    page = signed_in(ada).post(at("freeze", hers.pk), {"name": "Before the pilot"})
    assert page["Location"] == at("change", hers.pk) + "#milestones"
    kept = Milestone.objects.get()
    assert (kept.assessment, kept.name, kept.author) == (hers, "Before the pilot", ada)


def test_it_is_said_that_it_was_frozen(ada: User, hers: Assessment) -> None:
    page = signed_in(ada).post(at("freeze", hers.pk), {"name": "First"}, follow=True)
    assert "Frozen as “First”." in said(page)


@pytest.mark.parametrize(
    ("name", "error"),
    [("", "Give the milestone a name"), ("Taken", "There is a milestone “Taken” already")],
)
def test_a_name_that_will_not_do_comes_back_with_its_error(
    ada: User, hers: Assessment, name: str, error: str
) -> None:
    hers.freeze("Taken", ada)
    page = signed_in(ada).post(at("freeze", hers.pk), {"name": name})
    assert page.status_code == 200
    assert title(page).startswith("Error:")
    field = soup(page).select_one("input[name=name]")
    assert field
    assert field["value"] == name if name else not field.get("value")
    assert field["aria-invalid"] == "true"
    described = str(field["aria-describedby"]).split()
    texts = [each.get_text() for key in described for each in soup(page).select(f"#{key}")]
    assert len(texts) == len(described) == 2
    assert error in " ".join(texts)
    assert Milestone.objects.count() == 1


def test_the_list_says_what_was_frozen_and_leads_to_comparisons(
    ada: User, hers: Assessment
) -> None:
    first, second = hers.freeze("First", ada), hers.freeze("Second", None)
    context = milestones_context(hers) | {"may_freeze": True, "may_delete_milestones": True}
    page = render_to_string("admin/assessments/assessment/_milestones.html", context)
    rows = [row.get_text(" ", strip=True) for row in soup(page).select("tbody tr")]
    assert [row.split()[0] for row in rows] == ["Now", "Second", "First"]
    assert "ada" in rows[2]
    assert all("FastAPI" in row for row in rows)
    now = f"assessment-{hers.pk}"
    links = [str(link["href"]) for link in soup(page).select("tbody a")]
    assert links == [f"{at('compare')}?a=milestone-{m.pk}&b={now}" for m in (second, first)]
    chosen = [
        (radio["name"], radio["value"]) for radio in soup(page).select("input[type=radio][checked]")
    ]
    assert sorted(chosen) == [("a", f"milestone-{second.pk}"), ("b", now)]


def test_without_rights_it_is_a_list_to_read(ada: User, hers: Assessment) -> None:
    hers.freeze("First", ada)
    page = render_to_string(
        "admin/assessments/assessment/_milestones.html", milestones_context(hers)
    )
    assert "First" in says(page)
    assert not soup(page).select("form[method=post]")


def test_the_list_does_not_read_the_reports_and_asks_once(
    ada: User, hers: Assessment, django_assert_num_queries: object
) -> None:
    for name in "abc":
        hers.freeze(name, ada)
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = milestones_context(hers)["milestones"]
        assert [str(row.author) for row in rows] == ["ada"] * 3
    assert rows[0].get_deferred_fields() == {"answers_file", "report"}


def test_a_milestone_is_deleted(ada: User, hers: Assessment) -> None:
    kept = hers.freeze("First", ada)
    page = signed_in(ada).post(at("milestone_delete", hers.pk, kept.pk), follow=True)
    assert "Deleted the milestone “First”." in said(page)
    assert not Milestone.objects.exists()


def test_only_by_post(ada: User, hers: Assessment) -> None:
    kept = hers.freeze("First", ada)
    browser = signed_in(ada)
    assert browser.get(at("freeze", hers.pk)).status_code == 405
    assert browser.get(at("milestone_delete", hers.pk, kept.pk)).status_code == 405
    assert Milestone.objects.count() == 1


def test_anothers_are_out_of_reach(
    ada: User, hers: Assessment, his: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    kept, browser = his.freeze("His", None), signed_in(ada)
    addresses = {
        at("freeze", his.pk): f"assessment {his.pk}",
        at("freeze", "x"): "assessment x",
        at("milestone_delete", his.pk, kept.pk): f"assessment {his.pk}",
        at("milestone_delete", hers.pk, kept.pk): f"milestone {kept.pk}",
        at("milestone_delete", hers.pk, "x"): "milestone x",
    }
    for address, what in addresses.items():
        with refused(caplog, what):
            assert browser.post(address, {"name": "Mine"}).status_code == 404
    assert Milestone.objects.get() == kept


def test_a_milestone_goes_with_its_own_assessment_alone(caplog: pytest.LogCaptureFixture) -> None:
    one, other = assessment_of(None), assessment_of(None)
    kept = other.freeze("Other", None)
    with refused(caplog, f"milestone {kept.pk} of assessment {one.pk}"):
        page = signed_in(superuser()).post(at("milestone_delete", one.pk, kept.pk))
    assert page.status_code == 404
    assert Milestone.objects.exists()


def test_who_has_no_right_to_it_is_refused(ada: User, hers: Assessment) -> None:
    group = ada.groups.get()
    group.permissions.remove(*Permission.objects.filter(codename__endswith="_milestone"))
    kept = hers.freeze("First", None)
    for address in (at("freeze", hers.pk), at("milestone_delete", hers.pk, kept.pk)):
        assert signed_in(ada).post(address, {"name": "x"}).status_code == 403
    assert list(Milestone.objects.all()) == [kept]
