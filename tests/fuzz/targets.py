"""The doors that strangers use, each as a function of one input. An input may be refused; it may not raise."""

from __future__ import annotations

from . import doors_channels, doors_http, doors_runs, doors_text, doors_uploads
from .target import Target

TARGETS: dict[str, Target] = {
    **doors_text.DOORS,
    **doors_channels.DOORS,
    **doors_uploads.DOORS,
    **doors_runs.DOORS,
    **doors_http.DOORS,
}
