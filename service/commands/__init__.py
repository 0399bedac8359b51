"""The commands of ``onemap-service``, one module each: ``add`` declares its options, ``run`` does it."""
