"""What can be drawn on the one map: a folder a layer, its model (``model.py``, no Qt) apart from its ``item.py``.

For whoever fills the map (the console), everything is in the models; nothing here does I/O and nothing reads the time:

* ``layers.basemap.model.BasemapModel``: ``set_features(features)`` with ``domain.places.BaseFeature``
* ``layers.divisions.model.DivisionsModel``: ``set_divisions(divisions)`` with ``domain.places.Division``
* ``layers.grids.model.GridsModel``: ``set_grids(grids)``, ``set_classes({code: 0..4} | None)``, ``grid_at(lon, lat)``
* ``layers.cases.model.CasesModel``: ``replace(marks)``, ``update(marks)`` (adds, changes), ``remove(case_nos)``
* ``layers.positions.model.PositionsModel``: ``replace``, ``update``, ``remove``, ``set_now(now)``, with ``ThingMark``

``set_*`` of the first three accept what ``read_features``, ``read_areas`` or ``read_grids`` made of the same
values in another thread (``model.put(...)``), so that decoding geometry never holds up a window.

All models tell whoever subscribed (``subscribe(callback) -> unsubscribe``) and are used from the UI thread only.
"""
