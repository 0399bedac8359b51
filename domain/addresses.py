"""Standard addresses: what is kept of one, and how a text is folded so that spellings of one address meet.

An address base is about places. It holds no names of persons, and a file that seems to bring some is refused.
"""

import re
import unicodedata

import msgspec

from domain.places import Lat, Lon

MAX_ADDRESS = 200
"""Characters of one address."""
MAX_ASKED = 60
"""Characters of what is searched for."""
MOST_FOUND = 100
MOST_AROUND_M = 1000.0
"""How far an address may lie from the place it is asked for, metres."""

_PERSONS = (
    r"姓名|户主|房主|业主|屋主|租户|租客|住户|联系人|法人|负责人|居民|人员|电话|手机|联系方式|身份证|证件|民族|出生|性别|微信|邮箱"
    r"|(?:^|[_\W])(?:owner|person|people|tenant|resident|occupant|contact|phone|mobile|tel|email|idcard|id_card|id_no"
    r"|surname|first_?name|last_?name|full_?name|birth\w*|gender|sex)(?:$|[_\W])"
)
_JOINTS = re.compile(r"[\s,.;:，。；：、·()（）\[\]【】<>《》\"'“”‘’]+")


class Address(msgspec.Struct, frozen=True):
    """One address of the base. ``code`` is the base's own; ``distance_m`` stands where it was asked from a place."""

    code: str
    text: str
    lon: Lon
    lat: Lat
    division: str = ""
    distance_m: float | None = None


class AddressPage(msgspec.Struct, frozen=True):
    """``GET /v1/addresses``: the addresses found, best first; ``more`` says that there are others.

    ``empty`` says that the service holds no address at all.
    """

    addresses: tuple[Address, ...]
    more: bool = False
    empty: bool = False


def folded(text: str) -> str:
    """Return a text as it is searched: half-width, lower case, without blanks and punctuation.

    Hyphens stay: ``3-12`` and ``312`` are two doors.
    """
    return _JOINTS.sub("", unicodedata.normalize("NFKC", text).casefold())


def fragments(asked: str) -> tuple[str, ...]:
    """Return the folded parts of what is searched, each of which an address must hold."""
    parts = (folded(part) for part in asked[:MAX_ASKED].split())
    return tuple(dict.fromkeys(part for part in parts if part))


def names_persons(column: str) -> bool:
    """Return whether a column seems to hold persons or what leads to them."""
    return re.search(_PERSONS, column, re.IGNORECASE) is not None
