"""Rows of others, reached by their keys."""


def by_key(request, client_id):
    # ruleid: row-outside-scope
    return Client.objects.get(pk=client_id)


def by_posted_keys(request):
    # ruleid: row-outside-scope
    return Assessment.objects.filter(pk__in=request.POST.getlist("chosen"))


def found_or_not(request, client_id):
    # ruleid: row-outside-scope
    return get_object_or_404(Client, pk=client_id)


def in_scope(request, client_id):
    # ok: row-outside-scope
    return reach(request, Client, client_id)


def at_hand(client):
    # ok: row-outside-scope
    return Client.objects.filter(pk=client.pk)
