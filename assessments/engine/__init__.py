"""The scoring model: pure functions over a lens and an answers file.

Nothing here imports Django or touches a database. The public entry points are
``loading.load_lens``, ``answers.parse`` and ``report.build_report``.
"""
