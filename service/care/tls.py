"""The service's own certificate authority, for a network that no public one reaches.

``init`` makes an authority and a certificate for the service signed by it; consoles are given the authority's
``ca.pem``. Elliptic curve P-256, which every Windows and Linux of the offices speaks. The authority's key is needed
only to sign anew and belongs on another disk.
"""

import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from domain.faults import invalid

AUTHORITY_DAYS = 3650
MIN_DAYS, MAX_DAYS = 1, 825
"""Systems refuse a server's certificate that is valid for longer than 825 days."""
MOST_HOSTS = 50
EARLIER = timedelta(minutes=5)
"""A console's clock may be a little behind."""

CA, CA_KEY, SERVER, SERVER_KEY = "ca.pem", "ca.key", "server.pem", "server.key"


class Made(msgspec.Struct, frozen=True):
    """What was written: for the consoles, and how long the service's certificate is valid."""

    authority: Path
    certificate: Path
    valid_until: datetime


def init(folder: Path, hosts: list[str], days: int, now: datetime) -> Made:
    """Make an authority and a certificate for ``hosts`` (names or addresses) in a folder. Raises ``Fault``."""
    if (folder / CA_KEY).exists() or (folder / CA).exists():
        raise invalid("tls_exists", path=str(folder))
    _check(hosts, days)
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OneMap private CA")])
    authority = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_secret(folder / CA_KEY, _pem_of_key(key))
    (folder / CA).write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return renew(folder, hosts, days, now)


def renew(folder: Path, hosts: list[str], days: int, now: datetime) -> Made:
    """Make a new key and certificate for the service, signed by the authority in the folder. Raises ``Fault``."""
    _check(hosts, days)
    authority, authority_key = _authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    certificate = (
        _builder(name, authority.subject, key, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_named(host) for host in hosts]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write_secret(folder / SERVER_KEY, _pem_of_key(key))
    (folder / SERVER).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Made(folder / CA, folder / SERVER, certificate.not_valid_after_utc)


def served_files(folder: Path) -> tuple[Path, Path]:
    """Return certificate and key the service serves with. Raises ``Fault('tls_missing')``."""
    if not (folder / SERVER).is_file() or not (folder / SERVER_KEY).is_file():
        raise invalid("tls_missing", path=str(folder))
    return folder / SERVER, folder / SERVER_KEY


def _check(hosts: list[str], days: int) -> None:
    if not hosts or len(hosts) > MOST_HOSTS or any(not host or len(host) > 253 or not host.isascii() for host in hosts):
        raise invalid("tls_hosts_bad", most=MOST_HOSTS)
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise invalid("tls_days_bad", low=MIN_DAYS, high=MAX_DAYS)


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate((folder / CA).read_bytes())
        key = serialization.load_pem_private_key((folder / CA_KEY).read_bytes(), password=None)
    except (OSError, ValueError):
        raise invalid("tls_no_authority", path=str(folder)) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise invalid("tls_no_authority", path=str(folder))
    return certificate, key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, data: bytes) -> None:
    """Write a file only its owner may read; it appears whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(partial, path)
