"""A browser without JavaScript: a cookie, links, and forms that are sent with every field they carry.
It reads pages as a person's browser does, so a field that a page forgets is a field that is not sent.
"""
import html.parser
import http.client
import re
import secrets
import urllib.parse

from service import Answer, Failed


class Form:
    def __init__(self, attributes):
        self.action, self.id = attributes.get("action", ""), attributes.get("id")
        self.fields = []  # (name, value), as they stand
        self.choices = {}  # name: values that can be chosen

    def value(self, name):
        return next((value for key, value in self.fields if key == name), None)


class Reader(html.parser.HTMLParser):
    """Forms, links, headings and text of one page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.text, self.lang, self.title = [], [], [], None, ""
        self.select = self.area = self.form = None
        self.buttons, self.path = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = {name: value if value is not None else "" for name, value in attrs}
        self.path.append(tag)
        if tag == "html":
            self.lang = attributes.get("lang")
        elif tag == "form":
            self.form = Form(attributes)
            self.forms.append(self.form)
        elif tag == "a":
            self.links.append(attributes.get("href", ""))
        elif tag == "input" and self.form is not None:
            self.add_input(attributes)
        elif tag == "textarea" and self.form is not None:
            self.area = (attributes.get("name"), [])
        elif tag == "select" and self.form is not None:
            self.select = attributes.get("name")
        elif tag == "option" and self.select:
            self.add_option(attributes)
        elif tag == "button":
            self.buttons.append(attributes)

    def add_input(self, attributes):
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if name is None:
            return
        if kind in ("radio", "checkbox"):
            self.form.choices.setdefault(name, []).append(attributes.get("value", "on"))
            if "checked" not in attributes:
                return
        self.form.fields.append((name, attributes.get("value", "")))

    def add_option(self, attributes):
        values = self.form.choices.setdefault(self.select, [])
        values.append(attributes.get("value", ""))
        if "selected" in attributes or len(values) == 1:
            self.form.fields = [one for one in self.form.fields if one[0] != self.select]
            self.form.fields.append((self.select, attributes.get("value", "")))

    def handle_endtag(self, tag):
        if self.path and tag in self.path:
            while self.path.pop() != tag:
                pass
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area:
            self.form.fields.append((self.area[0], "".join(self.area[1])))
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.area[1].append(data)
        if "title" in self.path:
            self.title += data
        elif not {"script", "style"} & set(self.path):
            self.text.append(data)


class Page(Answer):
    def __init__(self, answer, path):
        super().__init__(answer.status, answer.headers, answer.body, answer.sent, answer.seconds)
        self.path, self.read = path, Reader(answer.body.decode("utf-8"))

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.read.text))

    def form(self, action=None):
        """The main form, or the one whose action ends so."""
        for form in self.read.forms:
            if form.id == "main-form" if action is None else form.action.endswith(action):
                return form
        raise Failed(f"{self.path}: no form {action or 'main-form'}: {self.text[:300]}")

    def toggle(self):
        """Where the language button of the main form leads."""
        for button in self.read.buttons:
            if button.get("name") == "again":
                return button["formaction"]
        raise Failed(f"{self.path}: no language button")


def multipart(fields, file):
    """A form with a file: (name, file name, bytes)."""
    mark = "----" + secrets.token_hex(12)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
        if name != file[0]
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{file[0]}"; filename="{file[1]}"\r\n'
    parts.append(head.encode() + b"Content-Type: text/csv\r\n\r\n" + file[2] + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


class Browser:
    def __init__(self, address, lang="en"):
        self.address, self.lang, self.cookie = address, lang, None
        self.form_cookie = None  # of the sign-in form, before there is a session
        self.page = None

    def send(self, method, path, fields=None, file=None):
        host, port = self.address.rsplit("/", 1)[-1].split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        headers = {"Accept-Language": self.lang}
        body = None
        if self.cookie or self.form_cookie:
            headers["Cookie"] = "; ".join(filter(None, (self.cookie, self.form_cookie)))
        if file is not None:
            body, headers["Content-Type"] = multipart(fields, file)
        elif fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        got = connection.getresponse()
        answer = Answer(got.status, got.getheaders(), got.read(), 0, 0)
        connection.close()
        self.keep_cookie(answer.header("Set-Cookie"))
        return answer

    def keep_cookie(self, sent):
        if not sent:
            return
        kept = None if "Max-Age=0" in sent else sent.split(";")[0]
        if sent.split("=")[0].endswith("cnis-form"):
            self.form_cookie = kept
        else:
            self.cookie = kept

    def go(self, method, path, fields=None, follow=True, file=None):
        answer = self.send(method, path, fields, file)
        if answer.status == 303 and follow:
            return self.go("GET", answer.header("Location"))
        self.page = Page(answer, path)
        return self.page

    def get(self, path, **more):
        return self.go("GET", path, **more)

    def submit(self, form, typed=None, follow=True, action=None, file=None):
        """Sends a form with what is typed in the place of what stands there; a list is many values."""
        typed = typed or {}
        fields = [(name, value) for name, value in form.fields if name not in typed]
        for name, value in typed.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return self.go("POST", action or form.action, fields, follow=follow, file=file)

    def sign_in(self, user, password):
        path = "/cy/mewngofnodi" if self.lang == "cy" else "/en/sign-in"
        page = self.submit(self.get(path).form(), {"user": user, "password": password})
        if page.status != 200 or not self.cookie:
            raise Failed(f"{user} cannot sign in: {page.status} {page.text[:300]}")
        return page
