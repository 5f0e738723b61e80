"""Two processes mail what is due at the same time, and nobody gets two mails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

from tests.servers import manage_site, run_beside

MANY = 24
DOMAIN = "at-once.example.org"
TOGETHER_SECONDS = 60
MAKE = f"""
from tests.reminding import confirmed, in_days
from tests.web import CHANGE_HEAVY, draft
for number in range({MANY}):
    finished = draft(CHANGE_HEAVY, finished=True)
    confirmed(finished.assessment, f"number-{{number}}@{DOMAIN}", in_days(-1))
"""
LOOK = f"""
import json
from assessments.models import Reminder
rows = Reminder.objects.filter(email__endswith="@{DOMAIN}")
print(json.dumps([row.is_sent and row.claimed_at is None for row in rows]))
"""


@dataclass
class MailServer:
    """Takes mails by SMTP; the first of two senders waits until the second is there."""

    port: int = 0
    recipients: list[str] = field(default_factory=list)
    both: Barrier = field(default_factory=lambda: Barrier(2))
    met: bool = False

    def meet(self) -> None:
        if not self.met:
            with suppress(BrokenBarrierError):  # the test says so at its end
                self.both.wait(TOGETHER_SECONDS)
            self.met = True


class Session(StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        taking: MailServer = self.server.taking
        self.say("220 ready")
        for line in self.rfile:
            command = line.strip().decode()
            if command.upper().startswith("RCPT"):
                taking.recipients.append(command.partition("<")[2].rstrip(">"))
                taking.meet()
            if command.upper() == "DATA":
                self.say("354 go on")
                self.skip_text()
            self.say("221 bye" if command.upper() == "QUIT" else "250 ok")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def skip_text(self) -> None:
        while self.rfile.readline() not in (b".\r\n", b""):
            pass


@contextmanager
def mail_server() -> Iterator[MailServer]:
    taking = MailServer()
    with ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        server.taking = taking  # type: ignore[attr-defined]
        taking.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        yield taking
        server.shutdown()


def test_each_gets_one_mail_from_one_of_them(live_site: str) -> None:
    run_beside(live_site, MAKE)
    with mail_server() as taking, ThreadPoolExecutor(2) as pool:
        env = {
            "SITE_URL": "https://stackpick.example.org",
            "EMAIL_URL": f"smtp://127.0.0.1:{taking.port}?timeout={2 * TOGETHER_SECONDS}",
        }
        runs = [
            pool.submit(manage_site, live_site, "manage.py", "send_due", env=env) for _ in range(2)
        ]
        said = [run.result(120) for run in runs]
    got = sorted(to for to in taking.recipients if to.endswith(DOMAIN))
    assert got == sorted(f"number-{number}@{DOMAIN}" for number in range(MANY))
    sent = [int(re.findall(r"Mails sent: (\d+)", text)[0]) for text in said]
    assert not taking.both.broken, "the two were not there at the same time"
    assert all(sent)
    assert sum(sent) == len(taking.recipients)
    assert json.loads(run_beside(live_site, LOOK)) == [True] * MANY
