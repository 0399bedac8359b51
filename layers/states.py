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
