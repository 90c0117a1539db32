"""Bundles through a registry: a real one (Debian's docker-registry), with TLS and a password; and one that lies."""
import base64
import hashlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import unittest
import urllib.request

from support import SOURCE, Case

# bcrypt of "correct horse": what htpasswd -B writes
PASSWORD = "lab:$2b$05$1sRaO8njFkF2GU5ISIW.IeElJml2Rg9SrFjjT17lTsQnBRxXCmVFy\n"
LAYER = "application/vnd.x-assay.bundle.v1+zip"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Registry(Case):
    def setUp(self):
        super().setUp()
        self.assay("-q", "run", "--subject", "null-arm", "--level", "1", "--seed", "registry", timeout=900)
        self.bundle = os.path.join(self.folder, "a.assay")
        made = self.assay("bundle", "create", "-o", self.bundle)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.token = self.secret("token", "basic lab:correct horse")

    def secret(self, name, text):
        path = self.write(name, text + "\n")
        os.chmod(path, 0o600)
        return path

    def bytes_of(self, path):
        with open(path, "rb") as file:
            return file.read()

    def certificate(self):
        """An authority of the test's own, and a certificate for this machine."""
        self.write("ca.cnf", "[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:true\n[leaf]\n"
                   "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        for words in ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=ca -days 2 "
                      "-config ca.cnf -extensions ca",
                      "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.csr -subj /CN=localhost "
                      "-config ca.cnf",
                      "x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tls.pem -days 2 -extfile ca.cnf "
                      "-extensions leaf"):
            done = subprocess.run(["openssl", *words.split()], cwd=self.folder, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        return os.path.join(self.folder, "ca.pem")

    def registry(self, secured):
        unpacked = os.path.join(SOURCE, "build", "tools", "usr", "bin", "docker-registry")
        program = shutil.which("docker-registry") or (unpacked if os.access(unpacked, os.X_OK) else None)
        if program is None:
            self.skipTest("no docker-registry: script/bootstrap test")
        port = free_port()
        config = (f"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {self.folder}/store{port}\n"
                  f"http:\n  addr: 127.0.0.1:{port}\n")
        if secured:
            config += f"  tls:\n    certificate: {self.folder}/tls.pem\n    key: {self.folder}/tls.key\n"
            config += f"auth:\n  htpasswd:\n    realm: r\n    path: {self.write('htpasswd', PASSWORD)}\n"
        with open(os.path.join(self.folder, "registry.log"), "w", encoding="utf-8") as log:
            server = subprocess.Popen([program, "serve", self.write(f"registry{port}.yml", config)], stdout=log, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        for _ in range(300):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    return f"localhost:{port}"
            time.sleep(0.1)
        self.fail(f"the registry does not start: {self.bytes_of(os.path.join(self.folder, 'registry.log'))}")
        return None

    def test_pushed_pulled_verified_by_a_stranger(self):
        where = self.registry(False) + "/lab/reports:C-1"
        pushed = self.json("bundle", "push", self.bundle, where, "--plain-http")
        self.assertEqual(pushed["bytes"], os.path.getsize(self.bundle))
        self.assertFalse(pushed["was_there"])
        self.assertTrue(self.json("bundle", "push", self.bundle, where, "--plain-http")["was_there"])
        # What lies there, told by another client of the same protocol.
        url = f"http://{where.split('/', maxsplit=1)[0]}/v2/lab/reports/"
        with urllib.request.urlopen(urllib.request.Request(
                url + "manifests/C-1", headers={"Accept": "application/vnd.oci.image.manifest.v1+json"})) as answer:
            text = answer.read()
        self.assertEqual("sha256:" + hashlib.sha256(text).hexdigest(), pushed["pinned"].split("@")[1])
        layer = json.loads(text)["layers"][0]
        self.assertEqual(layer["mediaType"], LAYER)
        with urllib.request.urlopen(url + "blobs/" + layer["digest"]) as answer:
            self.assertEqual(answer.read(), self.bytes_of(self.bundle))

        self.workspace = os.path.join(self.folder, "stranger")
        for number, reference in enumerate((where, pushed["pinned"])):
            got = os.path.join(self.folder, f"got{number}.assay")
            self.json("bundle", "pull", reference, "-o", got, "--plain-http")
            self.assertEqual(self.bytes_of(got), self.bytes_of(self.bundle))
        said = self.json("bundle", "verify", got)
        self.assertEqual({said["answers"][a]["state"] for a in ("intact", "recomputes")}, {"yes"}, said)
        self.assertTrue(self.json("bundle", "pull", where, "-o", got, "--plain-http")["was_there"])
        other = self.write("other.assay", "mine")
        refused = self.assay("bundle", "pull", where, "-o", other, "--plain-http")
        self.assertIn("ASSAY-1112", refused.stderr)
        self.assertEqual(self.bytes_of(other), b"mine")
        # Half of it was left by a pull that was cut off: the rest follows; a wrong half is noticed and thrown away.
        new = os.path.join(self.folder, "new.assay")
        partial = f"{new}.{pushed['bundle_sha256'][:12]}.partial"
        half = self.bytes_of(self.bundle)[:pushed["bytes"] // 2]
        with open(partial, "wb") as file:
            file.write(half)
        self.assertEqual(self.json("bundle", "pull", where, "-o", new, "--plain-http")["resumed_at"], len(half))
        self.assertEqual(self.bytes_of(new), self.bytes_of(self.bundle))
        os.remove(new)
        with open(partial, "wb") as file:
            file.write(half[:-1] + b"?")
        self.assertEqual(self.error(8, "bundle", "pull", where, "-o", new, "--plain-http"), "ASSAY-1166")
        self.assertEqual((os.path.exists(new), os.path.exists(partial)), (False, False))

        self.assertEqual(self.error(4, "bundle", "pull", where + "x", "-o", new, "--plain-http"), "ASSAY-1163")
        self.assertEqual(self.error(10, "bundle", "pull", where, "-o", new), "ASSAY-1161")  # TLS is asked of plain HTTP
        if pushed["bytes"] > 1 << 20:
            self.assertEqual(self.error(8, "bundle", "pull", where, "-o", new, "--plain-http", "--max-mb", "1"), "ASSAY-1129")
        with open(self.bundle, "r+b") as file:
            file.seek(1000)
            file.write(b"?")
        self.assertEqual(self.error(8, "bundle", "push", self.bundle, where, "--plain-http"), "ASSAY-1122")

    def error(self, code, *words):
        done = self.assay("--json", *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)["id"]

    def test_with_tls_and_a_password(self):
        authority = self.certificate()
        where = self.registry(True) + "/lab/reports:C-1"
        got = os.path.join(self.folder, "got.assay")
        self.assertEqual(self.error(10, "bundle", "push", self.bundle, where, "--token-file", self.token), "ASSAY-1161")  # who vouches?
        self.assertEqual(self.error(10, "bundle", "push", self.bundle, where, "--ca", authority), "ASSAY-1162")
        wrong = self.secret("wrong", "basic lab:wrong")
        self.assertEqual(self.error(10, "bundle", "push", self.bundle, where, "--ca", authority, "--token-file", wrong), "ASSAY-1162")
        self.json("bundle", "push", self.bundle, where, "--ca", authority, "--token-file", self.token)
        self.json("bundle", "pull", where, "-o", got, "--ca", authority, "--token-file", self.token)
        self.assertEqual(self.bytes_of(got), self.bytes_of(self.bundle))

    def test_references_and_secrets(self):
        got = os.path.join(self.folder, "got.assay")
        for bad in ("host", "https://h/a", "h/A", "h/a:", "h/a@sha256:12", "h/a/../b", "h:99999999/a", "h/a b", "/a", "h//a", "h/-a",
                    "u:p@h/a", "h/a:" + "x" * 129, "h/" + "a" * 500):
            self.assertEqual(self.error(2, "bundle", "pull", bad, "-o", got), "ASSAY-1160", bad)
        os.chmod(self.token, 0o644)
        local = "localhost:1/a"
        self.assertEqual(self.error(10, "bundle", "pull", local, "-o", got, "--token-file", self.token), "ASSAY-1164")
        for text in ("", "bearer", "basic nobody", "bearer two words", "secret"):
            self.assertEqual(self.error(10, "bundle", "pull", local, "-o", got, "--token-file", self.secret("t", text)), "ASSAY-1164", text)
        good = self.secret("t", "bearer abc")
        self.assertEqual(self.error(10, "bundle", "pull", "registry.example:5/a", "-o", got, "--token-file", good, "--plain-http"), "ASSAY-1164")
        self.assertEqual(self.error(10, "bundle", "pull", local, "-o", got, "--token-file", good, "--plain-http"), "ASSAY-1161")

    def liar(self, answers):
        """answers(handler) → (status, headers, body); what was asked lies in self.asked."""
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers.get("Authorization", "")))
                status, headers, body = answers(self)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"127.0.0.1:{server.server_address[1]}"

    def manifest(self, **other):
        data = self.bytes_of(self.bundle)
        layer = {"mediaType": LAYER, "digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)} | other
        return json.dumps({"schemaVersion": 2, "layers": [layer]}).encode()

    def test_a_registry_that_lies(self):
        data, got = self.bytes_of(self.bundle), os.path.join(self.folder, "got.assay")
        good = self.manifest()

        def pulled(manifest, blob=(200, {}, data)):
            where = self.liar(lambda h: (200, {}, manifest) if "/manifests/" in h.path else blob)
            done = self.assay("--json", "bundle", "pull", where + "/a", "-o", got, "--plain-http")
            self.assertEqual(os.path.exists(got), done.returncode == 0)
            return done.returncode, json.loads(done.stdout).get("id", "")

        two = json.dumps({"schemaVersion": 2, "layers": json.loads(good)["layers"] * 2}).encode()
        for what, answer, expected in (
                ("not JSON", pulled(b"<html>"), (8, "ASSAY-1165")),
                ("a list", pulled(b"[]"), (8, "ASSAY-1165")),
                ("nested", pulled(b"[" * 500_000), (8, "ASSAY-1165")),
                ("endless", pulled(b" " * 3_000_000), (8, "ASSAY-1129")),
                ("an image", pulled(self.manifest(mediaType="application/vnd.oci.image.layer.v1.tar+gzip")), (8, "ASSAY-1165")),
                ("two layers", pulled(two), (8, "ASSAY-1165")),
                ("md5", pulled(self.manifest(digest="md5:0")), (8, "ASSAY-1165")),
                ("a path", pulled(self.manifest(digest="sha256:../../../" + "0" * 55)), (8, "ASSAY-1165")),
                ("less than nothing", pulled(self.manifest(size=-1)), (8, "ASSAY-1165")),
                ("a petabyte", pulled(self.manifest(size=1 << 50)), (8, "ASSAY-1129")),
                ("other bytes", pulled(good, (200, {}, data[:-1] + b"?")), (8, "ASSAY-1166")),
                ("more bytes", pulled(good, (200, {}, data + b"x")), (8, "ASSAY-1129")),
                ("an error page", pulled(good, (500, {}, b"oops")), (10, "ASSAY-1162")),
                ("elsewhere, and round", pulled(good, (302, {"Location": "/v2/a/blobs/round"}, b"")), (10, "ASSAY-1161")),
                ("a file", pulled(good, (302, {"Location": "file:///etc/hostname"}, b"")), (10, "ASSAY-1161"))):
            self.assertEqual(answer, expected, what)
        # Cut off in the middle: what came is kept, and the next pull asks for the rest.
        short = (200, {"Content-Length": str(len(data))}, data[:1000])
        self.assertEqual(pulled(good, short), (10, "ASSAY-1161"))
        where = self.liar(lambda h: (200, {}, good) if "/manifests/" in h.path else (206, {}, data[1000:]))
        self.assertEqual(self.json("bundle", "pull", where + "/a", "-o", got, "--plain-http")["resumed_at"], 1000)
        self.assertEqual(self.bytes_of(got), data)
        os.remove(got)
        pulled(good, short)
        self.assertEqual(pulled(good), (0, ""), "one that gives no parts: from the beginning")
        os.remove(got)
        digest = "0" * 64
        where = self.liar(lambda h: (200, {}, good))
        self.assertEqual(self.error(8, "bundle", "pull", f"{where}/a@sha256:{digest}", "-o", got, "--plain-http"), "ASSAY-1166")

    def test_tokens_are_fetched_and_stay_at_home(self):
        data, got, good = self.bytes_of(self.bundle), os.path.join(self.folder, "got.assay"), self.manifest()
        other = self.liar(lambda h: (200, {}, data))
        elsewhere = self.asked

        def answers(handler):
            if handler.path.startswith("/token"):
                return 200, {}, b'{"token": "t0k3n"}'
            if handler.headers.get("Authorization") != "Bearer t0k3n":
                host = handler.headers["Host"]
                return 401, {"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="s",scope="repository:a:pull"'}, b""
            return (200, {}, good) if "/manifests/" in handler.path else (307, {"Location": f"http://{other}/blob"}, b"")

        where = self.liar(answers)
        self.json("bundle", "pull", where + "/a", "-o", got, "--plain-http", "--token-file", self.token)
        self.assertEqual(self.bytes_of(got), data)
        basic = "Basic " + base64.b64encode(b"lab:correct horse").decode()
        self.assertEqual([a for p, a in self.asked if p == "/token?service=s&scope=repository%3Aa%3Apull"], [basic])
        self.assertEqual([p for p, _ in self.asked if p.startswith("/v2/a/manifests")], ["/v2/a/manifests/latest"] * 2)
        self.assertEqual(elsewhere, [("/blob", "")], "another host gets the question and no secret")
        # A token of one's own that is not good enough: said, and the secret is not printed.
        done = self.assay("bundle", "pull", where + "/a", "-o", got + "2", "--plain-http", "--token-file", self.secret("t", "bearer s3cr3t"))
        self.assertEqual(done.returncode, 10)
        self.assertIn("ASSAY-1162", done.stderr)
        self.assertNotIn("s3cr3t", done.stderr)


if __name__ == "__main__":
    unittest.main()
