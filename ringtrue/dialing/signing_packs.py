"""Signing a rules pack.

`python -m ringtrue.dialing.signing_packs FILE` checks an operator's pack and writes FILE.sig with this installation's key; put both
into `<data>/rules/`. `--release` signs the pack that ships: with a key made for it alone and thrown away at once, so that nobody
can ever sign another pack that this release would take. Its public half goes into `rules/publisher.pub`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringtrue.core import signing
from ringtrue.dialing.rules_pack import PUBLISHER, SHIPPED, PackRefused, parse, sign_with_installation


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ringtrue.dialing.signing_packs", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="an operator's pack")
    parser.add_argument("--release", action="store_true", help="sign the pack that ships")
    options = parser.parse_args(argv)
    path = SHIPPED if options.release else options.file
    if path is None:
        parser.error("name the file")
    text = path.read_bytes()
    try:
        pack = parse(text)
    except PackRefused as problem:
        print(problem, file=sys.stderr)
        return 1
    path.with_name(path.name + ".sig").write_bytes(sign_release(text) if options.release else sign_with_installation(text))
    print(f"Signed: pack {pack.id} with {len(pack.rules)} rules, good for {pack.stale_after_days} days from {pack.issued}.")
    return 0


def sign_release(text: bytes) -> bytes:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
    PUBLISHER.write_text(public + "\n")
    mark = key.sign(signing.canonical({"rules_pack": hashlib.sha256(text).hexdigest()}))
    return json.dumps({"key": public, "signature": mark.hex()}).encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main())
