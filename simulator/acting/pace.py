"""How fast the field lives."""

import asyncio


class Pace:
    """Town seconds per real second."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    async def sleep(self, town_s: float) -> None:
        """Wait for some seconds of the town's time."""
        await asyncio.sleep(max(0.0, town_s) / self.speed)
