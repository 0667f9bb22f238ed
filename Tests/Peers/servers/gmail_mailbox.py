"""One mailbox of Gmail, as strict as its documentation: messages, their history, searches, and the tokens that open it.

Shapes and words are those of https://developers.google.com/workspace/gmail/api/reference/rest.
"""

import base64
import email.utils
import re
import threading
import time
from email.parser import BytesParser

CLIENT = {"client_id": "parley.apps.example", "client_secret": "client secret"}
REFRESH_TOKEN = "1//refresh"
TOPIC = "projects/parley/topics/mail"
# Bytes of a message.
LARGEST_MESSAGE = 36_700_160
WATCH_SECONDS = 7 * 86_400
STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
          429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
REASON = {400: "invalidArgument", 401: "authError", 403: "insufficientPermissions", 404: "notFound", 405: "methodNotAllowed",
          413: "uploadTooLarge", 429: "rateLimitExceeded", 500: "backendError", 503: "backendError"}


class Refusal(Exception):
    """An answer that says no, in Google's words."""

    def __init__(self, status, message, reason=None, headers=None):
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        error = {"code": status, "message": message,
                 "errors": [{"message": message, "domain": "global", "reason": reason or REASON.get(status, "badRequest")}]}
        if status in STATUS:
            error["status"] = STATUS[status]
        self.body = {"error": error}


class TokenRefusal(Refusal):
    def __init__(self, status, error, description):
        super().__init__(status, description)
        self.body = {"error": error, "error_description": description}


