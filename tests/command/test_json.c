/* SPDX-License-Identifier: MIT */
/*
 * What the commands print as JSON is what git-pare(1) says: its section JSON
 * has a part for each shape of object, `.Ss <commands>`, with an item for each
 * key, `.It Cm <name> Pq <type>`. Every object is held against its part: no key
 * but those, of that type, in that order, none missing; and every key that the
 * manual names is seen here at least once.
 */
#include "support/sandbox.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/strvec.h"

enum { FIELDS_MAX = 64, SHAPES_MAX = 32 };

struct field {
	char *path, *type;
	bool may_be_absent, seen;
};

struct shape {
	char *title;
	struct field field[FIELDS_MAX];
	size_t nr;
};

static struct shape shapes[SHAPES_MAX];
static size_t nr_shapes;
static char *manual;

/* `.It Cm <path> Pq <type>` */
static void add_field(struct shape *shape, const char *line, size_t len)
{
	struct field *field = &shape->field[shape->nr++];
	char *text = xstrndup(line, len), *pq = strstr(text, " Pq ");
	char *absent;

	assert_true(pq && shape->nr < FIELDS_MAX);
	*pq = '\0';
	field->path = xstrdup(text);
	field->type = xstrdup(pq + strlen(" Pq "));
	absent = strstr(field->type, ", may be absent");
	field->may_be_absent = absent;
	if (absent)
		*absent = '\0';
	free(text);
}

static int read_manual(void **state)
{
	const char *line, *rest;
	bool inside = false;

	(void)state;
	for (line = manual; *line; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n");

		if (starts_with(line, ".Sh "))
			inside = starts_with(line, ".Sh JSON\n");
		else if (inside && skip_prefix(line, ".Ss ", &rest))
			shapes[nr_shapes++].title =
				xstrndup(rest, len - strlen(".Ss "));
		else if (inside && skip_prefix(line, ".It Cm ", &rest))
			add_field(&shapes[nr_shapes - 1], rest,
				  len - strlen(".It Cm "));
	}
	return nr_shapes ? 0 : -1;
}

static struct shape *find_shape(const char *title)
{
	for (size_t i = 0; i < nr_shapes; i++)
		if (!strcmp(shapes[i].title, title))
			return &shapes[i];
	fail_msg("no part of the manual: .Ss %s", title);
	return NULL;
}

static bool has_type(const json_t *value, const char *type)
{
	const char *null = strstr(type, " or null");

	if (null && json_is_null(value))
		return true;
	if (starts_with(type, "boolean"))
		return json_is_boolean(value);
	if (starts_with(type, "number"))
		return json_is_integer(value);
	if (starts_with(type, "string"))
		return json_is_string(value);
	if (starts_with(type, "object"))
		return json_is_object(value);
	return starts_with(type, "array of ") && json_is_array(value);
}

static void check_object(struct shape *shape, const char *before,
			 json_t *object);

static void check_value(struct shape *shape, struct field *field,
			json_t *value)
{
	struct strbuf before = STRBUF_INIT;
	json_t *item;
	size_t i;

	if (!has_type(value, field->type))
		fail_msg("%s: '%s' is no %s", shape->title, field->path,
			 field->type);
	field->seen = true;
	strbuf_addf(&before, "%s%s", field->path,
		    json_is_array(value) ? "[]." : ".");
	if (json_is_object(value))
		check_object(shape, before.buf, value);
	json_array_foreach(value, i, item) {
		if (!strcmp(field->type, "array of strings"))
			assert_true(json_is_string(item));
		else
			check_object(shape, before.buf, item);
	}
	strbuf_release(&before);
}

/* The key itself of the objects at `before`, not one further down. */
static bool is_key_at(const struct field *field, const char *before)
{
	const char *name;

	return skip_prefix(field->path, before, &name) &&
	       !strpbrk(name, ".[");
}

static void check_object(struct shape *shape, const char *before,
			 json_t *object)
{
	void *at = json_object_iter(object);

	assert_true(json_is_object(object));
	for (size_t i = 0; i < shape->nr; i++) {
		struct field *field = &shape->field[i];
		const char *name = field->path + strlen(before);

		if (!is_key_at(field, before))
			continue;
		if (at && !strcmp(json_object_iter_key(at), name)) {
			check_value(shape, field, json_object_iter_value(at));
			at = json_object_iter_next(object, at);
		} else if (!field->may_be_absent) {
			fail_msg("%s: '%s' is missing, or at another place",
				 shape->title, field->path);
		}
	}
	if (at)
		fail_msg("%s: '%s%s' is not in the manual, or at another place",
			 shape->title, before, json_object_iter_key(at));
}

