"""The filter, in the real kernel: packets over loopback from several of its addresses."""

import socket

import pytest

from ringtrue.voice.lines.sip.allow_list import TooManyNetworks, attach, guard_sockets, program, read_networks


def udp(address, family=socket.AF_INET):
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.bind((address, 0))
    return made


def received(target):
    """What has come to a socket by now; loopback delivers before `sendto` returns."""
    target.setblocking(False)
    found = []
    while True:
        try:
            found.append(target.recv(100).decode())
        except BlockingIOError:
            return found


@pytest.mark.parametrize(
    ("allowed", "heard"),
    [
        (["127.0.0.2"], ["2"]),
        (["127.0.0.2", "127.0.0.4/31"], ["2", "4", "5"]),
        (["10.0.0.0/8"], []),
        (["127.0.0.0/8"], ["2", "3", "4", "5"]),
        (["2001:db8::/32"], []),
        ([], []),
    ],
)
def test_only_allowed_sources_reach_the_socket(allowed, heard):
    target = udp("127.0.0.1")
    attach(target.fileno(), read_networks(allowed))
    for last in "2345":
        udp(f"127.0.0.{last}").sendto(last.encode(), target.getsockname())
    assert received(target) == heard


def test_ipv6_sources_are_told_apart():
    target = udp("::1", socket.AF_INET6)
    attach(target.fileno(), read_networks(["2001:db8::/32", "::1"]))
    udp("::1", socket.AF_INET6).sendto(b"in", target.getsockname())
    assert received(target) == ["in"]
    other = udp("::1", socket.AF_INET6)
    attach(other.fileno(), read_networks(["2001:db8::/32", "127.0.0.1"]))
    udp("::1", socket.AF_INET6).sendto(b"in", other.getsockname())
    assert received(other) == []


def test_a_tcp_connection_from_elsewhere_is_never_made():
    target = socket.create_server(("127.0.0.1", 0))
    attach(target.fileno(), read_networks(["127.0.0.2"]))
    with socket.create_connection(target.getsockname(), timeout=2, source_address=("127.0.0.2", 0)):
        pass
    with pytest.raises(TimeoutError):
        socket.create_connection(target.getsockname(), timeout=0.3, source_address=("127.0.0.3", 0))


def test_the_filter_cannot_be_taken_off():
    target = udp("127.0.0.1")
    attach(target.fileno(), read_networks(["127.0.0.2"]))
    with pytest.raises(PermissionError):
        attach(target.fileno(), read_networks(["127.0.0.0/8"]))
    with pytest.raises(PermissionError):
        target.setsockopt(socket.SOL_SOCKET, 27, 0)  # SO_DETACH_FILTER


def test_every_socket_on_the_port_is_found_and_no_other():
    target, other = udp("127.0.0.1"), udp("127.0.0.1")
    done = guard_sockets({target.getsockname()[1]}, read_networks(["127.0.0.9"]), set())
    assert len(done) == 1
    assert guard_sockets({target.getsockname()[1]}, read_networks(["127.0.0.9"]), done) == done
    for port in (target, other):
        udp("127.0.0.2").sendto(b"x", port.getsockname())
    assert (received(target), received(other)) == ([], ["x"])


def test_what_is_no_network_is_said():
    with pytest.raises(ValueError, match=r"'sip\.example' is not an address"):
        read_networks(["203.0.113.7", "sip.example"])
    with pytest.raises(TooManyNetworks, match="about 1,000"):
        program(read_networks([f"10.{n // 256}.{n % 256}.0/24" for n in range(1100)]))
