"""How a program talks to the service: session, commands, live feed and the picture folded from it.

Async, loop-neutral (plain asyncio) and without Qt. It speaks only ``domain``.
"""
