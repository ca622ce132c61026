/* SPDX-License-Identifier: MIT */
/*
 * One change of the selection on its way through the files of this room:
 *
 *	operation_open     what is, what is asked, locks, the index
 *	target_choose      the selection that shall be (target.c)
 *	operation_plan     what comes and goes
 *	operation_act      files, index, pattern file, configuration
 *	clear_directories  what is left of directories outside (clear.c)
 */
#ifndef PARE_SPARSE_OPERATION_H
#define PARE_SPARSE_OPERATION_H

#include "base/lockfile.h"
#include "checkout/checkout.h"
#include "checkout/journal.h"
#include "pare/sparse.h"
#include "repo/repo.h"
#include "sparse/cone.h"
#include "sparse/enable.h"
#include "sparse/pattern_file.h"
#include "sparse/transition.h"

struct operation {
	struct pare_repo *repo;
	const struct pare_sparse_request *req;
	struct pare_sparse_report *report;

	/* What is. */
	bool enabled, config_cone, ignore_case;
	char *pattern_path;
	struct pattern_file before;
	struct lockfile pattern_lock, index_lock, undo_lock;
	struct pare_index *index; /* NULL: there is none */
	struct pare_index *disk_index; /* when `index` was made wider of it */
	char *made_index;         /* made from HEAD, to be removed */
	bool sparse_wanted;       /* the index shall be a sparse one */

	/* What shall be. */
	struct cone cone;
	struct pattern_list patterns; /* when it is none */
	struct strbuf text;       /* of the pattern file, when it is written */
	bool write_patterns;
	struct sparse_config config, config_before;
	bool extended; /* extensions.worktreeConfig was on */

	/* What that means. */
	struct checkout *co;
	struct transition plan;
	char *trash_id;
	bool keeps_journal;
	struct own_journal journal;
};

#define OPERATION_EMPTY                                                       \
	.before = PATTERN_FILE_INIT, .text = STRBUF_INIT, .cone = CONE_INIT,  \
	.plan = TRANSITION_INIT, .index_lock = LOCKFILE_INIT,                 \
	.pattern_lock = LOCKFILE_INIT, .undo_lock = LOCKFILE_INIT

/* What is: the configuration, where the pattern file stands. */
int operation_read_config(struct operation *op);
/* Not in a work tree that is not sparse: GIT_EINVALID. */
int operation_check_action(const struct operation *op);
void operation_release(struct operation *op);

/* The pattern file's lock and the index's; then a note of what will be done. */
int operation_take_locks(struct operation *op);
int operation_note(struct operation *op);

/* Words of the command line that are files: an error, of patterns a warning. */
int target_check_words(struct operation *op);

/* Without a cone: the pattern lines to report->dirs_after, op->patterns. */
void target_choose_patterns(struct operation *op);

/* Fill op->cone, report->dirs_after and missing_dirs. */
int target_choose(struct operation *op);

/*
 * Directories outside of the cone that are still on disk though all of their
 * entries are skipped: cleared or kept, as checkout_clear_dir says.
 */
int clear_directories(struct operation *op);

/* The topmost directories outside, on disk, of which the plan keeps nothing.
 * What cannot be read is named in `warnings`. */
int clear_find(struct strvec *found, struct operation *op,
	       struct strvec *warnings);

#endif
