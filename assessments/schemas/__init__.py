"""What the files of StackPick look like, for programs: JSON Schemas, and the API they travel by.

Nothing here imports Django. The schema of reports is written by hand, because it is a promise; that
of answers is made from the lens, where questions and options are kept.
"""
