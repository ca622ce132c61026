# SPDX-License-Identifier: MIT
"""Git repositories over https and http, for the tests of clone.

Usage: python3 https_server.py <directory> [<certificate>]

Serves the directory through `git http-backend` on a port of 127.0.0.1 that is
free, and prints its number when it is ready. The certificate is a PEM file
with its key; without one it is http. Ends with its stdin.
"""
import http.server
import os
import ssl
import subprocess
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def environment(self, length):
        path, _, query = self.path.partition("?")
        return dict(
            os.environ,
            GIT_PROJECT_ROOT=sys.argv[1],
            GIT_HTTP_EXPORT_ALL="1",
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
            REQUEST_METHOD=self.command,
            PATH_INFO=path,
            QUERY_STRING=query,
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(length),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            REMOTE_ADDR="127.0.0.1",
        )

    def body(self):
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def answer(self):
        body = self.body()
        out = subprocess.run(
            ["git", "http-backend"], input=body, stdout=subprocess.PIPE,
            env=self.environment(len(body)), check=False).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1)
                  for line in head.decode("latin-1").split("\r\n") if line]
        status = dict(fields).get("Status", "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in fields:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, *words):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


main()
