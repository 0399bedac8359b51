"""The desk's tones, made here: each told from the other by its rhythm, not by its pitch alone. No Qt."""

import io
import math
import wave
from array import array
from enum import StrEnum

import msgspec

RATE_HZ = 22_050
FADE_S = 0.008
"""Each beep swells and fades so long, without which it clicks."""
LOUD = 0.6


class Tone(StrEnum):
    """What can be heard. Names are ``tone.<value>``."""

    SOS = "sos"  # a unit needs help: until somebody acknowledges it
    ALERT = "alert"  # something urgent came in: once


class Beep(msgspec.Struct, frozen=True):
    """A sound of one pitch, or, with ``hz`` 0, so much silence."""

    hz: float
    seconds: float


TONES: dict[Tone, tuple[Beep, ...]] = {
    Tone.SOS: (Beep(960, 0.22), Beep(640, 0.22)) * 3 + (Beep(0, 0.5),),
    Tone.ALERT: (Beep(784, 0.12), Beep(0, 0.06), Beep(1046, 0.2)),
}


def length_s(tone: Tone) -> float:
    """Return how long a tone is."""
    return sum(beep.seconds for beep in TONES[tone])


def wav_of(tone: Tone) -> bytes:
    """Return a tone as a WAV file: one channel, 16 bit."""
    samples = array("h")
    for beep in TONES[tone]:
        count = round(beep.seconds * RATE_HZ)
        fade = FADE_S * RATE_HZ
        for i in range(count):
            swell = min(1.0, i / fade, (count - i) / fade)
            value = math.sin(2 * math.pi * beep.hz * i / RATE_HZ) * swell * LOUD
            samples.append(round(value * 32_767))
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return written.getvalue()
