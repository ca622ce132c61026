/* SPDX-License-Identifier: MIT */
/*
 * git sparse clone over ssh, http and https: the same clone as over file, and
 * the same when it goes on. Ssh is a script that runs what it is told to here;
 * for http there is git's own backend behind a server in Python, where there
 * is Python.
 */
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/run.h"

static void make_server(void)
{
	sh("git init -q s && cd s && mkdir -p web/old web/src lib docs && "
	   "for d in . web/old web/src lib docs; do echo $d >$d/f; done");
	write_file("s/.gitpare", "[profile \"web\"]\ndirs = web\n  lib\n"
				 "exclude = web/old\n");
	sh("cd s && git add . && git commit -qm x && echo y >docs/g && "
	   "git add . && git commit -qm y && git tag v1 && "
	   "git switch -qc topic && echo topic >lib/f && "
	   "git commit -qam topic && cd .. && mkdir host && "
	   "git clone -q --bare s host/srv.git && cd host/srv.git && "
	   "git symbolic-ref HEAD refs/heads/main && "
	   "git config uploadpack.allowFilter true && "
	   "git config http.receivepack true");
}

static const char *files_of(const char *repo)
{
	return sh("cd %s && find . -name .git -prune -o -type f -print | sort |"
		  " tr '\\n' ' '", repo);
}

#define WEB "./.gitpare ./f ./lib/f ./web/src/f "

/* How many blobs were not fetched. */
static const char *missing(const char *repo)
{
	return sh("git -C %s rev-list --objects --missing=print --all | "
		  "{ grep -c '^?' || :; }", repo);
}

static void assert_whole(const char *repo)
{
	assert_text(files_of(repo), WEB);
	assert_text(sh("git -C %s status --porcelain", repo), "");
	assert_contains(sh("git -C %s sparse status", repo), "profile web  (");
	assert_fsck(repo);
}

/* A clone, which fetches again, and gives back what was done. */
static void clone_and_go_on(const char *url)
{
	sh("git sparse clone -q --profile web %s a", url);
	assert_whole("a");
	assert_text(missing("a"), "4\n");
	sh("cd a && git sparse add docs && test -f docs/g && "
	   "git pull -q && git sparse sync && git switch -qc mine && "
	   "echo mine >>lib/f && git commit -qam mine && "
	   "git push -q origin mine");
	assert_text(missing("a"), "2\n");
	assert_text(sh("cd host/srv.git && git log -1 --format=%%s mine && "
		       "git update-ref -d refs/heads/mine && rm -rf ../../a"),
		    "mine\n");
}

/* All that clone takes. */
static void clone_with_options(const char *url)
{
	sh("git sparse clone -q --no-filter --profile web %s b", url);
	assert_whole("b");
	assert_text(missing("b"), "0\n");
	sh("git sparse clone -q --profile web --depth 1 --branch topic %s c "
	   "-- --no-tags -c user.name=me --jobs 2", url);
	assert_whole("c");
	assert_text(sh("cd c && cat lib/f && git rev-list --count HEAD && "
		       "git config user.name && git tag && "
		       "git rev-parse --abbrev-ref HEAD"),
		    "topic\n1\nme\ntopic\n");
	sh("git sparse clone -q --filter=tree:0 --branch v1 --origin up "
	   "--profile web %s d -- --single-branch", url);
	assert_whole("d");
	assert_text(sh("git -C d rev-parse --abbrev-ref HEAD && "
		       "git -C d remote"), "HEAD\nup\n");
}

static void over_ssh(void **state)
{
	struct result r;
	char *url;

	(void)state;
	make_server();
	write_file("ssh",
		   "#!/bin/sh\necho \"$*\" >>\"$HOME/calls\"\n"
		   "while :; do case $1 in -o | -p) shift 2;; -*) shift;; "
		   "*) break;; esac; done\n"
		   "test \"$1\" = me@git.example.com || {\n"
		   "printf 'ssh: Could not resolve hostname %s: Name or service"
		   " not known\\r\\n' \"$1\" >&2\nexit 255\n}\n"
		   "shift && cd && exec sh -c \"$*\"\n");
	sh("chmod +x ssh && git config --global core.sshCommand $HOME/ssh && "
	   "git config --global ssh.variant ssh");
	url = xstrfmt("ssh://me@git.example.com:2222%s/host/srv.git",
		      sandbox_path());
	clone_and_go_on(url);
	clone_with_options(url);
	free(url);
	assert_contains(read_file("calls"), "-p 2222 me@git.example.com "
					    "git-upload-pack '/");
	/* As scp writes it, named as git names it. */
	r = sh_try("GIT_SSH_COMMAND=\"$HOME/ssh\" git sparse clone "
		   "--profile web me@git.example.com:host/srv.git");
	assert_rc(r, 0);
	assert_text(r.err, "Cloning into 'srv'...\n");
	assert_whole("srv");
	/* Who cannot be reached: ssh's words, git's code, nothing left. */
	r = sh_try("git sparse clone --progress --profile web "
		   "you@git.example.com:srv.git x");
	assert_rc(r, 128);
	assert_contains(r.err, "Cloning into 'x'...\nssh: Could not resolve "
			       "hostname you@git.example.com: Name or service not "
			       "known\r\nfatal: Could not read from remote "
			       "repository.\n");
	assert_rc(sh_try("test -e x"), 1);
	r = sh_try("git -C srv config remote.origin.url "
		   "you@git.example.com:host/srv.git && "
		   "git -C srv sparse add docs");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: could not fetch missing objects from "
			       "'origin': Could not read from remote");
	assert_whole("srv");
}

/* With a certificate (and its key) https, else http. */
static void clone_from_server(const char *certificate)
{
	struct run run = RUN_INIT;
	struct strbuf port = STRBUF_INIT;
	struct child server;
	char *url;

	strvec_pushl(&run.args, "python3",
		     PARE_SOURCE_DIR "/tests/support/https_server.py", "host",
		     certificate, NULL);
	assert_int_equal(child_start(&server, &run), 0);
	assert_true(child_read_line(&port, &server));
	url = xstrfmt("http%s://localhost:%s/srv.git", certificate ? "s" : "",
		      port.buf);
	clone_and_go_on(url);
	assert_int_equal(child_finish(&server), 0);
	free(url);
	strbuf_release(&port);
}

static void over_http_and_https(void **state)
{
	(void)state;
	if (sh_try("python3 -c 'import http.server, ssl' && "
		   "test -x \"$(git --exec-path)/git-http-backend\" && "
		   "test -x \"$(git --exec-path)/git-remote-http\"").rc) {
		print_message("skipped: no python3 or no git over http\n");
		skip();
	}
	make_server();
	clone_from_server(NULL);
	/* A certificate of our own making, which is not trusted unasked. */
	if (sh_try("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "
		   "/CN=localhost -addext subjectAltName=DNS:localhost "
		   "-keyout key -out cert && cat key cert >both").rc) {
		print_message("not over https: no openssl\n");
		return;
	}
	sh("git config --global http.sslCAInfo \"$HOME/cert\"");
	clone_from_server("both");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(over_ssh),
		sandbox_test(over_http_and_https),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
