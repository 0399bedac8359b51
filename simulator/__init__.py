"""The field without the field: a fictional town, staff who move, reports that arrive, units that handle them.

It is a client like any other and talks to the service only as the phones' gateway would, over HTTP.
"""
