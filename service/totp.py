"""One-time codes of a second factor (RFC 6238: SHA-1, 30 s, six digits). Real time; each code is taken once."""

from datetime import datetime
from hmac import compare_digest

STEP_S = 30
DRIFT = 1
"""How many half minutes a person's clock may be off, either way."""
ISSUER = "OneMap"


def new_secret() -> str:
    """Return a new secret, 160 bits in base 32."""
    import pyotp  # noqa: PLC0415 - only second factors need it

    return pyotp.random_base32()


def uri_of(secret: str, account: str) -> str:
    """Return what an authenticator scans."""
    import pyotp  # noqa: PLC0415

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Return the half minute a code is of, None where it is wrong, too old or taken: not after step ``after``."""
    import pyotp  # noqa: PLC0415

    here = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    right = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return next((step for step in right if step > after), None)
