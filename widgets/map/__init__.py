"""The one map on the screen: ``MapView`` and what lies over it. See ``widgets.map.view`` for how it is used."""