/* Run it in the repository; whatever its exit code, its object is checked. */
static void check(const char *title, const char *command)
{
	struct result r = sh_try("cd r && %s", command);
	json_error_t fault;
	json_t *json = json_loads(r.out, 0, &fault);

	if (!json)
		fail_msg("%s: %s\n%s%s", command, fault.text, r.out, r.err);
	check_object(find_shape(title), "", json);
	json_decref(json);
}

static void check_all_seen(const char *title)
{
	struct shape *shape = find_shape(title);

	for (size_t i = 0; i < shape->nr; i++)
		if (!shape->field[i].seen)
			fail_msg("%s: '%s' is in the manual, but was never "
				 "printed", title, shape->field[i].path);
}

#define CHANGE "git sparse set, add, remove, reapply, disable, " \
	       "init, undo, edit, sync, clone, worktree"
#define HOOKS "git sparse sync --install-hook, --uninstall-hook"
#define HANDED "the same, where git does the work"
#define REWRITE "git squash-last, git reword"
#define BY_GIT "git squash-last by a plan, where git does the work"
#define UNDO "git squash-last --undo, git reword --undo"

static void make_repository(void)
{
	sh("git init -q r && cd r && mkdir -p a/x a/y b c &&"
	   "for d in a/x a/y b c; do echo $d >$d/f; done");
	write_file("r/.gitpare", "[profile \"base\"]\ntitle = All\ndirs = c\n"
				 "[profile \"web\"]\ninherit = base\n"
				 "dirs = a/x\nexclude = a/x/old\n");
	sh("cd r && git add . && git commit -qm 'Begin'");
}

static void changes_of_the_selection(void **state)
{
	static const char *const commands[] = {
		"git sparse set --json --profile web b",
		"git sparse add --json nowhere a/y",
		"git sparse remove --json a/x",
		"git sparse remove --json --anyway a/x",
		"git sparse undo --json",
		"git sparse reapply --json",
		"git sparse init --json",
		"GIT_EDITOR='echo c >' git sparse edit --json",
		"git sparse disable --json --dry-run",
		"git sparse disable --json",
	};

	(void)state;
	make_repository();
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check(CHANGE, commands[i]);
	sh("cd r && git sparse set --profile web b");
	write_file("r/.gitpare", "[profile \"web\"]\ndirs = a/x\n       a/y\n");
	check(CHANGE, "git sparse sync --json");
	check(HOOKS, "git sparse sync --json --install-hook");
	check(HOOKS, "git sparse sync --json --uninstall-hook");
	check(CHANGE, "git sparse clone --json --dir b file://$PWD ../c");
	check(CHANGE, "git sparse worktree add --json --dir b ../w");
	check_all_seen(CHANGE);
	check_all_seen(HOOKS);
	sh("cd r && git update-index --split-index");
	check(HANDED, "git sparse set --json b");
	check_all_seen(HANDED);
}

