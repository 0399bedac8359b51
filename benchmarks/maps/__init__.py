"""The parts of ``benchmarks.map``: the map that is measured, and a module for each group of figures."""
