"""The page server's part in training: it keeps the queue of runs, where the operator lets it train."""

from __future__ import annotations

import logging

from streamlit import config

from ..training import bounds
from ..training.dispatcher import Dispatcher

_LOG = logging.getLogger(__name__)


def start() -> Dispatcher | None:
    """Begin to keep the queue; None where this server may not train."""
    try:
        allowed = bounds.read()
    except bounds.BoundsError as error:
        _LOG.error("training is off: %s", error)
        return None
    address = config.get_option("server.address")
    if not allowed.allows(str(address) if address else None):
        return None
    queue = Dispatcher(allowed)
    queue.start()
    return queue
