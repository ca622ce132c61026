/* SPDX-License-Identifier: MIT */
#include "support/faults.h"

/* Directories with tracked files, and what a person has of her own in them. */
#define TREE                                                                  \
	"mkdir -p a/b c/d e && for f in root a/one a/b/two c/three c/d/four " \
	"e/five; do echo $f >$f; done && ln -s one a/link\n"                  \
	"printf '*.o\\n' >.gitignore && git add . && git commit -qm tree\n"

#define OWN                                                                   \
	"mkdir -p a c/d; echo precious untracked >c/mine; echo precious ignored >c/x.o\n"     \
	"echo precious deep >c/d/y.o\n"                                       \
	"echo precious here >a/mine.o; echo precious edit >a/one\n"

/* A selection that plain git made. */
#define SPARSE(dirs) TREE "git sparse-checkout set " dirs "\n"

#define PROFILES                                                              \
	"printf '[profile \"web\"]\\ndirs = a\\n[profile \"mail\"]\\n"        \
	"dirs = c\\ninherit = web\\n' >.gitpare\n" TREE

/* The profile has got another directory since it was applied. */
#define DRIFTED                                                               \
	PROFILES "git sparse set --profile web 2>/dev/null\n"                 \
	"printf '[profile \"web\"]\\ndirs = a\\n       e\\n' >.gitpare\n"      \
	"git commit -qam more\n"

#define HISTORY                                                               \
	"for i in 1 2 3 4 5; do echo $i >f$i; echo $i >>g; git add .; "       \
	"git commit -qm \"commit $i\"; done\n"                                \
	"echo precious new >mine; echo precious edit >f1; git branch side\n"

#define FIXUPS                                                                \
	HISTORY "echo 6 >f6; git add f6; git commit -qm 'fixup! commit 3'\n"

/* HEAD has files of all kinds that the plan takes back. */
#define PLAN                                                                  \
	HISTORY "git rm -q f3 f4; mkdir n f4; echo 9 >f2; echo n >n/n; "       \
	"echo d >f4/d; chmod +x f5; git add f2 n f4 f5; git commit -qm many\n"\
	"printf 'pick HEAD~1\\ndrop HEAD\\n' >../plan\n"

/* As a server it is srv:r, which is asked for blobs one needs. */
#define SERVER                                                                \
	TREE "git config uploadpack.allowFilter true && git config --global " \
	     "url.\"file://$HOME/\".insteadOf srv:\n"

