"""The web process: Django under uvicorn. `python -m ringtrue.core.serving_web`."""

from __future__ import annotations

import os

import uvicorn

from ringtrue.core.configuring import CONFIG


def server() -> uvicorn.Config:
    """What a proxy says of scheme and address counts if the proxy is one of ours; from anybody else it is not read."""
    return uvicorn.Config(
        "ringtrue.core.asgi:application",
        host=CONFIG.host,
        port=CONFIG.port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
        proxy_headers=CONFIG.behind_proxy,
        forwarded_allow_ips=CONFIG.trusted_proxies,
    )


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    uvicorn.Server(server()).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
