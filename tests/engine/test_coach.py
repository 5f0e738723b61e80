"""The coach: what is said beside the five changes, and above all where nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.answers import Change
from assessments.engine.calibration import READERS, load_cases
from assessments.engine.coach import Hint, coach
from assessments.engine.words import words_in
from tests.examples import examples
from tests.factories import OPERATION_KINDS, PRODUCT_KINDS, lens, texts

RULES = {rule.id: rule for rule in lens().coach}

# Entries as founders type them, and what a good colleague would stop at.
VAGUE = (
    *("improve performance", "Improve the performance", "Performance", "better performance!"),
    *("Better UX", "better UI/UX", "Improve user experience", "UX", "Polish the UI"),
    *("refactor", "Refactoring", "Refactor the code", "refactor backend", "Clean up code"),
    *("cleanup", "Reduce technical debt", "tech debt", "Better architecture"),
    *("scale", "Scale the app", "Scaling", "We need to scale", "make it scalable", "Growth"),
    *("make it faster", "Make the app faster.", "speed up", "Fast!!!", "Optimise"),
    *("fix bugs", "Bug fixes", "Bugfixing", "more stability", "Make it more reliable"),
    *("better security", "Improve quality", "general improvements", "More users", "More features"),
    *("add features", "new functionality", "TBD", "todo", "something", "Nothing yet", "not sure"),
    *("don't know yet", "stuff", "AI", "We want to use AI", "IMPROVE  PERFORMANCE 🚀🚀"),
    *("Better mobile app", "Make it more user-friendly", "More traffic", "Better interface"),
    *("Performance tuning", "Grow the user base", "faster loading times", "ｉｍｐｒｏｖｅ　ＵＸ"),
)
FEATURES = (
    *("Add a dashboard", "add dashboard", "Build mobile app", "Implement chat", "Launch the app"),
    *("Create an admin panel", "We will build a mobile app", "Building a customer portal"),
    *("I want to add push notifications", "Add search", "Introduce a newsletter", "Add dark mode"),
    *("Develop an iOS and Android app", "Implementing live chat", "Add reports", "Add a calendar"),
    *("Create landing page", "Build an AI chatbot", "Add a dashboard for admins", "Mobile app"),
    *("Dashboard", "New website", "Chat feature", "Leaderboard!", "Marketplace", "add a blog 🎉"),
)
CHANGES = (
    # the founder's own words say what becomes different
    *("Add a second currency to invoices", "Add chat to the order page", "Stripe integration"),
    *("Replace Stripe with Adyen", "Move the dashboard to a warehouse", "Split users and accounts"),
    *("Rename workspace to account", "Switch to usage-based pricing", "Drop the free plan"),
    *("Add a VAT rate for each country", "Add search by tide", "Add a role for accountants"),
    *("Sign-up moves from e-mail to phone number", "A berth can be shared between two boats"),
    *("Merge the app and the website into one flow", "Turn reports into a subscription"),
    *("Integrate with Slack", "Slack app", "Build a Shopify app", "Log in with Google", "SSO"),
    *("Launch in Germany", "Import of old invoices by hand", "Clean data from the old system"),
    *("A second payment provider for customers abroad", "Payments", "Onboarding", "Public API v2"),
    *("We no longer support the app", "Remove the chat", "The dashboard goes away", "Offline mode"),
    *("Report page is cached", "Web app becomes offline first", "New customers pay yearly"),
    # vague, but each names a part: a miss is better than a false alarm
    *("Improve the dashboard", "Better onboarding", "Faster search", "Secure the login"),
    *("Users can have more than one account", "Customers can change their design", "Pricing"),
    *("An app can have more users", "Unknown users can use the app", "Profile the app", "GDPR"),
    # what has to hold
    *("Ten times the events on the last Friday of November", "10x traffic", "p95 under 200 ms"),
    *("Scale to 10,000 users", "Search answers in 100 ms", "Improve API latency", "Read replica"),
    *("Improve performance of the search", "Cache the price list", "Scale workers horizontally"),
    *("Add retries", "Add metrics", "Add tracing to the worker", "Add a monitoring dashboard"),
    *("Create a staging environment", "Second region with failover", "Deploy on-premise"),
    *("An audit trail for every delivery", "Zero downtime deploys", "Exactly-once delivery"),
    *("faster deployments", "Fix the double booking", "Refactor billing into its own service"),
    *("more users per server", "Quality checks before each import", "Security audit in May"),
    # other languages, and no language
    *("Leistung verbessern", "Neue App", "Datenmodell ändern", "mejorar el rendimiento"),
    *("améliorer les performances", "ajouter un tableau de bord", "パフォーマンスを改善する"),
    *(
        "新しいダッシュボード",
        "تحسين الأداء",
        "улучшить производительность",
        "प्रदर्शन सुधारें",
        "Швидше",
    ),
    *("", "   ", "🚀", "❤️", "...", "?!", "\u200d", "42", "-"),
)


def said(text: str, kind: str | None = None) -> str | None:
    """The rule that speaks about this entry alone."""
    hints = coach(lens(), [Change(text, kind)])
    assert len(hints) <= 1
    return hints[0].rule if hints else None


@pytest.mark.parametrize("text", VAGUE)
def test_what_would_fit_any_product_is_called_vague(text: str) -> None:
    assert said(text) == "vague"


@pytest.mark.parametrize("text", FEATURES)
def test_a_thing_to_build_is_called_a_feature(text: str) -> None:
    assert said(text) == "feature"


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_is_left_alone(text: str) -> None:
    assert said(text) is None


def test_the_changes_of_the_documented_cases_are_left_alone() -> None:
    for case in load_cases():
        for reader in READERS:
            rows = [Change(row["text"], row["kind"]) for row in case[reader].get("changes") or []]
            assert coach(lens(), rows) == []


def test_what_the_lens_offers_as_better_is_left_alone_itself() -> None:
    rules, prompts = lens().coach, lens().prompts
    offered = [rule.better for rule in rules]
    offered += [example.better for rule in rules for example in rule.examples]
    offered += [prompt.example for prompt in prompts]
    assert all(said(text) is None for text in offered)
    assert len(set(offered)) == len(offered)
    assert max(map(len, offered)) <= lens().changes.max_length


def test_a_hint_says_what_is_wrong_and_offers_an_entry_that_fits() -> None:
    (hint,) = coach(lens(), [Change("Improve performance")])
    assert hint == Hint(
        "vague",
        0,
        "This would fit any product. Say what will be different afterwards: "
        "which table, step or promise, and for whom.",
        "A year of orders opens in two seconds instead of twenty",
    )
    better = {hint.better for hint in coach(lens(), [Change("refactor"), Change("Better UX")])}
    assert len(better | {hint.better, RULES["vague"].better}) == 4


def test_a_dashboard_to_watch_the_system_with_is_no_feature() -> None:
    assert said("Dashboards", "observability") is None
    assert said("Dashboards", "user_flow") == "feature"


def test_each_row_has_a_hint_of_its_own() -> None:
    rows = ["Add a dashboard", "A second currency", "", "refactor"]
    assert [(h.rule, h.row) for h in coach(lens(), [Change(text) for text in rows])] == [
        ("feature", 0),
        ("vague", 3),
    ]


def test_of_two_hints_for_a_row_the_more_useful_one_is_given() -> None:
    hints = coach(lens(), [Change("refactor"), Change("Refactor!")])
    assert [hint.rule for hint in hints] == ["vague", "duplicate"]


# ---------------------------------------------------------------- the same again

SAME = (
    ("Add a second currency to invoices", "add second currency to the invoice"),
    ("Add a second currency to invoices", "A second currency for our invoices"),
    ("Sign-up by phone", "Sign up by phone."),
    ("Split users and accounts", "  SPLIT users, and accounts 🎉"),
    ("Customer's own prices", "Customers own prices"),
    ("新しいデータモデル", "新しいデータモデル"),
    ("Éxporter", "E\u0301xporter"),
)
OTHER = (
    ("Import old invoices", "Export old invoices"),
    ("Move orders to events", "Move events to orders"),
    ("A second region in Europe", "A second region in Asia"),
    ("Move to Stripe", "Move from Stripe"),
    ("Two currencies", "Three currencies"),
    ("Prices in €", "Prices in $"),
    ("Port the worker to C", "Port the worker to C++"),
    ("Answers in 1.5 s", "Answers in 15 s"),
    ("Release 1", "Release 2"),
    ("कि", "का"),
    ("🚀", "❤️"),
    ("", ""),
)


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_change_in_other_clothes_is_a_duplicate(first: str, second: str) -> None:
    (hint,) = coach(lens(), [Change("Another"), Change(first), Change(second)])
    assert (hint.rule, hint.row) == ("duplicate", 2)
    assert "the same as change 2" in hint.says


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_a_change_that_differs_in_one_word_is_no_duplicate(first: str, second: str) -> None:
    assert coach(lens(), [Change(first), Change(second)]) == []


def test_the_third_of_the_same_refers_to_the_first() -> None:
    hints = coach(lens(), [Change("A second currency")] * 3)
    assert [(hint.row, "change 1," in hint.says) for hint in hints] == [(1, True), (2, True)]


# ---------------------------------------------------------------- the list as a whole

DIFFERENT = ("Prices per season", "Berths are shared", "Bills in euro", "A new harbour", "Tides")


def listed(*kinds: str | None) -> list[Change]:
    return [Change(text, kind) for text, kind in zip(DIFFERENT, kinds, strict=False)]


@pytest.mark.parametrize("kind", PRODUCT_KINDS + OPERATION_KINDS)
def test_five_changes_of_one_kind_are_sent_to_look_at_the_other_side(kind: str) -> None:
    (hint,) = coach(lens(), listed(*[kind] * 5))
    assert (hint.rule, hint.row) == (f"one_kind_{lens().kind[kind].axis}", None)
    assert f"“{lens().kind[kind].label}”" in hint.says
    assert ("what will have to hold" in hint.says) == (kind in PRODUCT_KINDS)
    assert hint.better == RULES[hint.rule].better


@pytest.mark.parametrize(
    "kinds",
    [
        ["schema"] * 4,
        ["schema"] * 4 + ["user_flow"],
        ["schema"] * 4 + [None],
        [None] * 5,
        list(PRODUCT_KINDS),
    ],
)
def test_fewer_than_five_or_of_several_kinds_are_left_alone(kinds: list[str | None]) -> None:
    assert coach(lens(), listed(*kinds)) == []


def test_an_empty_row_does_not_count_among_the_five() -> None:
    assert coach(lens(), [*listed(*["schema"] * 4), Change("", "schema")]) == []


def test_nothing_is_said_about_an_empty_list() -> None:
    assert coach(lens(), []) == []


# ---------------------------------------------------------------- any text at all


@examples(300)
@given(
    st.lists(
        st.builds(
            Change,
            st.text() | texts() | st.sampled_from(VAGUE + FEATURES + CHANGES),
            st.none() | st.sampled_from([*lens().kind, "gone"]),
        ),
        max_size=7,
    )
)
def test_no_text_is_too_strange(rows: list[Change]) -> None:
    hints = coach(lens(), rows)
    about = [hint.row for hint in hints if hint.row is not None]
    assert about == sorted(set(about))
    assert all(rows[row].text.strip() for row in about)
    assert [hint.row for hint in hints].count(None) <= 1
    for hint in hints:
        assert hint.rule in RULES
        assert hint.better
        assert "{" not in hint.says


@examples(200)
@given(st.text(st.characters(min_codepoint=0x370), max_size=80))
def test_another_script_is_never_called_vague_or_a_feature(text: str) -> None:
    if not any(word.isascii() for word in words_in(text)):  # letters that are Latin in disguise
        assert said(text) is None


def test_a_very_long_text_is_read_like_any_other() -> None:
    assert said("improve " * 50_000) == "vague"
    assert said("x" * 500_000) is None
    assert said("improve " * 50_000 + "the tariff of one harbour") is None


def test_braces_in_the_founders_words_stay_theirs() -> None:
    assert [h.rule for h in coach(lens(), [Change("{number}"), Change("{number}")])] == [
        "duplicate"
    ]


# ---------------------------------------------------------------- prompts


def test_the_prompts_ask_a_question_and_show_a_change() -> None:
    assert [prompt.id for prompt in lens().prompts] == [
        "market",
        "not_understood",
        "organisation",
        "wrong",
    ]
    for prompt in lens().prompts:
        assert prompt.title.endswith("?")
        assert not prompt.example.endswith((".", "?"))
