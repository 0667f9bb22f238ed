"""A Postfix and a Dovecot of its own on loopback ports, with certificates of a test authority, for tests and benches.

usage: mail_servers.py FOLDER

Needs root, as Postfix does. Everything lies in FOLDER. When both run, one line of JSON says how to reach them; they stop
when standard input closes. Every user exists in every domain, signs in with the password "secret" or, by OAuth 2.0, with
the token in the line, and has the mail in his Maildir. The port `narrow` takes no SMTPUTF8 and at most 20,000 bytes. Mail to
`utf8.test` lies in the Maildir `utf8`, since Dovecot's LMTP takes no addresses beyond ASCII.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

PASSWORD = "secret"
# How long a server may take to listen, in seconds.
START = 20
TOKEN_KEY = b"a key for tokens that only these tests ever see"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificates(folder):
    """An authority, and a certificate for `localhost` and 127.0.0.1 that it signed."""
    folder.mkdir()
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem", cwd=folder)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr", cwd=folder)
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem", cwd=folder)


def token(user):
    """A signed token (RFC 7519) as an authorization server would hand it out."""
    def encoded(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    now = int(time.time())
    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "default"}).encode())
    body = encoded(json.dumps({"sub": user, "email": user, "iat": now - 60, "nbf": now - 60, "exp": now + 86400}).encode())
    signature = hmac.new(TOKEN_KEY, head + b"." + body, hashlib.sha256).digest()
    return b".".join([head, body, encoded(signature)]).decode()


def dovecot(folder, ports):
    """The configuration of Dovecot: IMAP with STARTTLS and TLS, LMTP for what Postfix delivers, SASL for Postfix."""
    imap, imaps, lmtp = ports
    keys = folder / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_text(base64.b64encode(TOKEN_KEY).decode())
    oauth = folder / "oauth2.conf"
    oauth.write_text(f"""introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = email
""")
    configuration = folder / "dovecot.conf"
    configuration.write_text(f"""base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = mail
default_internal_group = mail
default_login_user = mail
first_valid_uid = 1
mail_max_userip_connections = 1000
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
recipient_delimiter = +
auth_mechanisms = plain login xoauth2 oauthbearer
auth_username_format = %Lu
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/certificates/server.pem
ssl_key = <{folder}/certificates/server.key
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {oauth}
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 2
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
  unix_listener stats-reader {{
    mode = 0666
  }}
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  unix_listener auth-postfix {{
    mode = 0666
  }}
}}
""")
    (folder / "mail").mkdir()
    mail = pwd.getpwnam("mail")
    os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)
    return subprocess.Popen(["dovecot", "-F", "-c", str(configuration)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=sys.stderr)


def postfix(folder, ports, lmtp):
    """The configuration of Postfix: submission with and without TLS from the first byte, delivery by LMTP."""
    smtp, smtps, narrow = ports
    configuration = folder / "postfix"
    configuration.mkdir()
    queue, data = folder / "queue", folder / "data"
    queue.mkdir()
    data.mkdir()
    owner = pwd.getpwnam("postfix")
    os.chown(data, owner.pw_uid, owner.pw_gid)
    (configuration / "domains").write_text("/./ OK\n")
    (configuration / "refused").write_text("/^later@/ 451 4.7.1 Greylisted, come back later\n"
                                           "/^nobody@/ 550 5.1.1 There is no such person here\n")
    (configuration / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = regexp:{configuration}/domains
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = inline:{{ {{discard.test = discard:}}, {{utf8.test = virtual:}} }}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:utf8/
virtual_minimum_uid = 1
virtual_uid_maps = static:{pwd.getpwnam("mail").pw_uid}
virtual_gid_maps = static:{pwd.getpwnam("mail").pw_gid}
message_size_limit = 41943040
virtual_mailbox_limit = 0
smtpd_tls_cert_file = {folder}/certificates/server.pem
smtpd_tls_key_file = {folder}/certificates/server.key
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/dovecot/auth-postfix
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{configuration}/refused, permit
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtputf8_enable = yes
""")
    (configuration / "master.cf").write_text(f"""127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{narrow} inet n - n - - smtpd -o smtputf8_enable=no -o message_size_limit=20000
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")
    return subprocess.Popen(["postfix", "-c", str(configuration), "start-fg"], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=sys.stderr)


def wait_for(port, server):
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"{server.args[0]} does not listen on port {port}; its log lies in the folder")


def stop(server):
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o755)
    certificates(folder / "certificates")
    smtp, smtps, narrow, imap, imaps, lmtp = free_ports(6)
    servers = [dovecot(folder, (imap, imaps, lmtp))]
    try:
        wait_for(imap, servers[0])
        servers.append(postfix(folder, (smtp, smtps, narrow), lmtp))
        wait_for(smtp, servers[1])
        print(json.dumps({
            "smtp": smtp, "smtps": smtps, "narrow": narrow, "imap": imap, "imaps": imaps, "ca": f"{folder}/certificates/ca.pem",
            "mail": f"{folder}/mail", "password": PASSWORD,
            "tokens": {user: token(user) for user in ["buyer@parley.test", "vendor@acme.test"]}}), flush=True)
        sys.stdin.read()
    finally:
        for server in reversed(servers):
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main()
