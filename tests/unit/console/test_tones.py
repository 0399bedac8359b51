"""The desk's tones as they are heard: whole WAV files, told apart by rhythm, without clicks."""

import io
import wave
from array import array
from itertools import pairwise

import pytest

from console.tones import RATE_HZ, TONES, Tone, length_s, wav_of


@pytest.mark.parametrize("tone", Tone)
def test_a_tone_is_a_whole_file_of_its_length(tone: Tone) -> None:
    with wave.open(io.BytesIO(wav_of(tone))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        assert file.getnframes() == pytest.approx(length_s(tone) * RATE_HZ, abs=len(TONES[tone]))
        samples = array("h", file.readframes(file.getnframes()))
    assert max(samples) > 10_000, "it can be heard"
    assert max(abs(b - a) for a, b in pairwise(samples)) < 12_000, "it does not click"


def test_tones_are_told_apart_by_their_rhythm() -> None:
    rhythms = {tuple(beep.seconds for beep in beeps) for beeps in TONES.values()}
    assert len(rhythms) == len(Tone)
