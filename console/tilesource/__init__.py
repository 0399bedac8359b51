"""Raster base maps from packs and map servers: declared, fetched, checked, kept, and handed to ``layers.tiles``.

Nothing here runs on the window's thread but ``feed``: reading, asking, unpacking and decoding are threads' work.
"""

FILE_NAME = "basemaps.json"
"""The file of declarations, in the folder of settings."""
