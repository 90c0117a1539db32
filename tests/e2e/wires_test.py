"""The robot API with servers in processes of their own: Assay's, and a plain Python one that knows nothing of it."""
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import unittest

from support import ASSAY, CATALOG, SOURCE, Case

EXAMPLE = os.path.join(SOURCE, "docs", "examples", "robot_server.py")


class Page(http.server.BaseHTTPRequestHandler):
    """A page, whatever is asked."""
    def do_GET(self):
        text = b"<!DOCTYPE html>\n<title>Hello</title>\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words):
        pass


class Wires(Case):
    def setUp(self):
        super().setUp()
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            server.send_signal(signal.SIGTERM)
            server.wait(10)
            server.stdout.close()
        super().tearDown()

    def start(self, *words):
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.servers.append(server)
        return server.stdout.readline().strip()

    def subject(self, url, base="reference-amr", world="lab", **more):
        with open(os.path.join(CATALOG, "subjects", base + ".yaml"), encoding="utf-8") as source:
            text = source.read()
        robot = {"adapter": "http", "url": url, "world": world, **more}
        return self.write("subject.yaml", text.replace("adapter: mujoco", "robot: " + json.dumps(robot)))

    def check(self, subject):
        """A shared machine may lose periods: three tries for a sound robot."""
        for _ in range(3):
            done = self.json("adapter", "check", "--subject", subject)
            if done["ok"]:
                break
        return done

    def test_served_robot_keeps_every_promise(self):
        url = self.start(ASSAY, "--lang", "en", "robot", "serve", "--subject", "reference-amr").split()[-1]
        done = self.check(self.subject(url, world="simulated"))
        self.assertTrue(done["ok"], done)
        self.assertEqual(len(done["checks"]), 8)
        self.assertEqual(self.assay("doctor", "--subject", self.subject(url)).returncode, 0)

    def test_a_plain_python_server_keeps_every_promise(self):
        port = self.start(sys.executable, EXAMPLE, "--port", "0").split()[-1]
        done = self.check(self.subject("http://127.0.0.1:" + port))
        self.assertTrue(done["ok"], done)
        self.assertIn("not given", done["checks"][0]["got"])  # it has no laboratory around it

    def test_tls_is_verified_and_the_token_asked(self):
        cert, key = self.certificate()
        token = self.write("token", "a-secret-token\n")
        os.chmod(token, 0o600)
        port = self.start(sys.executable, EXAMPLE, "--port", "0", "--cert", cert, "--key", key,
                          "--token-file", token).split()[-1]
        url = "https://localhost:" + port
        whole = self.assay("doctor", "--subject", self.subject(url, ca_file=cert, token_file=token))
        self.assertEqual(whole.returncode, 0, whole.stdout)
        for words, why in ((dict(token_file=token), "certificate"), (dict(ca_file=cert), "unauthorised"),):
            done = self.assay("doctor", "--subject", self.subject(url, **words))
            self.assertEqual(done.returncode, 6, done.stdout)
            self.assertIn(why, done.stdout)
            self.assertNotIn("a-secret-token", done.stdout + done.stderr)

    def test_a_served_robot_keeps_every_promise_over_tls(self):
        cert, key = self.certificate()
        os.chmod(key, 0o600)
        token = self.write("token", "a-secret-token\n")
        os.chmod(token, 0o600)
        serve = ("robot", "serve", "--subject", "reference-amr", "--cert", cert, "--key", key, "--token-file", token)
        url = self.start(ASSAY, "--lang", "en", *serve).split()[-1]
        self.assertTrue(url.startswith("https://127.0.0.1:"), url)
        url = url.replace("127.0.0.1", "localhost")
        done = self.check(self.subject(url, world="simulated", ca_file=cert, token_file=token))
        self.assertTrue(done["ok"], done)
        for words, why in ((dict(token_file=token), "certificate"), (dict(ca_file=cert), "unauthorised")):
            done = self.assay("doctor", "--subject", self.subject(url, **words))
            self.assertEqual(done.returncode, 6, done.stdout)
            self.assertIn(why, done.stdout)
            self.assertNotIn("a-secret-token", done.stdout + done.stderr)
        # Spoken to without TLS it says nothing; the next caller is served.
        done = self.assay("doctor", "--subject", self.subject(url.replace("https", "http")))
        self.assertEqual(done.returncode, 6, done.stdout)
        os.chmod(key, 0o604)
        for words in (serve, serve[:-4], ("robot", "serve", "--subject", "reference-amr", "--cert", token, "--key", token)):
            done = self.assay(*words)
            self.assertNotIn(done.returncode, (0, 3), done.stdout)
            self.assertIn("ASSAY-1259", done.stderr)

    def test_addresses_that_do_not_fit_are_named(self):
        for robot in ({"adapter": "http"}, {"adapter": "mujoco", "url": "http://127.0.0.1:1"},
                      {"adapter": "http", "url": "http://user:secret@host"}, {"adapter": "http", "url": "ftp://host"}):
            subject = self.subject("x")
            with open(subject, encoding="utf-8") as source:
                lines = [f"robot: {json.dumps(robot)}\n" if line.startswith("robot:") else line for line in source]
            done = self.assay("plan", "--subject", self.write("bad.yaml", "".join(lines)))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, "ASSAY-[0-9]{4}")
            self.assertNotIn("secret", done.stdout + done.stderr)
            self.assertNotEqual(self.assay("doctor", "--subject", os.path.join(self.folder, "bad.yaml")).returncode, 0)

    def test_nobody_there_is_said_before_anything_is_locked(self):
        page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=page.serve_forever, daemon=True).start()
        try:
            for url, why in (("http://127.0.0.1:9", "connect"), (f"http://127.0.0.1:{page.server_port}", "Hello")):
                subject = self.subject(url)
                done = self.assay("run", "--subject", subject, "--level", "1", "--seed", "w")
                self.assertEqual(done.returncode, 6, done.stderr)
                for word in ("ASSAY-0930", url, "nothing was locked", why, "doctor --subject " + subject):
                    self.assertIn(word, done.stderr)
                self.assertFalse(os.path.exists(self.workspace), "nothing was locked")
                self.assertEqual(self.assay("doctor", "--subject", subject).returncode, 6)
        finally:
            page.shutdown()
            page.server_close()


if __name__ == "__main__":
    unittest.main()
