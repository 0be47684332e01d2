"""Kamailio as a carrier: a registrar with digest (RFC 3261, 22; RFC 8760 for SHA-256), calls between those who are registered, and a
number for every refusal: a call to +19995550404 is answered with 404, and so on with what `REFUSED_WITH` holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from ringtrue.core.testing import missing
from ringtrue.media.tests.sip_house import free_port

CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
children=1
auto_aliases=no
alias="127.0.0.1:@PORT@"
tcp_children=1
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "kex.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "auth.so"
modparam("registrar", "min_expires", 1)
modparam("registrar", "max_expires", 3)
modparam("auth", "algorithm", "@ALGORITHM@")
request_route {
  if (has_totag()) { loose_route(); t_relay(); exit; }
  if (is_method("ACK") || is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("REGISTER")) {
    if ($fU == "barred") { sl_send_reply("403", "Forbidden"); exit; }
    if (!pv_www_authenticate("pbx.test", "secret", "0")) { www_challenge("pbx.test", "1"); exit; }
    xlog("L_ERR", "registered $fU\\n");
    save("location");
    exit;
  }
  if (is_method("INVITE")) {
    if (!pv_proxy_authenticate("pbx.test", "secret", "0")) { proxy_challenge("pbx.test", "1"); exit; }
    consume_credentials();
@REFUSALS@
    record_route();
  }
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
"""
REFUSED_WITH = (403, 404, 480, 486, 488, 503, 603)


class Kamailio:
    """Users have the password "secret"; "barred" is turned away. `algorithm`: "MD5" or "SHA-256"."""

    def __init__(self, folder: Path, algorithm: str = "MD5") -> None:
        self.port = free_port()
        self.log = folder / "kamailio.log"
        self._config = folder / "kamailio.cfg"
        refusals = "\n".join(
            f'    if ($rU == "+19995550{code}") {{ sl_send_reply("{code}", "As Asked"); exit; }}' for code in REFUSED_WITH
        )
        text = CONFIG.replace("@PORT@", str(self.port)).replace("@ALGORITHM@", algorithm).replace("@REFUSALS@", refusals)
        self._config.write_text(text)
        self._folder = folder
        self.start()

    def start(self) -> None:
        program = shutil.which("kamailio", path=os.environ.get("PATH", "") + ":/usr/sbin")
        assert program is not None
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-f", str(self._config), "-DD", "-E", "-m", "16", "-M", "4", "-Y", str(self._folder), "-w", str(self._folder)],
                stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 20
        while not (self._folder / "kamailio_rpc.fifo").exists() and "Listening on" not in self.log.read_text():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def registrations(self, user: str) -> int:
        return self.log.read_text().count(f"registered {user}\n")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def need_kamailio() -> None:
    if shutil.which("kamailio", path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
        missing("kamailio is missing: apt-get install kamailio")
