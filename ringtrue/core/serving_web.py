"""The web process: Django under uvicorn. `python -m ringtrue.core.serving_web`."""

from __future__ import annotations

import os


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    import uvicorn

    from ringtrue.core.configuring import CONFIG

    uvicorn.run(
        "ringtrue.core.asgi:application",
        host=CONFIG.host,
        port=CONFIG.port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
        proxy_headers=CONFIG.behind_proxy,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