class Mailbox:
    """The messages, their history, and what the tests want to go wrong."""

    def __init__(self, address, token_seconds):
        self.address, self.token_seconds = address, token_seconds
        self.lock = threading.RLock()
        self.messages, self.history, self.sent, self.calls = {}, [], [], []
        self.clock, self.floor, self.last_id = 1000, 1000, 0x18c0000000000000
        self.access, self.permitted, self.page_size = {}, True, None
        self.refresh_token, self.rotates = REFRESH_TOKEN, False
        self.answers, self.drops = [], []

    # What happens to messages

    def tick(self):
        self.clock += 7
        return self.clock

    def add(self, raw, labels, thread=None, at=None):
        self.last_id += 1
        id = f"{self.last_id:x}"
        message = {"id": id, "threadId": thread or id, "labelIds": labels, "raw": raw,
                   "internalDate": int((at or time.time()) * 1000), "historyId": self.tick()}
        self.messages[id] = message
        self.history.append((self.clock, "messagesAdded", reference(message, labels=True)))
        return message

    def delete(self, id):
        message = self.messages.pop(id)
        self.history.append((self.tick(), "messagesDeleted", reference(message, labels=True)))

    # Tokens

    def grant(self, form):
        for name in form:
            if name not in ("grant_type", "client_id", "client_secret", "refresh_token", "scope") or len(form[name]) != 1:
                raise TokenRefusal(400, "invalid_request", f"Invalid parameter: {name}")
        values = {name: form[name][0] for name in form}
        if values.get("grant_type") != "refresh_token":
            raise TokenRefusal(400, "unsupported_grant_type", "Invalid grant_type")
        if any(values.get(name) != CLIENT[name] for name in CLIENT):
            raise TokenRefusal(401, "invalid_client", "The OAuth client was not found.")
        if values.get("refresh_token") != self.refresh_token or not self.permitted:
            raise TokenRefusal(400, "invalid_grant", "Token has been expired or revoked.")
        token = f"ya29.{len(self.calls)}"
        self.access[token] = time.time() + self.token_seconds
        answer = {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer",
                  "scope": "https://www.googleapis.com/auth/gmail.modify"}
        if self.rotates:
            self.refresh_token = f"{REFRESH_TOKEN}.{len(self.calls)}"
            answer["refresh_token"] = self.refresh_token
        return answer

    def check(self, authorization):
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or self.access.get(token, 0) <= time.time():
            raise Refusal(401, "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
                               "cookie or other valid authentication credential.")

    # Calls of the interface

    def profile(self):
        return {"emailAddress": self.address, "messagesTotal": len(self.messages),
                "threadsTotal": len({m["threadId"] for m in self.messages.values()}), "historyId": str(self.clock)}

    def watch(self, body):
        only(body, "topicName", "labelIds", "labelFilterBehavior", "labelFilterAction")
        if body.get("labelFilterBehavior", "INCLUDE") not in ("INCLUDE", "EXCLUDE"):
            raise Refusal(400, "Invalid value at 'label_filter_behavior'")
        if body.get("topicName") != TOPIC:
            raise Refusal(400, "Invalid topicName does not match projects/parley/topics/*")
        return {"historyId": str(self.clock), "expiration": str(int((time.time() + WATCH_SECONDS) * 1000))}

    def send(self, body):
        only(body, "raw", "threadId")
        raw = decoded(body.get("raw"))
        if len(raw) > LARGEST_MESSAGE:
            raise Refusal(413, "Request Entity Too Large")
        head = BytesParser().parsebytes(raw, headersonly=True)
        to = [address for name in ("To", "Cc", "Bcc") for _, address in email.utils.getaddresses(head.get_all(name, []))]
        if not any(to):
            raise Refusal(400, "Recipient address required")
        if not all(re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) for address in to):
            raise Refusal(400, "Invalid To header")
        thread = body.get("threadId")
        if thread is not None and thread not in {m["threadId"] for m in self.messages.values()}:
            raise Refusal(404, "Requested entity was not found.")
        message = self.add(raw, ["SENT"] + (["INBOX", "UNREAD"] if self.address in to else []), thread)
        self.sent.append({"id": message["id"], "threadId": message["threadId"], "to": to, "raw": raw.decode("latin-1")})
        return reference(message, labels=True)

    def get(self, id, query):
        only(query, "format", "metadataHeaders")
        message = self.messages.get(id)
        if message is None:
            raise Refusal(404, "Requested entity was not found.")
        form = query.get("format", ["full"])[0]
        if form not in ("minimal", "raw"):
            raise Refusal(400, f"Invalid value at 'format' (this server gives minimal and raw): {form}")
        answer = reference(message, labels=True) | {
            "snippet": "", "sizeEstimate": len(message["raw"]), "historyId": str(message["historyId"]),
            "internalDate": str(message["internalDate"])}
        if form == "raw":
            answer["raw"] = base64.urlsafe_b64encode(message["raw"]).rstrip(b"=").decode()
        return answer

    def list(self, query):
        only(query, "q", "labelIds", "maxResults", "pageToken", "includeSpamTrash")
        found = [m for m in self.messages.values()
                 if all(label in m["labelIds"] for label in query.get("labelIds", [])) and matches(m, query.get("q", [""])[0])]
        found.sort(key=lambda m: (m["internalDate"], m["id"]), reverse=True)
        page, next = self.page(found, query, "m")
        answer = {"messages": [reference(m) for m in page]} if page else {}
        return answer | next | {"resultSizeEstimate": len(found)}

    def changes(self, query):
        only(query, "startHistoryId", "historyTypes", "labelId", "maxResults", "pageToken")
        start = query.get("startHistoryId", [""])[0]
        if not start.isdigit():
            raise Refusal(400, "Missing/Invalid startHistoryId")
        if not self.floor <= int(start) <= self.clock:
            raise Refusal(404, "Requested entity was not found.")
        types = {"messageAdded": "messagesAdded", "messageDeleted": "messagesDeleted"}
        wanted = [types[each] for each in query.get("historyTypes", list(types)) if each in types]
        label = query.get("labelId", [None])[0]
        found = [(id, kind, message) for id, kind, message in self.history
                 if id > int(start) and kind in wanted and (label is None or label in message["labelIds"])]
        page, next = self.page(found, query, "h")
        answer = {"history": [{"id": str(id), "messages": [{k: m[k] for k in ("id", "threadId")}], kind: [{"message": m}]}
                              for id, kind, m in page]} if page else {}
        return answer | next | {"historyId": str(self.clock)}

    def page(self, found, query, kind):
        size = query.get("maxResults", ["100"])[0]
        if not size.isdigit() or not 1 <= int(size) <= 500:
            raise Refusal(400, "Invalid maxResults")
        size, first = self.page_size or int(size), 0
        if "pageToken" in query:
            token = re.fullmatch(kind + r"(\d+)", query["pageToken"][0])
            if not token:
                raise Refusal(400, "Invalid pageToken")
            first = int(token[1])
        more = first + size < len(found)
        return found[first:first + size], {"nextPageToken": f"{kind}{first + size}"} if more else {}


def reference(message, labels=False):
    return {key: message[key] for key in ("id", "threadId") + (("labelIds",) if labels else ())}


def matches(message, q):
    for term in q.split():
        name, _, value = term.partition(":")
        if name == "rfc822msgid":
            head = BytesParser().parsebytes(message["raw"], headersonly=True)
            fits = head.get("Message-ID", "").strip("<> ") == value.strip("<>")
        elif name == "in" and value in ("inbox", "sent"):
            fits = value.upper() in message["labelIds"]
        elif name == "after" and value.isdigit():
            fits = message["internalDate"] > int(value) * 1000
        else:
            raise Refusal(400, f"This server does not know the search {term}")
        if not fits:
            return False
    return True


def only(given, *names):
    for name in given:
        if name not in names:
            raise Refusal(400, f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.')


def decoded(raw):
    if not isinstance(raw, str) or not raw or not re.fullmatch(r"[A-Za-z0-9_-]*", raw) or len(raw) % 4 == 1:
        raise Refusal(400, "Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed")
    return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
