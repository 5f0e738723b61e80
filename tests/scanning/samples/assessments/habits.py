"""What this project does in one way only, done in another."""

import csv
import datetime as clock
import http.client
import logging
import marshal
import os
import pickle
import random
import smtplib
import ssl
import subprocess
import urllib.request
import uuid
from datetime import UTC, datetime

import httpx
import yaml
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.csrf import csrf_exempt
from markupsafe import Markup

log = logging.getLogger(__name__)


def shown(name):
    # ruleid: marked-safe
    mark_safe("<b>" + name + "</b>")
    # ruleid: marked-safe
    mark_safe(f"<b>{name}</b>")
    # ruleid: marked-safe
    Markup(name)
    # ruleid: marked-safe
    SafeString(name)
    # ruleid: marked-safe
    format_html(f"<b>{name}</b>")
    # ok: marked-safe
    mark_safe("<b>a name</b>")
    # ok: marked-safe
    return format_html("<b>{}</b>", name)


# ruleid: without-csrf-check
@csrf_exempt
def deleted(request):
    return None


# ruleid: without-csrf-check
address = path("delete/", csrf_exempt(checked))


# ruleid: without-csrf-check
@method_decorator(csrf_exempt, name="dispatch")
class Deleting:
    pass


# ok: without-csrf-check
@require_POST
def checked(request):
    return None


def table(stream, rows):
    # ruleid: csv-outside-table
    csv.writer(stream).writerows(rows)
    # ruleid: csv-outside-table
    csv.DictWriter(stream, ["name"]).writeheader()
    # ok: csv-outside-table
    return csv.reader(stream)


def commands(name):
    # ruleid: command-from-text
    os.system("convert " + name)
    # ruleid: command-from-text
    os.popen(name)
    # ruleid: command-from-text
    subprocess.run(f"convert {name}", shell=True)
    # ok: command-from-text
    subprocess.run(["convert", name], check=True)


def read(data):
    # ruleid: code-from-data
    pickle.loads(data)
    # ruleid: code-from-data
    marshal.loads(data)
    # ruleid: code-from-data
    yaml.load(data, Loader=yaml.Loader)
    # ruleid: code-from-data
    eval(data)
    # ruleid: code-from-data
    exec(data)
    # ok: code-from-data
    return yaml.safe_load(data)


def tokens():
    # ruleid: guessable-random
    random.choice("abc")
    # ruleid: guessable-random
    random.Random(4)
    # ruleid: guessable-random
    uuid.uuid1()
    # ok: guessable-random
    return secrets.token_urlsafe(32)


def opens(link, given, token):
    # ruleid: secret-compared-slowly
    if link.token == given:
        return True
    # ruleid: secret-compared-slowly
    if given != token:
        return False
    # ok: secret-compared-slowly
    if token == "":
        return False
    # ok: secret-compared-slowly
    return constant_time_compare(link.token, given)


def noted(request, link, token):
    # ruleid: secret-in-log
    log.warning("Opened %s", token)
    # ruleid: secret-in-log
    log.info(f"Opened {link.token}")
    # ruleid: secret-in-log
    logging.info("At %s", request.get_full_path())
    # ruleid: secret-printed
    print(token)
    # ok: secret-in-log
    log.info("Opened link %s", link.pk)


def now():
    # ruleid: time-without-zone
    datetime.now()
    # ruleid: time-without-zone
    datetime.utcnow()
    # ruleid: time-without-zone
    clock.date.today()
    # ok: time-without-zone
    datetime.now(UTC)
    # ok: time-without-zone
    return timezone.now()


def asked(address):
    # ruleid: waits-for-ever
    urllib.request.urlopen(address)
    # ruleid: waits-for-ever
    smtplib.SMTP("mail.example.org")
    # ruleid: waits-for-ever
    http.client.HTTPConnection("example.org")
    # ruleid: waits-for-ever
    httpx.get(address, timeout=None)
    # ok: waits-for-ever
    smtplib.SMTP("mail.example.org", timeout=10)
    # ok: waits-for-ever
    return urllib.request.urlopen(address, timeout=10)


def trusted(address, context):
    # ruleid: certificate-not-checked
    httpx.get(address, verify=False)
    # ruleid: certificate-not-checked
    context.check_hostname = False
    # ruleid: certificate-not-checked
    context.verify_mode = ssl.CERT_NONE
    # ok: certificate-not-checked
    return httpx.get(address)


def remembered(response):
    # ruleid: cookie-by-hand
    response.set_cookie("who", "me")
    # ruleid: cookie-by-hand
    response.set_cookie("who", "me", httponly=True)
    # ok: cookie-by-hand
    response.set_cookie("who", "me", httponly=True, samesite="Lax", secure=True)
