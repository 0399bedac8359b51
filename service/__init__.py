"""The reference service: HTTP API, live feed, store, and the rules of who may do what. No Qt."""
