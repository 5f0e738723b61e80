"""The site, broken on purpose, a way each: what a check of the bench has to see.

Gunicorn is started with one of these in place of ``stackpick.wsgi``, so that nothing of this is in
the product.
"""
