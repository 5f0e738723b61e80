"""What a consultant does beside correcting answers: renames, reviews, scores again."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.faults.acts import NUMBERS, WORDS, Acts
from tests.web import says


class Desk(Acts):
    """What is done on the desk's pages of the project and of its first version."""

    @precondition(lambda self: self.alive)
    @rule(opens=st.booleans(), which=NUMBERS, words=WORDS)
    def the_consultant_renames_the_project(self, opens: bool, which: int, words: str) -> None:
        """From a page just opened, or from an old one: a name given meanwhile is not undone."""
        project = self.site.database.keys(self.kept[0].token)[1]
        if opens or not self.renamings:
            self.renamings.append(self.desk.project_form(project))
        form = self.renamings[which % len(self.renamings)]
        stands, seen = self.kept[0].fields, form["initial-name"]
        answer = self.desk.rename(project, form | {"name": words})
        own_name, other = stands.get("project_name", ""), words != seen
        if other and own_name not in (seen, words):
            assert answer.status_code == 200
            assert "Meanwhile it was changed to" in says(answer.content)
            return
        assert answer.status_code == 302
        summary = stands.get("project_summary", "")
        name = words if other else own_name
        self.project.rename({"project_name": name, "project_summary": summary})

    @precondition(lambda self: self.alive and self.kept[0].report)
    @rule()
    def the_consultant_opens_the_review(self) -> None:
        self.reviews.append(self.desk.review_form(self.key(0)))

    @precondition(lambda self: self.alive and self.reviews)
    @rule(which=st.integers(0, 2), act=st.sampled_from(["save", "publish"]), words=WORDS)
    def the_consultant_writes_the_review(self, which: int, act: str, words: str) -> None:
        form = self.reviews[-1 - which % len(self.reviews)]
        before, key = self.review, self.key(0)
        answer = self.desk.review(key, act, form | {"text": words})
        self.review = now = self.site.database.review(key)
        if answer.status_code == 302:
            fresh = int(form["version"]) == before.version
            assert fresh or before.text == words, "somebody else's review was overwritten"
            assert (now.text, now.published) == (
                words,
                words if act == "publish" else now.published,
            )
            assert act == "publish" or now.published == before.published
        else:
            assert answer.status_code == 200
            assert now == before, "what was refused has changed the review"

    @precondition(lambda self: self.alive and self.review.published is not None)
    @rule()
    def the_consultant_withdraws_the_review(self) -> None:
        self.desk.review(self.key(0), "withdraw", self.desk.review_form(self.key(0)))
        before, self.review = self.review, self.site.database.review(self.key(0))
        assert (self.review.text, self.review.published) == (before.text, None)

    @precondition(lambda self: self.alive and self.finished())
    @rule()
    def the_consultant_scores_again(self) -> None:
        """Under the lens that it was scored with: nothing is to move."""
        key = self.key(self.finished()[0])
        form = self.desk.project_form(self.site.database.keys(self.kept[0].token)[1])
        page = self.desk.open(f"/admin/assessments/assessment/{key}/rescore/")
        assert "nothing to re-score" in says(page.content)
        sent = {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"], "seen": f"{key}:x", "lens": "x"}
        self.desk.send("/admin/assessments/assessment/rescore/", sent)
