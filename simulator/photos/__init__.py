"""Drawn photos for the fictional town: a scene, the trouble in it or gone, and a label that says it is a demo."""
