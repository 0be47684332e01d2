"""`ringtrue link [EMAIL]`: a sign-in link for a person of this installation, for whoever holds its machine."""

from __future__ import annotations

import argparse
import sys


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue link", description=__doc__)
    parser.add_argument("email", nargs="?", help="whose link; without it, the owner of the demo business")
    options = parser.parse_args(argv)
    from ringtrue.accounts.models import User
    from ringtrue.accounts.signing_in_links import make
    from ringtrue.core.running import DEMO_OWNER

    user = User.objects.filter(email=(options.email or DEMO_OWNER).lower(), is_active=True).first()
    if user is None:
        known = ", ".join(User.objects.filter(is_active=True).values_list("email", flat=True)[:10])
        print(f"Nobody here has that address. There are: {known or 'no people yet'}.", file=sys.stderr)
        return 2
    print(make(user))
    return 0
