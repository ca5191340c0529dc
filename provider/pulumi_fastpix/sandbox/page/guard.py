"""Who may see and use the page: whoever has the address that the sandbox prints, and no other web site.

The developer's browser has other sites open, which can make it send requests to any port of this machine:

- The `Host` has to be this machine's, with the sandbox's port. So a site whose name suddenly leads to 127.0.0.1 (DNS
  rebinding) gets nothing, though its pages would pass for ours in all else.
- The token in the printed address is exchanged for a cookie, and the browser's history gets the address without it. The
  cookie is for this page's path only, no script can read it, and no request that another site causes has it.
  The token that the present secret key gives opens the page as well, if that was renewed while the sandbox runs.
- A form has to come from the page itself: the browser says so in `Sec-Fetch-Site`, or else in `Origin`. Cookies don't
  tell ports apart, so those of another server on this machine have to be refused by that.

What that leaves: a server on another port of this machine is sent the cookie if somebody opens this path there. The
cookie opens this page, which shows no secret, and nothing else.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PAGE_PATH: Final = "/_sandbox/page/"
"""Where the page and all that belongs to it is. Only the printed address is another: `/`, with the token."""

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The headers of every response below this path."""

_OPEN_AGAIN = "Copy the address that the sandbox printed when it started into the address bar; it ends in ?token=…"


def page_url(port: int, secret_key: str) -> str:
    """The address of the page, with its token."""
    return f"http://127.0.0.1:{port}/?token={page_token(secret_key)}"


def page_token(secret_key: str) -> str:
    """The token of the page: the same as long as the secret key is, which can't be found out from it.

    So an address that was printed once opens the page of every later sandbox on the same data file and port.
    """
    return hmac.new(secret_key.encode(), b"the page of the sandbox", "sha256").hexdigest()[:32]


class Guard:
    """Tells which requests may reach the page.

    Args:
        token: the token in the address that the sandbox prints.
        port: the port that the sandbox listens on.
    """

    def __init__(self, token: str, port: int) -> None:
        self._token = token.encode()
        self._hosts = {f"{name}{suffix}" for name in ("127.0.0.1", "localhost") for suffix in _suffixes(port)}
        # Servers on other ports share the cookies of this one.
        self._cookie = f"pulumi-fastpix-sandbox-{port}"

    def wrong_host(self, request: Request) -> str | None:
        """Why the page isn't at the host that this request was sent to; None if it is."""
        if request.headers.get("host", "").lower() in self._hosts:
            return None
        return "The sandbox's page is at 127.0.0.1 and localhost only, with the sandbox's own port."

    def wrong_token(self, given: str, newer: str | None) -> str | None:
        """Why this token doesn't open the page; None if it does, as this sandbox's own and a newer one do."""
        accepted = [self._token] if newer is None else [self._token, newer.encode()]
        if any(hmac.compare_digest(given.encode(), one) for one in accepted):
            return None
        return f"The token in this address is not that of this sandbox. {_OPEN_AGAIN}"

    def wrong_cookie(self, request: Request) -> str | None:
        """Why the browser that sent this request may not see the page; None if it may."""
        if hmac.compare_digest(request.cookies.get(self._cookie, "").encode(), self._token):
            return None
        return f"This browser has not opened the page of this sandbox yet. {_OPEN_AGAIN}"

    def wrong_origin(self, request: Request) -> str | None:
        """Why this form doesn't come from the page itself; None if it does."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        own = f"http://{request.headers.get('host', '').lower()}"
        # A page with our referrer policy sends its forms with the origin `null`.
        if (site == "same-origin" and origin in {None, "null", own}) or (site is None and origin == own):
            return None
        return "This form does not come from the sandbox's page, so nothing was changed. Use those of the page."

    def remember(self, response: Response) -> None:
        """Let the browser that gets this response see the page."""
        response.set_cookie(self._cookie, self._token.decode(), path=PAGE_PATH, httponly=True, samesite="strict")


def _suffixes(port: int) -> tuple[str, ...]:
    # Browsers leave out the usual port.
    return (f":{port}", "") if port == 80 else (f":{port}",)
