"""Mutation tests: each small way to break a module, and whether a test fails on it.

`make mutants` runs them. making.py makes the mutants, in the scanners' environment; running.py runs
the tests on each; judging.py says which survivors are known, and why they may live.
"""
