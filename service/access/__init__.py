"""Who may do what: the table (``table``), who asks (``asker``), and how much is seen (``sight``)."""

from domain.wire import MASK
from service.access.asker import Asker, act_for, admit, check_channel, check_place, check_thing
from service.access.sight import Sight, sight_of
from service.access.table import GUARDED, TABLE, Door, Field, Reach, Rights, rights_of

__all__ = [
    "GUARDED",
    "MASK",
    "TABLE",
    "Asker",
    "Door",
    "Field",
    "Reach",
    "Rights",
    "Sight",
    "act_for",
    "admit",
    "check_channel",
    "check_place",
    "check_thing",
    "rights_of",
    "sight_of",
]
