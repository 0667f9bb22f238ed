"""A name server for tests on 127.0.0.1: prints its port and answers over UDP and TCP until stdin ends.

The first label of a name says what is answered.
"""
import socketserver
import sys
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

LONG = " ".join(f'"{letter * 250}"' for letter in "abcdefgh")


def answer(question, is_stream):
    """The bytes of the answer; None for silence."""
    query = dns.message.from_wire(question)
    name = query.question[0].name
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA

    def add(owner, kind, text):
        reply.answer.append(dns.rrset.from_text(owner, 300, "IN", kind, *([text] if text else [])))

    match name.labels[0].decode():
        case "plain":
            add(name, "TXT", '"v=DKIM1; p=abc"')
        case "parts":
            add(name, "TXT", '"v=DKIM1; " "p=" "abc"')
        case "several":
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"one"', '"two"'))
        case "alias":
            add(name, "CNAME", "plain.parley.test.")
            add("plain.parley.test.", "TXT", '"v=DKIM1; p=abc"')
        case "loose":
            add(name, "CNAME", "nowhere.parley.test.")
        case "long" if is_stream:
            add(name, "TXT", LONG)
        case "long":
            reply.flags |= dns.flags.TC
        case "missing":
            reply.set_rcode(dns.rcode.NXDOMAIN)
        case "broken":
            reply.set_rcode(dns.rcode.SERVFAIL)
        case "silent":
            return None
    return reply.to_wire(max_size=65535)


class Packet(socketserver.BaseRequestHandler):
    def handle(self):
        data, connection = self.request
        if reply := answer(data, is_stream=False):
            connection.sendto(reply, self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        length = int.from_bytes(self.rfile.read(2), "big")
        if reply := answer(self.rfile.read(length), is_stream=True):
            self.wfile.write(len(reply).to_bytes(2, "big") + reply)


def main():
    socketserver.TCPServer.allow_reuse_address = True
    packets = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Packet)
    streams = socketserver.ThreadingTCPServer(packets.server_address, Stream)
    for server in packets, streams:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(packets.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
