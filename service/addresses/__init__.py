"""The address base: an index of our own, the same on SQLite and PostgreSQL, so that any fragment finds its addresses.

Addresses stand in blocks by where they are (``cells``), and for each pair of neighbouring characters the index says in
which cells it occurs and which addresses of a block hold it (``grams``, ``sets``). A search takes the cells that hold
every pair, nearest first, and reads the few addresses that are left.
"""
