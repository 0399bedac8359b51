"""Import and export without a window: reading files of other systems strictly, sending them safely, writing files whole.

A file is read to its end and judged before the first row is sent. No Qt here.
"""
