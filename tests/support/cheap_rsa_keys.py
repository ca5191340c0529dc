"""RSA keys at a fraction of their price: each is made of two of a few primes.

To find two primes takes a tenth of a second, and the tests' sandboxes make hundreds of signing keys. These keys sign
and verify as any others, and no two are alike; but where two share a prime, they protect nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

_EXPONENT, _BITS = 65537, 2048
_generate = rsa.generate_private_key


def use() -> None:
    """From now on, whoever asks `cryptography` for such a key in this process gets one of these."""
    rsa.generate_private_key = _cheap_key


def _pairs_of_primes() -> Iterator[tuple[int, int]]:
    primes: list[int] = []
    while True:
        numbers = _generate(_EXPONENT, _BITS).private_numbers()
        for prime in (numbers.p, numbers.q):
            yield from ((prime, other) for other in primes)
            primes.append(prime)


_pairs = _pairs_of_primes()
_lock = Lock()


def _cheap_key(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
    if (public_exponent, key_size) != (_EXPONENT, _BITS):
        return _generate(public_exponent, key_size, backend)
    with _lock:
        p, q = next(_pairs)
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)
