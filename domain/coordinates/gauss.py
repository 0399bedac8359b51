"""Gauss-Krüger: the transverse Mercator plane of Chinese surveying, on the ellipsoid of CGCS2000.

Krüger's series in the third flattening, to its sixth power, as Karney wrote it down (Transverse Mercator with an
accuracy of a few nanometers, J. Geodesy 85, 2011, eqs. 12 and 36; alpha and beta of eqs. 35 and 36). Within ten degrees
of the central meridian that is exact to far below a millimetre; a test holds it against PROJ.

``fn`` is the module that calculates: ``math`` for two floats, ``numpy`` for two arrays. In the plane of a survey x is
north and y is east; here it is always ``easting, northing``.
"""

from typing import Any

AXIS_M = 6_378_137.0
FLATTENING = 1.0 / 298.257_222_101
FALSE_EASTING_M = 500_000.0
ZONES_3, ZONES_6 = range(25, 46), range(13, 24)
"""Zones that lie over China: of three degrees, and of six."""

_N = FLATTENING / (2.0 - FLATTENING)
_ECCENTRICITY = (FLATTENING * (2.0 - FLATTENING)) ** 0.5
_RADIUS_M = AXIS_M / (1.0 + _N) * (1.0 + _N**2 / 4.0 + _N**4 / 64.0 + _N**6 / 256.0)
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180 - 127 * _N**5 / 288 + 7891 * _N**6 / 37800,
    13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440 + 281 * _N**5 / 630 - 1983433 * _N**6 / 1935360,
    61 * _N**3 / 240 - 103 * _N**4 / 140 + 15061 * _N**5 / 26880 + 167603 * _N**6 / 181440,
    49561 * _N**4 / 161280 - 179 * _N**5 / 168 + 6601661 * _N**6 / 7257600,
    34729 * _N**5 / 80640 - 3418889 * _N**6 / 1995840,
    212378941 * _N**6 / 319334400,
)
_BETA = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360 - 81 * _N**5 / 512 + 96199 * _N**6 / 604800,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440 + 46 * _N**5 / 105 - 1118711 * _N**6 / 3870720,
    17 * _N**3 / 480 - 37 * _N**4 / 840 - 209 * _N**5 / 4480 + 5569 * _N**6 / 90720,
    4397 * _N**4 / 161280 - 11 * _N**5 / 504 - 830251 * _N**6 / 7257600,
    4583 * _N**5 / 161280 - 108847 * _N**6 / 3991680,
    20648693 * _N**6 / 638668800,
)

Pair = tuple[Any, Any]


def meridian_of(zone: int) -> int:
    """Return the central meridian of a zone, degrees. Zones of six degrees are 13 to 23, of three degrees 25 to 45."""
    return 6 * zone - 3 if zone in ZONES_6 else 3 * zone


def forward(lon: Any, lat: Any, meridian: float, fn: Any) -> Pair:
    """Return easting and northing of a place, metres, without a zone before the easting."""
    lam, phi = (lon - meridian) / 180.0 * fn.pi, lat / 180.0 * fn.pi
    tau = fn.sin(phi) / fn.cos(phi)
    sigma = fn.sinh(_ECCENTRICITY * fn.atanh(_ECCENTRICITY * fn.sin(phi)))
    conformal = tau * fn.sqrt(1.0 + sigma * sigma) - sigma * fn.sqrt(1.0 + tau * tau)
    xi = fn.atan2(conformal, fn.cos(lam))
    eta = fn.asinh(fn.sin(lam) / fn.sqrt(conformal * conformal + fn.cos(lam) ** 2))
    north, east = xi, eta
    for step, alpha in enumerate(_ALPHA, start=1):
        north = north + alpha * fn.sin(2 * step * xi) * fn.cosh(2 * step * eta)
        east = east + alpha * fn.cos(2 * step * xi) * fn.sinh(2 * step * eta)
    return FALSE_EASTING_M + _RADIUS_M * east, _RADIUS_M * north


def backward(easting: Any, northing: Any, meridian: float, fn: Any) -> Pair:
    """Return lon and lat of a place in the plane, degrees."""
    xi, eta = northing / _RADIUS_M, (easting - FALSE_EASTING_M) / _RADIUS_M
    north, east = xi, eta
    for step, beta in enumerate(_BETA, start=1):
        north = north - beta * fn.sin(2 * step * xi) * fn.cosh(2 * step * eta)
        east = east - beta * fn.cos(2 * step * xi) * fn.sinh(2 * step * eta)
    lam = fn.atan2(fn.sinh(east), fn.cos(north))
    conformal = fn.sin(north) / fn.sqrt(fn.sinh(east) ** 2 + fn.cos(north) ** 2)
    return meridian + lam * 180.0 / fn.pi, fn.atan2(_geodetic(conformal, fn), 1.0) * 180.0 / fn.pi


def _geodetic(conformal: Any, fn: Any) -> Any:
    """Return the tangent of the geodetic latitude from that of the conformal one: Newton, three rounds (eqs. 19-21)."""
    tau = conformal
    rest = 1.0 - _ECCENTRICITY**2
    for _ in range(3):
        root = fn.sqrt(1.0 + tau * tau)
        sigma = fn.sinh(_ECCENTRICITY * fn.atanh(_ECCENTRICITY * tau / root))
        found = tau * fn.sqrt(1.0 + sigma * sigma) - sigma * root
        tau = tau + (conformal - found) / fn.sqrt(1.0 + found * found) * (1.0 + rest * tau * tau) / (rest * root)
    return tau
