"""Measurements: the engine, the running site, the weight of its pages, and Lighthouse."""
