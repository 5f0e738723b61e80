"""An e-mail address that is told when the day to look again has come."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from . import due
from .assessment import Assessment
from .prepared import Prepared

CODE_LIFE = timedelta(minutes=30)
MOST_TRIES = 5
# A mistyped address is somebody else's: it is not kept for longer than its owner may take.
UNCONFIRMED_LIFE = timedelta(days=1)


class CodeIsOver(Exception):
    """The code was tried too often, is too old, or was used."""


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def of(self, assessment: Assessment) -> Reminder | None:
        """The reminder of an assessment, confirmed or not."""
        sql = OF_ASSESSMENT.sql(self.db)
        found = next(iter(self.raw(sql, [assessment.pk], using=self.db)), None)
        if found:
            found.assessment = assessment
        return found

    def ask(self, assessment: Assessment, email: str, code: str) -> Reminder:
        """Waits for the code to come back from this address, and for no earlier one any more."""
        asked = {
            "email": email,
            "code_hash": _code_hash(email, code),
            "code_tries": 0,
            "asked_at": timezone.now(),
        }
        return self.update_or_create(assessment=assessment, defaults=asked)[0]

    def by_stop_key(self, key: str) -> Reminder | None:
        """What the link at the end of a mail stops; None where there is nothing (any more)."""
        number, _, signature = key.partition("-")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        found = self.filter(pk=int(number)).select_related("assessment").first()
        return found if found and found.is_signed(signature) else None

    def forget_unconfirmed(self) -> int:
        """Deletes the addresses that nobody confirmed in time; how many there were."""
        too_old = timezone.now() - UNCONFIRMED_LIFE
        return self.filter(confirmed_at=None, asked_at__lt=too_old).delete()[0]

    def due(self, today: date) -> list[int]:
        """The keys of those whose day has come and was not mailed about, the longest due first."""
        of_the_day = self.filter(confirmed_at__isnull=False, assessment__review_on__lte=today)
        unsent = of_the_day.filter(due.unsent_for(models.F("assessment__review_on")))
        return list(unsent.order_by("assessment__review_on", "pk").values_list("pk", flat=True))

    def follow_to(self, assessment: Assessment) -> None:
        """Moves what one is reminded of to this version, which was finished just now."""
        if assessment.previous_id is None:
            return
        versions = assessment.versions()
        before = [version.assessment.pk for version in versions.before(versions.this)]
        for reminder in self.filter(assessment__in=before, confirmed_at__isnull=False):
            reminder.follow()


class Reminder(models.Model):
    """One address for one assessment; nothing but the code is sent before it is confirmed.

    ``code_hash`` belongs to the code of the first mail, of which only so many may be tried.
    ``sent_for`` is the review date that was last mailed about: a date that is moved fires anew.
    ``claimed_at`` marks the row for the process that is mailing just now. ``again_hash`` belongs
    to the link of that mail, which starts a re-assessment.
    """

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="reminder")
    email = models.EmailField()
    code_hash = models.CharField(max_length=128, blank=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_for = models.DateField(null=True, editable=False)
    # no value is null here, not "", because it is unique
    again_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001

    objects = ReminderQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Reminder of {self.assessment_id}"

    # Confirming

    @property
    def code_is_open(self) -> bool:
        """Whether the code of the last mail still counts."""
        in_time = timezone.now() < self.asked_at + CODE_LIFE
        return in_time and self.code_tries < MOST_TRIES and self.confirmed_at is None

    @property
    def tries_left(self) -> int:
        return MOST_TRIES - self.code_tries

    def is_code(self, code: str) -> bool:
        """Whether this is the code that was sent; each question is one of the tries.

        Raises:
            CodeIsOver: no question is answered any more.
        """
        self._take_try()
        return constant_time_compare(self.code_hash, _code_hash(self.email, code))

    def _take_try(self) -> None:
        """Counts before the code is looked at, so that guessing at once gains nothing."""
        asked_since = timezone.now() - CODE_LIFE
        open_still = self._row.filter(
            code_hash=self.code_hash,
            code_tries__lt=MOST_TRIES,
            asked_at__gt=asked_since,
            confirmed_at=None,
        )
        taken = open_still.update(code_tries=models.F("code_tries") + 1)
        if not taken:
            raise CodeIsOver
        self.code_tries += 1

    def confirm(self) -> bool:
        """Notes that the address is the founder's; False where that was noted a moment ago."""
        self.confirmed_at = timezone.now()
        return bool(self._row.filter(confirmed_at=None).update(confirmed_at=self.confirmed_at))

    def take_back(self) -> None:
        """As if the right code had not been given: the mail that follows on it did not leave."""
        self._row.update(confirmed_at=None, code_tries=models.F("code_tries") - 1)

    # Stopping

    def stop_key(self) -> str:
        """What stands in the link that stops it: nothing is stored, and no address is in it."""
        return f"{self.pk}-{_stop_signer().sign(self._signed).rpartition(':')[2]}"

    def is_signed(self, signature: str) -> bool:
        """Whether this is the signature of its own link, by this secret key or one before it."""
        try:
            _stop_signer().unsign(f"{self._signed}:{signature}")
        except BadSignature:
            return False
        return True

    @property
    def _signed(self) -> str:
        return f"{self.pk} {self.email}"

    # The day

    def is_due(self, today: date) -> bool:
        """Whether the day has come, and was not mailed about."""
        day = self.assessment.review_on
        return day is not None and day <= today and not self.is_sent

    @property
    def is_sent(self) -> bool:
        """Whether the mail about the day that stands now has left."""
        day = self.assessment.review_on
        return self.sent_for is not None and day is not None and self.sent_for >= day

    def about(self) -> Assessment:
        """The newest finished version of the assessment."""
        newest = self.assessment.versions().finished_after()
        if newest is None:
            return self.assessment
        whole = Assessment.objects.whole().select_related("review")
        return whole.get(pk=newest.assessment.pk)

    def follow(self) -> None:
        """Moves on to the newest version, unless somebody is reminded of that one already."""
        newest = self.about()
        if newest == self.assessment:
            return
        try:
            with transaction.atomic():
                self._row.update(assessment=newest)
        except IntegrityError:
            return
        self.assessment = newest

    claim = due.claim
    let_go = due.let_go
    sent = due.sent
    begun = due.begun
    begin_again = due.begin_again

    @property
    def _row(self) -> ReminderQuerySet:
        return Reminder.objects.filter(pk=self.pk)


OF_ASSESSMENT = Prepared(lambda pk: Reminder.objects.filter(assessment_id=pk), place=0)


def _stop_signer() -> Signer:
    """Made when it is asked for: commands that sign nothing run without a secret key."""
    return Signer(salt="assessments.reminder.stop")


def new_code() -> str:
    """Six digits, as they go into the first mail."""
    return f"{secrets.randbelow(10**6):06d}"


def _code_hash(email: str, code: str) -> str:
    """With the site's own secret in it: of a million codes, one is soon found without."""
    said = f"{email} {code}"
    return salted_hmac("assessments.reminder.code", said, algorithm="sha256").hexdigest()
