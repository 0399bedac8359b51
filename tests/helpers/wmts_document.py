"""What a WMTS says of itself, as servers write it: two layers, sets in metres, degrees and something else."""


def matrix(ident: str, denominator: str, corner: str, columns: int, rows: int) -> str:
    """Return a TileMatrix as servers write it."""
    return (
        f"<TileMatrix><ows:Identifier>{ident}</ows:Identifier><ScaleDenominator>{denominator}</ScaleDenominator>"
        f"<TopLeftCorner>{corner}</TopLeftCorner><TileWidth>256</TileWidth><TileHeight>256</TileHeight>"
        f"<MatrixWidth>{columns}</MatrixWidth><MatrixHeight>{rows}</MatrixHeight></TileMatrix>"
    )


def matrix_set(name: str, crs: str, *matrices: str) -> str:
    """Return a TileMatrixSet."""
    head = f"<TileMatrixSet><ows:Identifier>{name}</ows:Identifier><ows:SupportedCRS>{crs}</ows:SupportedCRS>"
    return head + "".join(matrices) + "</TileMatrixSet>"


def links(*names: str) -> str:
    return "".join(f"<TileMatrixSetLink><TileMatrixSet>{n}</TileMatrixSet></TileMatrixSetLink>" for n in names)


WMTS = (
    '<?xml version="1.0"?><Capabilities xmlns="http://www.opengis.net/wmts/1.0"'
    ' xmlns:ows="http://www.opengis.net/ows/1.1" version="1.0.0"><Contents>'
    "<Layer><ows:Title>影像</ows:Title><ows:Identifier>img</ows:Identifier><ows:WGS84BoundingBox>"
    "<ows:LowerCorner>118 27</ows:LowerCorner><ows:UpperCorner>123 31.5</ows:UpperCorner></ows:WGS84BoundingBox>"
    '<Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style><Format>tiles</Format>'
    + links("c", "w", "strange")
    + "</Layer><Layer><ows:Title>REST</ows:Title><ows:Identifier>rest</ows:Identifier>"
    "<Style><ows:Identifier>s</ows:Identifier></Style><Format>image/png</Format>"
    + links("w")
    + '<ResourceURL format="image/png" resourceType="tile"'
    ' template="https://h/x/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"/></Layer>'
    + matrix_set(
        "c",
        "urn:ogc:def:crs:EPSG::4490",
        matrix("1", "2.958293554545656E8", "90.0 -180.0", 2, 1),
        matrix("2", "1.479146777272828E8", "90.0 -180.0", 4, 2),
    )
    + matrix_set(
        "w",
        "urn:ogc:def:crs:EPSG::900913",
        matrix("1", "2.795411320143589E8", "-2.0037508342787E7 2.0037508342787E7", 2, 2),
    )
    + matrix_set("strange", "EPSG:4549")
    + "</Contents></Capabilities>"
)
