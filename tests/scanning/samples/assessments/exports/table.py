"""The one module that writes tables, and keeps formulas out of them."""

import csv


def row(stream, cells):
    # ok: csv-outside-table
    csv.writer(stream).writerow([guarded(cell) for cell in cells])
