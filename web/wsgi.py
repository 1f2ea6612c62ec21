"""The application as a server runs it: `newsdex serve` in one process, gunicorn in several behind one port.

    gunicorn -c python:web.deploy.gunicorn_conf
    gunicorn 'web.wsgi:app()' --workers 2 --threads 4

The first takes address and threads from the settings, and has its processes begin at once to warm up.
"""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import threading
from typing import TYPE_CHECKING, Any

from corpus.errors import NewsdexError
from indexer.settings import Settings, load

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

# Names by which a browser on this machine reaches a server that listens on this machine alone. Any other
# comes from a page elsewhere that has its own name point here to read along (DNS rebinding).
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def app(*, public: bool = False) -> Flask:
    """The application over the index of the settings in force: newsdex.toml and the environment.

    It answers this machine only, unless it is `public`: `gunicorn 'web.wsgi:app(public=True)'`. Nothing is
    opened before the first request, so processes may be forked from the one that made it. Raises
    SettingsInvalid.
    """
    return application(load(), public=public)


def application(settings: Settings, *, public: bool) -> Flask:
    """The application with the rule of whom it answers: this machine, or whoever reaches it.

    A public one believes X-Forwarded-Proto and X-Forwarded-Host, when a proxy on this machine sends them.
    """
    from web import create_app

    made = create_app(settings, hosts=None if public else LOOPBACK_NAMES)
    if public:
        made.wsgi_app = BelievingProxy(made.wsgi_app)  # type: ignore[method-assign]
    return made


class BelievingProxy:
    """What a proxy on this machine says of scheme and host; from elsewhere they are anybody's word."""

    def __init__(self, answering: WSGIApplication):
        from werkzeug.middleware.proxy_fix import ProxyFix

        self._direct, self._proxied = answering, ProxyFix(answering, x_for=0, x_proto=1, x_host=1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        near = from_this_machine(environ.get("REMOTE_ADDR"))
        return (self._proxied if near else self._direct)(environ, start_response)


def from_this_machine(remote: str | None) -> bool:
    """Whether a client with this address is on this machine; one at a Unix socket has none, and is.

    >>> [from_this_machine(remote) for remote in ("127.0.0.1", "::ffff:127.0.0.1", "", None, "192.0.2.7")]
    [True, True, True, True, False]
    """
    return not remote or is_loopback(remote)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "news.example.org")]
    [True, True, True, False, False]
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.casefold() == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def ready(made: Flask) -> None:
    """What a process does once before it is asked, after the last fork: read or compile what searches run on.

    It goes on beside the first requests. Raises what open_engine raises where there is no index to open yet;
    the application answers 503 until there is one.
    """
    try:
        engine = made.extensions["newsdex"].engine()
    finally:
        # What importing made stays: no look for cycles needs to go through it again.
        gc.freeze()
    threading.Thread(target=_warm, args=(engine,), daemon=True).start()


def _warm(engine: Any) -> None:
    from indexer.opening import warm

    with contextlib.suppress(NewsdexError, OSError):
        warm(engine)