const struct scenario scenarios[] = {
	{ "set", SELECTS, TREE OWN, { "git-sparse", "set", "a" } },
	{ "set another", SELECTS, SPARSE("c") OWN,
	  { "git-sparse", "set", "a" } },
	{ "set, sparse index", SELECTS, TREE OWN,
	  { "git-sparse", "set", "--sparse-index", "a" } },
	{ "set patterns", SELECTS, TREE OWN,
	  { "git-sparse", "set", "--no-cone", "/*", "!/c/d/" } },
	{ "set profile", SELECTS, PROFILES OWN,
	  { "git-sparse", "set", "--profile", "mail" } },
	{ "add", SELECTS, SPARSE("a"), { "git-sparse", "add", "c", "e" } },
	{ "add to nothing", SELECTS,
	  TREE "rm -rf .git/index a c e root .gitignore\n",
	  { "git-sparse", "add", "c" } },
	{ "remove", SELECTS, SPARSE("a c") OWN,
	  { "git-sparse", "remove", "c" } },
	{ "reapply", SELECTS,
	  SPARSE("a") "git config core.sparseCheckout false\n"
		      "git reset -q --hard && git config core.sparseCheckout "
		      "true\n" OWN "git update-index --no-skip-worktree e/five\n",
	  { "git-sparse", "reapply" } },
	{ "disable", SELECTS, SPARSE("a"), { "git-sparse", "disable" } },
	{ "undo", TOGGLES, SPARSE("a") OWN "git sparse set c\n",
	  { "git-sparse", "undo" } },
	{ "undo with the trash", TOGGLES,
	  TREE OWN "git sparse set a 2>/dev/null\n",
	  { "git-sparse", "undo" } },
	{ "undo of a profile", TOGGLES,
	  PROFILES "git sparse set --profile web 2>/dev/null\n" OWN
		   "git sparse set c\n",
	  { "git-sparse", "undo" } },
	{ "add, sparse index", SELECTS,
	  TREE "git sparse-checkout set --sparse-index a\n",
	  { "git-sparse", "add", "c/d" } },
	{ "reapply, sparse index", SELECTS,
	  TREE "git sparse-checkout set --sparse-index a\n"
	       "printf '/*\\n!/*/\\n/c/\\n' >.git/info/sparse-checkout\n",
	  { "git-sparse", "reapply" } },
	{ "disable, sparse index", SELECTS,
	  TREE "git sparse-checkout set --sparse-index a\n",
	  { "git-sparse", "disable" } },
	{ "add patterns", APPENDS,
	  TREE "git sparse-checkout set --no-cone '/*' '!/c/' '!/e/'\n",
	  { "git-sparse", "add", "/c/d/" } },
	{ "set, synced", SELECTS,
	  SPARSE("c") "git config core.fsync all\n" OWN,
	  { "git-sparse", "set", "a" } },
	{ "sync", SELECTS, DRIFTED, { "git-sparse", "sync" } },
	{ "save", SELECTS, SPARSE("a c"),
	  { "git-sparse", "save", "--local", "mine" } },
	{ "clean", SELECTS,
	  SPARSE("a") "mkdir -p c/d; echo junk >c/junk; echo junk >c/d/j\n"
		      "echo precious here >a/mine\n",
	  { "git-sparse", "clean", "-f" } },
	{ "edit", SELECTS, SPARSE("a") OWN,
	  { "GIT_EDITOR=echo c >", "git-sparse", "edit" } },
	{ "doctor", SELECTS,
	  SPARSE("a") "git update-index --no-skip-worktree e/five\n"
		      "echo precious here >a/mine\n",
	  { "git-sparse", "doctor", "--fix" } },
	{ "install hooks", SELECTS,
	  SPARSE("a") "mkdir .git/hooks; echo precious >.git/hooks/post-merge\n",
	  { "git-sparse", "sync", "--install-hook" } },
	{ "list", READS, SPARSE("a e"), { "git-sparse", "list" } },
	{ "status", READS,
	  PROFILES "git sparse set --profile web 2>/dev/null\n" OWN,
	  { "git-sparse", "status" } },
	{ "profiles", READS, PROFILES, { "git-sparse", "profiles" } },
	{ "show", READS, PROFILES, { "git-sparse", "show", "mail" } },
	{ "squash-last", REWRITES, HISTORY, { "git-squash-last", "3" } },
	{ "squash-last, a file in the way", REWRITES,
	  HISTORY "git rm -q --cached f5; git commit -qm gone; rm f5\n",
	  { "git-squash-last", "-m", "x", "2" } },
	{ "autosquash", REWRITES, FIXUPS,
	  { "git-squash-last", "--autosquash", "5" } },
	{ "update-refs", REWRITES, FIXUPS,
	  { "git-squash-last", "--autosquash", "--update-refs", "5" } },
	{ "drop", REWRITES,
	  HISTORY "git rm -q f4; git commit -qm 'no f4'\n"
		  "printf 'pick HEAD~1\\ndrop HEAD\\n' >../plan\n",
	  { "git-squash-last", "--plan", "../plan", "2" } },
	{ "plan", REWRITES, PLAN,
	  { "git-squash-last", "--plan", "../plan", "2" } },
	{ "plan undo", TOGGLES, PLAN "git squash-last -q --plan ../plan 2\n",
	  { "git-squash-last", "--undo" } },
	{ "squash undo", TOGGLES, HISTORY "git squash-last -q 2\n",
	  { "git-squash-last", "--undo" } },
	{ "squash-last, synced", REWRITES,
	  HISTORY "git config core.fsync all\n",
	  { "git-squash-last", "3" } },
	{ "clone", MAKES, SERVER,
	  { "git-sparse", "clone", "--dir", "c", "srv:r/.git", "new" } },
	{ "worktree", MAKES, SPARSE("a"),
	  { "git-sparse", "worktree", "add", "--dir", "c", "new" } },
	{ "reword", REWRITES, HISTORY,
	  { "git-reword", "HEAD~2", "-m", "other" } },
};

const size_t nr_scenarios = ARRAY_SIZE(scenarios);
