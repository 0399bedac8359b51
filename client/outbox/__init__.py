"""What was asked for and is not answered yet: kept encrypted on disk, sent in order, each once (docs/adr/0015).

``order`` says what waits, ``journal`` keeps it, ``queue`` folds the journal, ``shelf`` finds the queues of a computer,
``courier`` sends. Nothing here knows a window.
"""
