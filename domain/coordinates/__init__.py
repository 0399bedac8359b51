"""Coordinate systems a source may be in, and their ways to the one we keep: WGS-84/CGCS2000 degrees, lon, lat.

Every rule is written once over the mathematics it is given: ``math`` for one place, ``numpy`` for many. Nothing here
imports numpy; who has arrays hands it in.
"""

from domain.coordinates.systems import System, from_wgs84, system_named, to_wgs84
from domain.coordinates.typed import Candidate, Reading, read_typed

__all__ = ["Candidate", "Reading", "System", "from_wgs84", "read_typed", "system_named", "to_wgs84"]
