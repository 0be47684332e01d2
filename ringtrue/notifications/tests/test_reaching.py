"""The guard against reaching machines inside: every form in which one can write such an address."""

import socket

import pytest

from ringtrue.notifications import reaching
from ringtrue.notifications.reaching import Refused, check_form, resolve

INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",  # noqa: S104
    "10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.254", "169.254.169.254", "169.254.0.1",
    "0xA9FEA9FE", "2852039166", "100.64.0.1", "100.100.100.200", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[0:0:0:0:0:0:0:1]",
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "db.internal", "router.lan", "intranet", "metadata",
    "metadata.google.internal", "postgres", "①②⑦.⓪.⓪.①",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_no_form_of_an_inside_address_is_reached(host):
    with pytest.raises((Refused, OSError)):
        resolve(f"https://{host}/latest/meta-data/")


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "example.com",
     "https://", "https:///x", "https://example.com:22/", "https://example.com:6379/", "https://example.com:99999/",
     "https://user:pass@example.com/", "https://example.com@127.0.0.1/", "https://exa mple.com/", "https://example.com/\r\nX: y",
     "https://example.com/" + "a" * 500, "https://[::1", "https://\x00.com/", ""],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url):
    with pytest.raises(Refused):
        check_form(url)


def test_an_ordinary_address_is_fine():
    target = check_form("https://hooks.example.com/a/b?c=d")
    assert target == ("https", "hooks.example.com", 443, "/a/b?c=d", "")
    assert check_form("https://93.184.215.14:8443/").port == 8443


def answering(monkeypatch, *addresses):
    def getaddrinfo(host, port, **_):
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(reaching.socket, "getaddrinfo", getaddrinfo)


def test_a_public_name_with_a_private_address_is_refused(monkeypatch):
    for address in ("10.0.0.5", "169.254.169.254", "::1", "::ffff:192.168.1.1", "fd00::1"):
        answering(monkeypatch, address)
        with pytest.raises(Refused):
            resolve("https://rebind.example.com/")


def test_one_bad_address_among_good_ones_is_enough(monkeypatch):
    answering(monkeypatch, "93.184.215.14", "127.0.0.1")
    with pytest.raises(Refused):
        resolve("https://rebind.example.com/")


def test_the_connection_goes_to_the_address_that_was_judged_and_the_name_is_asked_once(monkeypatch, dental):
    """DNS rebinding: a second question would be answered with 127.0.0.1."""
    from ringtrue.notifications import delivering, webhooks

    asked, connected = [], []

    def getaddrinfo(host, port, *_, **__):
        if host == "rebind.example.com":
            asked.append(host)
            address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        else:
            address = host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, *_, **__):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", connect)
    endpoint, _ = webhooks.add(dental.workspace.id, "https://rebind.example.com/x")
    delivery = webhooks.send_test(endpoint)
    assert delivering.deliver(delivery.id) == "failed"
    assert asked == ["rebind.example.com"]
    assert [address[0] for address in connected] == ["93.184.215.14"]