/* The pairs of -z, a line each, as the manual makes them from the object. */
static void flatten(struct strbuf *out, const char *key, json_t *value)
{
	const char *name;
	json_t *item;
	size_t i;

	if (json_is_string(value))
		strbuf_addf(out, "%s\n%s\n", key, json_string_value(value));
	else if (json_is_integer(value))
		strbuf_addf(out, "%s\n%lld\n", key,
			    (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		strbuf_addf(out, "%s\n%s\n", key,
			    json_is_true(value) ? "true" : "false");
	json_array_foreach(value, i, item) {
		char *at = xstrfmt("%s%s", key, json_is_object(item) ? "[]" : "");

		flatten(out, at, item);
		free(at);
	}
	json_object_foreach(value, name, item) {
		char *at = xstrfmt("%s%s%s", key, *key ? "." : "", name);

		flatten(out, at, item);
		free(at);
	}
}

static void pairs_say_the_same(void **state)
{
	static const char *const commands[] = {
		"git sparse status",	       "git sparse profiles",
		"git sparse remove -n a/x b",  "git sparse sync -n",
		"git sparse doctor",	       "git squash-last -n --fixup",
		"git squash-last --undo -n",
	};

	(void)state;
	make_repository();
	sh("cd r && git commit -q --allow-empty -m 'Go on' &&"
	   "git commit -q --allow-empty -m 'End' && git reword -q -m x &&"
	   "git sparse set --profile web b && git config core.sparseCheckout 1 &&"
	   "printf '[profile \"web\"]\ndirs = a/x\n c\n b\n' >.gitpare");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct strbuf expected = STRBUF_INIT;
		struct strvec said = STRVEC_INIT;
		json_t *object;

		strvec_split(&said, sh("cd r && %s --json; echo '\001';"
				       "%s -z | tr '\\0' '\\n'", commands[i],
				       commands[i]), '\001');
		object = json_loads(said.v[0], 0, NULL);
		assert_non_null(object);
		flatten(&expected, "", object);
		assert_text(said.v[1] + 1, expected.buf);
		json_decref(object);
		strvec_clear(&said);
		strbuf_release(&expected);
	}
}

static void pairs_have_the_exact_bytes(void **state)
{
	(void)state;
	make_repository();
	sh("cd r && git sparse set b && d=$(printf 'a/\\001\\377 \\n') &&"
	   "mkdir -p \"$d\" && echo x >\"$d/left\" &&"
	   "printf 'dry_run\\0true\\0dirs\\0a\\0files\\0%%s/left\\0' \"$d\""
	   "	>../expected && git sparse clean -n -z | cmp - ../expected");
}

static void paths_that_the_rules_take(void **state)
{
	(void)state;
	make_repository();
	sh("cd r && git sparse set b");
	check("git sparse check-rules",
	      "printf 'a/x/f\\nb/f\\n' | git sparse check-rules --json");
	check_all_seen("git sparse check-rules");
	assert_contains(sh("cd r && printf 'a/x/f\\0b/\\nf\\0' |"
			   "	git sparse check-rules -z --json"), "\"b/\\nf\"");
}

static void what_is_selected(void **state)
{
	(void)state;
	make_repository();
	check("git sparse status", "git sparse status --json");
	sh("cd r && git sparse set --profile web b");
	check("git sparse list", "git sparse list --json");
	check("git sparse status", "git sparse status --json");
	/* It has changed, and so has the file that plain git writes. */
	write_file("r/.gitpare", "[profile \"web\"]\ndirs = a/x\n       a/y\n");
	sh("cd r && git sparse-checkout add c");
	check("git sparse status", "git sparse status --json");
	write_file("r/.gitpare", "[profile \"web\"\n");
	check("git sparse status", "git sparse status --json");
	sh("cd r && git sparse-checkout set --no-cone '/*' '!/b/'");
	check("git sparse list", "git sparse list --json");
	check("git sparse status", "git sparse status --json");
	check_all_seen("git sparse list");
	check_all_seen("git sparse status");
}

static void profiles_and_reasons(void **state)
{
	(void)state;
	make_repository();
	sh("cd r && git sparse set --profile web b");
	check("git sparse profiles", "git sparse profiles --json");
	check("git sparse show", "git sparse show --json web");
	check("git sparse why",
	      "git sparse why --json a/x/f a/y c/f b bb nowhere");
	sh("cd r && git sparse set b");
	check("git sparse why", "git sparse why --json a/x/f");
	check("git sparse save", "git sparse save --json --dry-run mine");
	check("git sparse save", "git sparse save --json mine");
	write_file("r/.gitpare", "[profile \"web\"]\ndris = a/x\n");
	check("git sparse lint", "git sparse lint --json");
	check_all_seen("git sparse profiles");
	check_all_seen("git sparse show");
	check_all_seen("git sparse why");
	check_all_seen("git sparse save");
	check_all_seen("git sparse lint");
}

static void what_clean_takes(void **state)
{
	(void)state;
	make_repository();
	sh("cd r && git sparse set b && mkdir a && echo x >a/left");
	check("git sparse clean", "git sparse clean --json --dry-run");
	check("git sparse clean", "git sparse clean --json --force");
	check_all_seen("git sparse clean");
}

static void what_doctor_finds(void **state)
{
	(void)state;
	make_repository();
	check("git sparse doctor", "git sparse doctor --json");
	sh("cd r && git sparse set b && git config core.sparseCheckout true &&"
	   "rm .git/info/sparse-checkout");
	check("git sparse doctor", "git sparse doctor --json");
	check("git sparse doctor", "git sparse doctor --json --fix");
	check_all_seen("git sparse doctor");
}

static void rewrites(void **state)
{
	(void)state;
	make_repository();
	sh("git init -q --bare up && cd r && for i in 1 2 3 4; do"
	   "	echo $i >b/f && git commit -qam \"Part $i\" || exit 1; done &&"
	   "git branch side HEAD~1 && git branch away HEAD~1 &&"
	   "git worktree add -q ../w away && git remote add up ../up &&"
	   "git push -q -u up main~4:refs/heads/main &&"
	   "git branch -q --set-upstream-to=up/main");
	check(REWRITE, "git squash-last --json --dry-run 3");
	check(REWRITE, "git squash-last --json --update-refs -m x 3");
	check(UNDO, "git squash-last --undo --json --dry-run");
	check(UNDO, "git reword --undo --json");
	check(REWRITE, "git reword --json -m y HEAD");
	check(REWRITE, "git squash-last --json --push -m z 2");
	sh("cd r && echo 5 >b/f && git commit -qam 'Part 5' &&"
	   "echo 6 >b/f && git commit -qam 'Part 6' &&"
	   "git log -2 --format='pick %%h' >../plan");
	check(REWRITE, "git squash-last --json --plan ../plan 2");
	sh("cd r && git log -2 --reverse --format='pick %%h' >../plan &&"
	   "sed -i '2s/pick/fixup/' ../plan");
	check(REWRITE, "git squash-last --json --plan ../plan 2");
	sh("cd r && git log -2 --reverse --format='pick %%h%%nbreak' >../plan");
	check(BY_GIT, "git squash-last -n --json --push --plan ../plan 2");
	assert_contains(sh("cd r && git squash-last --json --push --plan "
			   "../plan 2 2>/dev/null"), "\"under_way\": true");
	sh("cd r && git rebase --abort && echo 7 >b/f && git add b/f && "
	   "git commit -qm 'fixup! Part 6'");
	check(BY_GIT, "git squash-last --json --push --via-rebase "
		      "--autosquash 3");
	sh("cd r && git checkout -q --detach");
	check(REWRITE, "git reword --json --dry-run -m z HEAD");
	check_all_seen(REWRITE);
	check_all_seen(UNDO);
	check_all_seen(BY_GIT);
}

/* A title names its commands: `git sparse set, add, git reword`. */
static bool is_in_title(const char *title, const char *command)
{
	const char *name = strrchr(command, ' ') + 1;
	struct strvec part = STRVEC_INIT;
	bool found = false;

	strvec_split(&part, title, ',');
	for (size_t i = 0; i < part.nr; i++) {
		const char *word = part.v[i] + strspn(part.v[i], " ");

		found |= !strcmp(word, command) ||
			 (starts_with(command, "git sparse ") &&
			  starts_with(title, "git sparse ") &&
			  !strcmp(word, name));
	}
	strvec_clear(&part);
	return found;
}

static void every_command_with_json_has_its_part(void **state)
{
	struct strvec commands = STRVEC_INIT;
	size_t with_json = 0;

	(void)state;
	strvec_split(&commands,
		     sh("for c in $(git-sparse --git-completion-helper); do"
			"	case $c in -*) ;; *) echo git sparse $c;; esac;"
			"done; echo git squash-last; echo git reword"),
		     '\n');
	for (size_t i = 0; i < commands.nr; i++) {
		bool found = false;

		if (sh_try("%s --git-completion-helper | grep -qe '--json '",
			   commands.v[i]).rc)
			continue;
		with_json++;
		for (size_t j = 0; j < nr_shapes && !found; j++)
			found = is_in_title(shapes[j].title, commands.v[i]);
		if (!found)
			fail_msg("%s --json: not in the manual",
				 commands.v[i]);
	}
	assert_true(with_json > 10);
	strvec_clear(&commands);
}

static int release(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr_shapes; i++) {
		for (size_t j = 0; j < shapes[i].nr; j++) {
			free(shapes[i].field[j].path);
			free(shapes[i].field[j].type);
		}
		free(shapes[i].title);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(changes_of_the_selection),
		sandbox_test(pairs_say_the_same),
		sandbox_test(pairs_have_the_exact_bytes),
		sandbox_test(paths_that_the_rules_take),
		sandbox_test(what_is_selected),
		sandbox_test(profiles_and_reasons),
		sandbox_test(what_clean_takes),
		sandbox_test(what_doctor_finds),
		sandbox_test(rewrites),
		sandbox_test(every_command_with_json_has_its_part),
	};
	struct strbuf page = STRBUF_INIT;
	FILE *in = fopen("man/git-pare.1", "r");
	int failed, c;

	while (in && (c = getc(in)) != EOF)
		strbuf_addch(&page, (char)c);
	if (in)
		fclose(in);
	manual = page.buf;
	failed = cmocka_run_group_tests(tests, read_manual, release);
	strbuf_release(&page);
	return failed;
}
