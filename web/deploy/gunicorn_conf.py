"""gunicorn's settings for Newsdex: as many processes as cores behind the address that `serve` would take.

    gunicorn -c python:web.deploy.gunicorn_conf
    gunicorn -c python:web.deploy.gunicorn_conf --workers 4 'web.wsgi:app(public=True)'

The names are gunicorn's own settings, and its command line stands above them.
"""

import os
from typing import Any

from corpus.errors import NewsdexError
from indexer.processes import cores
from indexer.settings import load
from web.wsgi import ready

try:
    _settings = load()
except NewsdexError as error:
    raise SystemExit(f"newsdex: {error}") from error

# numpy's OpenBLAS begins with a thread a core in each process; nothing here multiplies matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

wsgi_app = "web.wsgi:app()"
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = f"{_host}:{_settings.port}"
if "WEB_CONCURRENCY" not in os.environ:  # gunicorn's own variable for it
    workers = cores()
threads = _settings.threads
# A socket for commands to a running gunicorn, in the user's folder: two servers of one user would share it.
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Have each process warm up before it is asked."""
    try:
        ready(worker.app.wsgi())
    except NewsdexError as error:
        worker.log.warning("newsdex: %s", error)
