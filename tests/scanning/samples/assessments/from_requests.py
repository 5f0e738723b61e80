"""What a request says, in places where it does harm."""

from pathlib import Path

from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme


def search(request):
    with connection.cursor() as cursor:
        # ruleid: sql-from-text
        cursor.execute(f"SELECT id FROM clients WHERE name = '{request.GET['q']}'")
        # ruleid: sql-from-text
        cursor.execute("SELECT id FROM clients WHERE name = '%s'" % request.GET["q"])
        # ruleid: sql-from-text
        cursor.execute("SELECT id FROM clients ORDER BY {}".format(request.GET["by"]))
        sql = "SELECT id FROM clients WHERE name = '" + request.GET["q"] + "'"
        # ruleid: sql-from-text
        cursor.execute(sql)
        # ruleid: sql-from-text
        cursor.execute(request.body)
        # ok: sql-from-text
        cursor.execute("SELECT id FROM clients WHERE name = %s", [request.GET["q"]])


def ordered(rows, column):
    # ruleid: sql-from-text
    rows.raw(f"SELECT * FROM clients ORDER BY {column}")
    # ruleid: sql-from-text
    rows.extra(where=[f"name = '{column}'"])
    # ruleid: sql-from-text
    rows.annotate(found=RawSQL("name LIKE '%" + column + "%'", []))
    # ok: sql-from-text
    return rows.filter(name=column).order_by("name")


def away(request):
    # ruleid: redirect-from-request
    return redirect(request.GET["next"])


def away_later(request):
    where = request.POST.get("next", "/")
    # ruleid: redirect-from-request
    return HttpResponseRedirect(where)


def away_by_header(request, response):
    # ruleid: redirect-from-request, header-from-request
    response["Location"] = request.headers["Referer"]
    return response


def away_within(request):
    where = request.GET.get("next", "/")
    if url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        # ok: redirect-from-request
        return redirect(where)
    # ok: redirect-from-request
    return redirect("home")


def away_known(request, form):
    # ok: redirect-from-request
    return redirect("result", form.cleaned_data["number"])


def labelled(request, response):
    # ruleid: header-from-request
    response["X-Label"] = request.GET["label"]
    # ruleid: header-from-request
    response.headers["X-Label"] = request.GET.get("label")
    # ok: header-from-request
    response["X-Label"] = "a label"
    return response


def echoed(request):
    # ruleid: page-from-request
    return HttpResponse("<p>Nothing found for " + request.GET["q"] + "</p>")


def echoed_safely(request):
    # ok: page-from-request
    return HttpResponse("<p>Nothing found for " + escape(request.GET["q"]) + "</p>")


def document(request):
    # ruleid: file-from-request
    return FileResponse(open(request.GET["name"], "rb"))


def document_below(request, folder):
    # ruleid: file-from-request
    return FileResponse((folder / request.GET["name"]).open("rb"))


def document_by_path(request):
    name = request.GET.get("name", "")
    # ruleid: file-from-request
    return FileResponse(Path(f"/srv/{name}").open("rb"))


def document_known(request, documents):
    # ok: file-from-request
    return FileResponse(documents[request.GET["name"]].open("rb"))
