"""How a component shows on the map, apart from how that is drawn."""

from enum import StrEnum


class Sensed(StrEnum):
    """How a component shows; words ``map.sensed.<value>``. The first ones are drawn first."""

    PLAIN = "plain"  # nothing is sensed there, and nothing is wrong
    OFFLINE = "offline"
    OK = "ok"
    DAMAGED = "damaged"  # found so, whatever it says
    FAULT = "fault"
    WARN = "warn"
    ALARM = "alarm"


class FenceState(StrEnum):
    """How a geofence stands; names ``map.fence.<value>``."""

    RINGING = "ringing"  # it told something that nobody acknowledged
    WATCHING = "watching"
    RESTING = "resting"  # out of its hours
    PAUSED = "paused"  # switched off
