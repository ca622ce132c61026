/* SPDX-License-Identifier: MIT */
#include "checkout/checkout.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/workers.h"
#include "checkout/room.h"
#include "repo/odb.h"

/* Below this many files a thread costs more than it brings. */
enum { FILES_PER_THREAD = 100 };

struct checkout_item *checkout_list_add(struct checkout_list *list,
					const struct pare_index_entry *entry,
					const char *kept_name)
{
	struct checkout_item *item;

	ALLOC_GROW(list->item, list->nr + 1, list->alloc);
	item = &list->item[list->nr++];
	*item = (struct checkout_item){
		.path = kept_name,
		.path_len = (uint32_t)entry->name_len,
		.oid = entry->oid,
		.raw_stat = entry->stat,
		.mode = entry->mode,
		.pos = entry->pos,
		.flags = entry->flags,
		.extended = entry->extended,
		.status = PARE_PATH_PENDING,
		.size_bytes = UINT64_MAX,
	};
	return item;
}

void checkout_list_release(struct checkout_list *list)
{
	free(list->item);
	*list = (struct checkout_list){ 0 };
}

static unsigned stat_options(struct pare_repo *repo)
{
	const char *check = pare_repo_config_get(repo, "core.checkstat");
	unsigned options = 0;

	if (pare_repo_config_bool(repo, "core.trustctime", true))
		options |= INDEX_STAT_TRUST_CTIME;
	if (check && !strcmp(check, "minimal"))
		options |= INDEX_STAT_MINIMAL;
	if (pare_repo_config_bool(repo, "core.filemode", true))
		options |= INDEX_STAT_FILEMODE;
	if (pare_repo_config_bool(repo, "core.symlinks", true))
		options |= INDEX_STAT_SYMLINKS;
	return options;
}

int checkout_open(struct checkout **out, struct pare_repo *repo,
		  const struct pare_index *index,
		  const struct checkout_options *opts)
{
	struct checkout *co = xcalloc(1, sizeof(*co));
	int64_t workers, big;
	int error;

	*out = NULL;
	co->repo = repo;
	co->index = index;
	if (opts)
		co->opts = *opts;
	strbuf_init(&co->missing, 0);
	strvec_init(&co->failures);
	strvec_init(&co->warnings);
	strvec_init(&co->drivers);
	if ((error = fs_walk_init(&co->walk, repo->worktree)) < 0) {
		checkout_close(co);
		return error;
	}
	co->stat_options = stat_options(repo);
	co->symlinks = co->stat_options & INDEX_STAT_SYMLINKS;
	co->may_filter = -1;
	workers = pare_repo_config_int(repo, "checkout.workers", 0);
	co->workers = co->opts.workers ? co->opts.workers :
		      workers > 0	? (size_t)workers :
					  workers_online();
	big = pare_repo_config_int(repo, "core.bigfilethreshold",
				   512 * 1024 * 1024);
	co->big_size_bytes = big > 0 ? (uint64_t)big : 0;
	*out = co;
	return 0;
}

void checkout_close(struct checkout *co)
{
	if (!co)
		return;
	fs_walk_release(&co->walk);
	strbuf_release(&co->missing);
	strvec_clear(&co->failures);
	strvec_clear(&co->warnings);
	strvec_clear(&co->drivers);
	checkout_unstage(co);
	free(co);
}

const struct strvec *checkout_failures(const struct checkout *co)
{
	return &co->failures;
}

const struct strvec *checkout_warnings(const struct checkout *co)
{
	return &co->warnings;
}

const char *item_name(const struct checkout_item *item, size_t *dir_len)
{
	size_t len = path_dir_len(item->path, item->path_len);

	if (dir_len)
		*dir_len = len;
	return item->path + (len ? len + 1 : 0);
}

size_t checkout_threads(const struct checkout *co, size_t nr)
{
	size_t pay = nr / FILES_PER_THREAD;

	if (pay < 1)
		pay = 1;
	return pay < co->workers ? pay : co->workers;
}

int checkout_sizes(struct checkout *co, struct checkout_list *list)
{
	struct odb *odb = NULL;
	int error;

	for (size_t i = 0; i < list->nr; i++) {
		struct checkout_item *item = &list->item[i];
		enum object_type type;
		struct oid oid;
		size_t size;

		if (item_is_gitlink(item)) {
			item->size_bytes = 0;
			continue;
		}
		if (!odb && (error = repo_odb(&odb, co->repo)) < 0)
			return error;
		oid_read(&oid, item->oid, co->repo->algo);
		if (odb_has(odb, &oid) &&
		    odb_read_header(&type, &size, odb, &oid) >= 0)
			item->size_bytes = size;
	}
	return 0;
}
