"""Import and export without a window: read strictly, send safely, write whole files.

A file is read to its end and judged before the first row is sent. No Qt here.
"""
